"""Reads certificates, keys and requests, PEM bytes in and values out.

Knows what the standards say of certificates (RFC 5280, and the OCPP security white paper on their
properties); never whose they are or what they allow.
"""

import binascii
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from msgspec import Struct

SMALLEST_RSA_BITS = 2048
LARGEST_RSA_BITS = 8192
SMALLEST_CURVE_BITS = 224
PUBLIC_EXPONENT = 65537

_HASHES: dict[str, type[hashes.HashAlgorithm]] = {
    "SHA256": hashes.SHA256,
    "SHA384": hashes.SHA384,
    "SHA512": hashes.SHA512,
}
PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


class Unreadable(ValueError):
    """What was given is no certificate, key or request that can be used; the text says why."""


class Pair(Struct, frozen=True):
    """A certificate and its private key, both PEM; a chain may follow the certificate."""

    certificate: bytes
    private_key: bytes

    def __repr__(self) -> str:
        return "Pair(…)"  # a key never reaches a log


class Seen(Struct, frozen=True, kw_only=True):
    """What a certificate says."""

    common_name: str
    organization: str
    names: tuple[str, ...]  # of its subjectAltName, whatever their type
    issuer: str
    serial_number: str  # hexadecimal, without leading zeros
    fingerprint: str  # SHA-256, hexadecimal
    not_before: datetime
    not_after: datetime
    key_kind: str
    is_authority: bool


class Asked(Struct, frozen=True, kw_only=True):
    """What a signing request says; its signature was checked."""

    common_name: str
    organization: str
    key_kind: str
    fault: str | None  # why its key can not be used


class HashIds(Struct, frozen=True, kw_only=True):
    """How OCPP names a certificate without showing it (CertificateHashDataType)."""

    hash_algorithm: str
    issuer_name_hash: str
    issuer_key_hash: str
    serial_number: str


def split_chain(pem: bytes) -> tuple[bytes, ...]:
    """Return the certificates of a PEM text, each by itself; raises Unreadable."""
    return tuple(to_pem(each) for each in certificates_in(pem))


def seen_in(pem: bytes) -> Seen:
    """Return what the first certificate of a PEM text says; raises Unreadable."""
    return _seen(certificates_in(pem)[0])


def seen_in_der(der: bytes) -> Seen:
    """Return what a certificate says, as a TLS peer showed it; raises Unreadable."""
    try:
        return _seen(x509.load_der_x509_certificate(der))
    except ValueError as fault:
        raise Unreadable(f"no certificate: {fault}") from None


def belong_together(pair: Pair) -> bool:
    """Say whether the private key is that of the certificate; raises Unreadable."""
    key = key_in(pair.private_key).public_key()
    return _public(key) == _public(certificates_in(pair.certificate)[0].public_key())


def is_issued_by(pem: bytes, issuer: bytes) -> bool:
    """Say whether a certificate was signed by this authority; raises Unreadable."""
    try:
        certificates_in(pem)[0].verify_directly_issued_by(certificates_in(issuer)[0])
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def read_request(pem: bytes) -> Asked:
    """Read a signing request (PKCS#10); raises Unreadable, also when it did not sign itself."""
    request = request_in(pem)
    return Asked(
        common_name=_first(request.subject, NameOID.COMMON_NAME),
        organization=_first(request.subject, NameOID.ORGANIZATION_NAME),
        key_kind=_kind(request.public_key()),
        fault=key_fault(request.public_key()),
    )


def hash_ids(certificate: bytes, issuer: bytes, algorithm: str = "SHA256") -> HashIds:
    """Name a certificate as OCPP does; a root is its own issuer. Raises Unreadable."""
    named, by = certificates_in(certificate)[0], certificates_in(issuer)[0]
    return HashIds(
        hash_algorithm=algorithm,
        issuer_name_hash=_hashed(algorithm, named.issuer.public_bytes()),
        issuer_key_hash=_hashed(algorithm, _key_bits(by)),
        serial_number=f"{named.serial_number:x}",
    )


