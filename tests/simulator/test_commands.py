"""What a station does when asked; the `ocpp` package checks each answer against the schemas."""

import pytest
from ocpp.exceptions import FormationViolationError
from ocpp.v16 import call

from onetime.simulator.faults import FaultKind
from onetime.simulator.habits import Habits
from onetime.simulator.ledger import Asked
from onetime.simulator.profiles import MOST_PROFILES
from tests.simulator.central import Central
from tests.simulator.rig import LONG_STAY, Rig, running, stay
from tests.simulator.test_station import moment

LATER = "2030-01-01T00:00:00Z"
TWO = Habits(connectors=2, first_wait=0.01, longest_wait=0.05)


async def ask(rig: Rig, request, **options):
    """Ask as the central system; the package raises what is not by the book."""
    return await rig.central.open["RIG"].call(request, suppress=False, **options)


def profile(
    limit: float, purpose: str = "TxDefaultProfile", number: int = 1, level: int = 0
) -> dict:
    return {
        "charging_profile_id": number,
        "stack_level": level,
        "charging_profile_purpose": purpose,
        "charging_profile_kind": "Relative",
        "charging_schedule": {
            "charging_rate_unit": "A",
            "charging_schedule_period": [{"start_period": 0, "limit": limit}],
        },
    }


async def shown(rig: Rig, connector: int, status: str) -> None:
    """Wait until the last state that a connector reported is this one."""

    def holds() -> bool:
        told = [
            said.payload["status"]
            for said in rig.central.calls("StatusNotification")
            if said.payload["connectorId"] == connector
        ]
        return told[-1:] == [status]

    await rig.central.until(holds)


async def test_configuration_is_told_in_chunks_and_unknown_keys_are_named(tmp_path):
    async with Central() as central, running(central, tmp_path) as rig:
        every = await ask(rig, call.GetConfiguration())
        some = await ask(rig, call.GetConfiguration(key=["HeartbeatInterval", "Nothing"]))

    assert len(every.configuration_key) == 20  # GetConfigurationMaxKeys
    assert some.configuration_key == [
        {"key": "HeartbeatInterval", "readonly": False, "value": "60"}
    ]
    assert some.unknown_key == ["Nothing"]


@pytest.mark.parametrize(
    ("key", "value", "status"),
    [
        ("MeterValueSampleInterval", "30", "Accepted"),
        ("MeterValueSampleInterval", "soon", "Rejected"),
        ("AllowOfflineTxForUnknownId", "maybe", "Rejected"),
        ("GetConfigurationMaxKeys", "5", "Rejected"),
        ("Nothing", "5", "NotSupported"),
    ],
)
async def test_changing_the_configuration(tmp_path, key, value, status):
    async with Central() as central, running(central, tmp_path) as rig:
        answer = await ask(rig, call.ChangeConfiguration(key=key, value=value))
        told = await ask(rig, call.GetConfiguration(key=[key]))

    assert answer.status == status
    kept = [one["value"] for one in told.configuration_key]
    assert (kept == [value]) == (status == "Accepted")


async def test_a_changed_interval_is_used(tmp_path):
    async with Central() as central, running(central, tmp_path, LONG_STAY) as rig:
        await rig.seen("MeterValues")
        await ask(rig, call.ChangeConfiguration(key="MeterValueSampleInterval", value="10"))
        await rig.seen("MeterValues", len(central.calls("MeterValues")) + 4)

    last, end = central.calls("MeterValues")[-2:]
    assert moment(end) - moment(last) == 10


async def test_a_new_password_is_used_from_the_next_connection_on(tmp_path):
    async with (
        Central() as central,
        running(central, tmp_path, password="old-password-here") as rig,
    ):
        key = call.ChangeConfiguration(key="AuthorizationKey", value="new-password-here")
        assert (await ask(rig, key)).status == "Accepted"
        assert (await ask(rig, call.Reset(type="Soft"))).status == "Accepted"
        await rig.seen("BootNotification", 2)

    assert [knock.password for knock in central.knocks] == [
        "old-password-here",
        "new-password-here",
    ]


async def test_a_remote_start_brings_a_guest_and_a_remote_stop_ends_the_charge(tmp_path):
    async with Central() as central, running(central, tmp_path) as rig:
        start = await ask(rig, call.RemoteStartTransaction(id_tag="GUEST", connector_id=1))
        await rig.seen("StartTransaction")
        await rig.until(lambda: not rig.station.outbox.unanswered)
        wrong = await ask(rig, call.RemoteStopTransaction(transaction_id=99))
        again = await ask(rig, call.RemoteStartTransaction(id_tag="GUEST"))
        stop = await ask(rig, call.RemoteStopTransaction(transaction_id=1))
        await rig.seen("StopTransaction")

    statuses = [start.status, wrong.status, again.status, stop.status]
    assert statuses == ["Accepted", "Rejected", "Rejected", "Accepted"]
    assert central.calls("StartTransaction")[0].payload["idTag"] == "GUEST"
    assert central.calls("StopTransaction")[0].payload["reason"] == "Remote"
    assert central.calls("Authorize") == []  # AuthorizeRemoteTxRequests is false


