"""Judges logins from memory, in the same steps whoever knocks (S02, S03); never asks a database."""

import hmac
import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from onetime.domain.certificates import Claim, is_named
from onetime.domain.ids import StationId
from onetime.domain.stations import (
    MAX_NEXT_KEYS,
    Credential,
    Habits,
    Proof,
    SecurityProfile,
    password_bytes,
    password_digest,
)

_SALT_BYTES = 16
_DIGEST_BYTES = 32


class Judgement(StrEnum):
    """Whether a login is let in, and why not; the peer is told none of it."""

    ADMITTED = "admitted"
    UNKNOWN = "unknown"
    NO_PASSWORD = "no-password"
    WRONG_PASSWORD = "wrong-password"
    DISABLED = "disabled"
    NEEDS_TLS = "needs-tls"
    NO_CERTIFICATE = "no-certificate"
    WRONG_CERTIFICATE = "wrong-certificate"
    EXPIRED_CERTIFICATE = "expired-certificate"
    REVOKED_CERTIFICATE = "revoked-certificate"


class Login(Struct, frozen=True):
    """What a peer that knocks says and shows."""

    identity: str
    password: bytes | None
    secure: bool = False
    claim: Claim | None = None  # of a certificate that an authority of ours vouches for


class Ruling(Struct, frozen=True):
    """What becomes of a login; a proof only when it is let in."""

    judgement: Judgement
    proof: Proof | None = None


class Keyring:
    """All credentials of the garage, loaded at start and whenever they changed."""

    def __init__(
        self,
        secret: bytes,
        credentials: Mapping[StationId, Credential],
        revoked: frozenset[str] = frozenset(),
    ) -> None:
        self.on_changed: Callable[[Iterable[StationId]], None] = lambda changed: None
        self._secret = secret
        self._credentials = credentials
        self._revoked = revoked
        nobody = secrets.token_bytes(_SALT_BYTES)
        self._nothing = secrets.token_bytes(_DIGEST_BYTES)  # what no key hashes to
        self._nobody = Credential(
            station_id=StationId(""),
            security_profile=SecurityProfile.BASIC,
            salt=nobody,
            digest=self._nothing,
            is_enabled=False,
        )

    def load(
        self, credentials: Mapping[StationId, Credential], revoked: frozenset[str] = frozenset()
    ) -> None:
        """Take over what the database holds now; `revoked` are fingerprints of certificates."""
        before, self._credentials = self._credentials, credentials
        self._revoked = revoked
        self.on_changed(each for each in credentials if credentials[each] != before.get(each))

    def knows(self, identity: str) -> bool:
        """Say whether a station of this identity is registered."""
        return StationId(identity) in self._credentials

    def is_disabled(self, identity: str) -> bool:
        """Say whether a station is registered and may not connect for now."""
        known = self._credentials.get(StationId(identity))
        return known is not None and not known.is_enabled

    def expects_certificates(self) -> bool:
        """Say whether a station has to show one, or is on its way to that."""
        wanted = SecurityProfile.TLS_CERTIFICATE
        return any(
            wanted in (each.security_profile, each.raises_to) for each in self._credentials.values()
        )

    def habits(self, station_id: StationId) -> Habits:
        """Return how a station is to be written to and read."""
        known = self._credentials.get(station_id)
        return known.habits if known is not None else Habits()

    def still_admits(self, station_id: StationId, proof: Proof, habits: Habits) -> bool:
        """Say whether a station that is connected may stay, with what it showed when it came."""
        known = self._credentials.get(station_id)
        if known is None or not known.is_enabled or known.habits != habits:
            return False
        if proof.certificate in self._revoked or proof.profile < known.security_profile:
            return False
        if known.security_profile in (SecurityProfile.NONE, SecurityProfile.TLS_CERTIFICATE):
            return True
        return proof.certificate is not None or proof.digest in (
            known.digest,
            *known.next_digests,
        )

    def judge(self, login: Login, now: datetime) -> Ruling:
        """Judge a login; every path computes the same hashes and comparisons."""
        known = self._credentials.get(StationId(login.identity))
        digest = self._matching(known or self._nobody, login.password)
        if known is None:
            return Ruling(Judgement.UNKNOWN)
        if not known.is_enabled:
            return Ruling(Judgement.DISABLED)
        if known.security_profile is SecurityProfile.NONE:
            return Ruling(Judgement.ADMITTED, Proof(profile=SecurityProfile.NONE))
        if known.security_profile >= SecurityProfile.TLS_BASIC and not login.secure:
            return Ruling(Judgement.NEEDS_TLS)
        by_certificate = self._by_certificate(known, login, now)
        is_raised = known.raises_to is SecurityProfile.TLS_CERTIFICATE and by_certificate.proof
        if known.security_profile is SecurityProfile.TLS_CERTIFICATE or is_raised:
            return by_certificate
        return self._by_password(login, digest)

    def _by_password(self, login: Login, digest: bytes | None) -> Ruling:
        if login.password is None:
            return Ruling(Judgement.NO_PASSWORD)
        if digest is None:
            return Ruling(Judgement.WRONG_PASSWORD)
        profile = SecurityProfile.TLS_BASIC if login.secure else SecurityProfile.BASIC
        return Ruling(Judgement.ADMITTED, Proof(profile=profile, digest=digest))

    def _by_certificate(self, known: Credential, login: Login, now: datetime) -> Ruling:
        claim = login.claim
        if claim is None or not login.secure:
            return Ruling(Judgement.NO_CERTIFICATE)
        if not is_named(claim, login.identity, known.certificate_name):
            return Ruling(Judgement.WRONG_CERTIFICATE)
        if claim.fingerprint in self._revoked:
            return Ruling(Judgement.REVOKED_CERTIFICATE)
        if not claim.not_before <= now <= claim.not_after:
            return Ruling(Judgement.EXPIRED_CERTIFICATE)
        proof = Proof(profile=SecurityProfile.TLS_CERTIFICATE, certificate=claim.fingerprint)
        return Ruling(Judgement.ADMITTED, proof)

    def _matching(self, credential: Credential, password: bytes | None) -> bytes | None:
        """Return which of a station's keys the password is (K24): as it came, or as it spells.

        What was stored before the two were the same is compared as it came.
        """
        shown = password or b""
        hashes = (
            password_digest(self._secret, credential.salt, password_bytes(shown)),
            password_digest(self._secret, credential.salt, shown),
        )
        padding = (self._nothing,) * (MAX_NEXT_KEYS - len(credential.next_digests))
        found: bytes | None = None
        for digest in (credential.digest, *credential.next_digests, *padding):
            for each in hashes:
                if hmac.compare_digest(each, digest) and password is not None:
                    found = digest
        return found
