"""Rows B, C, K and X18 about what stations do when they are asked something."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from msgspec import Struct
from sqlalchemy import RowMapping, select

from onetime.dispatch.commands import send, send_payload
from onetime.dispatch.outcomes import Sent
from onetime.domain.people import Actor
from onetime.gateway.switchboard import Switchboard
from onetime.loops import boots, permissions
from onetime.ocpp.v16.core import ClearCacheRequest, ResetRequest, UnlockConnectorRequest
from onetime.ocpp.v16.remote_trigger import TriggerMessageRequest
from onetime.ocpp.v16.security import ExtendedTriggerMessageRequest
from onetime.store.command_tables import station_commands
from onetime.store.tables import boot_logs
from tests.garage_makers import OWNER
from tests.quirks.conftest import Connect
from tests.quirks.station import Central, Station, register

pytestmark = pytest.mark.asyncio(loop_scope="module")

ENGINE = Actor("clock", "test")
UNLOCK = UnlockConnectorRequest(connector_id=1)
TRIGGER = TriggerMessageRequest(requested_message="BootNotification")
EXTENDED = ExtendedTriggerMessageRequest(requested_message="BootNotification")


def ask(
    central: Central,
    station: Station,
    request: Struct,
    *,
    actor: Actor = OWNER,
    seconds: float = 5.0,
) -> asyncio.Task[Sent]:
    """Begin to ask a station something."""
    return asyncio.create_task(
        send(central.running.garage, actor, station.id, request, timeout_seconds=seconds)
    )


async def hear(station: Station, action: str) -> list[Any]:
    """Return the next call of this action; others are answered on the way, answers passed over."""
    while True:
        message: list[Any] = json.loads(await station.listen())
        if message[0] == 2 and message[2] == action:
            return message
        if message[0] == 2:
            await station.say(json.dumps([3, message[1], {"configurationKey": []}]))


async def answer(station: Station, action: str, *parts: object) -> None:
    """Answer the next call of this action with a message of these parts after type and id."""
    call = await hear(station, action)
    await station.say(json.dumps([parts[0], call[1], *parts[1:]]))


async def time_out(central: Central, asked: asyncio.Task[Sent]) -> Sent:
    """Let the time of a call pass."""
    central.clock.advance(1)
    return await asyncio.wait_for(asked, 5)


async def command(central: Central, sent: Sent) -> RowMapping:
    """Return the row of a command."""
    table = station_commands
    (row,) = await central.rows(select(table).where(table.c.id == sent.id))
    return row


def switchboard(central: Central) -> Switchboard:
    stations = central.running.garage.stations
    assert isinstance(stations, Switchboard)
    return stations


@pytest.fixture
def unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody be asked for a configuration: what is answered meanwhile is no silence."""
    monkeypatch.setattr("onetime.loops.configuration.unread_stations", lambda _: [])


async def ignore_twice(central: Central, station: Station) -> list[str]:
    """Let a station talk and leave two calls without answer; return how they ended."""
    ends = []
    for _ in range(2):
        asked = ask(central, station, UNLOCK, seconds=0.2)
        await hear(station, "UnlockConnector")
        central.clock.advance(0.1)
        await station.call("Heartbeat")
        ends.append((await time_out(central, asked)).status.value)
    return ends


@pytest.mark.usefixtures("unasked")
async def test_k12_a_station_that_answers_no_call_is_marked_and_made_to_connect_again(
    central: Central, connect: Connect
) -> None:
    """MH#338, MH#626, EV#32039: heartbeats go on, every call times out until it reconnects."""
    async with connect() as station:
        await station.boot()
        assert await ignore_twice(central, station) == ["timeout", "timeout"]
        assert await station.closed() == 1001
    assert await central.quirks(station) == {"K12": 1}
    assert await central.alarms(station) == {"station-deaf": 1}
    assert (await central.of(station))["deaf_since"] == central.clock.now()

    async with connect(station.id) as again:
        await again.boot()
        asked = ask(central, again, UNLOCK)
        await answer(again, "UnlockConnector", 3, {"status": "Unlocked"})
        assert (await asked).is_answered
        assert (await central.of(again))["deaf_since"] is None


