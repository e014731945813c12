"""Cards that may not charge any more, and how each station shows that it knows. Knows no clock."""

from datetime import datetime
from enum import StrEnum
from typing import Final

from msgspec import Struct

from onetime.domain.tokens import Token, Verdict, verdict


class RevocationReason(StrEnum):
    """Why a card may not charge any more."""

    BLOCKED = "blocked"
    EXPIRED = "expired"
    INACTIVE = "inactive"
    DELETED = "deleted"


class CacheState(StrEnum):
    """Whether a station has forgotten the verdicts that it remembers (C14).

    `off`: it remembers none, by its own word; `none`: it can not be asked to.
    """

    WAITING = "waiting"
    CLEARED = "cleared"
    OFF = "off"
    NONE = "none"
    REFUSED = "refused"


class ListedState(StrEnum):
    """Whether a card is off a station's list; `none`: it keeps no list of ours."""

    WAITING = "waiting"
    REMOVED = "removed"
    NONE = "none"


SAFE_CACHES: Final = frozenset({CacheState.CLEARED, CacheState.OFF, CacheState.NONE})
SAFE_LISTS: Final = frozenset({ListedState.REMOVED, ListedState.NONE})
_REASONS: Final = {
    Verdict.BLOCKED: RevocationReason.BLOCKED,
    Verdict.EXPIRED: RevocationReason.EXPIRED,
    Verdict.INACTIVE: RevocationReason.INACTIVE,
}


class Memory(Struct, frozen=True, kw_only=True):
    """What a station is known to remember of cards, by itself.

    `cache_cleared_at` is when the command that cleared it was given, `cache_refused_at` when the
    last one was, if the station refused that.
    """

    cache_cleared_at: datetime | None = None
    cache_refused_at: datetime | None = None
    is_cache_off: bool = False
    is_cache_unknown_to_it: bool = False
    has_list: bool = False
    is_list_certain: bool = True
    is_listed: bool = False


def reason_of(token: Token, now: datetime) -> RevocationReason | None:
    """Return why a card may not charge at this moment; None when it may."""
    return _REASONS.get(verdict(token, now))


def cache_state(memory: Memory, revoked_at: datetime) -> CacheState:
    """Say whether a station may still let a card charge because it remembers a verdict."""
    if memory.cache_cleared_at is not None and memory.cache_cleared_at >= revoked_at:
        return CacheState.CLEARED
    if memory.is_cache_unknown_to_it:
        return CacheState.NONE
    if memory.cache_refused_at is not None and memory.cache_refused_at >= revoked_at:
        return CacheState.OFF if memory.is_cache_off else CacheState.REFUSED
    return CacheState.WAITING


def list_state(memory: Memory) -> ListedState:
    """Say whether a station may still let a card charge because it stands in its list."""
    if not memory.has_list:
        return ListedState.NONE
    is_off = memory.is_list_certain and not memory.is_listed
    return ListedState.REMOVED if is_off else ListedState.WAITING


def is_confirmed(cache: CacheState, listed: ListedState) -> bool:
    """Say whether a station can not let the card charge any more, whether it is online or not."""
    return cache in SAFE_CACHES and listed in SAFE_LISTS
