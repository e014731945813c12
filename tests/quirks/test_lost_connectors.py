"""K19: a Start that lost its connector is booked where the charge turns out to be, and once."""

from sqlalchemy import select

from onetime.domain.sessions import EndedBy
from onetime.kit.times import EPOCH
from onetime.operations.sessions import Opened
from onetime.queries.books import audit_books
from onetime.store.tables import charging_sessions
from onetime.store.transaction import Transaction
from tests.charges import a_garage, begin, booked, end, gaps, meter, wait


def lost(tx: Transaction, meter_start: int | None = None, text: str = "a") -> Opened:
    """Say that a charge began, in a message that broke off before it told where."""
    return begin(tx, meter_start, EPOCH, connector=0, tag="", digest=text)


def charge(tx: Transaction, from_wh: int, to_wh: int, connector: int) -> None:
    """Let a charge of an hour begin now, and let a minute pass after it."""
    opened = begin(tx, from_wh, connector=connector)
    wait(tx, hours=1)
    end(tx, opened.transaction_id, to_wh)
    wait(tx, minutes=1)


def energies(tx: Transaction) -> list[tuple[int, int | None]]:
    """Return connector and energy (Wh) of all charges; the books they are in are right."""
    assert audit_books(tx.connection).faults == ()
    c = charging_sessions.c
    rows = tx.connection.execute(select(c.connector_id, c.energy_wh).order_by(c.id))
    return [(row.connector_id, row.energy_wh) for row in rows]


def test_meter_values_tell_where_the_charge_is(tx: Transaction) -> None:
    a_garage(tx)
    charge(tx, 1_000, 2_000, connector=5)
    charge(tx, 70_000, 70_100, connector=6)
    opened = lost(tx)
    wait(tx, minutes=1)
    meter(tx, 2_000, transaction_id=opened.transaction_id, connector=5)
    wait(tx, hours=1)
    end(tx, opened.transaction_id, 9_000)
    wait(tx, minutes=1)
    charge(tx, 9_000, 9_500, connector=5)

    assert energies(tx) == [(5, 1_000), (6, 100), (5, 7_000), (5, 500)]
    assert (gaps(tx, 5), gaps(tx, 6), gaps(tx, 0)) == ([], [], [])


def test_meter_values_that_are_late_take_the_charge_out_of_the_energy_of_nobody(
    tx: Transaction,
) -> None:
    a_garage(tx)
    charge(tx, 1_000, 2_000, connector=5)
    charge(tx, 70_000, 70_100, connector=6)
    opened = lost(tx)
    sampled = wait(tx, minutes=30)
    wait(tx, minutes=30)
    end(tx, opened.transaction_id, 9_000)
    wait(tx, minutes=1)
    charge(tx, 9_000, 9_500, connector=5)
    assert energies(tx)[2] == (0, 0)
    assert gaps(tx, 5) == [(2_000, 9_000)]

    meter(tx, 5_000, sampled, transaction_id=opened.transaction_id, connector=5)
    assert energies(tx) == [(5, 1_000), (6, 100), (5, 7_000), (5, 500)]
    assert (gaps(tx, 5), gaps(tx, 0)) == ([], [])


def test_a_stop_belongs_to_the_only_connector_that_the_station_has(tx: Transaction) -> None:
    a_garage(tx)
    charge(tx, 1_000, 2_000, connector=1)
    opened = lost(tx)
    wait(tx, hours=1)
    end(tx, opened.transaction_id, 9_000)
    wait(tx, minutes=1)
    charge(tx, 9_000, 9_500, connector=1)

    assert energies(tx) == [(1, 1_000), (1, 7_000), (1, 500)]
    assert gaps(tx) == []


def test_charges_of_which_nobody_knows_the_connector_share_no_register(tx: Transaction) -> None:
    a_garage(tx)
    first, second = lost(tx, 1_000, "a"), lost(tx, 5_000, "b")
    wait(tx, hours=1)
    end(tx, first.transaction_id, 9_000)
    end(tx, second.transaction_id, 10_000)
    wait(tx, minutes=1)
    third = lost(tx, 300_000, "c")
    wait(tx, hours=1)
    end(tx, third.transaction_id, 301_000)

    assert energies(tx) == [(0, 8_000), (0, 5_000), (0, 1_000)]
    assert gaps(tx, 0) == []


def test_what_an_idle_register_told_before_the_charge_was_found_counts_once(
    tx: Transaction,
) -> None:
    a_garage(tx)
    charge(tx, 1_000, 2_000, connector=5)
    charge(tx, 70_000, 70_100, connector=6)
    opened = lost(tx, 2_000)
    wait(tx, minutes=10)
    meter(tx, 4_000, connector=5)
    assert gaps(tx, 5) == [(2_000, 4_000)]
    wait(tx, minutes=10)
    meter(tx, 5_000, transaction_id=opened.transaction_id, connector=5)
    end(tx, opened.transaction_id, 9_000)

    assert energies(tx) == [(5, 1_000), (6, 100), (5, 7_000)]
    assert (gaps(tx, 5), gaps(tx, 0)) == ([], [])


def test_a_charge_that_is_found_takes_its_place_among_those_that_are_open(tx: Transaction) -> None:
    a_garage(tx)
    older = begin(tx, 1_000, connector=5)
    wait(tx, minutes=10)
    opened = lost(tx)
    wait(tx, minutes=10)
    sampled = tx.now
    wait(tx, minutes=10)
    newer = begin(tx, 3_000, connector=6)
    meter(tx, 2_000, sampled, transaction_id=opened.transaction_id, connector=5)

    assert booked(tx, older).ended_by is EndedBy.RECONCILIATION
    assert booked(tx, opened).is_open
    assert booked(tx, newer).is_open
    assert energies(tx) == [(5, 0), (5, None), (6, None)]


def test_a_charge_that_is_found_has_ended_where_another_began_since(tx: Transaction) -> None:
    a_garage(tx)
    opened = lost(tx)
    sampled = wait(tx, minutes=10)
    wait(tx, minutes=10)
    newer = begin(tx, 3_000, connector=5)
    meter(tx, 2_000, sampled, transaction_id=opened.transaction_id, connector=5)
    found = booked(tx, opened)
    assert (found.connector_id, found.ended_by) == (5, EndedBy.RECONCILIATION)
    assert booked(tx, newer).is_open

    end(tx, opened.transaction_id, 2_900, sampled)
    assert booked(tx, opened).meter_stop == 2_900
    assert gaps(tx, 5) == [(2_900, 3_000)]
    assert audit_books(tx.connection).faults == ()
