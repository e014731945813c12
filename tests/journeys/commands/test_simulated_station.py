"""Each command against simulated stations, in every way it can end.

One run of the simulator holds a station for each command and mood; those that are to be away have
been there, and left.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence

import httpx
import pytest
import pytest_asyncio

from onetime.domain.ids import StationId
from onetime.simulator.moods import Mood, Moods
from onetime.simulator.run import simulate
from tests.api.doors import V1, Door
from tests.journeys.commands.table import CASES, Json
from tests.ocpp.schemas import accepts

pytestmark = pytest.mark.asyncio(loop_scope="module")

EVERY = pytest.mark.parametrize("action", sorted(CASES))
AWAY, FILES = "away", "files"
HERE = "onetime"
"""In place of an address: the file is to come to onetime itself, where it can be found."""
SENT_HERE: dict[str, Json] = {
    "GetDiagnostics": {"location": HERE},
    "GetLog": {"logType": "SecurityLog", "log": {"remoteLocation": HERE}},
}
REFUSED: dict[str, Json] = {
    "ClearChargingProfile": {"status": "Unknown"},
    "DeleteCertificate": {"status": "Failed"},
    "GetConfiguration": {},
    "GetDiagnostics": {},
    "GetInstalledCertificateIds": {"status": "NotFound"},
    "GetLocalListVersion": {"listVersion": -1},
    "SendLocalList": {"status": "Failed"},
    "UnlockConnector": {"status": "UnlockFailed"},
    "UpdateFirmware": {},
}
"""How OCPP says no where it does not say Rejected."""


def station_of(mood: str, action: str) -> StationId:
    return StationId(f"{mood}-{action}")


async def booted(door: Door, stations: Sequence[str]) -> None:
    """Wait until all of these have booted."""
    names = ", ".join(f"'{each}'" for each in stations)
    waiting = f"SELECT count(*) FROM charging_stations WHERE id IN ({names})"
    done = f"{waiting} AND last_boot_at IS NOT NULL"
    await door.house.until(lambda: door.house.value(done) == len(stations), 60)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def simulated(door: Door) -> AsyncIterator[None]:
    """Simulated stations for each command, one of each mood; no car comes."""
    left, stop = asyncio.Event(), asyncio.Event()
    gone = [station_of(AWAY, action) for action in CASES]
    visiting = asyncio.create_task(simulate(door.house.url, gone, ["TAG-1"], cars=0, stop=left))
    moods: dict[str, Moods] = {
        station_of(mood, action): {action: mood} for mood in Mood for action in CASES
    }
    moods |= {station_of(FILES, action): {} for action in SENT_HERE}
    running = asyncio.create_task(
        simulate(door.house.url, [*moods], ["TAG-1"], cars=0, stop=stop, moods=moods)
    )
    await booted(door, [*gone, *moods])
    left.set()
    await visiting
    await door.house.until(
        lambda: not any(door.house.garage.stations.is_connected(each) for each in gone), 20
    )
    yield
    stop.set()
    await running


async def post(owner: httpx.AsyncClient, mood: str, action: str) -> httpx.Response:
    payload = SENT_HERE.get(action, CASES[action].payload)
    return await owner.post(
        f"{V1}/stations/{station_of(mood, action)}/commands/{action}", json=payload
    )


async def history(owner: httpx.AsyncClient, mood: str, action: str) -> list[tuple[str, str]]:
    """Return what a station was asked and how that ended, as the API tells it."""
    found = await owner.get(f"{V1}/stations/{station_of(mood, action)}/commands")
    return [(each["action"], each["status"]) for each in found.json()["items"]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def unanswered(owner: httpx.AsyncClient, simulated: None) -> dict[str, httpx.Response]:
    """What is told of each command that is not answered; all of them time out together."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("onetime.api.commands.ANSWER_SECONDS", 0.2)
        told = await asyncio.gather(*(post(owner, Mood.SILENT, action) for action in CASES))
    return dict(zip(CASES, told, strict=True))


@EVERY
async def test_it_is_carried_out_and_answered(
    action: str, owner: httpx.AsyncClient, simulated: None
) -> None:
    answer = await post(owner, Mood.OBEY, action)

    assert (answer.status_code, answer.json()["status"]) == (200, "answered")
    response = answer.json()["response"]
    assert accepts(f"{action}Response", json.dumps(response).encode())
    assert CASES[action].simulated in (None, response)
    assert await history(owner, Mood.OBEY, action) == [(action, "answered")]


@EVERY
async def test_a_refusal_is_an_answer(
    action: str, owner: httpx.AsyncClient, simulated: None
) -> None:
    answer = await post(owner, Mood.REFUSE, action)

    assert (answer.status_code, answer.json()["status"]) == (200, "answered")
    assert answer.json()["response"] == REFUSED.get(action, {"status": "Rejected"})
    assert await history(owner, Mood.REFUSE, action) == [(action, "answered")]


@EVERY
async def test_an_error_is_told(action: str, owner: httpx.AsyncClient, simulated: None) -> None:
    answer = await post(owner, Mood.ERROR, action)

    told = answer.json()
    assert (answer.status_code, told["code"]) == (502, "call-error")
    assert (told["station_code"], told["station_description"]) == (
        "InternalError",
        "not in the mood",
    )
    assert await history(owner, Mood.ERROR, action) == [(action, "call-error")]


@EVERY
async def test_silence_is_a_time_out(
    action: str, owner: httpx.AsyncClient, unanswered: dict[str, httpx.Response]
) -> None:
    answer = unanswered[action]

    assert (answer.status_code, answer.json()["code"]) == (504, "timeout")
    assert await history(owner, Mood.SILENT, action) == [(action, "timeout")]


@EVERY
async def test_a_station_that_has_left_is_offline(
    action: str, owner: httpx.AsyncClient, simulated: None
) -> None:
    answer = await post(owner, AWAY, action)

    assert (answer.status_code, answer.json()["code"]) == (409, "station-offline")
    assert await history(owner, AWAY, action) == [(action, "offline")]


@EVERY
async def test_garbage_is_told_as_it_came(
    action: str, owner: httpx.AsyncClient, simulated: None
) -> None:
    answer = await post(owner, Mood.GARBAGE, action)

    assert (answer.status_code, answer.json()["code"]) == (502, "broken-answer")
    assert answer.json()["raw_answer"] == '["garbage"]'
    assert await history(owner, Mood.GARBAGE, action) == [(action, "broken-answer")]


@EVERY
async def test_a_station_that_vanishes_in_between_is_told_so(
    action: str, owner: httpx.AsyncClient, simulated: None
) -> None:
    answer = await post(owner, Mood.VANISH, action)

    assert (answer.status_code, answer.json()["code"]) == (502, "connection-lost")
    assert await history(owner, Mood.VANISH, action) == [(action, "connection-lost")]


@pytest.mark.parametrize(("action", "kind"), [("GetDiagnostics", "diagnostics"), ("GetLog", "log")])
async def test_the_file_that_was_asked_for_arrives(
    action: str, kind: str, owner: httpx.AsyncClient, simulated: None
) -> None:
    answer = await post(owner, FILES, action)
    name = answer.json()["response"]["fileName" if kind == "diagnostics" else "filename"]
    files = f"{V1}/stations/{station_of(FILES, action)}/files"
    async with asyncio.timeout(20):
        while name not in {
            each["name"] for each in (await owner.get(files)).json()["items"] if each["name"]
        }:
            await asyncio.sleep(0.02)
