"""The configuration that a station reports is kept, and that it was asked."""

from sqlalchemy import select

from onetime.domain.facts import StationChanged
from onetime.operations.configuration import (
    ReportedKey,
    keep_configuration,
    note_configuration_refused,
)
from onetime.store.tables import charging_stations, station_configurations
from onetime.store.transaction import Transaction
from tests.charges import CP, quirks
from tests.garage_makers import a_station


def test_the_keys_that_a_station_reported_are_kept(tx: Transaction) -> None:
    a_station(tx, CP)
    keep_configuration(tx, CP, [ReportedKey("HeartbeatInterval", "120", False)])

    row = tx.connection.execute(select(station_configurations)).mappings().one()
    assert (row["key"], row["value"], row["readonly"], row["reported_at"]) == (
        "HeartbeatInterval",
        "120",
        False,
        tx.now,
    )
    assert tx.facts() == [StationChanged(CP)]


def test_a_station_that_does_not_tell_is_not_asked_for_ever(tx: Transaction) -> None:
    """C05."""
    a_station(tx, CP)
    note_configuration_refused(tx, CP)

    read_at = tx.connection.execute(select(charging_stations.c.configuration_read_at)).scalar_one()
    assert read_at == tx.now
    assert quirks(tx) == {"C05": 1}