@pytest.mark.usefixtures("unasked")
async def test_k12_a_deaf_station_is_made_to_connect_again_once_an_hour_at_most(
    central: Central, connect: Connect
) -> None:
    async with connect() as station:
        await station.boot()
        await ignore_twice(central, station)
        assert await station.closed() == 1001
    async with connect(station.id) as again:
        await again.boot()
        await ignore_twice(central, again)
        assert (await again.call("Heartbeat")).keys() == {"currentTime"}
        assert await central.quirks(again) == {"K12": 2}


async def test_k12_a_station_that_is_silent_altogether_is_not_called_deaf(
    central: Central, station: Station
) -> None:
    for _ in range(2):
        asked = ask(central, station, UNLOCK, seconds=0.2)
        await hear(station, "UnlockConnector")
        assert (await time_out(central, asked)).status == "timeout"
    assert await central.quirks(station) == {}


async def dies_of_it(central: Central, connect: Connect, name: str | None = None) -> Station:
    """Let a station's line end as soon as it is asked to unlock."""
    async with connect(name) as station:
        await station.boot()
        asked = ask(central, station, UNLOCK, actor=ENGINE)
        await hear(station, "UnlockConnector")
        await station.hang_up()
        assert (await asked).status == "connection-lost"
    return station


async def test_k22_what_kills_the_line_twice_is_withheld_by_engines_and_not_from_people(
    central: Central, connect: Connect
) -> None:
    """ST#129: the socket dies on long SetChargingProfile or SendLocalList."""
    station = await dies_of_it(central, connect)
    await dies_of_it(central, connect, station.id)
    assert await central.quirks(station) == {"K22": 2}
    assert await central.alarms(station) == {"action-withheld": 1}

    async with connect(station.id) as again:
        await again.boot()
        held_back = await ask(central, again, UNLOCK, actor=ENGINE)
        assert held_back.status == "withheld"
        assert (await command(central, held_back))["status"] == "withheld"

        by_a_person = ask(central, again, UNLOCK)
        await answer(again, "UnlockConnector", 3, {"status": "Unlocked"})
        assert (await by_a_person).is_answered
        by_an_engine = ask(central, again, UNLOCK, actor=ENGINE)
        await answer(again, "UnlockConnector", 3, {"status": "Unlocked"})
        assert (await by_an_engine).is_answered


async def test_k22_one_death_and_a_reset_are_chance(central: Central, connect: Connect) -> None:
    station = await dies_of_it(central, connect)
    for _ in range(2):
        async with connect(station.id) as again:
            await again.boot()
            asked = ask(central, again, ResetRequest(type="Soft"), actor=ENGINE)
            await hear(again, "Reset")
            await again.hang_up()
            assert (await asked).status == "connection-lost"
    async with connect(station.id) as again:
        await again.boot()
        asked = ask(central, again, UNLOCK, actor=ENGINE)
        await answer(again, "UnlockConnector", 4, "NotSupported", "", {})
        assert (await asked).status == "call-error"
    assert await central.quirks(station) == {"K22": 1}
    assert await central.alarms(station) == {}


async def test_b03_no_call_goes_out_before_the_boot_was_answered(
    central: Central, connect: Connect
) -> None:
    """Wallbox HA#1503, HA#1510, EV#27309: a call before that makes it boot for ever."""
    async with connect() as station:
        asked = ask(central, station, UNLOCK)
        await station.say('[2,"s","Heartbeat",{}]')
        assert json.loads(await station.listen())[:2] == [3, "s"]
        await station.say(
            '[2,"b","BootNotification",{"chargePointVendor":"V","chargePointModel":"M"}]'
        )
        assert json.loads(await station.listen())[:2] == [3, "b"]
        await answer(station, "UnlockConnector", 3, {"status": "Unlocked"})
        assert (await asked).is_answered
        assert await central.quirks(station) == {"B01": 1}


async def test_b03_a_station_that_does_not_boot_is_asked_a_minute_after_its_first_frame(
    central: Central, connect: Connect
) -> None:
    async with connect() as station:
        central.clock.advance(70)
        switchboard(central).look_around()
        asked = ask(central, station, UNLOCK, seconds=300.0)
        await station.say('[2,"first","Heartbeat",{}]')
        assert json.loads(await station.listen())[1] == "first"
        central.clock.advance(59)
        switchboard(central).look_around()
        await station.say('[2,"second","Heartbeat",{}]')
        assert json.loads(await station.listen())[1] == "second"

        central.clock.advance(1)
        switchboard(central).look_around()
        await answer(station, "UnlockConnector", 3, {"status": "Unlocked"})
        assert (await asked).is_answered
        assert await central.quirks(station) == {"B01": 1}