def _seen(certificate: x509.Certificate) -> Seen:
    try:
        return Seen(
            common_name=_first(certificate.subject, NameOID.COMMON_NAME),
            organization=_first(certificate.subject, NameOID.ORGANIZATION_NAME),
            names=_alternatives(certificate),
            issuer=certificate.issuer.rfc4514_string(),
            serial_number=f"{certificate.serial_number:x}",
            fingerprint=certificate.fingerprint(hashes.SHA256()).hex(),
            not_before=certificate.not_valid_before_utc,
            not_after=certificate.not_valid_after_utc,
            key_kind=_kind(certificate.public_key()),
            is_authority=_is_authority(certificate),
        )
    except (ValueError, UnsupportedAlgorithm) as fault:
        raise Unreadable(f"a certificate that can not be read: {fault}") from None


def _alternatives(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return ()
    return tuple(
        str(each.value)
        for each in found.value
        if isinstance(
            each, x509.DNSName | x509.IPAddress | x509.UniformResourceIdentifier | x509.RFC822Name
        )
    )


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        found = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    except x509.ExtensionNotFound:
        return False
    return found.value.ca


def _first(name: x509.Name, oid: x509.ObjectIdentifier) -> str:
    found = name.get_attributes_for_oid(oid)
    return str(found[0].value) if found else ""


def _kind(key: object) -> str:
    if isinstance(key, rsa.RSAPublicKey):
        return f"rsa-{key.key_size}"
    if isinstance(key, ec.EllipticCurvePublicKey):
        return f"ecdsa-p{key.curve.key_size}"
    return "other"


def key_fault(key: object) -> str | None:
    """Say why a key can not be used (A00.FR.501 to 503), or None."""
    if isinstance(key, rsa.RSAPublicKey):
        if SMALLEST_RSA_BITS <= key.key_size <= LARGEST_RSA_BITS:
            return None
        return f"its RSA key has {key.key_size} bits; {SMALLEST_RSA_BITS} are the least"
    if isinstance(key, ec.EllipticCurvePublicKey):
        if key.curve.key_size >= SMALLEST_CURVE_BITS:
            return None
        return f"its curve has {key.curve.key_size} bits; {SMALLEST_CURVE_BITS} are the least"
    return "its key is neither RSA nor ECDSA"


def request_in(pem: bytes) -> x509.CertificateSigningRequest:
    """Return a request that signed itself, for those who work with the library."""
    try:
        request = x509.load_pem_x509_csr(pem)
        is_signed = request.is_signature_valid
        request.public_key()
        _first(request.subject, NameOID.COMMON_NAME)
    except (ValueError, TypeError, UnsupportedAlgorithm) as fault:
        raise Unreadable(f"it is no signing request: {fault}") from None
    if not is_signed:
        raise Unreadable("it is not signed by the key that it names")
    return request


def certificates_in(pem: bytes) -> list[x509.Certificate]:
    """Return the certificates of a PEM text, at least one."""
    try:
        return x509.load_pem_x509_certificates(pem)
    except (ValueError, binascii.Error) as fault:
        raise Unreadable(f"no certificate in PEM: {fault}") from None


def key_in(pem: bytes) -> PrivateKey:
    """Return the private key of a PEM text; raises Unreadable."""
    try:
        key = serialization.load_pem_private_key(pem, None)
    except TypeError:
        raise Unreadable("the private key is protected by a password") from None
    except (ValueError, UnsupportedAlgorithm):
        raise Unreadable("no private key in PEM") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise Unreadable("the private key is neither RSA nor ECDSA")
    return key


def _public(key: object) -> bytes:
    if not isinstance(key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey):
        return b""
    return key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def _key_bits(certificate: x509.Certificate) -> bytes:
    """Return the public key without its algorithm, over which OCSP and OCPP hash."""
    key = certificate.public_key()
    if isinstance(key, ec.EllipticCurvePublicKey):
        return key.public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
    if isinstance(key, rsa.RSAPublicKey):
        return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.PKCS1)
    raise Unreadable("the key of the certificate is neither RSA nor ECDSA")


def _hashed(algorithm: str, content: bytes) -> str:
    digest = hashes.Hash(_HASHES[algorithm]())
    digest.update(content)
    return digest.finalize().hex()


def to_pem(certificate: x509.Certificate) -> bytes:
    """Return a certificate as PEM."""
    return certificate.public_bytes(serialization.Encoding.PEM)
