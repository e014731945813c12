"""Charges in the database: repeats are found, text is cut, nothing scans."""

from datetime import timedelta

import pytest
from msgspec import structs
from sqlalchemy import select

from onetime.domain.ids import StationId
from onetime.domain.sessions import EndedBy, Estimate, Mark, Opening
from onetime.store import chain, readings, sessions
from onetime.store.database import Database
from onetime.store.tables import charging_sessions
from onetime.store.transaction import Transaction
from tests.charges import CP, TAG, a_garage, begin, booked, end, meter, wait
from tests.garage_makers import a_station


def an_opening(tx: Transaction) -> Opening:
    return Opening(station_id=CP, connector_id=1, id_tag=TAG, meter_start=1_000, stated_time=tx.now)


def test_a_start_is_repeated_only_if_all_of_it_is_equal(tx: Transaction) -> None:
    a_garage(tx)
    a_station(tx, "CP-2")
    opening = an_opening(tx)
    opened = begin(tx)

    found = sessions.unended_like(tx, opening)
    assert found is not None
    assert found.id == opened.session_id
    for other in (
        structs.replace(opening, station_id=StationId("CP-2")),
        structs.replace(opening, connector_id=2),
        structs.replace(opening, id_tag="04A1B2C4"),
        structs.replace(opening, meter_start=1_001),
        structs.replace(opening, meter_start=None),
        structs.replace(opening, stated_time=opening.stated_time + timedelta(seconds=1)),
    ):
        assert sessions.unended_like(tx, other) is None


def test_a_start_without_register_is_repeated_by_one_without_register(tx: Transaction) -> None:
    a_garage(tx)
    opened = begin(tx, None)
    without = structs.replace(an_opening(tx), meter_start=None)

    found = sessions.unended_like(tx, without)

    assert found is not None
    assert found.id == opened.session_id


def test_a_start_is_new_once_the_charge_was_ended_by_its_own_stop(tx: Transaction) -> None:
    a_garage(tx)
    opening = an_opening(tx)
    opened = begin(tx)
    end(tx, opened.transaction_id, 2_000)

    assert sessions.unended_like(tx, opening) is None


@pytest.mark.parametrize("number", [0, -1, 2**31, 2**63 - 1, -(2**63)])
def test_a_number_that_is_no_transaction_id_finds_nothing(tx: Transaction, number: int) -> None:
    assert sessions.by_transaction(tx, number) is None


def test_words_of_a_charge_come_back_as_they_were_written(tx: Transaction) -> None:
    a_garage(tx)
    session = booked(tx, begin(tx))

    marked = sessions.mark(tx, session, Mark.OVERLAP, Mark.IMPLAUSIBLE)
    corrected = sessions.correct_start(tx, marked, 900, [Estimate.METER_START])

    assert corrected.marks == (Mark.IMPLAUSIBLE, Mark.OVERLAP)
    assert corrected.estimated == (Estimate.METER_START,)
    assert corrected.meter_start == 900
    assert sessions.mark(tx, corrected).marks == corrected.marks


def test_energy_is_booked_in_wh_and_told_in_kwh(tx: Transaction) -> None:
    a_garage(tx)
    opened = begin(tx)
    end(tx, opened.transaction_id, 8_501)

    row = tx.connection.execute(select(charging_sessions)).one()
    assert (row.energy_wh, row.total_energy_kwh, row.ended_by) == (7_501, 7.501, "station")
    assert booked(tx, opened).ended_by is EndedBy.STATION


def test_the_chain_is_in_the_order_of_starts_and_then_of_arrival(tx: Transaction) -> None:
    a_garage(tx)
    moment = tx.now
    wait(tx, hours=5)
    late = begin(tx, 3_000, moment + timedelta(hours=2))
    early = begin(tx, 1_000, moment)
    meter(tx, 1_500, moment, transaction_id=early.transaction_id)
    twin = begin(tx, 1_500, moment, tag="04A1B2C4")
    first, second, third = (booked(tx, each) for each in (early, twin, late))

    assert chain.link_before(tx, first) is None
    after = [chain.link_after(tx, each) for each in (first, second, third)]
    assert [each.id if each else None for each in after] == [second.id, third.id, None]
    before = chain.link_before(tx, third)
    assert before is not None
    assert before.id == second.id
    at = chain.link_at(tx, CP, 1, moment + timedelta(hours=1))
    assert at is not None
    assert at.id == second.id
    assert chain.link_at(tx, CP, 2, tx.now) is None
    assert chain.link_at(tx, CP, 1, moment - timedelta(seconds=1)) is None


FOLLOWED = {
    "repeated start": (sessions._LIKE, "(station_id=? AND stated_start=?"),
    "repeated stop": (sessions._STOPPED_LIKE, "(station_id=? AND stated_stop=?"),
    "before": (chain._BEFORE, "(station_id=? AND connector_id=? AND start_time<?)"),
    "after": (chain._AFTER, "(station_id=? AND connector_id=? AND start_time>?)"),
    "at": (chain._AT, "(station_id=? AND connector_id=? AND start_time<?)"),
    "latest": (chain._LATEST, "(station_id=? AND connector_id=? AND start_time<?)"),
    "open": (sessions._OPEN, "ix_charging_sessions_open"),
    "reading of a charge": (readings._OF_SESSION, "(transaction_id=? AND timestamp=?)"),
    "reading outside": (readings._OUTSIDE, "(station_id=? AND timestamp=?)"),
    "reading without clock": (readings._STATED, "(station_id=? AND stated_time=?)"),
}


@pytest.mark.parametrize("question", FOLLOWED)
def test_no_question_of_a_message_reads_all_that_a_station_ever_said(
    shared_sqlite: Database, question: str
) -> None:
    """Ten years of charges must not make the next one slower."""
    statement, index = FOLLOWED[question]
    sql = str(statement.compile(dialect=shared_sqlite.writer.dialect))
    with shared_sqlite.writer.connect() as connection:
        plan = connection.exec_driver_sql("EXPLAIN QUERY PLAN " + sql, (None,) * sql.count("?"))
        steps = " ".join(row[3] for row in plan)

    assert index in steps
    assert "SCAN" not in steps
