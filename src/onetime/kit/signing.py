"""Makes keys, certificates, requests and lists of revoked ones; PEM bytes in and out (RFC 5280).

Knows what the OCPP security white paper says of their properties; never whose they are.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from msgspec import Struct

from onetime.kit.x509 import (
    Pair,
    PrivateKey,
    Unreadable,
    certificates_in,
    key_fault,
    key_in,
    request_in,
    to_pem,
)

PUBLIC_EXPONENT = 65537


class KeyKind(StrEnum):
    """The keys that are made here."""

    ECDSA_P256 = "ecdsa-p256"
    RSA_2048 = "rsa-2048"
    RSA_3072 = "rsa-3072"


class Span(Struct, frozen=True):
    """From when to when a certificate is valid."""

    not_before: datetime
    not_after: datetime


def make_root(kind: KeyKind, common_name: str, organization: str, span: Span) -> Pair:
    """Make an authority that signs end certificates and nothing below them."""
    key = _new_key(kind)
    name = _name(common_name, organization)
    builder = _begun(name, key.public_key(), span).issuer_name(name)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(_usage(signs_others=True), critical=True)
    signed = builder.sign(key, hashes.SHA256())
    return Pair(to_pem(signed), _key_pem(key))


def make_server(
    authority: Pair, kind: KeyKind, hosts: Sequence[str], organization: str, span: Span
) -> Pair:
    """Make a server's certificate for these host names and addresses; the first is its CN."""
    key = _new_key(kind)
    names = [_general(each) for each in hosts]
    builder = _begun(_name(hosts[0], organization), key.public_key(), span)
    builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    signed = _issued(builder, authority, ExtendedKeyUsageOID.SERVER_AUTH, kind.startswith("rsa"))
    return Pair(to_pem(signed), _key_pem(key))


def sign_request(
    authority: Pair, request: bytes, common_name: str, organization: str, span: Span
) -> bytes:
    """Make a client's certificate for the key of a request; of its names nothing is taken over."""
    key = request_in(request).public_key()
    if (fault := key_fault(key)) is not None:
        raise Unreadable(fault)
    assert isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey)
    builder = _begun(_name(common_name, organization), key, span)
    is_rsa = isinstance(key, rsa.RSAPublicKey)
    return to_pem(_issued(builder, authority, ExtendedKeyUsageOID.CLIENT_AUTH, is_rsa))


def make_client(
    authority: Pair, kind: KeyKind, common_name: str, organization: str, span: Span
) -> Pair:
    """Make a client's certificate with its key, for a station that can not ask for one."""
    key = _new_key(kind)
    builder = _begun(_name(common_name, organization), key.public_key(), span)
    signed = _issued(builder, authority, ExtendedKeyUsageOID.CLIENT_AUTH, kind.startswith("rsa"))
    return Pair(to_pem(signed), _key_pem(key))


def make_request(kind: KeyKind, common_name: str, organization: str) -> tuple[bytes, bytes]:
    """Make a new key and a signing request for it, as a station does; the key comes second."""
    key = _new_key(kind)
    builder = x509.CertificateSigningRequestBuilder()
    signed = builder.subject_name(_name(common_name, organization)).sign(key, hashes.SHA256())
    return signed.public_bytes(serialization.Encoding.PEM), _key_pem(key)


def revocation_list(
    authority: Pair, revoked: Sequence[tuple[str, datetime]], now: datetime, until: datetime
) -> bytes:
    """Sign the list of revoked serial numbers (RFC 5280, 5)."""
    issuer = certificates_in(authority.certificate)[0]
    builder = x509.CertificateRevocationListBuilder()
    builder = builder.issuer_name(issuer.subject).last_update(now).next_update(until)
    for serial, at in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(int(serial, 16))
        builder = builder.add_revoked_certificate(entry.revocation_date(at).build())
    builder = builder.add_extension(_authority_id(issuer), critical=False)
    signed = builder.sign(key_in(authority.private_key), hashes.SHA256())
    return signed.public_bytes(serialization.Encoding.PEM)


def _begun(
    name: x509.Name, key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey, span: Span
) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder().subject_name(name).public_key(key)
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(span.not_before).not_valid_after(span.not_after)
    return builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)


def _issued(
    builder: x509.CertificateBuilder,
    authority: Pair,
    use: x509.ObjectIdentifier,
    is_rsa: bool,
) -> x509.Certificate:
    """Sign an end certificate. RSA may also carry keys, for suites without forward secrecy."""
    issuer = certificates_in(authority.certificate)[0]
    usage = _usage(carries_keys=is_rsa)
    builder = builder.issuer_name(issuer.subject)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), True)
    builder = builder.add_extension(usage, critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([use]), critical=False)
    builder = builder.add_extension(_authority_id(issuer), critical=False)
    return builder.sign(key_in(authority.private_key), hashes.SHA256())


def _authority_id(issuer: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    own = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own.value)


def _usage(*, signs_others: bool = False, carries_keys: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_others,
        content_commitment=False,
        key_encipherment=carries_keys,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_others,
        crl_sign=signs_others,
        encipher_only=False,
        decipher_only=False,
    )


def _name(common_name: str, organization: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _general(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _new_key(kind: KeyKind) -> PrivateKey:
    if kind is KeyKind.ECDSA_P256:
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(PUBLIC_EXPONENT, int(kind.rpartition("-")[2]))


def _key_pem(key: PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
