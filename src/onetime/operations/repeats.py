"""What makes a request of a program safe to send again: the answer is kept, for a day.

Knows keys and answers; never what is asked. A key belongs to whoever sent it.
"""

from collections.abc import Callable
from datetime import timedelta

from msgspec import Struct

from onetime.domain.errors import Conflict, Unacceptable
from onetime.domain.people import Actor
from onetime.store import kept_answers
from onetime.store.transaction import Transaction

KEPT_FOR = timedelta(hours=24)
FIELD = "Idempotency-Key"


class Sending(Struct, frozen=True):
    """One sending of a request: by whom, under which key, and the hash of all it says."""

    actor: Actor
    key: str
    digest: str


class Told(Struct, frozen=True):
    """An answer as it leaves, its status if that is not the usual one, and what is kept of it.

    What is kept has no secret in it: that is told once.
    """

    answer: bytes
    status: int | None = None
    kept: bytes | None = None


def once(tx: Transaction, sending: Sending, perform: Callable[[], Told]) -> Told:
    """Do something unless it was done under this key; return what was answered then, or is now.

    All of it is one transaction. What is refused is not kept. Raises Unacceptable when the key
    was used for another request, Conflict when it is not known what became of that, and whatever
    `perform` raises.
    """
    if (told := _told_before(tx, sending)) is not None:
        return told
    told = perform()
    kept = told.answer if told.kept is None else told.kept
    kept_answers.keep(tx, str(sending.actor), sending.key, sending.digest, told.status, kept)
    return told


def claim(tx: Transaction, sending: Sending) -> Told | None:
    """Take a key for something that takes longer than a transaction; return an earlier answer.

    `settle` or `release` has to follow. Raises as `once`.
    """
    if (told := _told_before(tx, sending)) is not None:
        return told
    kept_answers.keep(tx, str(sending.actor), sending.key, sending.digest, None, None)
    return None


def settle(tx: Transaction, sending: Sending, told: Told) -> None:
    """Keep the answer to a request whose key was claimed."""
    kept = told.answer if told.kept is None else told.kept
    kept_answers.settle(tx, str(sending.actor), sending.key, told.status, kept)


def release(tx: Transaction, sending: Sending) -> None:
    """Let a claimed key be used again: nothing was done."""
    kept_answers.forget(tx, str(sending.actor), sending.key)


def _told_before(tx: Transaction, sending: Sending) -> Told | None:
    kept_answers.delete_old(tx, tx.now - KEPT_FOR)
    known = kept_answers.find(tx, str(sending.actor), sending.key)
    if known is None:
        return None
    if known.digest != sending.digest:
        raise Unacceptable("This key was used for another request; take a new one.", FIELD)
    if known.answer is None:
        raise Conflict(
            "A request with this key is under way, or was cut off; look whether it was done.", FIELD
        )
    return Told(known.answer, known.status)
