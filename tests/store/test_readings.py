"""Each sampled value is kept once, in the form in which it came."""

from collections.abc import Sequence

from sqlalchemy import select

from onetime.domain.readings import Sample, Sampling
from onetime.store import readings
from onetime.store.readings import Moment, Origin
from onetime.store.tables import meter_readings
from onetime.store.transaction import Transaction
from tests.charges import CP, sample

OUTSIDE = Origin(station_id=CP, connector_id=1, transaction_id=None, stated_transaction_id=77)


def keep(tx: Transaction, origin: Origin, stated: str | None, values: Sequence[Sample]) -> None:
    readings.append(tx, origin, Moment(tx.now, stated), Sampling.of(tx.now, values))


def fresh(tx: Transaction, origin: Origin, *values: Sample) -> Sequence[Sample]:
    return readings.not_yet_kept(tx, origin, tx.now, Sampling.of(tx.now, values)).samples()


def test_a_value_that_is_kept_already_is_not_fresh(tx: Transaction) -> None:
    values = sample(1_000), sample(7_000, measurand="Power.Active.Import", unit="W")
    keep(tx, OUTSIDE, None, values[:1])

    assert fresh(tx, OUTSIDE, *values) == values[1:]


def test_a_value_that_was_sent_twice_at_once_is_two_values(tx: Transaction) -> None:
    value = sample(1_000)
    keep(tx, OUTSIDE, None, [value])

    assert fresh(tx, OUTSIDE, value, value) == (value,)


def test_a_value_whose_words_are_too_long_for_their_columns_is_recognised(tx: Transaction) -> None:
    odd = sample(None, measurand="x" * 300, unit="\0" * 40, context="y" * 90, raw="a\0b")
    keep(tx, OUTSIDE, None, [odd])

    assert fresh(tx, OUTSIDE, odd) == ()


def test_values_of_another_connector_or_charge_are_other_values(tx: Transaction) -> None:
    value = sample(1_000)
    keep(tx, OUTSIDE, None, [value])
    other = Origin(station_id=CP, connector_id=2, transaction_id=None, stated_transaction_id=None)

    assert fresh(tx, other, value) == (value,)


def test_a_moment_of_a_clock_that_stands_still_is_the_same_only_if_all_values_are(
    tx: Transaction,
) -> None:
    power, register = sample(7_000, measurand="Power.Active.Import", unit="W"), sample(1_000)
    stated = "1970-01-01T00:00:00.000000Z"
    keep(tx, OUTSIDE, stated, [power, register])

    def is_stated(*values: Sample) -> bool:
        return readings.is_stated(tx, OUTSIDE, stated, Sampling.of(tx.now, values))

    assert is_stated(power, register)
    assert is_stated(register)
    assert not is_stated(power, sample(1_001))
    assert not readings.is_stated(tx, OUTSIDE, "2026", Sampling.of(tx.now, (power, register)))


def test_a_value_is_kept_with_all_that_was_said_of_it(tx: Transaction) -> None:
    value = sample(None, phase="L1", context="Trigger", location="Body", raw="n/a", form="Raw")
    keep(tx, OUTSIDE, "2026", [value])
    tx.flush()

    row = tx.connection.execute(select(meter_readings)).mappings().one()
    assert dict(row) == {
        "id": row["id"],
        "transaction_id": None,
        "timestamp": tx.now,
        "measurand": "Energy.Active.Import.Register",
        "value": None,
        "unit": "Wh",
        "phase": "L1",
        "context": "Trigger",
        "location": "Body",
        "raw_value": "n/a",
        "raw_sha256": row["raw_sha256"],
        "station_id": "CP-1",
        "connector_id": 1,
        "stated_transaction_id": 77,
        "stated_time": "2026",
        "format": "Raw",
    }


def test_values_that_one_statement_writes_are_those_that_were_said(tx: Transaction) -> None:
    alike = (
        sample(1_000),
        sample(230, measurand="Voltage", unit="V", phase="L1-N"),
        sample(50, measurand="Frequency", unit=""),
        sample(1_001, context="Transaction.End"),
    )
    odd = (*alike, sample(1, measurand="O'Hara); DROP TABLE renters; --"))
    for number, samples in enumerate((alike, alike, odd, alike[:1], odd[4:])):
        origin = Origin(
            station_id=CP, connector_id=number, transaction_id=None, stated_transaction_id=number
        )
        keep(tx, origin, "2026", samples)
    tx.flush()

    c = meter_readings.c
    told = (c.measurand, c.value, c.unit, c.phase, c.context, c.location, c.raw_value)
    for number, samples in enumerate((alike, alike, odd, alike[:1], odd[4:])):
        rows = tx.connection.execute(
            select(*told, c.station_id, c.timestamp, c.stated_time, c.stated_transaction_id)
            .where(c.connector_id == number)
            .order_by(c.id)
        )
        assert [tuple(row) for row in rows] == [
            (
                each.measurand,
                each.value,
                each.unit,
                each.phase,
                each.context,
                each.location,
                None,
                CP,
                tx.now,
                "2026",
                number,
            )
            for each in samples
        ]
