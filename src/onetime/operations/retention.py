"""Deletes what is past its time; a person decided the times, sessions are never touched."""

from datetime import datetime

from onetime.store import retention
from onetime.store.transaction import Transaction


def purge_messages(tx: Transaction, before: datetime, limit: int) -> int:
    """Delete at most so many of the oldest OCPP messages from before a moment; return how many."""
    return retention.delete_messages(tx, before, limit)


def purge_readings(tx: Transaction, before: datetime, limit: int) -> int:
    """Delete at most so many of the oldest readings from before a moment; return how many.

    Readings of charges that are still open are kept.
    """
    return retention.delete_readings(tx, before, limit)
