"""Rows B, C, M about what commands mean: configurations, lists, caches, remote starts."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import func, select, update

from onetime.dispatch.commands import send
from onetime.dispatch.configuration import CORE_KEYS, DEFAULT_CHUNK, MAX_KEYS_KEY
from onetime.domain.ids import StationId
from onetime.loops import commissioning, configuration, deadlines, local_lists, revocations
from onetime.ocpp.v16.core import (
    GetConfigurationRequest,
    RemoteStartTransactionRequest,
    UnlockConnectorRequest,
)
from onetime.operations.commissionings import begin_commissioning, begin_offline_test
from onetime.operations.remote_charging import begin_remotely
from onetime.operations.spots import assign_spot
from onetime.operations.stations import StationChanges, edit_station
from onetime.operations.tokens import block_card, unblock_card
from onetime.queries.abilities import abilities
from onetime.queries.commissionings import commissioning as commissioning_of
from onetime.queries.configuration import ConfigurationKey
from onetime.queries.configuration import configuration as keys_of
from onetime.queries.local_lists import list_state
from onetime.queries.revocations import revocation
from onetime.queries.stations import station as station_of
from onetime.store.command_tables import station_commands
from onetime.store.tables import authorization_tokens, station_configurations
from onetime.store.transaction import Transaction
from tests.garage_makers import OWNER, a_renter, a_spot
from tests.quirks.brains import Brain, Thinking, thinking
from tests.quirks.conftest import Connect
from tests.quirks.station import CARD, Central, central_system

pytestmark = pytest.mark.asyncio(loop_scope="module")

LIST = {
    "LocalAuthListEnabled": "true",
    "LocalAuthListMaxLength": "16",
    "SendLocalListMaxLength": "8",
}
NOT_IMPLEMENTED = '[4,"$id","NotImplemented","",{}]'
GARBAGE = "1634030126"
SECRET = "CANARY-IN-A-KEY"
UNTOLD = {"NumberOfConnectors", "LocalAuthListEnabled"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def central(
    tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path
) -> AsyncIterator[Central]:
    """A central system whose loops look around every moment."""
    folder = tmp_path_factory.mktemp("garage")
    with pytest.MonkeyPatch.context() as patch:
        for loop in (commissioning, configuration, deadlines, local_lists, revocations):
            patch.setattr(loop, "EVERY_SECONDS", 0.05)
        async with central_system(folder, migrated_sqlite) as running:
            yield running


async def keys(central: Central, station: Thinking) -> dict[str, ConfigurationKey]:
    found = await central.running.garage.archive.read(keys_of, station.id)
    return {each.key: each for each in found}


async def state(central: Central, station: Thinking, key: str, wanted: str) -> ConfigurationKey:
    """Wait until a key is in this state."""

    async def look() -> ConfigurationKey | None:
        return (await keys(central, station)).get(key)

    found = await central.until(look, lambda each: each is not None and each.state == wanted)
    assert found is not None
    return found


async def in_step(central: Central, station: Thinking, *cards: str) -> None:
    """Wait until the station's list holds these cards, and onetime knows."""

    async def look() -> bool:
        told = await central.running.garage.archive.read(
            list_state, station.id, central.clock.now()
        )
        is_certain = told.acknowledged_version == told.desired_version
        return is_certain and {*station.brain.listed} == {*cards}

    await central.until(look, bool)


async def test_b08_the_heartbeat_interval_is_set_and_read_back(
    central: Central, connect: Connect
) -> None:
    """ABB HA#1303: 3600 s by default hide a loss of the line."""
    async with thinking(connect, Brain(HeartbeatInterval="3600")) as station:
        key = await state(central, station, "HeartbeatInterval", "applied")

        assert (key.value, key.desired_value) == ("120", "120")
        assert station.brain.changes() == {"HeartbeatInterval": "120"}
        assert {"key": ["HeartbeatInterval"]} in station.brain.of("GetConfiguration")
        assert await central.quirks(station) == {}


