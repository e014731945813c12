"""Each fault does on the wire what its name says."""

import asyncio

import pytest

from onetime.simulator.faults import FaultKind
from onetime.simulator.ledger import (
    AnswerLost,
    ChargeBegan,
    ChargeEnded,
    FaultStruck,
    Intent,
    MeterJumped,
    MeterStood,
)
from onetime.simulator.station import Station
from tests.simulator.central import Central, Said
from tests.simulator.rig import LONG_STAY, running, stay
from tests.simulator.test_station import moment, register

LOST = [FaultKind.LOST_ANSWER_SAME_ID, FaultKind.LOST_ANSWER_NEW_ID]
REPEATED = [FaultKind.REPEAT_SAME_ID, FaultKind.REPEAT_NEW_ID]


def armed(*kinds: FaultKind):
    def prepare(station: Station) -> None:
        for kind in kinds:
            station.switches.arm(kind)

    return prepare


def actions(central: Central, connection: int) -> list[str]:
    return [one.action for one in central.calls() if one.connection == connection]


def said_after(central: Central, seconds: float) -> list[Said]:
    """The meter values that were taken after this simulated second."""
    return [said for said in central.calls("MeterValues") if moment(said) > seconds]


async def test_a_cut_line_queues_the_samples_with_their_old_times(tmp_path):
    async with Central() as central, running(central, tmp_path, stay(10, 1_500)) as rig:
        await rig.seen("MeterValues", 2)
        rig.strike(FaultKind.CUT_LINE, 600)
        await rig.seen("StopTransaction")

    assert central.connections == 2
    assert actions(central, 2)[:3] == ["BootNotification", *["StatusNotification"] * 2]
    times = [moment(said) for said in central.calls("MeterValues")]
    assert sorted(set(times)) == [10 + 60 * n for n in range(1, 25)]
    assert times == sorted(times)
    queued = [said for said in central.calls("MeterValues") if said.connection == 2]
    assert len(queued) > 9
    assert {said.payload["transactionId"] for said in queued} == {1}


async def test_a_charge_of_a_known_tag_begins_and_ends_without_a_line(tmp_path):
    async with (
        Central() as central,
        running(central, tmp_path, stay(10, 100), stay(700, 900)) as rig,
    ):
        await rig.seen("StopTransaction")
        await rig.until(lambda: not rig.station.outbox.unanswered)
        rig.strike(FaultKind.CUT_LINE, 1_200)
        await rig.seen("StopTransaction", 2)
        permissions = [
            one.permission for one in rig.facts(ChargeBegan) if isinstance(one, ChargeBegan)
        ]

    assert permissions == ["accepted", "cached"]
    start, stop = central.calls("StartTransaction")[1], central.calls("StopTransaction")[1]
    assert (start.connection, moment(start), moment(stop)) == (2, 700, 900)
    assert stop.payload["transactionId"] == 2  # learned only now


async def test_a_half_open_connection_stays_silent_beside_the_new_one(tmp_path):
    async with Central() as central, running(central, tmp_path, LONG_STAY) as rig:
        await rig.seen("MeterValues")
        old = central.open["RIG"]
        rig.strike(FaultKind.HALF_OPEN)
        await central.until(lambda: central.connections == 2)
        await rig.seen("MeterValues", len(central.calls("MeterValues")) + 3)
        socket = old._connection._connection
        assert socket.state.name == "OPEN"
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(await socket.ping(), 0.1)
        await asyncio.wait_for(await central.open["RIG"]._connection._connection.ping(), 2)


@pytest.mark.parametrize("kind", LOST)
async def test_a_lost_answer_leads_to_a_repeat_on_the_next_connection(tmp_path, kind):
    async with (
        Central() as central,
        running(central, tmp_path, stay(10, 200), prepare=armed(kind)) as rig,
    ):
        await rig.seen("StopTransaction")
        [lost] = rig.facts(AnswerLost)
        assert isinstance(lost, AnswerLost)
        sendings = [
            one.sending for one in rig.facts(Intent) if isinstance(one, Intent) and one.session
        ]

    first, second = central.calls("StartTransaction")
    assert (first.connection, second.connection) == (1, 2)
    assert first.payload == second.payload
    assert (first.frame[1] == second.frame[1]) == (kind is FaultKind.LOST_ANSWER_SAME_ID)
    assert lost.message_id == first.frame[1]
    assert sendings[:3] == [1, 2, 1]
    assert rig.violations() == 0


