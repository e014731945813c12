"""Rows N: what stations report of their state."""

import pytest
from sqlalchemy import select

from onetime.gateway.lane import LOG_BUDGET
from onetime.store.message_tables import station_reports
from tests.quirks.station import Central, Station

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_n01_words_that_ocpp_does_not_know_are_kept_as_sent(
    central: Central, station: Station
) -> None:
    """Legrand HA#1248: errorCode "Error"."""
    assert await station.status("Hibernating", errorCode="Error") == {}

    state = await central.connector(station)
    assert state is not None
    assert (state["status"], state["error_code"]) == ("Hibernating", "Error")
    assert await central.quirks(station) == {"N01": 1}


async def test_n03_a_fault_of_connector_0_is_one_of_the_station_alone(
    central: Central, station: Station
) -> None:
    """Alfen HA#337."""
    await station.status("Charging", 1)
    await station.status("Faulted", 0, errorCode="InternalError")

    connector, itself = await central.connector(station, 1), await central.connector(station, 0)
    assert connector is not None
    assert itself is not None
    assert (connector["status"], itself["status"]) == ("Charging", "Faulted")
    assert await central.alarms(station) == {"station-faulted": 1}


async def test_n04_a_flapping_status_is_answered_each_time_and_logged_within_a_budget(
    central: Central, station: Station
) -> None:
    for number in range(400):
        assert await station.status("Available" if number % 2 else "Preparing") == {}

    state = await central.connector(station)
    assert state is not None
    assert state["status"] == "Available"
    assert len(await central.journal(station, "StatusNotification")) == LOG_BUDGET
    assert await central.alarms(station) == {"flood": 1}
    assert (await central.quirks(station))["N04"] == 400 - LOG_BUDGET


async def test_n04_a_flood_of_diagnostics_reports_is_answered_and_kept_within_a_budget(
    central: Central, station: Station
) -> None:
    """EVR#536."""
    for _ in range(400):
        assert await station.call("DiagnosticsStatusNotification", status="Idle") == {}
    transaction_id = await station.start(1_000)
    await station.stop(transaction_id, 2_000)

    reports = await central.rows(
        select(station_reports).where(station_reports.c.station_id == station.id)
    )
    assert len(reports) == LOG_BUDGET
    assert await central.alarms(station) == {"flood": 1}
    assert len(await central.journal(station, "StartTransaction")) == 1
    assert len(await central.journal(station, "StopTransaction")) == 1
    assert (await central.quirks(station))["N04"] == 400 - LOG_BUDGET


@pytest.mark.parametrize("word", ["SuspendedEV", "SuspendedEVSE", "Finishing", "Available"])
async def test_n05_no_status_ends_a_charge(central: Central, station: Station, word: str) -> None:
    """CO#334: a derived end left the tag locked; Easee EV#29861: minutes of SuspendedEVSE."""
    transaction_id = await station.start(1_000)
    await station.status(word)

    assert (await central.session(station))["ended_by"] is None
    await station.stop(transaction_id, 2_000)
    assert (await central.session(station))["energy_wh"] == 1_000
    assert await central.quirks(station) == {}


async def test_n06_each_message_of_the_security_extension_is_answered(
    central: Central, station: Station
) -> None:
    """Alfen, ABB OG#262: SecurityEventNotification was repeated until answered."""
    event = {"type": "TamperDetectionActivated", "timestamp": central.time()}
    assert await station.call("SecurityEventNotification", **event) == {}
    assert await station.call("LogStatusNotification", status="Idle") == {}
    assert await station.call("SignedFirmwareStatusNotification", status="Idle") == {}
    assert (await station.call("SignCertificate", csr="x"))["status"] == "Rejected"

    # What is no request for a certificate is refused and shown to a person.
    assert await central.alarms(station) == {"security-event": 1, "certificate-trouble": 1}
    assert await central.quirks(station) == {}


async def test_n06_an_unknown_action_is_not_implemented(central: Central, station: Station) -> None:
    answer = await station.ask("NotifyReport", {})

    assert answer[:3] == [4, answer[1], "NotImplemented"]
    assert await central.quirks(station) == {"other": 1}


async def test_n07_vendor_data_is_answered_and_logged(central: Central, station: Station) -> None:
    answer = await station.call("DataTransfer", vendorId="acme", messageId="7", data='{"a": 1}')

    (row,) = await central.journal(station, "DataTransfer")
    assert answer == {"status": "UnknownVendorId"}
    assert '"vendorId": "acme"' in row["frame"]
    assert await central.quirks(station) == {}