async def test_m15_c11_c14_a_station_is_set_up_so_that_nothing_flows_unseen_or_unknown(
    central: Central, connect: Connect
) -> None:
    """CN#143: no samples outside sessions; EVBox HA#870: it starts by itself."""
    brain = Brain(
        ClockAlignedDataInterval="0",
        AllowOfflineTxForUnknownId="true",
        StopTransactionOnInvalidId="false",
        AuthorizationCacheEnabled="true",
        TransactionMessageAttempts="3",
        MeterValueSampleInterval="0",
        MeterValuesSampledData="Voltage",
        Vendor="x",
    )
    async with thinking(connect, brain) as station:
        for key in [*brain.configuration][:-1]:
            await state(central, station, key, "applied")

        assert brain.changes() == {
            "ClockAlignedDataInterval": "900",
            "AllowOfflineTxForUnknownId": "false",
            "StopTransactionOnInvalidId": "true",
            "AuthorizationCacheEnabled": "false",
            "TransactionMessageAttempts": "100",
            "MeterValueSampleInterval": "60",
            "MeterValuesSampledData": "Energy.Active.Import.Register,Power.Active.Import",
        }
        assert len(brain.of("ChangeConfiguration")) == 7


async def test_c11_an_unknown_card_that_charges_offline_fails_the_commissioning_until_it_does_not(
    central: Central, connect: Connect
) -> None:
    """EVBox Elvi HA#870 starts by itself; Wallbox charged everybody when it was offline."""

    async def steps() -> dict[str, tuple[bool, str | None]]:
        told = await central.running.garage.archive.read(commissioning_of, number)
        return {each.step: (each.done_at is not None, each.evidence) for each in told.checks}

    async def off_the_line(seconds: float) -> None:
        """Let the station be away, and come back."""
        async with thinking(connect, Brain(), name) as station:
            await central.do(begin_offline_test, OWNER, number)
            assert (await steps())["unknown-card-offline"] == (False, None)
            await station.hang_up()
        central.later(seconds=seconds)

    async with thinking(connect, Brain()) as station:
        name = station.id
        number = await central.do(begin_commissioning, OWNER, name)
        refused = await station.call("Authorize", idTag="BADBADBAD")
        assert refused["idTagInfo"]["status"] == "Invalid"
        assert (await steps())["unknown-card-refused"] == (True, None)
    await off_the_line(30)
    async with thinking(connect, Brain(), name) as again:
        begun = await again.call("StartTransaction", **again.opening(1_000, idTag="BADBADBAD"))
        await again.stop(begun["transactionId"], 1_300)
        session = await central.session(again)
        told = await steps()
        assert told["unknown-card-offline"] == (False, f"#{session['id']}: 300 Wh")
        assert told["unknown-card-refused"] == (False, f"#{session['id']}: 300 Wh")

    central.later(minutes=1)
    await off_the_line(10)  # nobody has held a card to it in so short a time
    async with thinking(connect, Brain(), name):
        assert (await steps())["unknown-card-offline"] == (False, None)
    await off_the_line(30)
    async with thinking(connect, Brain(), name) as mended:
        await mended.call("Authorize", idTag="BADBADBAD")
        told = await steps()
        assert told["unknown-card-offline"] == (True, None)
        assert told["unknown-card-refused"] == (True, None)


async def test_c09_a_read_only_key_is_not_asked_for(central: Central, connect: Connect) -> None:
    """HA#1036."""
    brain = Brain(ClockAlignedDataInterval="0", HeartbeatInterval="300")
    brain.readonly = {"ClockAlignedDataInterval"}
    async with thinking(connect, brain) as station:
        await state(central, station, "HeartbeatInterval", "applied")

        assert brain.changes().keys() == {"HeartbeatInterval"}
        assert (await keys(central, station))["ClockAlignedDataInterval"].state is None


async def test_c09_a_station_that_accepts_and_shows_another_value_is_named_and_left_alone(
    central: Central, connect: Connect
) -> None:
    brain = Brain(HeartbeatInterval="3600")
    brain.ways["ChangeConfiguration"] = lambda _: {"status": "Accepted"}
    async with thinking(connect, brain) as station:
        key = await state(central, station, "HeartbeatInterval", "differs")

        assert (key.value, key.desired_value) == ("3600", "120")
        await asyncio.sleep(0.3)
        assert len(brain.of("ChangeConfiguration")) == 1
        assert await central.quirks(station) == {"C09": 1}


