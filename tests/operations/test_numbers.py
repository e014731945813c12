"""A number that was given out is given to nobody else."""

from onetime.operations.numbers import number_request
from onetime.store.transaction import Transaction


def test_numbers_are_given_once(tx: Transaction) -> None:
    assert [number_request(tx) for _ in range(3)] == [1, 2, 3]
