"""What is read is what stands there, judged by another library; what is none is told."""

import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from onetime.kit.signing import (
    make_request,
)
from onetime.kit.x509 import (
    Pair,
    Unreadable,
    belong_together,
    hash_ids,
    read_request,
    split_chain,
)
from tests.certificates import EC, RSA, a_server, an_authority


def test_a_request_that_another_key_signed_is_none() -> None:
    request, _ = make_request(EC, "CP-1", "Garage")
    der = x509.load_pem_x509_csr(request).public_bytes(serialization.Encoding.DER)
    spoiled = der[:-3] + bytes([der[-3] ^ 1]) + der[-2:]
    pem = x509.load_der_x509_csr(spoiled).public_bytes(serialization.Encoding.PEM)

    with pytest.raises(Unreadable, match="not signed by the key that it names"):
        read_request(pem)


@pytest.mark.parametrize("text", [b"", b"\xff\xfe", b"-----BEGIN CERTIFICATE REQUEST-----\nAA"])
def test_what_is_no_request_is_told(text: bytes) -> None:
    with pytest.raises(Unreadable, match="it is no signing request"):
        read_request(text)


def test_a_chain_is_taken_apart_and_garbage_is_told() -> None:
    chain = a_server().certificate + an_authority().certificate

    assert split_chain(chain) == (a_server().certificate, an_authority().certificate)
    with pytest.raises(Unreadable, match="no certificate in PEM"):
        split_chain(b"nothing")
    assert not belong_together(Pair(a_server(EC).certificate, a_server(RSA).private_key))
    with pytest.raises(Unreadable, match="no private key in PEM"):
        belong_together(Pair(a_server().certificate, b"nothing"))


def test_ocpp_names_a_root_by_three_hashes_of_openssl(tmp_path: Path) -> None:
    root = tmp_path / "root.pem"
    root.write_bytes(an_authority().certificate)
    asked = ["openssl", "ocsp", "-sha256", "-issuer", str(root), "-cert", str(root), "-req_text"]
    told = subprocess.run(asked, capture_output=True, text=True, check=False).stdout
    said = {
        line.split(":")[0].strip(): line.split(":")[1].strip().lower()
        for line in told.splitlines()
        if "Hash:" in line or "Serial" in line
    }

    ids = hash_ids(an_authority().certificate, an_authority().certificate)

    assert said["Issuer Name Hash"] == ids.issuer_name_hash
    assert said["Issuer Key Hash"] == ids.issuer_key_hash
    assert said["Serial Number"].lstrip("0") == ids.serial_number


def test_a_key_never_shows_itself() -> None:
    assert repr(an_authority()) == "Pair(…)"
