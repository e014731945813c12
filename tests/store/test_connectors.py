"""The state of a connector is one row."""

from datetime import timedelta

from onetime.store.connectors import ConnectorState, StateReport, state_of, write_state
from onetime.store.transaction import Transaction
from tests.charges import CP
from tests.garage_makers import a_station


def test_a_connector_has_the_state_that_was_written_last(tx: Transaction) -> None:
    a_station(tx, CP)
    assert state_of(tx, CP, 1) is None
    stated = tx.now - timedelta(minutes=1)
    for status, is_new in (("Available", True), ("Charging", False)):
        report = StateReport(
            station_id=CP,
            connector_id=1,
            status=status,
            error_code="NoError",
            last_updated=stated,
            details=None,
            vendor_error_code=None,
            status_since=tx.now,
        )
        write_state(tx, report, is_new=is_new)

    assert state_of(tx, CP, 1) == ConnectorState("Charging", "NoError", stated, tx.now, tx.now)
    assert state_of(tx, CP, 0) is None
