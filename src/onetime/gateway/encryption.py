"""What the encrypted door shows: the newest certificates, from files or of our own authority.

New handshakes use what was read last; sockets that are open live on. Knows TLS and certificates,
never a station.
"""

import ssl
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from onetime.gateway.knocking import KnockingList
from onetime.gateway.listener import Listener
from onetime.kit.clock import SystemClock
from onetime.kit.frugal import FrugalLog
from onetime.kit.logs import get_log
from onetime.kit.tls import authorities_in_files, pairs_in_files, server_context
from onetime.kit.x509 import Pair, Unreadable, seen_in
from onetime.queries.certificates import Kept

log = get_log("gateway")

REASONS = {
    "NO_SHARED_CIPHER": "tls-no-shared-suite",
    "UNSUPPORTED_PROTOCOL": "tls-version",
    "TLSV1_ALERT_PROTOCOL_VERSION": "tls-version",
    "WRONG_VERSION_NUMBER": "tls-version",
    "HTTP_REQUEST": "tls-plain",
    "TLSV1_ALERT_UNKNOWN_CA": "tls-server-unknown",
    "SSLV3_ALERT_BAD_CERTIFICATE": "tls-server-unknown",
    "SSLV3_ALERT_CERTIFICATE_UNKNOWN": "tls-server-unknown",
    "SSLV3_ALERT_CERTIFICATE_EXPIRED": "tls-server-unknown",
    "CERTIFICATE_VERIFY_FAILED": "tls-station-unknown",
}
OTHER_REASON = "tls-failed"
TOO_SLOW = "tls-slow"
HUNG_UP = "tls-hung-up"


class Place(Struct, frozen=True, kw_only=True):
    """Where encrypted stations are awaited, and where certificates lie."""

    host: str
    port: int
    certificates: tuple[Path, ...] = ()
    keys: tuple[Path, ...] = ()
    client_authorities: tuple[Path, ...] = ()
    rsa_key_exchange: bool = False


class _Shown(Struct, frozen=True):
    pairs: tuple[Pair, ...]
    authorities: tuple[bytes, ...]


class Encrypted:
    """The `Encryption` of the station door; the door is opened when there is something to show."""

    def __init__(
        self,
        place: Place,
        listener: Listener,
        knocking: KnockingList,
        asks_for_certificates: Callable[[], bool],
    ) -> None:
        self._place = place
        self._listener = listener
        self._knocking = knocking
        self._asks = asks_for_certificates
        self._shown = _Shown((), ())
        self._context: ssl.SSLContext | None = None
        self._for_people: ssl.SSLContext | None = None
        self._told: str | None = None
        self._failures = FrugalLog(log, SystemClock())

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """What is shown at present."""
        return self._shown.pairs

    @property
    def trouble(self) -> str | None:
        """Why what was read last can not be shown; None when all is well."""
        return self._told

    def context(self) -> ssl.SSLContext:
        """Return the context for a handshake that begins now."""
        assert self._context is not None  # the door is opened when there is one
        return self._context

    @property
    def for_people(self) -> Callable[[], ssl.SSLContext] | None:
        """What gives the context for browsers, who are not asked for a certificate; or None."""
        return None if self._for_people is None else self._context_for_people

    def _context_for_people(self) -> ssl.SSLContext:
        assert self._for_people is not None
        return self._for_people

    def failed(self, address: str, failure: Exception) -> None:
        """Keep why a peer could not be understood, for people to see."""
        if isinstance(failure, ssl.SSLError):
            reason = REASONS.get(failure.reason or "", OTHER_REASON)
        elif isinstance(failure, ConnectionAbortedError) and "handshake" in str(failure):
            reason = TOO_SLOW
        else:
            reason = HUNG_UP
        self._failures.tell("tls_failed", address=address, reason=reason, said=str(failure))
        self._knocking.note("", reason, address)

    async def refresh(self, kept: Kept) -> None:
        """Show what lies in the files now, or in the database; what can not be used is told once.

        A certificate that can not be read takes nothing away: the one before is shown on.
        """
        try:
            shown = self._read(kept)
            if shown != self._shown and shown.pairs:
                self._context = server_context(
                    shown.pairs,
                    shown.authorities,
                    rsa_key_exchange=self._place.rsa_key_exchange,
                )
                self._for_people = server_context(shown.pairs)
                self._shown = shown
                log.info("certificates_shown", ends=[_end_of(each) for each in shown.pairs])
        except (Unreadable, ssl.SSLError) as fault:
            return self._tell(str(fault))
        if self._context is not None and self._listener.tls_port is None:
            try:
                await self._listener.open_encrypted(self._place.host, self._place.port, self)
            except OSError as fault:
                return self._tell(f"{self._place.host}, port {self._place.port}: {fault.strerror}")
            log.info("tls_began", host=self._place.host, port=self._listener.tls_port)
        self._told = None
        return None

    def _read(self, kept: Kept) -> _Shown:
        place = self._place
        pairs = pairs_in_files(place.certificates, place.keys) if place.certificates else kept.pairs
        authorities = (*kept.roots, *authorities_in_files(place.client_authorities))
        asks = self._asks() or place.client_authorities
        return _Shown(tuple(pairs), authorities if asks else ())

    def _tell(self, trouble: str) -> None:
        if trouble != self._told:
            log.error("certificates_refused", why=trouble)
        self._told = trouble


class Announced(Protocol):
    """Where the server is found, as people have set it up."""

    def of_station(
        self, station_id: str, security_profile: int, pairs: Sequence[Pair]
    ) -> str | None:
        """Return where a station has to connect, given what the encrypted door shows."""
        ...


class Nowhere:
    """Addresses of a garage that nobody has to find."""

    def of_station(
        self, station_id: str, security_profile: int, pairs: Sequence[Pair] = ()
    ) -> str | None:
        """Return None."""
        return None


class Told(Struct, frozen=True):
    """Addresses that are true of the doors which are open."""

    announced: Announced
    encrypted: Encrypted

    def of_station(self, station_id: str, security_profile: int) -> str | None:
        """Return where a station has to connect; None when there is no such door."""
        return self.announced.of_station(station_id, security_profile, self.encrypted.pairs)


def _end_of(pair: Pair) -> str:
    return seen_in(pair.certificate).not_after.isoformat()