async def test_c09_a_change_that_needs_a_restart_waits_until_nobody_charges(
    central: Central, connect: Connect
) -> None:
    """HA#1015: RebootRequired."""
    brain = Brain(HeartbeatInterval="3600")
    brain.ways["ChangeConfiguration"] = lambda _: {"status": "RebootRequired"}
    async with thinking(connect, brain) as station:
        await station.status("Available")
        transaction_id = await station.start(1_000)
        await state(central, station, "HeartbeatInterval", "reboot-required")
        central.later(minutes=20)
        await asyncio.sleep(0.3)
        assert brain.of("Reset") == []

        await station.stop(transaction_id, 2_000)
        await central.until(_calls(brain, "Reset"), lambda calls: calls == [{"type": "Soft"}])
        await asyncio.sleep(0.3)
        assert len(brain.of("Reset")) == 1
        brain.configuration["HeartbeatInterval"] = "120"
        central.later(minutes=1)
        await station.boot()
        await state(central, station, "HeartbeatInterval", "applied")


async def test_c08_what_a_station_measures_is_written_once_although_it_restarts_of_it(
    central: Central, connect: Connect
) -> None:
    """ABB HA#1275."""
    brain = Brain(MeterValuesSampledData="Voltage")
    brain.ways["ChangeConfiguration"] = lambda _: None
    async with thinking(connect, brain) as station:
        await central.until(_calls(brain, "ChangeConfiguration"), bool)
        name = station.id
    central.later(minutes=1)
    async with thinking(connect, brain, name) as again:
        await again.call("Heartbeat")
        await central.until(_calls(brain, "GetConfiguration"), lambda calls: len(calls) > 1)
        await asyncio.sleep(0.3)

        assert len(brain.of("ChangeConfiguration")) == 1


async def test_c06_garbage_for_the_number_of_connectors_is_not_believed(
    central: Central, connect: Connect
) -> None:
    """Growatt HA#1892; what a person enters wins."""
    async with thinking(connect, Brain(NumberOfConnectors=GARBAGE)) as station:
        await central.until(lambda: central.quirks(station), lambda found: found == {"C06": 1})
        await station.status("Available", 1)

        async def count() -> int | None:
            archive = central.running.garage.archive
            return (await archive.read(station_of, station.id)).connector_count

        assert (await keys(central, station))["NumberOfConnectors"].value == GARBAGE
        assert await count() == 1
        await central.do(edit_station, OWNER, station.id, StationChanges(connector_count=2))
        assert await count() == 2


@pytest.mark.parametrize("limit", [20, 0])
async def test_c05_a_station_that_tells_few_keys_at_once_is_read_whole(
    limit: int, central: Central, connect: Connect
) -> None:
    """ABB EV#32534 tells 20 keys at most; Wallbe EV#3685 says 0, and nothing when asked for all."""
    told = {key: "1" for key in CORE_KEYS if key not in UNTOLD}
    told[MAX_KEYS_KEY] = str(limit)
    brain = Brain(**told)

    def tell(payload: dict) -> dict:
        if payload.get("key"):
            shown = [key for key in payload["key"] if key in told][: limit or None]
        else:
            shown = list(told)[:limit]
        return {
            "configurationKey": [
                {"key": key, "value": told[key], "readonly": True} for key in shown
            ]
        }

    brain.ways["GetConfiguration"] = tell
    async with thinking(connect, brain) as station:
        found = await central.until(
            lambda: keys(central, station), lambda found: len(found) >= len(told)
        )

        assert {key: each.value for key, each in found.items()} == told
        sizes = [len(each.get("key", ())) for each in brain.of("GetConfiguration")]
        assert max(sizes) <= (limit or DEFAULT_CHUNK)


async def test_g06_a_remote_start_names_the_same_tag_of_hexadecimal_digits_each_time(
    central: Central, connect: Connect
) -> None:
    """Alfen HA#514 takes no other tag from afar."""
    async with thinking(connect, Brain()) as station:

        def move_in(tx: Transaction) -> int:
            renter_id = a_renter(tx, "Gita")
            a_spot(tx, "G06", station.id)
            assign_spot(tx, OWNER, "G06", renter_id)
            return renter_id

        renter_id = await central.do(move_in)
        for _ in range(2):
            wanted = await central.do(begin_remotely, OWNER, renter_id, "G06")
            request = RemoteStartTransactionRequest(id_tag=wanted.id_tag, connector_id=1)
            sent = await send(central.running.garage, OWNER, station.id, request)
            assert sent.is_answered
        first, second = station.brain.of("RemoteStartTransaction")
        begun = await station.call("StartTransaction", **station.opening(idTag=first["idTag"]))

        assert first == second
        assert re.fullmatch("[0-9A-F]{8,20}", first["idTag"])
        assert begun["idTagInfo"] == {"status": "Accepted"}
        assert (await central.session(station))["renter_id"] == renter_id


