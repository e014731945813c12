"""A station on the wire: the story of a charge, bad lines and bad answers."""

import json
from datetime import datetime
from http import HTTPStatus
from itertools import pairwise

import pytest

from onetime.simulator.habits import Habits
from onetime.simulator.ledger import Acknowledged, CallFailed, ChargeBegan, ChargeEnded, Violated
from onetime.simulator.station import Station
from tests.simulator.central import Central, Said
from tests.simulator.rig import LONG_STAY, NOON, running, stay


def moment(said: Said) -> float:
    """Return the simulated second that stands in a message."""
    payload = said.payload
    text = payload["timestamp"] if "timestamp" in payload else payload["meterValue"][0]["timestamp"]
    return (datetime.fromisoformat(text) - NOON).total_seconds()


def register(said: Said) -> int:
    [value] = said.payload["meterValue"]
    energy = [one for one in value["sampledValue"] if "Register" in one["measurand"]]
    return int(energy[0]["value"])


async def test_a_charge_from_plug_to_unplug(tmp_path):
    async with Central() as central, running(central, tmp_path, stay(10, 400)) as rig:
        await rig.seen("StopTransaction")
        await central.until(lambda: len(central.calls("StatusNotification")) >= 5)

    words = [said.action for said in central.calls() if said.action != "Heartbeat"]
    assert words[:3] == ["BootNotification", "StatusNotification", "StatusNotification"]
    assert [said.payload["connectorId"] for said in central.calls("StatusNotification")[:2]] == [
        0,
        1,
    ]
    shown = [said.payload["status"] for said in central.calls("StatusNotification")[1:]]
    assert shown == ["Available", "Preparing", "Charging", "Available"]

    [authorize] = central.calls("Authorize")
    [start] = central.calls("StartTransaction")
    [stop] = central.calls("StopTransaction")
    samples = central.calls("MeterValues")
    assert authorize.payload == {"idTag": "TAG-1"}
    assert [moment(said) for said in (start, *samples, stop)] == [
        10,
        70,
        130,
        190,
        250,
        310,
        370,
        400,
    ]
    assert {said.payload["transactionId"] for said in (*samples, stop)} == {1}
    # 16 A at 230 V on three phases for 390 s; the meter counts fractions, the wire whole Wh.
    energy = stop.payload["meterStop"] - start.payload["meterStart"]
    assert energy == pytest.approx(16 * 230 * 3 * 390 / 3600, abs=1)
    readings = [start.payload["meterStart"], *map(register, samples), stop.payload["meterStop"]]
    assert readings == sorted(readings)
    assert stop.payload["reason"] == "EVDisconnected"
    assert central.errors() == []
    assert rig.violations() == 0


async def test_a_full_car_is_shown_as_suspended_by_the_car(tmp_path):
    visit = stay(10, 90_000)
    async with Central() as central, running(central, tmp_path, visit, speed=40_000):
        await central.until(
            lambda: (
                "SuspendedEV" in [s.payload["status"] for s in central.calls("StatusNotification")]
            )
        )


async def test_heartbeats_come_at_the_interval_that_was_handed_out(tmp_path):
    async with Central(interval=1) as central, running(central, tmp_path) as rig:
        await rig.seen("Heartbeat")
        assert rig.station.configuration.values["HeartbeatInterval"] == "1"


async def test_the_identity_is_percent_encoded_and_the_password_shown(tmp_path):
    identity = "AA:BB/å 1"
    async with (
        Central() as central,
        running(central, tmp_path, identity=identity, password="secret:of:16+") as rig,
    ):
        await rig.seen("BootNotification")

    [knock] = central.knocks
    assert (knock.station, knock.subprotocols) == (identity, "ocpp1.6")
    assert f"{knock.user}:{knock.password}" == f"{identity}:secret:of:16+"


@pytest.mark.parametrize("status", [HTTPStatus.UNAUTHORIZED, HTTPStatus.SERVICE_UNAVAILABLE])
async def test_a_refused_upgrade_is_counted_and_tried_again(tmp_path, status):
    async with (
        Central(refuse=[status, status]) as central,
        running(central, tmp_path, connects=False) as rig,
    ):
        await rig.seen("BootNotification")
        assert rig.station.progress.refusals == {int(status): 2}
        assert len(central.knocks) == 3


async def test_a_station_that_is_pending_says_nothing_until_it_is_accepted(tmp_path):
    async with (
        Central(interval=1, boot_status="Pending") as central,
        running(central, tmp_path, stay(10, 200), connects=False) as rig,
    ):
        await rig.seen("BootNotification")
        central.boot_status = "Accepted"
        await rig.seen("StatusNotification")
    assert [said.action for said in central.calls()][:2] == ["BootNotification"] * 2


async def test_a_refused_tag_draws_no_energy(tmp_path):
    async with (
        Central(tag_status=lambda tag: "Invalid") as central,
        running(central, tmp_path, stay(10, 400)) as rig,
    ):
        await rig.seen("Authorize", 3)
        assert central.calls("StartTransaction") == []
        assert rig.facts(ChargeBegan) == []


