"""The configuration of a station is exactly what it reported last."""

from sqlalchemy import select

from onetime.domain.ids import StationId
from onetime.store import configuration, presence
from onetime.store.configuration import ReportedKey
from onetime.store.tables import station_configurations
from onetime.store.transaction import Transaction
from tests.charges import CP
from tests.garage_makers import a_station
from tests.store.test_presence import BOOT


def reported(tx: Transaction) -> list[tuple[str, str | None, bool]]:
    c = station_configurations.c
    rows = tx.connection.execute(select(c.key, c.value, c.readonly).order_by(c.key))
    return [(row[0], row[1], row[2]) for row in rows]


def test_a_key_that_a_station_no_longer_has_is_gone(tx: Transaction) -> None:
    a_station(tx, CP)
    configuration.replace_all(
        tx, CP, [ReportedKey("HeartbeatInterval", "300", False), ReportedKey("Old", "1", True)]
    )
    configuration.replace_all(tx, CP, [ReportedKey("HeartbeatInterval", "120", False)])

    assert reported(tx) == [("HeartbeatInterval", "120", False)]


def test_a_key_that_is_reported_twice_counts_once_and_no_keys_are_a_report_too(
    tx: Transaction,
) -> None:
    a_station(tx, CP)
    twice = [ReportedKey("A", "1", False), ReportedKey("A", "2", False)]
    configuration.replace_all(tx, CP, twice)
    assert reported(tx) == [("A", "2", False)]

    configuration.replace_all(tx, CP, [])
    assert reported(tx) == []


def test_connected_stations_are_asked_once_after_each_boot(tx: Transaction) -> None:
    a_station(tx, CP)
    a_station(tx, StationId("CP-2"))
    presence.set_online(tx, CP)
    assert configuration.stations_due(tx.connection) == [CP]

    configuration.replace_all(tx, CP, [])
    assert configuration.stations_due(tx.connection) == []

    presence.write_boot(tx, CP, BOOT)
    assert configuration.stations_due(tx.connection) == [CP]
    configuration.note_read(tx, CP)
    assert configuration.stations_due(tx.connection) == []
