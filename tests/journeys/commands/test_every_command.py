"""Each command of OCPP 1.6 against a strict station of another make, in every way it can end.

The payload that arrives is the one that was posted; the official schemas are the judge of both
sides, in the station (which refuses what breaks them) and here.
"""

import httpx
import pytest
from ocpp.exceptions import NotSupportedError

from tests.api.doors import V1, Door
from tests.journeys.commands.conftest import connected
from tests.journeys.commands.table import CASES

pytestmark = pytest.mark.asyncio(loop_scope="module")

EVERY = pytest.mark.parametrize("action", sorted(CASES))


async def history(owner: httpx.AsyncClient, station_id: str) -> list[tuple[str, str]]:
    """Return what a station was asked and how that ended, as the API tells it."""
    found = await owner.get(f"{V1}/stations/{station_id}/commands")
    return [(each["action"], each["status"]) for each in found.json()["items"]]


async def post(owner: httpx.AsyncClient, station_id: str, action: str) -> httpx.Response:
    return await owner.post(
        f"{V1}/stations/{station_id}/commands/{action}", json=CASES[action].payload
    )


@EVERY
@pytest.mark.parametrize("agrees", [True, False], ids=["yes", "no"])
async def test_what_is_posted_arrives_and_what_is_answered_comes_back(
    agrees: bool, action: str, door: Door, owner: httpx.AsyncClient
) -> None:
    case = CASES[action]
    async with connected(door) as station:
        station.said = case.yes if agrees else case.no
        answer = await post(owner, station.id, action)

        assert (answer.status_code, answer.json()["status"]) == (200, "answered")
        assert answer.json()["response"] == station.said
        assert station.asked == [(action, case.payload)]
        assert await history(owner, station.id) == [(action, "answered")]


@EVERY
async def test_an_error_of_the_station_is_told(
    action: str, door: Door, owner: httpx.AsyncClient
) -> None:
    async with connected(door) as station:
        station.said = NotSupportedError("not here")
        answer = await post(owner, station.id, action)

        told = answer.json()
        assert (answer.status_code, told["code"]) == (502, "call-error")
        assert (told["station_code"], told["station_description"]) == ("NotSupported", "not here")
        assert await history(owner, station.id) == [(action, "call-error")]


@EVERY
async def test_a_station_that_does_not_answer_is_a_time_out_and_its_late_answer_is_nothing(
    action: str, door: Door, owner: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onetime.api.commands.ANSWER_SECONDS", 0.2)
    async with connected(door) as station:
        answer = await post(owner, station.id, action)
        assert (answer.status_code, answer.json()["code"]) == (504, "timeout")

        station.released.set()
        quirks = f"SELECT quirk FROM quirk_counts WHERE station_id = '{station.id}'"
        await door.house.until(lambda: door.house.rows(quirks) == [("C02",)])
        assert await history(owner, station.id) == [(action, "timeout")]


@EVERY
async def test_a_station_that_is_away_is_told_so(
    action: str, door: Door, owner: httpx.AsyncClient
) -> None:
    async with connected(door) as station:
        pass
    await door.house.until(lambda: not door.house.garage.stations.is_connected(station.id))
    answer = await post(owner, station.id, action)

    assert (answer.status_code, answer.json()["code"]) == (409, "station-offline")
    assert await history(owner, station.id) == [(action, "offline")]


@EVERY
async def test_garbage_in_place_of_an_answer_is_told_as_it_came(
    action: str, door: Door, owner: httpx.AsyncClient
) -> None:
    async with connected(door) as station:
        station.instead = lambda number: station.send_text(f'[3,"{number}",["garbage"]]')
        answer = await post(owner, station.id, action)

        assert (answer.status_code, answer.json()["code"]) == (502, "broken-answer")
        assert answer.json()["raw_answer"] == '["garbage"]'
        assert await history(owner, station.id) == [(action, "broken-answer")]


@EVERY
async def test_a_station_that_vanishes_in_between_is_told_so(
    action: str, door: Door, owner: httpx.AsyncClient
) -> None:
    async with connected(door) as station:
        station.instead = lambda _: station.leave()
        answer = await post(owner, station.id, action)

        assert (answer.status_code, answer.json()["code"]) == (502, "connection-lost")
        assert await history(owner, station.id) == [(action, "connection-lost")]