async def test_a_tag_refused_at_the_start_is_cut_off(tmp_path):
    def once(tag: str) -> str:
        return "Blocked" if central.calls("StartTransaction") else "Accepted"

    async with Central(tag_status=once) as central, running(central, tmp_path, LONG_STAY) as rig:
        await rig.seen("StopTransaction")
        assert central.calls("StopTransaction")[0].payload["reason"] == "DeAuthorized"
        [began], [ended] = rig.facts(ChargeBegan), rig.facts(ChargeEnded)
        assert isinstance(began, ChargeBegan)
        assert isinstance(ended, ChargeEnded)
        assert (began.permission, ended.reason, ended.told) == ("accepted", "DeAuthorized", True)


async def test_the_stop_carries_the_samples_that_were_asked_for(tmp_path):
    def ask(station: Station) -> None:
        station.configuration.values["StopTxnSampledData"] = "Energy.Active.Import.Register"

    async with (
        Central() as central,
        running(central, tmp_path, stay(10, 100), prepare=ask) as rig,
    ):
        await rig.seen("StopTransaction")

    [start], [stop] = central.calls("StartTransaction"), central.calls("StopTransaction")
    values = [value["sampledValue"][0] for value in stop.payload["transactionData"]]
    assert [value["context"] for value in values] == ["Transaction.Begin", "Transaction.End"]
    assert [int(value["value"]) for value in values] == [
        start.payload["meterStart"],
        stop.payload["meterStop"],
    ]
    assert central.errors() == []


async def test_clock_aligned_samples_come_without_a_charge(tmp_path):
    def ask(station: Station) -> None:
        station.configuration.values["ClockAlignedDataInterval"] = "900"

    async with Central() as central, running(central, tmp_path, prepare=ask, speed=9_000) as rig:
        await rig.seen("MeterValues", 3)

    assert [moment(said) for said in central.calls("MeterValues")[:3]] == [900, 1_800, 2_700]
    assert "transactionId" not in central.calls("MeterValues")[0].payload


async def test_a_start_that_is_not_answered_is_repeated_and_the_id_filled_in_later(tmp_path):
    def is_first_start(said: Said) -> bool:
        return said.action == "StartTransaction" and said.connection == 1

    impatient = Habits(first_wait=0.01, answer_within=0.5)
    async with (
        Central(mute=is_first_start) as central,
        running(central, tmp_path, stay(10, 300), habits=impatient) as rig,
    ):
        await rig.seen("StopTransaction")
        assert rig.violations() == 1  # nobody answered in time

    first, second = central.calls("StartTransaction")
    assert (first.connection, second.connection) == (1, 2)
    assert first.frame == second.frame
    later = [*central.calls("MeterValues"), *central.calls("StopTransaction")]
    assert {said.connection for said in later} == {2}
    assert {said.payload["transactionId"] for said in later} == {1}
    assert all(moment(one) < moment(other) for one, other in pairwise(later))


async def test_a_transaction_message_that_is_refused_is_a_violation_and_given_up_in_the_end(
    tmp_path,
):
    def refuse(said: Said, answer: str) -> str:
        if said.action != "StartTransaction":
            return answer
        return json.dumps([4, said.frame[1], "InternalError", "no", {}])

    async with Central(forge=refuse) as central, running(central, tmp_path, stay(10, 200)) as rig:
        await rig.seen("StopTransaction")
        assert len(central.calls("StartTransaction")) == 3  # TransactionMessageAttempts
        assert len(rig.facts(CallFailed)) == 3
        assert rig.violations() == 3
        assert central.calls("StopTransaction")[0].payload["transactionId"] == -1


@pytest.mark.parametrize(
    ("action", "payload"),
    [
        ("Authorize", {"idTagInfo": {"status": "Fine"}}),
        ("Authorize", {}),
        ("StatusNotification", {"status": "Accepted"}),
        ("StartTransaction", {"transactionId": "1", "idTagInfo": {"status": "Accepted"}}),
        ("BootNotification", {"status": "Accepted", "currentTime": "now", "interval": 60}),
    ],
)
async def test_an_answer_against_the_schema_is_written_down(tmp_path, action, payload):
    def forge(said: Said, answer: str) -> str:
        return json.dumps([3, said.frame[1], payload]) if said.action == action else answer

    visit, connects = stay(10, 100), action != "BootNotification"
    async with (
        Central(forge=forge) as central,
        running(central, tmp_path, visit, connects=connects) as rig,
    ):
        await rig.until(rig.violations)
        violation = rig.facts(Violated)[0]
        assert isinstance(violation, Violated)
        assert action in violation.rule
        assert json.loads(violation.evidence) == payload


async def test_an_answer_to_nothing_is_written_down(tmp_path):
    def forge(said: Said, answer: str) -> str:
        return answer.replace(said.frame[1], "nobody") if said.action == "Authorize" else answer

    async with Central(forge=forge) as central, running(central, tmp_path, stay(10, 100)) as rig:
        await rig.until(rig.violations)
        violation = rig.facts(Violated)[0]
        assert isinstance(violation, Violated)
        assert violation.evidence == "nobody"


async def test_every_answer_is_in_the_ledger_under_its_intent(tmp_path):
    async with Central() as central, running(central, tmp_path, stay(10, 200)) as rig:
        await rig.seen("StopTransaction")
        await rig.until(lambda: not rig.station.outbox.unanswered)
        answers = rig.facts(Acknowledged)
        ids = [one.message_id for one in answers if isinstance(one, Acknowledged)]
    said = [one.frame[1] for one in central.calls()]
    assert ids == said[: len(ids)]
    assert len(said) - len(ids) <= 1
