"""A renter's month: the charges that began in it, oldest first, with their sums."""

from datetime import UTC, datetime, timedelta

import pytest

from onetime.domain.errors import NotFound, Unacceptable
from onetime.queries.pages import MAX_LIMIT
from onetime.queries.sessions import Sums
from onetime.queries.statements import month_of_renter
from onetime.store.transaction import Transaction
from tests.garage_makers import a_renter, a_session, a_station

MARCH = datetime(2026, 3, 1, tzinfo=UTC)
APRIL = datetime(2026, 4, 1, tzinfo=UTC)


def test_a_charge_belongs_to_the_month_in_which_it_began(tx: Transaction) -> None:
    anna = a_renter(tx)
    a_station(tx)
    for number, start in enumerate(
        (MARCH - timedelta(seconds=1), MARCH, APRIL - timedelta(minutes=1), APRIL)
    ):
        a_session(tx, number + 1, renter_id=anna, start=start, energy_wh=1_000)

    march = month_of_renter(tx.connection, anna, 2026, 3)

    assert [each.transaction_id for each in march.sessions] == [2, 3]
    assert march.sums == Sums(
        sessions=2, open_sessions=0, estimated_sessions=0, energy_wh=2_000, total_energy_kwh=2.0
    )


def test_december_ends_with_the_year(tx: Transaction) -> None:
    anna = a_renter(tx)
    a_station(tx)
    a_session(tx, 1, renter_id=anna, start=datetime(2025, 12, 31, 23, 59, tzinfo=UTC))
    a_session(tx, 2, renter_id=anna, start=datetime(2026, 1, 1, tzinfo=UTC))

    december = month_of_renter(tx.connection, anna, 2025, 12)

    assert [each.transaction_id for each in december.sessions] == [1]


def test_what_others_charged_is_not_on_the_statement(tx: Transaction) -> None:
    anna, bob = a_renter(tx, "Anna"), a_renter(tx, "Bob")
    a_station(tx)
    a_session(tx, 1, renter_id=bob, start=MARCH)

    assert month_of_renter(tx.connection, anna, 2026, 3).sessions == ()


def test_a_month_longer_than_a_page_is_complete(tx: Transaction) -> None:
    anna = a_renter(tx)
    a_station(tx)
    count = MAX_LIMIT + 1
    for number in range(count):
        start = MARCH + timedelta(minutes=number)
        a_session(tx, number + 1, renter_id=anna, start=start, energy_wh=10)

    march = month_of_renter(tx.connection, anna, 2026, 3)

    assert [each.transaction_id for each in march.sessions] == list(range(1, count + 1))
    assert march.sums.energy_wh == 10 * count


@pytest.mark.parametrize(("year", "month"), [(2026, 0), (2026, 13), (1999, 1), (9999, 12)])
def test_a_month_that_does_not_exist_is_refused(tx: Transaction, year: int, month: int) -> None:
    with pytest.raises(Unacceptable):
        month_of_renter(tx.connection, a_renter(tx), year, month)


def test_nobody_has_no_statement(tx: Transaction) -> None:
    with pytest.raises(NotFound):
        month_of_renter(tx.connection, 12345, 2026, 3)
