"""Whether the program lives and can do its work, as a supervisor asks."""

from pathlib import Path

from onetime.store.writer import Phase
from tests.api.doors import Door, open_door
from tests.garages import Gate, failed, settings


async def test_a_program_that_works_says_so(door: Door) -> None:
    client = await door.client(None)

    alive, ready = await client.get("/healthz"), await client.get("/readyz")

    assert (alive.status_code, alive.json()) == (200, {"status": "alive"})
    assert (ready.status_code, ready.json()) == (200, {"is_ready": True, "reasons": []})


async def test_without_a_database_it_lives_and_is_not_ready(
    sqlite_url: str, tmp_path: Path
) -> None:
    gate = Gate(Phase.BEFORE_COMMIT)
    async with open_door(settings(tmp_path, sqlite_url), at_phase=gate) as door:
        client = await door.client(None)
        gate.fault = failed("disk full", "SQLITE_FULL")
        broken = await client.get("/readyz")
        alive = await client.get("/healthz")
        gate.fault = None
        await door.house.until(lambda: door.house.listener.is_open)
        while (healed := await client.get("/readyz")).status_code != 200:
            assert healed.status_code == 503

    assert (broken.status_code, alive.status_code) == (503, 200)
    assert "The database can not be written." in broken.json()["reasons"]
    assert "Stations are not let in." in broken.json()["reasons"]
    assert healed.json()["reasons"] == []
