"""Charging stations: who they are, how they prove it, and what state they say they are in."""

import hashlib
import hmac
import re
from datetime import datetime
from enum import IntEnum

from msgspec import Struct

from onetime.domain.ids import StationId

MAX_STATION_ID_LENGTH = 48
MIN_CHOSEN_PASSWORD = 16
MAX_PASSWORD_BYTES = 40
MAX_POWER_WATTS = 1_000_000
MAX_NEXT_KEYS = 3
"""So many keys may be on their way to a station at once, besides the one that it has."""
_HEXADECIMAL = re.compile(rb"(?:[0-9a-fA-F]{2}){16,20}")
_FORBIDDEN_IN_ID = re.compile(r"[\x00-\x20\x7f/?#]")


class SecurityProfile(IntEnum):
    """How a station proves who it is (OCPP security white paper)."""

    NONE = 0
    BASIC = 1
    TLS_BASIC = 2
    TLS_CERTIFICATE = 3


WITH_PASSWORD = (SecurityProfile.BASIC, SecurityProfile.TLS_BASIC)
"""The profiles whose stations have a key."""


class Habits(Struct, frozen=True, kw_only=True):
    """How a person decided that a station is to be written to and read, where it is peculiar.

    `times_with_fraction`: it takes times with a fraction of a second only (B09).
    `register_factor`: what it calls Wh is so many Wh (M02).
    """

    times_with_fraction: bool = False
    register_factor: int = 1


class Identification(Struct, frozen=True, kw_only=True):
    """What a BootNotification says of a station."""

    model: str
    vendor: str
    firmware_version: str | None
    serial_number: str | None
    ip_address: str


class ConnectorReport(Struct, frozen=True, kw_only=True):
    """What a StatusNotification says of a connector; the words are kept as sent."""

    connector_id: int
    status: str
    error_code: str
    details: str | None
    vendor_error_code: str | None
    stated_time: datetime | None


class Credential(Struct, frozen=True, kw_only=True):
    """What is needed to judge a login without asking the database."""

    station_id: StationId
    security_profile: SecurityProfile
    salt: bytes
    digest: bytes
    is_enabled: bool
    habits: Habits = Habits()
    next_digests: tuple[bytes, ...] = ()
    certificate_name: str | None = None
    raises_to: SecurityProfile | None = None


class Proof(Struct, frozen=True, kw_only=True):
    """What a station showed when it logged in."""

    profile: SecurityProfile
    digest: bytes = b""
    certificate: str | None = None  # its fingerprint


def password_bytes(password: bytes) -> bytes:
    """Return the bytes that a key stands for: of 32 to 40 hexadecimal digits what they spell (K24).

    Some stations show the digits, some the bytes; both are the same key (OCPP security white paper,
    A00.FR.205).
    """
    return bytes.fromhex(password.decode()) if _HEXADECIMAL.fullmatch(password) else password


def password_digest(secret: bytes, salt: bytes, password: bytes) -> bytes:
    """Return the keyed hash under which a station key is stored (S02); the key has the entropy."""
    return hmac.digest(secret, salt + password, hashlib.sha256)


def station_id_fault(text: str) -> str | None:
    """Return what is wrong with an identity that a person wants to register, or None."""
    if not text or len(text) > MAX_STATION_ID_LENGTH:
        return f"A station's identity has 1 to {MAX_STATION_ID_LENGTH} characters."
    if _FORBIDDEN_IN_ID.search(text):
        return "A station's identity has no blanks and none of / ? #."
    return None


def password_fault(password: str) -> str | None:
    """Return what is wrong with a password that a person chose, or None."""
    size = len(password.encode())
    if not MIN_CHOSEN_PASSWORD <= size <= MAX_PASSWORD_BYTES:
        return (
            f"A station's password has {MIN_CHOSEN_PASSWORD} to {MAX_PASSWORD_BYTES} characters;"
            f" this one has {size}."
        )
    return None
