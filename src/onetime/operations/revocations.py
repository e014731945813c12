"""Revoking a card reaches every station: what each remembers by itself, and when it has forgotten.

Cards are compared with what was noted before, so that no way to revoke one can be missed: blocking,
expiry, a renter who has left.
"""

from datetime import datetime
from typing import Final

from msgspec import structs

from onetime.domain.facts import RevocationChanged
from onetime.domain.ids import StationId
from onetime.domain.local_lists import retry_after
from onetime.domain.revocations import (
    Memory,
    RevocationReason,
    cache_state,
    is_confirmed,
    list_state,
    reason_of,
)
from onetime.store import abilities, caches, configuration, local_lists, revocations, tokens
from onetime.store.caches import Cache
from onetime.store.transaction import Transaction

ACCEPTED: Final = "Accepted"
CLEARING: Final = "ClearCache"
REFUSED: Final = "Rejected"
CACHE_KEY: Final = "AuthorizationCacheEnabled"


def note_revocation(tx: Transaction, token: str) -> None:
    """Note that a card may not charge any more, or may again, as soon as somebody has changed it.

    Whoever forgets to call this loses time: `note_revocations` finds out.
    """
    card = tokens.find(tx, token)
    if card is None:
        return
    reason, is_noted = reason_of(card, tx.now), revocations.is_open(tx, card.token)
    if reason is not None and not is_noted:
        revocations.open_revocation(tx, card.token, reason)
    elif reason is None and is_noted:
        revocations.end_revocation(tx, card.token)
    else:
        return
    tx.announce(RevocationChanged())


def note_revocations(tx: Transaction) -> int:
    """Note which cards may not charge any more, and which may again; return how many changed."""
    revoked = revocations.not_noted(tx.connection, tx.now)
    for card in revoked:
        reason = reason_of(card, tx.now)
        assert reason is not None
        revocations.open_revocation(tx, card.token, reason)
    restored = revocations.back_in_force(tx.connection, tx.now)
    for card in restored:
        revocations.end_revocation(tx, card.token)
    if revoked or restored:
        tx.announce(RevocationChanged())
    return len(revoked) + len(restored)


def revoke_deleted(tx: Transaction, token: str) -> None:
    """Note that a card was deleted: whoever deletes one calls this, since nothing is left of it."""
    revocations.end_revocation(tx, token)
    revocations.open_revocation(tx, token, RevocationReason.DELETED)
    tx.announce(RevocationChanged())


def confirm_revocations(tx: Transaction) -> int:
    """Note which stations have shown by now that a revoked card can not charge there.

    Returns how many have confirmed just now.
    """
    memories: dict[StationId, tuple[Memory, set[str]]] = {}
    confirmed = 0
    for waits in revocations.unconfirmed(tx.connection):
        if waits.station_id not in memories:
            memories[waits.station_id] = _memory(tx, waits.station_id)
        memory, listed = memories[waits.station_id]
        cache = cache_state(memory, waits.revoked_at)
        in_list = list_state(structs.replace(memory, is_listed=waits.token_key in listed))
        is_done = is_confirmed(cache, in_list)
        if (cache, in_list) != (waits.cache, waits.list) or is_done:
            at = tx.now if is_done else None
            revocations.set_confirmation(tx, waits, cache, in_list, at)
            confirmed += is_done
    if confirmed:
        tx.announce(RevocationChanged())
    return confirmed


def note_cache_answer(tx: Transaction, station_id: StationId, command_id: int, word: str) -> None:
    """Note what a station said when it was told to forget the verdicts that it remembers.

    What it heard after the command was given may have been remembered since.
    """
    asked_at = caches.asked_at(tx, command_id)
    if word == ACCEPTED:
        caches.put(tx, station_id, Cache(cleared_at=asked_at, tried_at=asked_at, answer=word))
    else:
        _postpone(tx, station_id, asked_at, word)
    tx.announce(RevocationChanged())


def note_cache_unanswered(
    tx: Transaction, station_id: StationId, command_id: int, word: str
) -> None:
    """Note that a station did not say whether it forgot; it is told again after a while."""
    _postpone(tx, station_id, caches.asked_at(tx, command_id), word)


def _postpone(tx: Transaction, station_id: StationId, tried_at: datetime, word: str) -> None:
    known = caches.find(tx.connection, station_id)
    attempts = known.attempts + 1
    failed = Cache(
        cleared_at=known.cleared_at,
        tried_at=tried_at,
        answer=word,
        attempts=attempts,
        retry_at=tx.now + retry_after(attempts),
    )
    caches.put(tx, station_id, failed)


def _memory(tx: Transaction, station_id: StationId) -> tuple[Memory, set[str]]:
    """Return what a station remembers, and the tags that stand in its list."""
    cache = caches.find(tx.connection, station_id)
    reported = configuration.of_station(tx.connection, station_id).get(CACHE_KEY)
    kept = local_lists.find(tx.connection, station_id)
    can_list = abilities.find(tx.connection, station_id, "SendLocalList") is not False
    memory = Memory(
        cache_cleared_at=cache.cleared_at,
        cache_refused_at=cache.tried_at if cache.answer == REFUSED else None,
        is_cache_off=reported is not None and (reported.value or "").lower() == "false",
        is_cache_unknown_to_it=abilities.find(tx.connection, station_id, CLEARING) is False,
        has_list=kept is not None and kept.desired_version > 0 and can_list,
        is_list_certain=kept is not None and kept.is_certain,
    )
    return memory, {*local_lists.entries_of(tx.connection, station_id)}
