"""How a station shows who it is, and whom it trusts: key, certificate, roots, profile.

Knows the rules of the OCPP security white paper for stations (A05, M03 to M05); no frame.
"""

import ssl
from dataclasses import replace
from datetime import datetime
from typing import Final

from onetime.kit.tls import as_file
from onetime.kit.x509 import HashIds, Pair, Unreadable, hash_ids, seen_in
from onetime.simulator.certificates import Wallet
from onetime.simulator.line import Address

CENTRAL: Final = "CentralSystemRootCertificate"
MANUFACTURER: Final = "ManufacturerRootCertificate"
MOST_ROOTS: Final = 4
BASIC, TLS_BASIC, TLS_CERTIFICATE = 1, 2, 3
FAILURES: Final = 2
"""After so many refused logins with a new profile the old one is taken again (A05)."""


class Access:
    """The address of a station's central system, and all that it shows and asks to see there."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self.wallet = Wallet()
        self.roots: dict[str, list[bytes]] = {CENTRAL: [], MANUFACTURER: []}
        self._own: Pair | None = None
        self._earlier: Address | None = None
        self._failures = 0
        if address.encryption is not None:
            self.roots[CENTRAL] = [
                ssl.DER_cert_to_PEM_cert(each).encode()
                for each in address.encryption.get_ca_certs(binary_form=True)
            ]

    @property
    def profile(self) -> int:
        """Return the security profile that the station goes by."""
        has_key = self.address.password is not None
        if self.address.encryption is not None or self.address.url.startswith("wss:"):
            return TLS_BASIC if has_key else TLS_CERTIFICATE
        return BASIC if has_key else 0

    def change_password(self, password: str) -> None:
        """Use another password from the next connection on, as it was written."""
        self.address = replace(self.address, password=password)

    def take(self, pair: Pair) -> None:
        """Show another certificate from the next connection on, where certificates are shown."""
        self._own = pair
        if self.address.encryption is not None and self.profile == TLS_CERTIFICATE:
            _show(self.address.encryption, pair)

    def install(self, use: str, pem: str, now: datetime) -> str:
        """Keep a root certificate; return the status of InstallCertificate.conf (M05)."""
        root = pem.encode()
        try:
            seen = seen_in(root)
            hash_ids(root, root)
        except Unreadable:
            return "Rejected"
        if not seen.is_authority or not seen.not_before <= now <= seen.not_after:
            return "Rejected"
        kept = self.roots[use]
        if root in kept:
            return "Accepted"
        if len(kept) >= MOST_ROOTS:
            return "Rejected"
        kept.append(root)
        if use == CENTRAL and self.address.encryption is not None:
            self.address.encryption.load_verify_locations(cadata=pem)
        return "Accepted"

    def installed(self, use: str, algorithm: str = "SHA256") -> list[HashIds]:
        """Name the roots that are kept for a use (M03)."""
        return [hash_ids(each, each, algorithm) for each in self.roots[use]]

    def delete(self, named: HashIds) -> str:
        """Forget a root; return the status of DeleteCertificate.conf (M04).

        The last one by which it knows its central system stays, as it would lock itself out.
        """
        for use, kept in self.roots.items():
            for root, ids in zip(kept, self.installed(use, named.hash_algorithm), strict=True):
                if not _same(ids, named):
                    continue
                if use == CENTRAL and self.address.encryption is not None:
                    return self._distrust(root)
                kept.remove(root)
                return "Accepted"
        return "NotFound"

    def may_change_to(self, profile: int) -> bool:
        """Say whether a security profile can be spoken; a lower one never is (A05)."""
        if profile == self.profile:
            return True
        if not self.profile < profile <= TLS_CERTIFICATE:
            return False
        if profile != TLS_CERTIFICATE and self.address.password is None:
            return False
        if profile == BASIC:
            return True
        is_encrypted = self.address.encryption is not None
        return (
            (is_encrypted or self.address.secure_url is not None)
            and bool(self.roots[CENTRAL])
            and (profile == TLS_BASIC or self._own is not None)
        )

    def change_to(self, profile: int) -> None:
        """Go by this profile from the next connection on; the old one is a way back."""
        if profile == self.profile or profile == BASIC:
            return
        earlier = self.address
        shown = self._own if profile == TLS_CERTIFICATE else None
        self.address = replace(
            earlier,
            url=earlier.secure_url or earlier.url,
            password=None if profile == TLS_CERTIFICATE else earlier.password,
            encryption=_context(self.roots[CENTRAL], shown),
        )
        self._earlier, self._failures = earlier, 0

    def let_in(self) -> None:
        """The central system opened its door: there is no way back any more."""
        self._earlier = None

    def turned_away(self) -> None:
        """The door stayed shut: after a few times the old profile is taken again."""
        self._failures += 1
        if self._earlier is not None and self._failures >= FAILURES:
            self.address, self._earlier = self._earlier, None

    def trust(self) -> ssl.SSLContext:
        """Return whom the station trusts when it fetches and sends files."""
        context = ssl.create_default_context()
        if self.roots[CENTRAL]:
            context.load_verify_locations(cadata=b"\n".join(self.roots[CENTRAL]).decode())
        return context

    def _distrust(self, root: bytes) -> str:
        """Speak TLS without one of the roots; a certificate that only the context has is lost."""
        left = [each for each in self.roots[CENTRAL] if each != root]
        if not left or (self.profile == TLS_CERTIFICATE and self._own is None):
            return "Failed"
        self.roots[CENTRAL] = left
        shown = self._own if self.profile == TLS_CERTIFICATE else None
        self.address = replace(self.address, encryption=_context(left, shown))
        return "Accepted"


def _context(roots: list[bytes], shown: Pair | None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=b"\n".join(roots).decode())
    if shown is not None:
        _show(context, shown)
    return context


def _show(context: ssl.SSLContext, pair: Pair) -> None:
    with as_file(pair) as path:
        context.load_cert_chain(path)


def _same(one: HashIds, other: HashIds) -> bool:
    """Compare without regard to the case of digits and zeros before them."""
    return (
        one.issuer_name_hash.lower() == other.issuer_name_hash.lower()
        and one.issuer_key_hash.lower() == other.issuer_key_hash.lower()
        and one.serial_number.lower().lstrip("0") == other.serial_number.lower().lstrip("0")
    )
