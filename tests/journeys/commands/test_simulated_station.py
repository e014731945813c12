"""Each command against a simulated station: what it knows it answers, the rest it refuses."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from onetime.domain.ids import StationId
from onetime.simulator.run import simulate
from tests.api.doors import V1, Door
from tests.journeys.commands.table import CASES, NOT_KNOWN_TO_THE_SIMULATOR

pytestmark = pytest.mark.asyncio(loop_scope="module")

EVERY = pytest.mark.parametrize("action", sorted(CASES))


def station_of(action: str) -> StationId:
    return StationId(f"SIM-{action}")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def simulated(door: Door) -> AsyncIterator[None]:
    """A simulated station for each command; no car comes."""
    stop = asyncio.Event()
    stations = [station_of(action) for action in CASES]
    running = asyncio.create_task(simulate(door.house.url, stations, ["TAG-1"], cars=0, stop=stop))
    booted = "SELECT count(*) FROM charging_stations WHERE last_boot_at IS NOT NULL"
    await door.house.until(lambda: int(str(door.house.value(booted))) >= len(CASES), 20)
    yield
    stop.set()
    await running


@EVERY
async def test_what_it_knows_it_answers_and_the_rest_it_refuses(
    action: str, door: Door, owner: httpx.AsyncClient, simulated: None
) -> None:
    answer = await owner.post(
        f"{V1}/stations/{station_of(action)}/commands/{action}", json=CASES[action].payload
    )
    told = answer.json()

    if action in NOT_KNOWN_TO_THE_SIMULATOR:
        assert (answer.status_code, told["code"]) == (502, "call-error")
        assert told["station_code"] == "NotImplemented"
    else:
        assert (answer.status_code, told["status"]) == (200, "answered")
        expected = CASES[action].simulated
        assert expected is None or told["response"] == expected
