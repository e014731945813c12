"""Series of numbers do not mix, and give no number twice."""

from onetime.store.numbers import next_number
from onetime.store.transaction import Transaction


def test_each_series_counts_by_itself(tx: Transaction) -> None:
    given = [next_number(tx, name) for name in ("a", "a", "b", "a")]

    assert given == [1, 2, 1, 3]