async def test_c05_what_a_person_reads_of_a_station_is_in_the_books(
    central: Central, connect: Connect
) -> None:
    """ABB EV#32534; virtual-charge-point#65 ignores the filter."""
    async with thinking(connect, Brain(Vendor="x", Other="y")) as station:
        await central.until(lambda: keys(central, station), bool)
        station.brain.configuration = {"Vendor": "z", "Extra": "1", "StationPassword": SECRET}
        request = GetConfigurationRequest(key=("Vendor",))
        station.brain.ways["GetConfiguration"] = lambda _: {
            "configurationKey": [
                {"key": key, "value": value, "readonly": True}
                for key, value in station.brain.configuration.items()
            ]
        }
        sent = await send(central.running.garage, OWNER, station.id, request)

        assert sent.is_answered
        found = {key: each.value for key, each in (await keys(central, station)).items()}
        assert found == {"Vendor": "z", "Other": "y", "Extra": "1", "StationPassword": "***"}


async def test_c07_a_secret_in_a_configuration_is_nowhere(
    central: Central, connect: Connect
) -> None:
    """Grizzl-E HA#899."""
    async with thinking(connect, Brain(StationPassword=SECRET, Vendor="x")) as station:
        await central.until(lambda: keys(central, station), bool)
        await send(central.running.garage, OWNER, station.id, GetConfigurationRequest())

        kept = await central.rows(select(station_configurations.c.value))
        sent = await central.rows(select(station_commands.c.payload, station_commands.c.response))
        journal = await central.journal(station)
        assert SECRET not in f"{kept}{sent}{journal}"
        assert "***" in f"{sent}"


async def test_c10_a_remote_start_that_is_accepted_and_never_begins_is_told(
    central: Central, connect: Connect
) -> None:
    """Tellus ST#796: Accepted, no StartTransaction ever; nothing is repeated."""
    async with thinking(connect, Brain(ConnectionTimeOut="60")) as station:
        await central.until(lambda: keys(central, station), bool)
        request = RemoteStartTransactionRequest(id_tag=CARD, connector_id=1)
        sent = await send(central.running.garage, OWNER, station.id, request)
        assert sent.is_answered
        central.later(seconds=89)
        await asyncio.sleep(0.2)
        assert await central.alarms(station) == {}

        central.later(seconds=1)
        await central.until(
            lambda: central.alarms(station), lambda found: found == {"remote-start-missed": 1}
        )
        assert await central.quirks(station) == {"C10": 1}
        assert len(station.brain.of("RemoteStartTransaction")) == 1


async def test_c12_a_connector_that_can_not_be_unlocked_is_known_after_the_first_answer(
    central: Central, connect: Connect
) -> None:
    """HA#1638."""
    brain = Brain()
    brain.ways["UnlockConnector"] = lambda _: {"status": "NotSupported"}
    async with thinking(connect, brain) as station:
        request = UnlockConnectorRequest(connector_id=1)
        await send(central.running.garage, OWNER, station.id, request)

        found = await central.running.garage.archive.read(abilities, station.id)
        (unlocking,) = [each for each in found if each.action == "UnlockConnector"]
        assert (unlocking.is_supported, unlocking.answer) == (False, "NotSupported")


async def test_c13_a_list_of_16_cards_in_messages_of_8_and_the_cards_without_room(
    central: Central, connect: Connect
) -> None:
    """ABB EV#32534."""
    cards = [await central.card(f"C13-{number:02}") for number in range(20)]
    brain = Brain(**LIST)
    async with thinking(connect, brain) as station:
        await central.until(lambda: central.alarms(station), bool)

        sizes = [len(each["localAuthorizationList"]) for each in brain.of("SendLocalList")]
        kinds = [each["updateType"] for each in brain.of("SendLocalList")]
        assert (sizes, kinds) == ([8, 8], ["Full", "Differential"])
        assert len(brain.listed) == 16
        assert await central.alarms(station) == {"cards-not-in-list": 1}
        told = await central.running.garage.archive.read(
            list_state, station.id, central.clock.now()
        )
        room = [each.card for each in told.cards if each.state == "no-room"]
        assert len(room) == len(told.cards) - 16
        assert len(told.cards) == len(cards) + 1  # the one that every garage here has
        assert all(each.startswith("…") for each in room)
    await central.do(_forget_cards, cards)


