"""Gives out the numbers by which a station and onetime speak of one request; none twice."""

from onetime.domain.ids import StationId
from onetime.store.numbers import next_number
from onetime.store.transaction import Transaction

__all__ = ["number_list", "number_request"]


def number_request(tx: Transaction) -> int:
    """Return a requestId, unique in this garage."""
    return next_number(tx, "request")


def number_list(tx: Transaction, station_id: StationId) -> int:
    """Return a listVersion, higher than any that was given out for this station."""
    return next_number(tx, f"list:{station_id}")
