"""Reports that take for ever are off the stations' path (L25)."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from onetime.api import sessions as routes
from onetime.queries.pages import Page
from onetime.queries.sessions import Session, session_list
from onetime.store.database import READER_POOL
from tests.api.doors import V1, open_door
from tests.garages import BOOT, CARD, STARTED, furnish, settings
from tests.gateway.peers import on_uvloop

REPORTS = 3 * READER_POOL
FIVE_YEARS = {"from": "2021-03-01T00:00:00Z", "to": "2026-04-01T00:00:00Z"}
LONGEST_SECONDS = 30.0


class Library:
    """Holds every report in the middle of its reading, until told otherwise."""

    def __init__(self) -> None:
        self.readers = 0
        self.may_end = threading.Event()

    def read(self, connection: Connection, *args: object, **wanted: object) -> Page[Session]:
        connection.execute(text("SELECT count(*) FROM charging_sessions")).scalar()
        self.readers += 1
        assert self.may_end.wait(LONGEST_SECONDS)
        return session_list(connection, *args, **wanted)  # type: ignore[arg-type]  # as it was asked


@contextmanager
def a_library(patch: pytest.MonkeyPatch) -> Iterator[Library]:
    library = Library()
    patch.setattr(routes, "session_list", library.read)
    try:
        yield library
    finally:
        library.may_end.set()


@on_uvloop
async def test_l25_stations_charge_while_every_reader_is_held_by_a_report(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    furnish(sqlite_url, ["CP-1", "CP-2"])
    async with open_door(settings(tmp_path, sqlite_url)) as door:
        owner, house = await door.client(), door.house
        station = await house.connect("CP-1")
        await station.call("BootNotification", BOOT)
        with a_library(monkeypatch) as library:
            reports = [
                asyncio.create_task(
                    owner.get(
                        f"{V1}/sessions",
                        params=FIVE_YEARS,
                        headers={"Accept": "text/csv"} if number % 2 else {},
                        timeout=LONGEST_SECONDS,
                    )
                )
                for number in range(REPORTS)
            ]
            await house.until(lambda: library.readers == READER_POOL, 10)

            begun = await station.call("StartTransaction", STARTED)
            meter = {"timestamp": "2026-03-01T11:10:00Z", "sampledValue": [{"value": "1500"}]}
            await station.call("MeterValues", {"connectorId": 1, "meterValue": [meter]})
            stopped = {
                "transactionId": begun["transactionId"],
                "meterStop": 2_000,
                "timestamp": "2026-03-01T12:00:00Z",
            }
            await station.call("StopTransaction", stopped)
            another = await house.connect("CP-2")  # who comes now is let in
            await another.call("BootNotification", BOOT)
            told = await another.call("Authorize", {"idTag": CARD})

            assert told["idTagInfo"] == {"status": "Accepted"}
            assert library.readers == READER_POOL
            assert not any(each.done() for each in reports)

        answers = [await each for each in reports]
        assert {each.status_code for each in answers} == {200}
        (booked,) = (await owner.get(f"{V1}/sessions", params=FIVE_YEARS)).json()["items"]
        assert (booked["station_id"], booked["total_energy_kwh"]) == ("CP-1", 1.0)
        assert house.value("SELECT energy_wh FROM charging_sessions") == 1_000
