"""Deletes what is past its time; a person decided the times, sessions are never touched.

While the clock of this computer is in doubt nothing is deleted (S38).
"""

from datetime import datetime

from onetime.operations.server_clock import is_clock_trusted
from onetime.store import retention
from onetime.store.transaction import Transaction


def purge_messages(tx: Transaction, before: datetime, limit: int) -> int:
    """Delete at most so many of the oldest OCPP messages from before a moment; return how many."""
    return retention.delete_messages(tx, before, limit) if is_clock_trusted(tx) else 0


def purge_commands(tx: Transaction, before: datetime, limit: int) -> int:
    """Delete at most so many of the oldest ended commands from before a moment; return how many."""
    return retention.delete_commands(tx, before, limit)


def purge_readings(tx: Transaction, before: datetime, limit: int) -> int:
    """Delete at most so many of the oldest readings from before a moment; return how many.

    Readings of charges that are still open are kept.
    """
    return retention.delete_readings(tx, before, limit) if is_clock_trusted(tx) else 0
