"""Which erasures are on their way."""

from sqlalchemy import Connection

from onetime.store import erasures


def pending_erasures(connection: Connection) -> list[int]:
    """Return the numbers of the erasures that are not done."""
    return erasures.pending(connection)
