"""Charges whose Stop never comes are closed by estimate; nothing else is."""

from datetime import timedelta

import pytest

from onetime.domain.facts import SessionEnded
from onetime.domain.reviews import ReviewKind
from onetime.domain.sessions import EndedBy, Estimate, Mark
from onetime.domain.stations import ConnectorReport, Identification
from onetime.operations.connectors import note_status
from onetime.operations.presence import note_boot, note_connected, note_disconnected, note_seen
from onetime.operations.reconciliation import close_stale_sessions, known_register
from onetime.store.transaction import Transaction
from tests.charges import (
    CP,
    a_garage,
    begin,
    booked,
    end,
    evidence,
    findings,
    gaps,
    meter,
    quirks,
    wait,
)

BOOT = Identification(
    model="M1", vendor="V", firmware_version=None, serial_number=None, ip_address="10.0.0.7"
)


def say(tx: Transaction, status: str, connector: int = 1) -> None:
    report = ConnectorReport(
        connector_id=connector,
        status=status,
        error_code="NoError",
        details=None,
        vendor_error_code=None,
        stated_time=tx.now,
    )
    note_status(tx, CP, report)


def online(tx: Transaction) -> None:
    a_garage(tx)
    note_connected(tx, CP, ())


def test_a_charge_whose_connector_is_free_for_15_minutes_is_closed_by_estimate(
    tx: Transaction,
) -> None:
    """X11."""
    online(tx)
    opened = begin(tx)
    wait(tx, minutes=30)
    meter(tx, 4_000, transaction_id=opened.transaction_id)
    freed = wait(tx, minutes=5)
    say(tx, "Available")
    wait(tx, minutes=14.9)
    assert close_stale_sessions(tx) == 0
    wait(tx, minutes=0.1)
    assert close_stale_sessions(tx) == 1
    assert close_stale_sessions(tx) == 0

    session = booked(tx, opened)
    assert session.ended_by is EndedBy.RECONCILIATION
    assert (session.energy_wh, session.end_time, session.stop_reason) == (3_000, freed, "Other")
    assert set(session.estimated) == {Estimate.END_TIME, Estimate.METER_STOP}
    assert findings(tx) == [ReviewKind.ESTIMATE]
    assert "its connector is free again" in evidence(tx, ReviewKind.ESTIMATE)
    assert "3.000 kWh" in evidence(tx, ReviewKind.ESTIMATE)
    assert quirks(tx) == {"X11": 1}
    assert SessionEnded(session.id) in tx.facts()


def test_a_late_stop_replaces_the_estimate_and_its_finding(tx: Transaction) -> None:
    online(tx)
    opened = begin(tx)
    ended = wait(tx, hours=1)
    say(tx, "Available")
    wait(tx, hours=1)
    close_stale_sessions(tx)
    assert booked(tx, opened).energy_wh == 0
    end(tx, opened.transaction_id, 8_000, ended, reason="PowerLoss")

    session = booked(tx, opened)
    assert (session.energy_wh, session.end_time) == (7_000, ended)
    assert (session.ended_by, session.stop_reason) == (EndedBy.STATION, "PowerLoss")
    assert (session.estimated, session.marks) == ((), ())
    assert findings(tx) == []
    wait(tx, days=3)
    assert close_stale_sessions(tx) == 0
    assert booked(tx, opened) == session


@pytest.mark.parametrize(
    "status", ["Preparing", "Charging", "SuspendedEV", "SuspendedEVSE", "Finishing", "Faulted"]
)
def test_no_other_status_ends_a_charge(tx: Transaction, status: str) -> None:
    """N05."""
    online(tx)
    opened = begin(tx)
    wait(tx, minutes=1)
    say(tx, status)
    for _ in range(5):
        note_seen(tx, CP, wait(tx, hours=10))
        assert close_stale_sessions(tx) == 0

    assert booked(tx, opened).is_open


def test_a_connector_that_was_free_before_the_charge_began_says_nothing(tx: Transaction) -> None:
    online(tx)
    say(tx, "Available")
    wait(tx, minutes=1)
    begin(tx)
    wait(tx, hours=5)
    note_seen(tx, CP, tx.now)

    assert close_stale_sessions(tx) == 0


