"""Cards: how tags compare and which of them may charge; one decision for every message."""

import re
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

MAX_TOKEN_LENGTH = 20
"""OCPP 1.6 IdToken: CiString20Type."""
MAX_DESCRIPTION_LENGTH = 200

MIN_HEX_DIGITS = 8
_SEPARATORS = re.compile(r"[ :-]")
_SEPARATED_HEX = re.compile(r"[0-9A-Fa-f]+(?:[ :-]+[0-9A-Fa-f]+)+")
_HEX = re.compile(r"[0-9A-Fa-f]+")
_PRINTABLE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?")


class TokenStatus(StrEnum):
    """The state of a card as a person set it (maps to OCPP AuthorizationStatus)."""

    ACCEPTED = "Accepted"
    BLOCKED = "Blocked"
    EXPIRED = "Expired"


class Verdict(StrEnum):
    """Why a tag may charge, or may not."""

    ACCEPTED = "Accepted"
    BLOCKED = "Blocked"
    EXPIRED = "Expired"
    INACTIVE = "Inactive"
    UNKNOWN = "Unknown"
    LOCKED = "Locked"
    CONCURRENT = "Concurrent"


class Token(Struct, frozen=True, kw_only=True):
    """A card as the books know it."""

    token: str
    renter_id: int
    status: TokenStatus
    expiry_date: datetime | None
    description: str | None
    parent_id_tag: str | None
    renter_is_active: bool


def verdict(token: Token | None, now: datetime) -> Verdict:
    """Say whether this card may charge at this moment.

    "Found and Accepted" of the specification: known, status Accepted, not past its expiry date,
    its renter active.
    """
    if token is None:
        return Verdict.UNKNOWN
    if token.status is TokenStatus.EXPIRED:
        return Verdict.EXPIRED
    if token.status is not TokenStatus.ACCEPTED:
        return Verdict.BLOCKED
    if token.expiry_date is not None and token.expiry_date <= now:
        return Verdict.EXPIRED
    return Verdict.ACCEPTED if token.renter_is_active else Verdict.INACTIVE


def token_key(id_tag: str) -> str:
    """Return the form in which two tags are the same tag: OCPP compares without case (G01)."""
    return id_tag.casefold()


def bare_hex(id_tag: str) -> str | None:
    """Return the digits of a tag that is eight or more hexadecimal digits, separated or not."""
    digits = _SEPARATORS.sub("", id_tag)
    if len(digits) < MIN_HEX_DIGITS or not _HEX.fullmatch(digits):
        return None
    return digits.casefold()


def is_separated_hex(id_tag: str) -> bool:
    """Say whether a tag is hexadecimal digits with blanks, `:` or `-` between them."""
    return _SEPARATED_HEX.fullmatch(id_tag) is not None and bare_hex(id_tag) is not None


def token_fault(text: str) -> str | None:
    """Return what is wrong with a tag that a person wants to issue, or None."""
    if not text or len(text) > MAX_TOKEN_LENGTH:
        return f"A card number has 1 to {MAX_TOKEN_LENGTH} characters; this one has {len(text)}."
    if not _PRINTABLE.fullmatch(text):
        return (
            "A card number is printable ASCII without blanks at its ends, as the reader sends it."
        )
    return None
