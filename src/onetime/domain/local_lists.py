"""The list of cards that a station keeps: what should be in it, and how to bring it there.

Knows the rules of OCPP 1.6, 3.5 and 5.15; never how a station is asked.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from onetime.domain.tokens import token_key

USUAL_CHUNK: Final = 20
"""How many cards go into one message where a station does not say: small, for its sake (K22)."""
MAX_CHUNK: Final = 100
USUAL_LENGTH: Final = 1_000
FIRST_RETRY_SECONDS: Final = 60
LONGEST_RETRY_SECONDS: Final = 6 * 3_600
ACCEPTED: Final = "Accepted"


class Entry(Struct, frozen=True, kw_only=True):
    """A card as it stands in a list."""

    id_tag: str
    expiry_date: datetime | None = None
    parent_id_tag: str | None = None
    status: str = ACCEPTED

    @property
    def key(self) -> str:
        """Return the form in which two tags are the same tag."""
        return token_key(self.id_tag)


class Update(Struct, frozen=True, kw_only=True):
    """One message to a station: cards to enter or change, and cards to take off.

    A full one replaces what the station has.
    """

    is_full: bool
    entries: tuple[Entry, ...] = ()
    removed: tuple[str, ...] = ()


class Limits(Struct, frozen=True, kw_only=True):
    """How many cards a station takes in all, and in one message."""

    length: int = USUAL_LENGTH
    chunk: int = USUAL_CHUNK


class Fitted(Struct, frozen=True):
    """The cards that go into a list, and those that it has no room for."""

    entries: tuple[Entry, ...]
    left_out: tuple[Entry, ...]


def limits_of(length: str | None, chunk: str | None, failures: int = 0) -> Limits:
    """Return what a station says it takes; after each failure messages are half as long."""
    told = _number(chunk) or USUAL_CHUNK
    return Limits(
        length=_number(length) or USUAL_LENGTH,
        chunk=max(1, min(told, MAX_CHUNK) >> min(failures, 10)),
    )


def fitted(wanted: Sequence[Entry], limits: Limits) -> Fitted:
    """Divide cards, the most important first, into those that fit and those that do not."""
    return Fitted(tuple(wanted[: limits.length]), tuple(wanted[limits.length :]))


def updates(
    acknowledged: Mapping[str, Entry] | None, wanted: Sequence[Entry], limits: Limits
) -> list[Update]:
    """Return the messages that bring a list from what a station has acknowledged to what is wanted.

    None means that nobody knows what it has: then it gets all of them, the first message replacing
    everything. Cards are taken off before others are entered, since revoking is urgent and room
    may be short.
    """
    if acknowledged is None:
        first, rest = wanted[: limits.chunk], wanted[limits.chunk :]
        return [Update(is_full=True, entries=tuple(first)), *_in_chunks((), rest, limits.chunk)]
    keys = {each.key for each in wanted}
    removed = [each.id_tag for key, each in acknowledged.items() if key not in keys]
    changed = [each for each in wanted if acknowledged.get(each.key) != each]
    return list(_in_chunks(removed, changed, limits.chunk))


def applied(known: Mapping[str, Entry], update: Update) -> dict[str, Entry]:
    """Return what a station's list holds after it accepted a message."""
    kept = {} if update.is_full else dict(known)
    for id_tag in update.removed:
        kept.pop(token_key(id_tag), None)
    kept |= {each.key: each for each in update.entries}
    return kept


def is_at(reported: int, acknowledged: int, is_empty: bool) -> bool:
    """Say whether a station's version is the one that it acknowledged; an empty list may be 0."""
    return reported == acknowledged or (is_empty and reported == 0)


def retry_after(failures: int) -> timedelta:
    """Return how long to leave a station in peace after so many failures in a row."""
    seconds = FIRST_RETRY_SECONDS * 2 ** min(max(failures, 1) - 1, 16)
    return timedelta(seconds=min(seconds, LONGEST_RETRY_SECONDS))


def _in_chunks(removed: Sequence[str], changed: Sequence[Entry], chunk: int) -> Iterator[Update]:
    total = len(removed) + len(changed)
    for start in range(0, total, chunk):
        end = start + chunk
        gone = removed[start:end]
        come = changed[max(start - len(removed), 0) : max(end - len(removed), 0)]
        yield Update(is_full=False, entries=tuple(come), removed=tuple(gone))


def _number(text: str | None) -> int | None:
    try:
        number = int((text or "")[:20])
    except ValueError:
        return None
    return number if number > 0 else None
