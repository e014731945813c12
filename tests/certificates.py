"""Certificates for tests: an authority like ours, clients that speak TLS with what they have."""

import ssl
import tempfile
from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from pathlib import Path

from onetime.kit.signing import KeyKind, Span, make_client, make_root, make_server
from onetime.kit.x509 import Pair
from tests.databases import NOW

# TLS goes by the clock of this computer, whatever that says.
YEAR = Span(NOW - timedelta(days=2_000), NOW + timedelta(days=6_000))
PAST = Span(NOW - timedelta(days=3_000), NOW - timedelta(days=2_500))
EC, RSA = KeyKind.ECDSA_P256, KeyKind.RSA_2048


def an_authority(name: str = "Garage root") -> Pair:
    return _authority(name)


@cache
def _authority(name: str) -> Pair:
    return make_root(EC, name, "Garage", YEAR)


@cache
def a_server(kind: KeyKind = EC, host: str = "localhost") -> Pair:
    return make_server(an_authority(), kind, [host, "127.0.0.1"], "Garage", YEAR)


@cache
def a_client(name: str, authority: str = "Garage root", span: Span = YEAR) -> Pair:
    return make_client(an_authority(authority), EC, name, "Garage", span)


def client_context(
    authority: bytes | None = None,
    shown: Pair | None = None,
    *,
    newest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3,
    suites: Sequence[str] = (),
) -> ssl.SSLContext:
    """What a station speaks TLS with; `suites` are those of TLS 1.2."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=(authority or an_authority().certificate).decode())
    context.maximum_version = newest
    if suites:
        context.set_ciphers(":".join(suites) + ":@SECLEVEL=0")
    if shown is not None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "pair.pem"
            path.write_bytes(shown.private_key + shown.certificate)
            context.load_cert_chain(path)
    return context


def handshake(
    server: ssl.SSLContext, client: ssl.SSLContext, host: str = "localhost"
) -> tuple[ssl.SSLObject, ssl.SSLObject]:
    """Let two contexts shake hands in memory; raises what the side that refuses says."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    theirs = client.wrap_bio(to_client, to_server, server_hostname=host)
    ours = server.wrap_bio(to_server, to_client, server_side=True)
    waiting = {theirs, ours}
    for _ in range(10):
        for side in (theirs, ours):
            if side in waiting:
                try:
                    side.do_handshake()
                    waiting.discard(side)
                except ssl.SSLWantReadError:
                    continue
        if not waiting:
            return ours, theirs
    raise AssertionError("the handshake does not end")
