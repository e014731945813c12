"""Rows that one statement writes, each with a value of its own."""

import pytest
from sqlalchemy import select

from onetime.store.shapes import Shape, is_plain
from onetime.store.tables import meter_readings
from onetime.store.transaction import Transaction

SHARED = ("station_id", "connector_id", "timestamp")
WORDS = ({"measurand": "Voltage", "unit": "V", "phase": "L1-N"}, {"measurand": "SoC", "unit": ""})
c = meter_readings.c
FOUND = select(c.station_id, c.timestamp, c.measurand, c.unit, c.phase, c.value).order_by(c.id)


def test_rows_share_what_is_shared_and_have_their_own_value(tx: Transaction) -> None:
    shape = Shape(meter_readings, SHARED, "value", WORDS)
    tx.extend_alike(shape, ["CP-1", 1, tx.now, 230.1, None])
    tx.extend_alike(shape, ["CP-2", 1, tx.now, 229.9, 80.0])
    assert tx.connection.execute(FOUND).all() == []

    tx.flush(meter_readings)
    tx.flush()

    assert [tuple(row) for row in tx.connection.execute(FOUND)] == [
        ("CP-1", tx.now, "Voltage", "V", "L1-N", 230.1),
        ("CP-1", tx.now, "SoC", "", None, None),
        ("CP-2", tx.now, "Voltage", "V", "L1-N", 229.9),
        ("CP-2", tx.now, "SoC", "", None, 80.0),
    ]


def test_what_was_rolled_back_is_not_written(tx: Transaction) -> None:
    tx.extend_alike(Shape(meter_readings, SHARED, "value", WORDS), ["CP-1", 1, tx.now, 230, 1])

    tx.forget()
    tx.flush()

    assert tx.connection.execute(FOUND).all() == []


@pytest.mark.parametrize(
    "word", ["it's", 'say "so"', "50%", "a b", "a;b", "a\\b", "\u00e9", "a\n", "?1"]
)
def test_a_word_that_a_statement_can_not_hold_as_it_is_makes_no_shape(word: str) -> None:
    assert not is_plain(word)
    with pytest.raises(ValueError, match="plain"):
        Shape(meter_readings, SHARED, "value", [{"unit": word}])
