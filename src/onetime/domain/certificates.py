"""Certificates of a garage: how long they last, when to warn, whose they may be.

Knows names and dates; never keys, nor how a certificate is written.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

AUTHORITY_DAYS = 20 * 365
SERVER_DAYS = 397
STATION_DAYS = 365
RENEW_DAYS = 30
"""A certificate is renewed when it ends within so many days (A03.FR.02: one month)."""
WARN_DAYS = (60, 30, 7)
BACKDATED = timedelta(hours=24)
"""A station whose clock is behind takes a new certificate all the same."""
MAX_COMMON_NAME = 64
MAX_ORGANIZATION = 64
_HOST = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*|[0-9A-Fa-f:.]+")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]")


class Purpose(StrEnum):
    """What a certificate is for."""

    SERVER = "server"
    STATION = "station"
    FOREIGN = "foreign"  # of an authority that is not ours; known by its fingerprint alone


class RequestState(StrEnum):
    """What became of a station's request for a certificate."""

    WAITING = "waiting"  # for a person
    REFUSED = "refused"
    APPROVED = "approved"  # signed, and not handed over yet
    DELIVERED = "delivered"
    REJECTED = "rejected"  # by the station


class Claim(Struct, frozen=True, kw_only=True):
    """Whose a certificate says that it is."""

    fingerprint: str
    names: frozenset[str]
    not_before: datetime
    not_after: datetime


def is_named(claim: Claim, identity: str, entered: str | None) -> bool:
    """Say whether a certificate is a station's: by its identity, or the name a person entered."""
    return identity in claim.names or (entered is not None and entered in claim.names)


def warning_for(not_after: datetime, now: datetime) -> int | None:
    """Return the smallest limit of days that a certificate's end is within; 0 when it is over."""
    if now >= not_after:
        return 0
    left = not_after - now
    reached = [days for days in WARN_DAYS if left <= timedelta(days=days)]
    return min(reached, default=None)


def is_due(not_after: datetime, now: datetime) -> bool:
    """Say whether a certificate has to be renewed."""
    return not_after - now <= timedelta(days=RENEW_DAYS)


def common_name_fault(text: str) -> str | None:
    """Return what is wrong with the name in a station's certificate, or None."""
    if not text or len(text) > MAX_COMMON_NAME or _UNPRINTABLE.search(text):
        return f"A certificate's name has 1 to {MAX_COMMON_NAME} characters that can be printed."
    return None


def organization_fault(text: str) -> str | None:
    """Return what is wrong with the name of an organization, or None."""
    if not text.strip() or len(text) > MAX_ORGANIZATION or _UNPRINTABLE.search(text):
        return f"An organization's name has 1 to {MAX_ORGANIZATION} characters."
    return None


def host_fault(text: str) -> str | None:
    """Return what is wrong with a host name or address that a certificate is for, or None."""
    if len(text) > MAX_COMMON_NAME or not _HOST.fullmatch(text):
        return f"{text!r} is no host name and no IP address of 1 to {MAX_COMMON_NAME} characters."
    return None


def name_taken(wanted: str, station_id: str, names: Mapping[str, Iterable[str]]) -> str | None:
    """Return the other station that goes by a name already, or None."""
    for other, known in names.items():
        if other != station_id and wanted in (other, *known):
            return other
    return None