async def test_b03_a_boot_that_was_asked_for_is_answered_before_anything_else_is_asked(
    central: Central, station: Station
) -> None:
    triggered = ask(central, station, TRIGGER)
    call = await hear(station, "TriggerMessage")
    central.gate.shut()
    boot = '[2,"b","BootNotification",{"chargePointVendor":"V","chargePointModel":"M"}]'
    await station.say(boot)
    await station.say(json.dumps([3, call[1], {"status": "Accepted"}]))
    await asyncio.to_thread(central.gate.reached.wait, 5)
    request = UNLOCK
    direct = asyncio.create_task(
        central.running.garage.stations.call(station.id, "UnlockConnector", request, 5.0)
    )
    await (await station.line.ping())
    central.gate.open()
    assert json.loads(await station.listen())[:2] == [3, "b"]
    await answer(station, "UnlockConnector", 3, {"status": "Unlocked"})
    assert (await triggered).is_answered
    await direct


@pytest.mark.parametrize("asked_by", [TRIGGER, EXTENDED])
@pytest.mark.parametrize("boots_first", [True, False])
async def test_b02_a_boot_that_was_asked_for_is_no_restart(
    asked_by: Struct, boots_first: bool, central: Central, station: Station
) -> None:
    """Webasto EV#31192 has to be asked; what was read of it since its boot still holds."""

    async def talk() -> RowMapping:
        await station.call("Heartbeat")  # what it is asked meanwhile is answered on the way
        return await central.of(station)

    action = type(asked_by).__name__.removesuffix("Request")
    before = await central.until(talk, lambda row: row["configuration_read_at"] is not None)
    central.later(minutes=5)
    triggered = ask(central, station, asked_by)
    call = await hear(station, action)
    accepted = json.dumps([3, call[1], {"status": "Accepted"}])
    if not boots_first:
        await station.say(accepted)
        await triggered
    await station.call(
        "BootNotification", chargePointVendor="Vendor", chargePointModel="Another model"
    )
    if boots_first:
        await station.say(accepted)
        await triggered

    row = await central.of(station)
    assert row["model"] == "Another model"
    for name in ("last_boot_at", "configuration_read_at"):
        assert row[name] == before[name], name
    assert await restarts(central, station) == [True, False]

    await station.boot()  # this one comes by itself
    assert (await central.of(station))["last_boot_at"] == central.clock.now()
    assert await restarts(central, station) == [True, False, True]


@pytest.mark.parametrize("refusal", [[3, {"status": "Rejected"}], [4, "NotSupported", "", {}]])
async def test_b02_a_boot_after_a_refused_question_is_a_restart(
    refusal: list[object], central: Central, station: Station
) -> None:
    triggered = ask(central, station, TRIGGER)
    await answer(station, "TriggerMessage", *refusal)
    await triggered
    await station.boot()

    assert await restarts(central, station) == [True, True]


async def test_b02_a_boot_long_after_the_question_is_a_restart(
    central: Central, station: Station
) -> None:
    triggered = ask(central, station, TRIGGER)
    await answer(station, "TriggerMessage", 3, {"status": "Accepted"})
    await triggered
    central.clock.advance(61)
    await station.boot()

    assert await restarts(central, station) == [True, True]


async def test_b02_the_boot_of_a_new_connection_is_a_restart_whatever_is_asked_meanwhile(
    central: Central, connect: Connect
) -> None:
    async with connect() as station:
        await station.boot()
    async with connect(station.id) as station:
        triggered = ask(central, station, TRIGGER)
        await central.until(
            lambda: asked(central, station, "TriggerMessage"), lambda found: found == ["open"]
        )
        await station.boot()
        await answer(station, "TriggerMessage", 3, {"status": "Rejected"})
        await triggered

        assert await restarts(central, station) == [True, True]


