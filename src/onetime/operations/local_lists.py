"""Keeps what is known of each station's list of cards: sent, acknowledged, in doubt, lost (C13).

A list is certain when the version that was sent last is the one that was acknowledged; otherwise
the station gets all of it again.
"""

from typing import Final

from onetime.domain.facts import RevocationChanged
from onetime.domain.ids import StationId
from onetime.domain.local_lists import ACCEPTED, Update, applied, is_at, retry_after
from onetime.domain.reviews import AlarmKind
from onetime.kit.logs import masked
from onetime.store import local_lists, quirks, reviews
from onetime.store.numbers import next_number, reach
from onetime.store.transaction import Transaction

LOST: Final = "C13"
MAX_VERSION: Final = 2**31 - 1
NAMED_AT_MOST: Final = 20
_SERIES: Final = "list:{}"


def number_list(tx: Transaction, station_id: StationId) -> int:
    """Return a listVersion that this station was never sent, and that is none of its own."""
    known = local_lists.find(tx.connection, station_id)
    if known is not None and known.reported_version is not None:
        _reach(tx, station_id, known.reported_version)
    return next_number(tx, _SERIES.format(station_id))


def note_list_asked(tx: Transaction, station_id: StationId, version: int) -> None:
    """Note that a list is about to be sent; what the station has is in doubt until it answers."""
    known = local_lists.find(tx.connection, station_id)
    _reach(tx, station_id, version)
    if known is not None and known.is_certain:
        local_lists.put(tx, station_id, desired_version=version)
    else:
        local_lists.put(tx, station_id, desired_version=version, acknowledged_version=None)


def note_list_answer(
    tx: Transaction, station_id: StationId, version: int, update: Update, word: str
) -> None:
    """Note a station's word on a list. One that failed leaves in doubt what the station has."""
    known = local_lists.find(tx.connection, station_id)
    if known is None or known.desired_version != version:
        return
    if word != ACCEPTED:
        quirks.count_quirk(tx, station_id, LOST)
        _fail(tx, station_id, word)
        return
    if update.is_full or known.acknowledged_version is not None:
        held = local_lists.entries_of(tx.connection, station_id)
        local_lists.put_entries(tx, station_id, applied(held, update), version)
        local_lists.put(tx, station_id, acknowledged_version=version)
    local_lists.put(tx, station_id, answer=word, attempts=0, retry_at=None)
    tx.announce(RevocationChanged())


def note_list_unanswered(
    tx: Transaction, station_id: StationId, version: int, word: str, *, may_be_taken: bool
) -> None:
    """Note that a station never answered to a list, or was never sent it: then it has what it had.

    It is left in peace for a while.
    """
    known = local_lists.find(tx.connection, station_id)
    if known is None or known.desired_version != version:
        return
    held = None if may_be_taken else known.acknowledged_version
    _fail(tx, station_id, word)
    if held is not None:
        local_lists.put(tx, station_id, desired_version=held, acknowledged_version=held)


def note_list_version(tx: Transaction, station_id: StationId, reported: int) -> None:
    """Compare the version that a station reports with the one that it acknowledged."""
    known = local_lists.find(tx.connection, station_id)
    held = known.acknowledged_version if known is not None and known.is_certain else None
    local_lists.put(tx, station_id, reported_version=reported, checked_at=tx.now)
    if held is None:
        return
    is_empty = not local_lists.entries_of(tx.connection, station_id)
    if not is_at(reported, held, is_empty):
        quirks.count_quirk(tx, station_id, LOST)
        local_lists.put(tx, station_id, acknowledged_version=None)


def note_list_version_untold(tx: Transaction, station_id: StationId, word: str) -> None:
    """Note that a station did not tell the version of its list; it is left in peace for a while."""
    _postpone(tx, station_id, word)


def note_left_out(tx: Transaction, station_id: StationId, left_out: tuple[str, ...]) -> None:
    """Tell a person, once, which cards a station has no room for: they need the line to charge."""
    key = f"{station_id}:{len(left_out)}:{','.join(masked(each) for each in left_out)}"
    if reviews.is_alarmed(tx, AlarmKind.CARDS_NOT_IN_LIST, key):
        return
    named = ", ".join(masked(each) for each in left_out[:NAMED_AT_MOST])
    more = len(left_out) - NAMED_AT_MOST
    reviews.raise_alarm(
        tx,
        AlarmKind.CARDS_NOT_IN_LIST,
        key,
        f"The list of station {station_id} has no room for {len(left_out)} cards, which do not"
        f" charge there while it is offline: {named}{f' and {more} more' if more > 0 else ''}.",
        station_id,
    )


def _reach(tx: Transaction, station_id: StationId, version: int) -> None:
    """Go on after a version that is in use; one beyond 32 bits is garbage."""
    if version < MAX_VERSION:
        reach(tx, _SERIES.format(station_id), version)


def _fail(tx: Transaction, station_id: StationId, word: str) -> None:
    local_lists.put(tx, station_id, acknowledged_version=None)
    _postpone(tx, station_id, word)


def _postpone(tx: Transaction, station_id: StationId, word: str) -> None:
    local_lists.put(tx, station_id, answer=word)
    local_lists.count_failure(tx, station_id)
    known = local_lists.find(tx.connection, station_id)
    assert known is not None
    local_lists.put(tx, station_id, retry_at=tx.now + retry_after(known.attempts))