async def test_c13_a_station_that_keeps_no_list_is_asked_once(
    central: Central, connect: Connect
) -> None:
    """MH#265: NotSupported."""
    brain = Brain(**LIST)
    brain.ways["SendLocalList"] = lambda _: {"status": "NotSupported"}
    async with thinking(connect, brain) as station:
        await central.until(lambda: central.quirks(station), lambda found: found == {"C13": 1})
        central.later(hours=7)
        await asyncio.sleep(0.3)

        assert len(brain.of("SendLocalList")) == 1


async def test_c13_a_list_that_a_restart_lost_is_sent_again_with_another_version(
    central: Central, connect: Connect
) -> None:
    """LO#497."""
    brain = Brain(**LIST)
    async with thinking(connect, brain) as station:
        await in_step(central, station, CARD)
        version = brain.list_version
        brain.list_version, brain.listed = 0, {}
        central.later(minutes=1)
        await station.boot()
        await in_step(central, station, CARD)

        assert brain.list_version > version
        assert brain.of("SendLocalList")[-1]["updateType"] == "Full"
        assert await central.quirks(station) == {"C13": 1}


async def test_c13_a_difference_that_fails_is_followed_by_the_whole_list(
    central: Central, connect: Connect
) -> None:
    brain = Brain(**LIST)
    async with thinking(connect, brain) as station:
        await in_step(central, station, CARD)

        def only_full(payload: dict) -> object:
            if payload["updateType"] == "Differential":
                return {"status": "VersionMismatch"}
            return brain.take_list(payload)

        brain.ways["SendLocalList"] = only_full
        card = await central.card("C13-MORE")
        await central.until(lambda: central.quirks(station), lambda found: found == {"C13": 1})
        central.later(minutes=2)
        await in_step(central, station, CARD, card)
        versions = [each["listVersion"] for each in brain.of("SendLocalList")]
        assert versions == sorted({*versions})
    await central.do(_forget_cards, [card])


async def test_c14_a_blocked_card_is_off_the_list_and_out_of_the_cache(
    central: Central, connect: Connect
) -> None:
    card = await central.card("C14-CARD")
    brain, deaf = Brain(**LIST), Brain()
    deaf.ways["ClearCache"] = lambda _: NOT_IMPLEMENTED
    async with thinking(connect, brain) as station, thinking(connect, deaf) as other:
        await in_step(central, station, CARD, card)
        await central.do(block_card, OWNER, card)

        async def confirmed() -> dict[str, tuple[str, str, bool]]:
            told = await central.running.garage.archive.read(revocation, card)
            return {
                each.station_id: (each.cache, each.list, each.confirmed_at is not None)
                for each in told.stations
                if each.station_id in (station.id, other.id)
            }

        await central.until(
            confirmed,
            lambda found: (
                found
                == {
                    station.id: ("cleared", "removed", True),
                    other.id: ("none", "none", True),
                }
            ),
        )
        assert {*brain.listed} == {CARD}
        assert brain.of("SendLocalList")[-1]["localAuthorizationList"] == [{"idTag": card}]
        assert len(brain.of("ClearCache")) == 1
        await central.do(unblock_card, OWNER, card)
        await in_step(central, station, CARD, card)
    await central.do(_forget_cards, [card])


async def test_a_station_that_is_not_kept_in_step_is_only_read(
    central: Central, connect: Connect
) -> None:
    brain = Brain(HeartbeatInterval="3600", **LIST)
    async with connect() as first:
        name = StationId(first.id)
        await central.until(lambda: central.knocks(), lambda found: name not in found)
        await central.do(edit_station, OWNER, name, StationChanges(is_kept_in_step=False))
    async with thinking(connect, brain, name) as station:
        await central.until(lambda: keys(central, station), bool)
        await asyncio.sleep(0.3)

        assert {action for action, _ in brain.asked} <= {"GetConfiguration", "ClearCache"}


def _calls(brain: Brain, action: str):
    async def look() -> list:
        return brain.of(action)

    return look


def _forget_cards(tx: Transaction, cards: list[str]) -> None:
    """Let cards expire long ago, so that other tests have a garage of their own."""
    table = authorization_tokens
    tx.connection.execute(
        update(table).where(table.c.token.in_(cards)).values(status="Blocked", description="gone")
    )
    assert tx.connection.execute(select(func.count()).select_from(table)).scalar_one() > 0