async def restarts(central: Central, station: Station) -> list[bool]:
    """Return which of a station's boots were restarts, in their order."""
    table = boot_logs
    rows = await central.rows(
        select(table.c.is_restart).where(table.c.station_id == station.id).order_by(table.c.id)
    )
    return [row["is_restart"] for row in rows]


@asynccontextmanager
async def asking_for_boots(
    central: Central, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[None]:
    """Run the loop that asks for boots, quickly."""
    monkeypatch.setattr(boots, "EVERY_SECONDS", 0.02)
    loop = asyncio.create_task(
        boots.ask_for_boots(central.running.garage, switchboard(central).take_unbooted)
    )
    yield
    loop.cancel()
    await asyncio.wait([loop])


async def fall_calm(central: Central, station: Station) -> None:
    """Talk without a boot, and be silent once the quiet time is over."""
    await station.call("Heartbeat")
    central.clock.advance(61)
    switchboard(central).look_around()
    central.clock.advance(31)


async def answer_in_calm(central: Central, station: Station, status: str) -> None:
    """Let time pass until a boot is asked for: what else is asked and answered ends the calm."""
    answering = asyncio.create_task(answer(station, "TriggerMessage", 3, {"status": status}))
    while not answering.done():
        central.clock.advance(31)
        await asyncio.sleep(0.1)
    await answering


async def test_b04_a_station_without_a_boot_is_asked_for_one_once(
    central: Central, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with connect() as station, asking_for_boots(central, monkeypatch):
        await station.call("Heartbeat")
        central.clock.advance(61)
        await station.call("Heartbeat")
        switchboard(central).look_around()
        central.clock.advance(25)
        await asyncio.sleep(0.1)
        assert not await asked_to_boot(central, station)  # not calm yet
        await answer_in_calm(central, station, "Rejected")
        central.clock.advance(100)
        await asyncio.sleep(0.1)
        assert await asked_to_boot(central, station) == ["answered"]


async def asked_to_boot(central: Central, station: Station) -> list[str]:
    return await asked(central, station, "TriggerMessage")


async def asked(central: Central, station: Station, action: str) -> list[str]:
    """Return how the commands of an action to a station have ended."""
    table = station_commands
    rows = await central.rows(
        select(table.c.status).where(table.c.station_id == station.id, table.c.action == action)
    )
    return [row["status"] for row in rows]


async def test_b04_a_station_that_restarts_when_asked_to_boot_is_never_asked_again(
    central: Central, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """StarCharge and MG HA#1096 restart; Wallbox Copper CN#211 disconnects."""
    async with asking_for_boots(central, monkeypatch):
        async with connect() as station:
            await fall_calm(central, station)
            await answer_in_calm(central, station, "Accepted")
            await station.hang_up()
        await central.until(lambda: central.quirks(station), lambda found: "B04" in found)
        assert await central.alarms(station) == {"action-withheld": 1}

        async with connect(station.id) as again:
            await fall_calm(central, again)
            await asyncio.sleep(0.1)
            assert await asked_to_boot(central, again) == ["answered"]
            triggered = ask(central, again, TRIGGER)  # a person still can
            await answer(again, "TriggerMessage", 3, {"status": "Rejected"})
            assert (await triggered).is_answered


async def test_b04_a_station_whose_boot_is_known_is_not_asked(
    central: Central, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with connect() as station:
        await station.boot()
    async with connect(station.id) as again, asking_for_boots(central, monkeypatch):
        await fall_calm(central, again)
        await asyncio.sleep(0.1)
        assert await asked_to_boot(central, again) == []


async def test_x18_a_refused_charge_that_goes_on_is_told_to_stop_once(
    central: Central, station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ST#134, ST#1286: unlike the answer, the station lets energy flow."""
    monkeypatch.setattr(permissions, "EVERY_SECONDS", 0.02)
    loop = asyncio.create_task(permissions.stop_unpermitted(central.running.garage))
    begun = await station.call("StartTransaction", **station.opening(1_000, idTag="BADBADBAD"))
    assert begun["idTagInfo"]["status"] == "Invalid"
    await station.meter(register(1_200), transaction_id=begun["transactionId"])
    central.later(seconds=61)
    call = await hear(station, "RemoteStopTransaction")
    assert call[3] == {"transactionId": begun["transactionId"]}
    await station.say(json.dumps([3, call[1], {"status": "Accepted"}]))
    await asyncio.sleep(0.2)  # ten looks later
    assert await asked(central, station, "RemoteStopTransaction") == ["answered"]
    assert (await central.session(station))["ended_by"] is None  # its own Stop ends it
    await station.stop(begun["transactionId"], 1_300)

    assert (await central.session(station))["energy_wh"] == 300
    assert await central.quirks(station) == {"X18": 1}
    assert (await central.alarms(station))["charge-told-to-stop"] == 1
    loop.cancel()
    await asyncio.wait([loop])


async def test_c01_one_call_is_open_and_the_station_is_answered_meanwhile(
    central: Central, station: Station
) -> None:
    """Wallbox Copper CN#210: a burst of calls drops its socket; CI#189."""
    asked = [ask(central, station, UNLOCK) for _ in range(3)]
    first = await hear(station, "UnlockConnector")
    assert (await station.ask("Heartbeat", {}))[0] == 3
    assert await station.call("Heartbeat") is not None
    await station.say(json.dumps([3, first[1], {"status": "Unlocked"}]))
    for _ in range(2):
        await answer(station, "UnlockConnector", 3, {"status": "Unlocked"})
    assert [(await each).status.value for each in asked] == ["answered"] * 3
    assert await central.quirks(station) == {}


async def test_c02_late_double_and_unknown_answers_change_nothing(
    central: Central, station: Station
) -> None:
    """MO#22."""
    asked = ask(central, station, UNLOCK, seconds=0.2)
    call = await hear(station, "UnlockConnector")
    late = await time_out(central, asked)
    for message_id in (call[1], call[1], "never-sent"):
        await station.say(json.dumps([3, message_id, {"status": "Unlocked"}]))
    await station.call("Heartbeat")
    assert (await command(central, late))["status"] == "timeout"
    assert await central.quirks(station) == {"C02": 3}

    asked = ask(central, station, UNLOCK)
    await answer(station, "UnlockConnector", 3, {"status": "UnlockFailed"})
    assert (await asked).is_answered


@pytest.mark.parametrize("word", ["Accepted", "NotImplemented"])
async def test_c03_a_result_with_a_word_that_ocpp_does_not_know_is_a_failure_with_its_text(
    word: str, central: Central, station: Station
) -> None:
    """Grizzl-E HA#1619 unlocks with Accepted; EM2GO EV#19026 answers that it does not know."""
    asked = ask(central, station, UNLOCK)
    await answer(station, "UnlockConnector", 3, {"status": word})
    sent = await asked

    row = await command(central, sent)
    assert (sent.status, sent.response) == ("broken-answer", None)
    assert (row["status"], row["response"]) == ("broken-answer", None)
    assert row["raw_answer"] == json.dumps({"status": word})
    assert "status" in row["description"]
    assert await central.quirks(station) == {"C03": 1}


@pytest.mark.parametrize(
    ("parts", "code", "description"),
    [
        ([4, "NotSupported"], "NotSupported", ""),
        ([4, "NotSupported", "no"], "NotSupported", "no"),
        ([4, None, None, None], "", ""),
        ([4, "OurOwnCode", "no", {}], "OurOwnCode", "no"),
        ([4, 17, ["x"], {}], "17", '["x"]'),
    ],
)
async def test_c04_an_error_of_three_to_five_parts_with_any_code_ends_the_command(
    parts: list[object], code: str, description: str, central: Central, station: Station
) -> None:
    asked = ask(central, station, ClearCacheRequest())
    await answer(station, "ClearCache", *parts)
    sent = await asked

    assert (sent.status, sent.code, sent.description) == ("call-error", code, description)
    row = await command(central, sent)
    assert (row["status"], row["code"], row["description"]) == ("call-error", code, description)
    assert await central.quirks(station) == {"C04": 1}


async def test_c04_a_proper_error_is_no_deviation(central: Central, station: Station) -> None:
    asked = asyncio.create_task(
        send_payload(central.running.garage, OWNER, station.id, "ClearCache", b"{}")
    )
    await answer(station, "ClearCache", 4, "NotSupported", "", {})

    assert (await asked).code == "NotSupported"
    assert await central.quirks(station) == {}