@pytest.mark.parametrize("kind", REPEATED)
async def test_an_answered_message_is_sent_again_on_the_same_connection(tmp_path, kind):
    async with (
        Central() as central,
        running(central, tmp_path, stay(10, 200), prepare=armed(kind)) as rig,
    ):
        await rig.seen("StopTransaction")

    first, second = central.calls("StartTransaction")
    assert first.connection == second.connection
    assert first.payload == second.payload
    assert (first.frame[1] == second.frame[1]) == (kind is FaultKind.REPEAT_SAME_ID)
    assert rig.violations() == 0


@pytest.mark.parametrize("kind", [*LOST, *REPEATED])
async def test_a_repeat_that_is_answered_differently_is_a_violation(tmp_path, kind):
    def forge(said: Said, answer: str) -> str:
        repeated = said.action == "StartTransaction" and len(central.calls(said.action)) == 2
        return answer.replace('"transactionId":1', '"transactionId":2') if repeated else answer

    async with (
        Central(forge=forge) as central,
        running(central, tmp_path, stay(10, 200), prepare=armed(kind)) as rig,
    ):
        await rig.seen("StopTransaction")
        assert rig.violations() >= 1


async def test_a_duplicate_is_the_same_frame_twice_before_any_answer(tmp_path):
    async with (
        Central() as central,
        running(central, tmp_path, stay(10, 200), prepare=armed(FaultKind.DUPLICATE)) as rig,
    ):
        await rig.seen("StopTransaction")
        intents = [one.action for one in rig.facts(Intent) if isinstance(one, Intent)]

    frames = [said.frame for said in central.calls("StartTransaction")]
    assert len(frames) == 2
    assert frames[0] == frames[1]
    assert intents.count("StartTransaction") == 2
    assert rig.violations() == 0


async def test_reordering_lets_two_queued_messages_change_places(tmp_path):
    async with Central() as central, running(central, tmp_path, stay(10, 1_000)) as rig:
        await rig.seen("MeterValues")
        rig.strike(FaultKind.REORDER)
        rig.strike(FaultKind.CUT_LINE, 400)
        await rig.seen("StopTransaction")

    times = [moment(said) for said in central.calls("MeterValues")]
    assert times != sorted(times)
    assert sorted(set(times)) == [10 + 60 * n for n in range(1, 17)]


@pytest.mark.parametrize(
    ("kind", "off"), [(FaultKind.CLOCK_AHEAD, 10_800), (FaultKind.CLOCK_BEHIND, -10_800)]
)
async def test_a_clock_that_is_off_dates_the_charge_wrongly(tmp_path, kind, off):
    async with Central() as central, running(central, tmp_path, stay(100, 2_000)) as rig:
        rig.strike(kind, 1_000)
        await rig.seen("StopTransaction")

    [start], [stop] = central.calls("StartTransaction"), central.calls("StopTransaction")
    assert (moment(start), moment(stop)) == (100 + off, 2_000)


async def test_a_dead_clock_counts_from_1970(tmp_path):
    async with Central() as central, running(central, tmp_path, stay(100, 200)) as rig:
        rig.strike(FaultKind.CLOCK_AT_EPOCH, 1_000)
        await rig.seen("StopTransaction")

    assert central.calls("StartTransaction")[0].payload["timestamp"].startswith("1970-01-01T00:0")


async def test_after_a_power_cut_the_transaction_is_stopped(tmp_path):
    async with Central() as central, running(central, tmp_path, LONG_STAY) as rig:
        await rig.seen("MeterValues", 2)
        struck_at = rig.strike(FaultKind.POWER_CUT_STOPS, 300)
        await rig.seen("StopTransaction")

    [stop] = central.calls("StopTransaction")
    assert (stop.connection, stop.payload["reason"]) == (2, "PowerLoss")
    assert moment(stop) == pytest.approx(struck_at, abs=1)
    assert actions(central, 2)[0] == "BootNotification"


