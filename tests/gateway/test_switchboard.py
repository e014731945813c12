"""Our calls to stations: one at a time, each with one end, none before the station has booted."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from onetime.domain.ids import StationId
from onetime.gateway.switchboard import Switchboard
from onetime.kit.clock import ManualClock
from onetime.ocpp.exchange import (
    Answered,
    BrokenAnswer,
    CallErrored,
    ConnectionLost,
    Outcome,
    TimedOut,
)
from onetime.ocpp.v16.core import ChangeConfigurationRequest, ClearCacheRequest, ResetRequest
from tests.databases import NOW
from tests.garages import BOOT, Answer, House, Station, all_sent, furnish, open_house, settings
from tests.gateway.peers import on_uvloop

CP_1 = StationId("CP-1")


def ask(
    house: House, request: msgspec.Struct | None = None, seconds: float = 5.0
) -> asyncio.Future[Outcome]:
    action = type(request).__name__.removesuffix("Request") if request else "ClearCache"

    async def outcome() -> Outcome:
        reply = await house.garage.stations.call(
            CP_1, action, request or ClearCacheRequest(), seconds
        )
        return reply.outcome

    return asyncio.ensure_future(outcome())


EMPTY = '[3,"$id",{}]'
"""What the loop that reads configurations is answered: it asks too, perhaps first."""


def deaf_to(deaf: str) -> Callable[[str, Answer], str | None]:
    """Answer everything but this action."""
    return lambda action, payload: None if action == deaf else EMPTY


def was_asked(station: Station, action: str) -> int:
    """How often a station was asked this."""
    return [each for each, _ in station.asked].count(action)


@on_uvloop
async def test_a_station_that_is_away_cannot_be_asked(sqlite_url: str, tmp_path: Path) -> None:
    furnish(sqlite_url)
    async with open_house(settings(tmp_path, sqlite_url)) as house:
        assert await ask(house) == ConnectionLost(was_sent=False)


@on_uvloop
async def test_a_call_and_its_answer_are_logged_without_secrets(
    sqlite_url: str, tmp_path: Path
) -> None:
    furnish(sqlite_url)
    async with open_house(settings(tmp_path, sqlite_url)) as house:
        station = await house.connect()
        station.replies = lambda action, payload: {"status": "Accepted"}
        await station.call("BootNotification", BOOT)
        change = ChangeConfigurationRequest(key="AuthorizationKey", value="CANARY")
        outcome = await ask(house, change)

        assert isinstance(outcome, Answered)
        assert station.asked[-1] == (
            "ChangeConfiguration",
            {"key": "AuthorizationKey", "value": "CANARY"},
        )
        logged = (
            "SELECT frame, answer, outcome FROM ocpp_messages"
            " WHERE direction = 'out' AND action = 'ChangeConfiguration'"
        )
        await house.until(lambda: house.rows(logged))
        ((frame, answer, how),) = house.rows(logged)
        assert "CANARY" not in str(frame)
        assert (answer, how) == ('{"status":"Accepted"}', "answered")


@on_uvloop
async def test_no_call_goes_out_before_the_boot_is_answered(
    sqlite_url: str, tmp_path: Path
) -> None:
    furnish(sqlite_url)
    async with open_house(settings(tmp_path, sqlite_url)) as house:
        station = await house.connect()
        asked = ask(house)
        await station.call("Heartbeat", {})
        await all_sent(station)
        assert station.asked == []

        await station.call("BootNotification", BOOT)
        assert isinstance(await asked, Answered | BrokenAnswer)


@on_uvloop
async def test_a_station_that_does_not_boot_is_asked_after_a_minute(
    sqlite_url: str, tmp_path: Path
) -> None:
    furnish(sqlite_url)
    clock = ManualClock(NOW)
    async with open_house(settings(tmp_path, sqlite_url), clock) as house:
        assert isinstance(house.garage.stations, Switchboard)
        station = await house.connect()
        asked = ask(house)
        await station.call("Heartbeat", {})
        clock.advance(59)
        house.garage.stations.look_around()
        await all_sent(station)
        assert station.asked == []
        clock.advance(1)
        house.garage.stations.look_around()
        assert isinstance(await asked, Answered | BrokenAnswer)


@on_uvloop
async def test_one_call_is_open_at_a_time_and_the_station_is_answered_meanwhile(
    sqlite_url: str, tmp_path: Path
) -> None:
    furnish(sqlite_url)
    async with open_house(settings(tmp_path, sqlite_url)) as house:
        station = await house.connect()
        station.replies = deaf_to("ClearCache")
        await station.call("BootNotification", BOOT)
        asked = [ask(house) for _ in range(5)]
        await house.until(lambda: was_asked(station, "ClearCache"))
        await station.call("StatusNotification", STATUS)
        await all_sent(station)
        assert was_asked(station, "ClearCache") == 1
        await station.end()
        ends = await asyncio.gather(*asked)
        assert ends == [ConnectionLost(was_sent=number == 0) for number in range(5)]


STATUS: Answer = {"connectorId": 1, "status": "Available", "errorCode": "NoError"}


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        ('[3,"$id",{"status":"Perhaps"}]', BrokenAnswer),
        ('[3,"$id",{"status":', BrokenAnswer),
        ('[4,"$id","NotImplemented",null,{}]', CallErrored),
        ('[4,"$id","MyOwnCode"]', CallErrored),
        ('[3,"another",{"status":"Accepted"}]', TimedOut),
    ],
)
@on_uvloop
async def test_an_answer_that_is_none_ends_the_call_by_name(
    reply: str, kind: type[Outcome], sqlite_url: str, tmp_path: Path
) -> None:
    furnish(sqlite_url)
    async with open_house(settings(tmp_path, sqlite_url)) as house:
        station = await house.connect()
        station.replies = lambda action, payload: reply if action == "Reset" else EMPTY
        await station.call("BootNotification", BOOT)
        assert isinstance(await ask(house, ResetRequest(type="Soft"), 0.5), kind)
        await station.call("Authorize", {"idTag": "X"})


@on_uvloop
async def test_a_takeover_ends_the_calls_of_the_old_connection(
    sqlite_url: str, tmp_path: Path
) -> None:
    furnish(sqlite_url)
    async with open_house(settings(tmp_path, sqlite_url)) as house:
        old = await house.connect()
        old.replies = deaf_to("ClearCache")
        await old.call("BootNotification", BOOT)
        asked = ask(house)
        await house.until(lambda: was_asked(old, "ClearCache"))
        new = await house.connect()
        assert await asked == ConnectionLost(was_sent=True)
        await new.call("BootNotification", BOOT)
        assert isinstance(await ask(house), Answered | BrokenAnswer)
