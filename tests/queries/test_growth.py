"""How fast the database grows, found by a few looks instead of a count."""

from datetime import timedelta

from sqlalchemy import insert

from onetime.queries.growth import growth
from onetime.store.message_tables import ocpp_messages
from onetime.store.tables import meter_readings
from onetime.store.transaction import Transaction
from tests.databases import NOW


def messages(tx: Transaction, days: int, per_day: int) -> None:
    first = NOW - timedelta(days=days)
    tx.connection.execute(
        insert(ocpp_messages),
        [
            {
                "station_id": "CP-1",
                "at": first + timedelta(days=1) * number / per_day,
                "direction": "in",
                "frame": "[]",
                "outcome": "answered",
            }
            for number in range(days * per_day)
        ],
    )


def test_an_empty_database_does_not_say_how_it_grows(tx: Transaction) -> None:
    found = growth(tx.connection, NOW)

    assert found.total_bytes > 0
    assert (found.readings_per_day, found.readings_bytes_per_day) == (0, None)
    assert (found.log_bytes_per_day, found.newest_at) == (None, None)


def test_the_last_week_counts(tx: Transaction) -> None:
    messages(tx, 30, 10)

    found = growth(tx.connection, NOW)

    assert found.log_bytes_per_day is not None
    assert round(found.log_bytes_per_day / (found.total_bytes / 300), 1) == 10.0
    assert found.newest_at == NOW - timedelta(days=1) / 10


def test_a_day_has_to_pass_first(tx: Transaction) -> None:
    messages(tx, 1, 40)

    assert growth(tx.connection, NOW - timedelta(hours=1)).log_bytes_per_day is None


def test_readings_of_a_long_silence_are_no_growth(tx: Transaction) -> None:
    tx.connection.execute(
        insert(meter_readings),
        [
            {
                "timestamp": NOW - timedelta(days=40),
                "measurand": "Voltage",
                "value": 230.0,
                "unit": "V",
                "station_id": "CP-1",
                "connector_id": 1,
            }
        ],
    )

    assert growth(tx.connection, NOW).readings_per_day == 0
