"""Reads who a knock says it is: identity in the path, password in the header, certificate.

Text in, values out; it never decides.
"""

import base64
import binascii
from ipaddress import ip_address
from typing import Final
from urllib.parse import unquote_to_bytes

from msgspec import Struct

from onetime.domain.certificates import Claim
from onetime.kit.x509 import Unreadable, seen_in_der

ROOT: Final = "ocpp"
OCPP_16: Final = "ocpp1.6"
_BASIC: Final = "basic "


class Target(Struct, frozen=True):
    """The identity that a request target names, and the quirks of how it does."""

    identity: str
    quirks: tuple[str, ...]


class Protocol(Struct, frozen=True):
    """The subprotocol to answer with; None for none. `is_foreign`: only other versions came."""

    chosen: str | None
    is_foreign: bool
    quirks: tuple[str, ...]


def target_of(target: str) -> Target | None:
    """Return the identity in `/ocpp/<identity>`; None when there is none (K04).

    It is the last segment that is not empty (K03), percent-decoded once.
    """
    path = target.partition("?")[0].partition("#")[0]
    segments = [each for each in path.split("/") if each]
    if not segments or segments == [ROOT]:
        return None
    identity = unquote_to_bytes(segments[-1].encode("latin-1")).decode(errors="replace")
    is_plain = len(segments) == 2 and segments[0] == ROOT and path.count("/") == 2
    return Target(identity, () if is_plain else ("K03",))


def protocol_of(offered: tuple[str, ...]) -> Protocol:
    """Choose OCPP 1.6 among what is offered (K02); nothing offered counts as OCPP 1.6 (K01)."""
    if not offered:
        return Protocol(None, False, ("K01",))
    if OCPP_16 in offered:
        return Protocol(OCPP_16, False, ())
    for each in offered:
        if each.casefold() == OCPP_16:
            return Protocol(each, False, ("K02",))
    return Protocol(None, True, ())


def password_of(authorization: str | None, identity: str) -> bytes | None:
    """Return the password of an HTTP Basic header for this identity, as bytes.

    An identity may hold colons, so its own text is taken off, not all before the first one (K06).
    """
    if authorization is None or not authorization.lower().startswith(_BASIC):
        return None
    text = authorization[len(_BASIC) :].strip()
    try:
        credential = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
    prefix = identity.encode() + b":"
    return credential.removeprefix(prefix) if credential.startswith(prefix) else None


def claim_of(certificate: bytes | None) -> Claim | None:
    """Return whose a certificate says that it is; None without one that can be read."""
    if certificate is None:
        return None
    try:
        seen = seen_in_der(certificate)
    except Unreadable:
        return None
    return Claim(
        fingerprint=seen.fingerprint,
        names=frozenset(each for each in (seen.common_name, *seen.names) if each),
        not_before=seen.not_before,
        not_after=seen.not_after,
    )


def is_public(address: str) -> bool:
    """Say whether a peer's address belongs to the open Internet (S10)."""
    try:
        return ip_address(address).is_global
    except ValueError:
        return True
