"""Connector states are kept as said; they neither begin nor end a charge."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import RowMapping, select

from onetime.domain.facts import ConnectorChanged
from onetime.domain.ids import StationId
from onetime.domain.stations import ConnectorReport
from onetime.kit.times import EPOCH
from onetime.operations.connectors import note_status
from onetime.store import reviews
from onetime.store.tables import alarms, station_connectors
from onetime.store.transaction import Transaction
from tests.charges import CP, alarm_kinds, wait
from tests.garage_makers import a_station


def say(
    tx: Transaction,
    status: str,
    stated: datetime | None = None,
    *,
    connector: int = 1,
    error: str = "NoError",
    station: StationId = CP,
) -> None:
    report = ConnectorReport(
        connector_id=connector,
        status=status,
        error_code=error,
        details="door open",
        vendor_error_code="E7",
        stated_time=stated,
    )
    note_status(tx, station, report)


def state(tx: Transaction, connector: int = 1) -> RowMapping:
    c = station_connectors.c
    return (
        tx.connection.execute(select(station_connectors).where(c.connector_id == connector))
        .mappings()
        .one()
    )


def test_a_status_is_kept_with_both_clocks(tx: Transaction) -> None:
    a_station(tx, CP)
    stated = tx.now - timedelta(minutes=2)
    say(tx, "Charging", stated)

    row = state(tx)
    assert (row["status"], row["error_code"]) == ("Charging", "NoError")
    assert (row["details"], row["vendor_error_code"]) == ("door open", "E7")
    assert (row["last_updated"], row["received_at"]) == (stated, tx.now)
    assert tx.facts() == [ConnectorChanged(CP, 1)]


def test_a_status_that_is_said_again_holds_since_it_was_said_first(tx: Transaction) -> None:
    a_station(tx, CP)
    since = tx.now
    say(tx, "Available")
    wait(tx, minutes=10)
    say(tx, "Available")
    assert state(tx)["status_since"] == since

    changed = wait(tx, minutes=10)
    say(tx, "Preparing")
    assert state(tx)["status_since"] == changed


@pytest.mark.parametrize("stated", [None, EPOCH, EPOCH + timedelta(days=365 * 100)])
def test_a_status_without_usable_time_counts_at_its_arrival(
    tx: Transaction, stated: datetime | None
) -> None:
    """T07, T01."""
    a_station(tx, CP)
    say(tx, "Available", stated)

    assert state(tx)["last_updated"] == tx.now


def test_words_that_ocpp_does_not_know_are_kept(tx: Transaction) -> None:
    """N01."""
    a_station(tx, CP)
    say(tx, "Dreaming\0" + "x" * 500, error="Error")

    assert state(tx)["status"].startswith("Dreaming\ufffdx")
    assert state(tx)["error_code"] == "Error"


def test_the_state_of_the_station_is_not_that_of_a_connector(tx: Transaction) -> None:
    """N03."""
    a_station(tx, CP)
    say(tx, "Available")
    say(tx, "Faulted", connector=0, error="InternalError")

    assert state(tx)["status"] == "Available"
    assert state(tx, connector=0)["status"] == "Faulted"
    sentence = tx.connection.execute(select(alarms.c.sentence)).scalar_one()
    assert "the station itself: InternalError" in sentence


def test_a_status_that_flaps_raises_one_alarm(tx: Transaction) -> None:
    """N04."""
    a_station(tx, CP)
    for _ in range(5):
        say(tx, "Faulted", error="GroundFailure")
        say(tx, "Faulted", error="GroundFailure")
        say(tx, "Available")

    assert alarm_kinds(tx) == [("station-faulted", 5)]
    assert reviews.find_alarm(tx, 10**9) is None


def test_a_status_out_of_an_old_buffer_changes_nothing(tx: Transaction) -> None:
    """T05: what happens now stands, whatever is played back."""
    a_station(tx, CP)
    say(tx, "Charging", tx.now)
    say(tx, "Available", tx.now - timedelta(days=3))
    say(tx, "Faulted", tx.now - timedelta(days=900), error="GroundFailure")

    assert state(tx)["status"] == "Charging"
    assert alarm_kinds(tx) == []


def test_a_live_status_of_a_clock_in_another_zone_counts(tx: Transaction) -> None:
    """T04: live messages win by arrival; a zone is no more than 14 hours away."""
    a_station(tx, CP)
    say(tx, "Available", tx.now)
    say(tx, "Charging", tx.now - timedelta(hours=13))

    assert state(tx)["status"] == "Charging"


def test_a_station_whose_clock_is_days_late_is_heard(tx: Transaction) -> None:
    a_station(tx, CP)
    for status in ("Available", "Preparing", "Charging"):
        say(tx, status, wait(tx, minutes=1) - timedelta(days=5))

    assert state(tx)["status"] == "Charging"
