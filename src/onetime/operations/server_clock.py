"""What happens when this computer's clock jumps (S38): it is told, and nothing is thrown away.

Until a person has acknowledged the alarm, nothing that depends on the time of day is deleted, and
no charge is closed for being old.
"""

from datetime import timedelta

from onetime.domain.reviews import AlarmKind
from onetime.store import journal, reviews
from onetime.store.transaction import Transaction

KEY = "server"
TOLERANCE = timedelta(seconds=60)


def note_clock_jump(tx: Transaction, seconds: int) -> None:
    """Raise an alarm: the clock has gone ahead by so many seconds, or back if below zero."""
    reviews.raise_alarm(
        tx,
        AlarmKind.SERVER_CLOCK,
        KEY,
        f"The clock of this computer jumped {'ahead' if seconds > 0 else 'back'} by"
        f" {abs(seconds)} seconds. Put it right, let it be synchronised, then acknowledge"
        " this: until then nothing old is deleted, and no charge is closed for its age.",
        None,
    )


def note_if_behind(tx: Transaction) -> bool:
    """Raise an alarm if the clock is behind what was logged last; return whether it is."""
    newest = journal.newest_at(tx)
    if newest is None or newest <= tx.now + TOLERANCE:
        return False
    note_clock_jump(tx, -round((newest - tx.now).total_seconds()))
    return True


def is_clock_trusted(tx: Transaction) -> bool:
    """Say whether the time of day may be acted upon: no jump waits for a person."""
    return not reviews.is_waiting(tx, AlarmKind.SERVER_CLOCK, KEY)