def test_a_connector_that_was_free_before_the_line_was_cut_is_not_free_now(
    tx: Transaction,
) -> None:
    """Free means that the station says so live, for as long as that."""
    online(tx)
    begin(tx)
    wait(tx, minutes=1)
    say(tx, "Available")
    note_disconnected(tx, CP, tx.now)
    wait(tx, hours=2)
    assert close_stale_sessions(tx) == 0
    note_connected(tx, CP, ())
    wait(tx, minutes=14)
    assert close_stale_sessions(tx) == 0
    wait(tx, minutes=1)
    assert close_stale_sessions(tx) == 1


def test_another_connector_or_the_station_itself_being_free_ends_no_charge(
    tx: Transaction,
) -> None:
    online(tx)
    begin(tx)
    begin(tx, 7_000, connector=0)
    wait(tx, minutes=1)
    say(tx, "Available", connector=2)
    say(tx, "Available", connector=0)
    note_seen(tx, CP, wait(tx, hours=2))

    assert close_stale_sessions(tx) == 0


def test_a_charge_out_of_a_buffer_waits_for_its_stop_in_the_same_buffer(tx: Transaction) -> None:
    """A station that is free plays back a day; its Start comes long before its Stop."""
    online(tx)
    began = tx.now - timedelta(hours=9)
    say(tx, "Available")
    wait(tx, minutes=20)
    opened = begin(tx, 1_000, began)
    wait(tx, minutes=14)
    assert close_stale_sessions(tx) == 0
    end(tx, opened.transaction_id, 5_000, began + timedelta(hours=1))

    assert quirks(tx) == {}


def test_a_charge_of_a_station_that_is_silent_for_a_day_is_closed_by_estimate(
    tx: Transaction,
) -> None:
    online(tx)
    opened = begin(tx)
    sampled = wait(tx, hours=2)
    meter(tx, 9_000, transaction_id=opened.transaction_id)
    note_disconnected(tx, CP, wait(tx, minutes=1))
    wait(tx, hours=23.9)
    assert close_stale_sessions(tx) == 0
    wait(tx, hours=0.1)
    assert close_stale_sessions(tx) == 1

    session = booked(tx, opened)
    assert (session.energy_wh, session.end_time) == (8_000, sampled)
    assert "silent for a day" in evidence(tx, ReviewKind.ESTIMATE)


def test_a_boot_ends_no_charge(tx: Transaction) -> None:
    """B06: some stations go on with the charge after a boot."""
    online(tx)
    opened = begin(tx)
    wait(tx, minutes=5)
    note_boot(tx, CP, BOOT)
    note_seen(tx, CP, wait(tx, hours=1))

    assert close_stale_sessions(tx) == 0
    assert booked(tx, opened).is_open


def test_a_charge_with_much_energy_is_marked_also_when_it_is_estimated(tx: Transaction) -> None:
    online(tx)
    opened = begin(tx, None)
    wait(tx, hours=1)
    meter(tx, 5_000, transaction_id=opened.transaction_id)
    wait(tx, minutes=1)
    meter(tx, 9_000_000, transaction_id=opened.transaction_id)
    wait(tx, hours=25)
    close_stale_sessions(tx)

    assert Mark.IMPLAUSIBLE in booked(tx, opened).marks
    assert ReviewKind.IMPLAUSIBLE in findings(tx)
    end(tx, opened.transaction_id, 9_000)
    assert Mark.IMPLAUSIBLE not in booked(tx, opened).marks
    assert ReviewKind.IMPLAUSIBLE not in findings(tx)


def test_many_stale_charges_are_closed_at_once(tx: Transaction) -> None:
    online(tx)
    for connector in range(1, 6):
        begin(tx, 1_000, connector=connector)
    wait(tx, hours=25)

    assert close_stale_sessions(tx) == 5


def test_the_last_known_register_is_that_of_the_charge_or_of_what_came_after(
    tx: Transaction,
) -> None:
    a_garage(tx)
    assert known_register(tx, CP, 1, tx.now) == 0
    meter(tx, 900)
    assert known_register(tx, CP, 1, wait(tx, minutes=1)) == 900
    opened = begin(tx, 1_000)
    meter(tx, 1_500, transaction_id=opened.transaction_id)
    assert known_register(tx, CP, 1, wait(tx, minutes=1)) == 1_500
    end(tx, opened.transaction_id, 2_000)
    assert known_register(tx, CP, 1, wait(tx, minutes=1)) == 2_000
    meter(tx, 2_050)
    assert known_register(tx, CP, 1, wait(tx, minutes=1)) == 2_050
    assert known_register(tx, CP, 2, tx.now) == 0
    assert gaps(tx) == [(900, 1_000), (2_000, 2_050)]
