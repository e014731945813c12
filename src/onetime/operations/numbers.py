"""Gives out the numbers by which a station and onetime speak of one request; none twice."""

from onetime.store.numbers import next_number
from onetime.store.transaction import Transaction

__all__ = ["number_request"]


def number_request(tx: Transaction) -> int:
    """Return a requestId, unique in this garage."""
    return next_number(tx, "request")