async def test_a_remote_start_frees_a_car_that_waits_with_a_refused_tag(tmp_path):
    def only_guests(tag: str) -> str:
        return "Accepted" if tag == "GUEST" else "Invalid"

    async with (
        Central(tag_status=only_guests) as central,
        running(central, tmp_path, LONG_STAY) as rig,
    ):
        await rig.seen("Authorize")
        await shown(rig, 1, "Preparing")
        await ask(rig, call.RemoteStartTransaction(id_tag="GUEST"))
        await rig.seen("StartTransaction")

    assert central.calls("StartTransaction")[0].payload["idTag"] == "GUEST"


@pytest.mark.parametrize("kind", ["Soft", "Hard"])
async def test_a_reset_ends_the_charge_and_boots_again(tmp_path, kind):
    async with Central() as central, running(central, tmp_path, LONG_STAY) as rig:
        await rig.seen("MeterValues")
        await ask(rig, call.Reset(type=kind))
        await rig.seen("StopTransaction")
        await rig.seen("BootNotification", 2)

    assert central.calls("StopTransaction")[0].payload["reason"] == f"{kind}Reset"


async def test_unlocking_ends_the_charge(tmp_path):
    async with Central() as central, running(central, tmp_path, LONG_STAY) as rig:
        await rig.seen("MeterValues")
        assert (await ask(rig, call.UnlockConnector(connector_id=7))).status == "NotSupported"
        assert (await ask(rig, call.UnlockConnector(connector_id=1))).status == "Unlocked"
        await rig.seen("StopTransaction")

    assert central.calls("StopTransaction")[0].payload["reason"] == "UnlockCommand"


async def test_an_inoperative_connector_takes_no_car(tmp_path):
    async with Central() as central, running(central, tmp_path, habits=TWO) as rig:
        off = await ask(rig, call.ChangeAvailability(connector_id=2, type="Inoperative"))
        await shown(rig, 2, "Unavailable")
        refused = await ask(rig, call.RemoteStartTransaction(id_tag="GUEST", connector_id=2))
        await ask(rig, call.ChangeAvailability(connector_id=2, type="Operative"))
        await shown(rig, 2, "Available")

    assert (off.status, refused.status) == ("Accepted", "Rejected")


async def test_availability_changes_after_the_charge(tmp_path):
    async with Central() as central, running(central, tmp_path, stay(10, 1_500)) as rig:
        await rig.seen("MeterValues")
        off = await ask(rig, call.ChangeAvailability(connector_id=0, type="Inoperative"))
        assert off.status == "Scheduled"
        await shown(rig, 1, "Unavailable")
        await rig.seen("StopTransaction")

    assert central.calls("StopTransaction")[0].payload["reason"] == "EVDisconnected"


@pytest.mark.parametrize(
    "message",
    [
        "BootNotification",
        "Heartbeat",
        "StatusNotification",
        "MeterValues",
        "FirmwareStatusNotification",
        "DiagnosticsStatusNotification",
    ],
)
async def test_a_triggered_message_comes(tmp_path, message):
    async with Central() as central, running(central, tmp_path) as rig:
        await rig.seen("StatusNotification", 2)
        before = len(central.calls(message))
        answer = await ask(rig, call.TriggerMessage(requested_message=message, connector_id=1))
        await rig.seen(message, before + 1)

    assert answer.status == "Accepted"
    assert central.errors() == []


async def test_the_local_list_decides_while_there_is_no_line(tmp_path):
    async with (
        Central() as central,
        running(central, tmp_path, stay(1_500, 2_200, "LISTED")) as rig,
    ):
        entry = {"id_tag": "listed", "id_tag_info": {"status": "Accepted"}}
        full = call.SendLocalList(
            list_version=3, update_type="Full", local_authorization_list=[entry]
        )
        old = call.SendLocalList(list_version=3, update_type="Differential")
        assert (await ask(rig, full)).status == "Accepted"
        assert (await ask(rig, old)).status == "VersionMismatch"
        assert (await ask(rig, call.GetLocalListVersion())).list_version == 3
        assert (await ask(rig, call.ClearCache())).status == "Accepted"
        rig.strike(FaultKind.CUT_LINE, 4_000)
        await rig.seen("StopTransaction")

    assert moment(central.calls("StartTransaction")[0]) == 1_500


