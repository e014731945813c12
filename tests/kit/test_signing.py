"""What is made can be read by others and holds what standards ask for; what is weak is refused."""

import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.x509.oid import NameOID
from cryptography.x509.verification import PolicyBuilder, Store

from onetime.kit.signing import (
    KeyKind,
    make_client,
    make_request,
    make_root,
    make_server,
    revocation_list,
    sign_request,
)
from onetime.kit.x509 import (
    Pair,
    Unreadable,
    belong_together,
    is_issued_by,
    read_request,
    seen_in,
)
from tests.certificates import EC, RSA, YEAR, a_client, an_authority
from tests.databases import NOW


@pytest.mark.parametrize("root_kind", [KeyKind.ECDSA_P256, KeyKind.RSA_3072])
@pytest.mark.parametrize("kind", [EC, RSA])
def test_another_library_follows_the_path_of_a_server_certificate(
    root_kind: KeyKind, kind: KeyKind
) -> None:
    root = make_root(root_kind, "Root", "Garage", YEAR)
    server = make_server(root, kind, ["garage.example", "10.0.0.5", "::1"], "Garage", YEAR)
    store = Store(x509.load_pem_x509_certificates(root.certificate))
    policy = PolicyBuilder().store(store).time(NOW)
    verifier = policy.build_server_verifier(x509.DNSName("garage.example"))

    chain = verifier.verify(x509.load_pem_x509_certificate(server.certificate), [])

    assert len(chain) == 2
    assert belong_together(server)
    seen = seen_in(server.certificate)
    assert (seen.common_name, seen.organization) == ("garage.example", "Garage")
    assert seen.names == ("garage.example", "10.0.0.5", "::1")
    assert seen.key_kind == kind.value
    assert not seen.is_authority
    assert is_issued_by(server.certificate, root.certificate)
    assert not is_issued_by(server.certificate, an_authority().certificate)


def test_openssl_agrees(tmp_path: Path) -> None:
    root, client = tmp_path / "root.pem", tmp_path / "client.pem"
    root.write_bytes(an_authority().certificate)
    client.write_bytes(a_client("CP-1").certificate)
    checked = ["openssl", "verify", "-x509_strict", "-attime", str(int(NOW.timestamp()))]

    done = subprocess.run(
        [*checked, "-purpose", "sslclient", "-CAfile", root, client],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")


def test_a_station_certificate_opens_doors_and_signs_nothing() -> None:
    certificate = x509.load_pem_x509_certificate(a_client("CP-1").certificate)
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage)
    purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value

    assert usage.critical
    assert usage.value.digital_signature
    assert not usage.value.key_cert_sign
    assert [each._name for each in purposes] == ["clientAuth"]
    own = x509.load_pem_x509_certificate(an_authority().certificate).extensions
    above = certificate.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier)
    root_id = own.get_extension_for_class(x509.SubjectKeyIdentifier)
    assert above.value.key_identifier == root_id.value.digest
    assert own.get_extension_for_class(x509.BasicConstraints).value.path_length == 0


def test_serial_numbers_are_random() -> None:
    serials = {
        make_client(an_authority(), EC, "CP-1", "Garage", YEAR).certificate for _ in range(20)
    }

    assert len({seen_in(each).serial_number for each in serials}) == 20


@pytest.mark.parametrize("kind", [EC, RSA])
def test_a_request_is_signed_in_the_name_that_we_give_it(kind: KeyKind) -> None:
    request, key = make_request(kind, "whatever it says", "Somebody")

    asked = read_request(request)
    signed = sign_request(an_authority(), request, "CP-1", "Garage", YEAR)

    assert (asked.common_name, asked.organization) == ("whatever it says", "Somebody")
    assert (asked.key_kind, asked.fault) == (kind.value, None)
    assert (seen_in(signed).common_name, seen_in(signed).organization) == ("CP-1", "Garage")
    assert belong_together(Pair(signed, key))


def request_with(
    key: "rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | dsa.DSAPrivateKey",
) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "CP-1")])
    signed = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
    return signed.public_bytes(serialization.Encoding.PEM)


def test_a_weak_key_is_not_signed() -> None:
    for key, fault in (
        (rsa.generate_private_key(65537, 1024), "its RSA key has 1024 bits; 2048 are the least"),
        (ec.generate_private_key(ec.SECP192R1()), "its curve has 192 bits; 224 are the least"),
        (dsa.generate_private_key(2048), "its key is neither RSA nor ECDSA"),
    ):
        request = request_with(key)
        assert read_request(request).fault == fault
        with pytest.raises(Unreadable, match=fault.split(";")[0]):
            sign_request(an_authority(), request, "CP-1", "Garage", YEAR)


def test_the_list_of_revoked_ones_is_signed_by_the_authority() -> None:
    serial = seen_in(a_client("CP-1").certificate).serial_number
    listed = revocation_list(an_authority(), [(serial, NOW)], NOW, NOW + timedelta(days=7))

    crl = x509.load_pem_x509_crl(listed)
    root = x509.load_pem_x509_certificate(an_authority().certificate)
    key = root.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert crl.is_signature_valid(key)
    assert [f"{each.serial_number:x}" for each in crl] == [serial]
