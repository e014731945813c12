"""Signed firmware at a station: whose signature counts, and which signature is one."""

from base64 import b64encode
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

from onetime.kit.signing import make_client
from onetime.kit.x509 import Pair, key_in
from onetime.simulator.firmware import is_signed, is_trusted
from tests.certificates import EC, PAST, RSA, YEAR, a_client, an_authority
from tests.databases import NOW

FILE = b"\x7fELF and so on"
ROOTS = [an_authority("Other").certificate, an_authority().certificate]
PSS = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH)


def signed(content: bytes, signer: Pair) -> str:
    """Sign a file as a manufacturer does; the signature in Base64."""
    key = key_in(signer.private_key)
    if isinstance(key, rsa.RSAPrivateKey):
        return b64encode(key.sign(content, PSS, hashes.SHA256())).decode()
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return b64encode(key.sign(content, ec.ECDSA(hashes.SHA256()))).decode()


@pytest.mark.parametrize("kind", [EC, RSA])
def test_only_the_signature_of_this_file_by_this_signer_is_one(kind):
    signer, other = (make_client(an_authority(), kind, name, "Maker", YEAR) for name in "ab")
    certificate = signer.certificate.decode()

    assert is_signed(FILE, signed(FILE, signer), certificate)
    assert not is_signed(FILE + b"\0", signed(FILE, signer), certificate)
    assert not is_signed(FILE, signed(FILE, other), certificate)
    assert not is_signed(FILE, "", certificate)


def test_a_kind_of_key_that_ocpp_does_not_know_signs_nothing():
    key = ed25519.Ed25519PrivateKey.generate()
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Maker")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, YEAR.not_before, NOW)
    signer = builder.sign(key, None).public_bytes(serialization.Encoding.PEM).decode()

    assert not is_signed(FILE, b64encode(key.sign(FILE)).decode(), signer)


def test_a_signer_is_trusted_in_its_time_if_a_root_has_issued_it():
    signer = a_client("Manufacturer").certificate.decode()
    former = a_client("Manufacturer", span=PAST).certificate.decode()

    assert is_trusted(signer, ROOTS, NOW)
    assert not is_trusted(signer, ROOTS[:1], NOW)
    assert not is_trusted(signer, [], NOW)
    assert not is_trusted(former, ROOTS, NOW)
    assert not is_trusted(signer, ROOTS, YEAR.not_before - timedelta(days=1))
    assert not is_trusted("no certificate", ROOTS, NOW)