async def test_a_reservation_keeps_the_connector_for_its_tag(tmp_path):
    async with (
        Central() as central,
        running(central, tmp_path, stay(1_500, 2_500, "OTHER"), stay(3_000, 3_100, "KEPT")) as rig,
    ):
        reserve = call.ReserveNow(
            connector_id=1, expiry_date=LATER, id_tag="KEPT", reservation_id=5
        )
        assert (await ask(rig, reserve)).status == "Accepted"
        await shown(rig, 1, "Reserved")
        await rig.seen("StartTransaction")

    [start] = central.calls("StartTransaction")
    assert (start.payload["idTag"], start.payload["reservationId"]) == ("KEPT", 5)
    assert central.errors() == []


async def test_a_cancelled_reservation_frees_the_connector(tmp_path):
    async with Central() as central, running(central, tmp_path) as rig:
        reserve = call.ReserveNow(
            connector_id=1, expiry_date=LATER, id_tag="KEPT", reservation_id=5
        )
        await ask(rig, reserve)
        await shown(rig, 1, "Reserved")
        assert (await ask(rig, call.CancelReservation(reservation_id=6))).status == "Rejected"
        assert (await ask(rig, call.CancelReservation(reservation_id=5))).status == "Accepted"
        await shown(rig, 1, "Available")


async def test_a_charging_profile_limits_the_current(tmp_path):
    def powers() -> list[float]:
        return [
            float(one["value"])
            for said in central.calls("MeterValues")
            for one in said.payload["meterValue"][0]["sampledValue"]
            if one["measurand"] == "Power.Active.Import"
        ]

    async with Central() as central, running(central, tmp_path, LONG_STAY) as rig:
        await rig.seen("MeterValues")
        limit = call.SetChargingProfile(connector_id=0, cs_charging_profiles=profile(10))
        assert (await ask(rig, limit)).status == "Accepted"
        await central.until(lambda: powers()[-1] == 10 * 230 * 3)
        pause = profile(0, "TxProfile", number=2)
        request = call.SetChargingProfile(connector_id=1, cs_charging_profiles=pause)
        assert (await ask(rig, request)).status == "Accepted"
        await shown(rig, 1, "SuspendedEVSE")
        told = await ask(rig, call.GetCompositeSchedule(connector_id=1, duration=60))
        assert told.charging_schedule["charging_schedule_period"][0]["limit"] == 0
        assert (await ask(rig, call.ClearChargingProfile(id=9))).status == "Unknown"
        assert (await ask(rig, call.ClearChargingProfile())).status == "Accepted"
        await central.until(lambda: powers()[-1] == 16 * 230 * 3)


async def test_profiles_that_cannot_be_kept_are_rejected(tmp_path):
    async with Central() as central, running(central, tmp_path) as rig:

        async def install(connector: int, one: dict) -> str:
            request = call.SetChargingProfile(connector_id=connector, cs_charging_profiles=one)
            return str((await ask(rig, request)).status)

        assert await install(1, profile(10, "TxProfile")) == "Rejected"  # no transaction
        assert await install(1, profile(10, "ChargePointMaxProfile")) == "Rejected"
        assert await install(9, profile(10)) == "Rejected"
        assert await install(0, profile(10, level=9)) == "Rejected"
        for number in range(MOST_PROFILES):
            kept = profile(10, number=number, level=number % 5)
            assert await install(number // 5, kept) == "Accepted"
        assert await install(1, profile(10, number=99, level=8)) == "Rejected"


async def test_data_of_a_vendor_is_unknown(tmp_path):
    async with Central() as central, running(central, tmp_path) as rig:
        answer = await ask(rig, call.DataTransfer(vendor_id="Somebody"))

    assert answer.status == "UnknownVendorId"


async def test_what_is_unknown_is_not_implemented(tmp_path):
    def heads() -> list[list]:
        return [said.frame[:3] for said in central.said if said.by_station]

    async with Central() as central, running(central, tmp_path) as rig:
        await central.open["RIG"]._connection._connection.send('[2,"x","Dance",{}]')
        await rig.central.until(lambda: [4, "x", "NotImplemented"] in heads())
        await rig.until(lambda: rig.facts(Asked))
        assert rig.violations() == 0


async def test_a_request_against_the_schema_is_a_violation(tmp_path):
    async with Central() as central, running(central, tmp_path) as rig:
        with pytest.raises(FormationViolationError):
            await ask(rig, call.Reset(type="Warm"), skip_schema_validation=True)
        assert rig.violations() == 1


async def test_an_unreadable_frame_is_a_violation(tmp_path):
    async with Central() as central, running(central, tmp_path) as rig:
        await central.open["RIG"]._connection._connection.send('{"not": "a list"}')
        await rig.until(rig.violations)
        assert rig.station.online
