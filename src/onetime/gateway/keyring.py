"""Judges logins from memory, in the same steps whoever knocks (S02, S03); never asks a database."""

import hmac
import secrets
from collections.abc import Mapping
from enum import StrEnum

from onetime.domain.ids import StationId
from onetime.domain.stations import Credential, Habits, SecurityProfile, password_digest

_SALT_BYTES = 16


class Judgement(StrEnum):
    """Whether a login is let in, and why not; the peer is told none of it."""

    ADMITTED = "admitted"
    UNKNOWN = "unknown"
    NO_PASSWORD = "no-password"
    WRONG_PASSWORD = "wrong-password"
    DISABLED = "disabled"
    NEEDS_TLS = "needs-tls"


class Keyring:
    """All credentials of the garage, loaded at start and whenever they changed."""

    def __init__(self, secret: bytes, credentials: Mapping[StationId, Credential]) -> None:
        self._secret = secret
        self._credentials = credentials
        nobody = secrets.token_bytes(_SALT_BYTES)
        self._nobody = Credential(
            station_id=StationId(""),
            security_profile=SecurityProfile.BASIC,
            salt=nobody,
            digest=secrets.token_bytes(32),
            is_enabled=False,
        )

    def load(self, credentials: Mapping[StationId, Credential]) -> None:
        """Take over what the database holds now."""
        self._credentials = credentials

    def knows(self, identity: str) -> bool:
        """Say whether a station of this identity is registered."""
        return StationId(identity) in self._credentials

    def is_allowed(self, station_id: StationId) -> bool:
        """Say whether a station that is connected may stay."""
        known = self._credentials.get(station_id)
        return known is not None and known.is_enabled

    def fingerprint(self, station_id: StationId) -> bytes | None:
        """Return what changes when a station has to log in again; None if it is not registered."""
        known = self._credentials.get(station_id)
        if known is None:
            return None
        habits = repr(known.habits).encode()
        return bytes([known.security_profile]) + known.digest + habits

    def habits(self, station_id: StationId) -> Habits:
        """Return how a station is to be written to and read."""
        known = self._credentials.get(station_id)
        return known.habits if known is not None else Habits()

    def judge(self, identity: str, password: bytes | None, *, secure: bool) -> Judgement:
        """Judge a login; every path computes and compares one hash."""
        known = self._credentials.get(StationId(identity))
        credential = known or self._nobody
        digest = password_digest(self._secret, credential.salt, password or b"")
        is_right = hmac.compare_digest(digest, credential.digest) and password is not None
        if known is None:
            return Judgement.UNKNOWN
        if not known.is_enabled:
            return Judgement.DISABLED
        if known.security_profile is SecurityProfile.NONE:
            return Judgement.ADMITTED
        if known.security_profile is not SecurityProfile.BASIC and not secure:
            return Judgement.NEEDS_TLS
        if is_right:
            return Judgement.ADMITTED
        return Judgement.NO_PASSWORD if password is None else Judgement.WRONG_PASSWORD
