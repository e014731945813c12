"""What may be spoken over TLS: versions, suites and switches, as contexts for servers.

Knows the rules of the security white paper (A00.FR.312 to 320); never who connects.
"""

import os
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from onetime.kit.x509 import Pair, Unreadable, belong_together, split_chain

FORWARD_SECRET = (
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-RSA-AES128-GCM-SHA256",
    "ECDHE-RSA-AES256-GCM-SHA384",
    "ECDHE-ECDSA-CHACHA20-POLY1305",
    "ECDHE-RSA-CHACHA20-POLY1305",
)
"""Suites of TLS 1.2, the best first; those of TLS 1.3 are all of this kind."""
RSA_KEY_EXCHANGE = ("AES128-GCM-SHA256", "AES256-GCM-SHA384")
"""Without forward secrecy: for stations that know nothing else, when a person allows it."""


def server_context(
    pairs: Sequence[Pair],
    client_authorities: Sequence[bytes] = (),
    *,
    rsa_key_exchange: bool = False,
) -> ssl.SSLContext:
    """Make a context from certificates, one of each kind of key: clients get what they can read.

    With authorities a client may show a certificate, which has to be theirs; whether it must is
    not decided here. Raises ssl.SSLError when a pair can not be used.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    suites = FORWARD_SECRET + (RSA_KEY_EXCHANGE if rsa_key_exchange else ())
    context.set_ciphers(":".join(suites))
    context.options |= (
        ssl.OP_NO_COMPRESSION
        | ssl.OP_NO_RENEGOTIATION
        | ssl.OP_CIPHER_SERVER_PREFERENCE
        | ssl.OP_NO_TICKET  # a ticket would carry a certificate past its revocation
    )
    context.num_tickets = 0
    for pair in pairs:
        with as_file(pair) as path:
            context.load_cert_chain(path)
    if client_authorities:
        context.verify_mode = ssl.CERT_OPTIONAL
        context.load_verify_locations(cadata=b"\n".join(client_authorities).decode("ascii"))
    return context


@contextmanager
def as_file(pair: Pair) -> Iterator[str]:
    """Lend a file in memory: the library reads keys from files only; no disk has to see it."""
    file = os.memfd_create("certificate", os.MFD_CLOEXEC)
    try:
        content = pair.private_key + b"\n" + pair.certificate
        with open(os.dup(file), "wb") as writing:
            writing.write(content)
        yield f"/proc/self/fd/{file}"
    finally:
        os.close(file)


def pairs_in_files(certificates: Sequence[Path], keys: Sequence[Path]) -> list[Pair]:
    """Read certificates with their chains and keys; without key files the keys stand with them.

    Raises Unreadable with a sentence's part for people.
    """
    if keys and len(keys) != len(certificates):
        raise Unreadable(
            f"{len(certificates)} certificates and {len(keys)} keys are named; each needs its own"
        )
    pairs = []
    for certificate, key in zip(certificates, keys or certificates, strict=True):
        content = _read(certificate)
        try:
            pair = Pair(b"".join(split_chain(content)), _read(key))
            if not belong_together(pair):
                raise Unreadable(f"{key} is not the key of {certificate}")
        except Unreadable as fault:
            raise Unreadable(f"{certificate}: {fault}") from None
        pairs.append(pair)
    return pairs


def authorities_in_files(paths: Sequence[Path]) -> list[bytes]:
    """Read the certificates of authorities; raises Unreadable."""
    return [each for path in paths for each in split_chain(_read(path))]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as fault:
        raise Unreadable(f"{path} can not be read: {fault.strerror}") from None