async def test_after_a_power_cut_the_transaction_goes_on(tmp_path):
    async with Central() as central, running(central, tmp_path, LONG_STAY) as rig:
        await rig.seen("MeterValues", 2)
        before = register(central.calls("MeterValues")[-1])
        struck_at = rig.strike(FaultKind.POWER_CUT_RESUMES, 300)
        await central.until(lambda: len(said_after(central, struck_at + 300)) >= 2)

    after = said_after(central, struck_at + 300)
    assert len(central.calls("StartTransaction")) == 1
    assert central.calls("StopTransaction") == []
    assert {said.connection for said in after} == {2}
    assert {said.payload["transactionId"] for said in after} == {1}
    assert register(after[-1]) > before


async def test_after_a_power_cut_the_transaction_is_forgotten(tmp_path):
    async with (
        Central() as central,
        running(central, tmp_path, stay(10, 1_000), stay(1_100, 1_300)) as rig,
    ):
        await rig.seen("MeterValues", 2)
        rig.strike(FaultKind.POWER_CUT_FORGETS, 300)
        await rig.seen("StopTransaction")
        [ended, _] = rig.facts(ChargeEnded)
        assert isinstance(ended, ChargeEnded)
        assert (ended.reason, ended.told) == ("PowerLoss", False)

    assert len(central.calls("StartTransaction")) == 2
    assert central.calls("StopTransaction")[0].payload["transactionId"] == 2


async def test_a_reconnect_without_boot(tmp_path):
    async with Central() as central, running(central, tmp_path, LONG_STAY) as rig:
        await rig.seen("MeterValues")
        rig.strike(FaultKind.NO_BOOT)
        await rig.seen("MeterValues", len(central.calls("MeterValues")) + 2)

    assert central.connections == 2
    assert "BootNotification" not in actions(central, 2)


async def test_a_reconnect_without_subprotocol(tmp_path):
    async with Central() as central, running(central, tmp_path) as rig:
        await rig.seen("StatusNotification", 2)
        rig.strike(FaultKind.NO_SUBPROTOCOL)
        await rig.seen("BootNotification", 2)
        assert rig.violations() == 0

    assert [knock.subprotocols for knock in central.knocks] == ["ocpp1.6", None]


@pytest.mark.parametrize("kind", [FaultKind.METER_RESET, FaultKind.METER_ROLLBACK])
async def test_a_register_that_falls_is_in_the_ledger(tmp_path, kind):
    async with Central() as central, running(central, tmp_path, stay(10, 900)) as rig:
        await rig.seen("MeterValues", 3)
        rig.strike(kind)
        await rig.seen("StopTransaction")
        [jump] = rig.facts(MeterJumped)
        assert isinstance(jump, MeterJumped)
        assert jump.before_wh > jump.after_wh
        last = rig.facts(MeterStood)[-1]
        assert isinstance(last, MeterStood)
        # What truly flowed is what it would have been without the fault.
        assert last.moved_wh == pytest.approx(16 * 230 * 3 * 890 / 3600)

    readings = [register(said) for said in central.calls("MeterValues")]
    assert readings != sorted(readings)


async def test_an_idle_load_moves_the_register_between_charges(tmp_path):
    visits = stay(10, 100), stay(1_000, 1_100)
    async with Central() as central, running(central, tmp_path, *visits) as rig:
        await rig.seen("StopTransaction")
        rig.strike(FaultKind.IDLE_LOAD, 450)
        await rig.seen("StartTransaction", 2)
        assert rig.facts(FaultStruck) == [FaultStruck("idle-load", 450)]

    stopped = central.calls("StopTransaction")[0].payload["meterStop"]
    started = central.calls("StartTransaction")[1].payload["meterStart"]
    assert started - stopped == pytest.approx(50, abs=1)  # 400 W for 450 s
