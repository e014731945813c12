"""What is spoken over TLS, and what is not, tried with clients that can do more than we allow."""

import ssl
from pathlib import Path

import pytest

from onetime.kit.tls import (
    FORWARD_SECRET,
    RSA_KEY_EXCHANGE,
    authorities_in_files,
    pairs_in_files,
    server_context,
)
from onetime.kit.x509 import Unreadable, seen_in, seen_in_der
from tests.certificates import (
    EC,
    PAST,
    RSA,
    a_client,
    a_server,
    an_authority,
    client_context,
    handshake,
)

BOTH = [a_server(EC), a_server(RSA)]
V12, V13 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
MANDATORY = {  # of the white paper, A00.FR.317, each with what makes it possible
    "ECDHE-ECDSA-AES128-GCM-SHA256": False,
    "ECDHE-ECDSA-AES256-GCM-SHA384": False,
    "AES128-GCM-SHA256": True,
    "AES256-GCM-SHA384": True,
}


@pytest.mark.parametrize(("newest", "spoken"), [(V12, "TLSv1.2"), (V13, "TLSv1.3")])
def test_tls_1_2_and_1_3_are_spoken(newest: ssl.TLSVersion, spoken: str) -> None:
    ours, _ = handshake(server_context(BOTH), client_context(newest=newest))

    assert ours.version() == spoken
    assert ours.compression() is None


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
def test_what_is_older_is_not(version: ssl.TLSVersion) -> None:
    client = client_context(suites=["ALL"])
    client.minimum_version = version
    client.maximum_version = version

    with pytest.raises(ssl.SSLError):
        handshake(server_context(BOTH, rsa_key_exchange=True), client)


@pytest.mark.parametrize("suite", MANDATORY)
def test_each_suite_of_the_white_paper_is_spoken_when_allowed(suite: str) -> None:
    client = client_context(newest=V12, suites=[suite])

    if MANDATORY[suite]:
        with pytest.raises(ssl.SSLError):
            handshake(server_context(BOTH), client)
    ours, _ = handshake(server_context(BOTH, rsa_key_exchange=MANDATORY[suite]), client)

    assert suite_of(ours) == suite


def suite_of(side: ssl.SSLObject) -> str:
    chosen = side.cipher()
    assert chosen is not None
    return chosen[0]


def test_forward_secret_suites_go_first_whatever_the_station_prefers() -> None:
    for last in FORWARD_SECRET[:4]:
        client = client_context(newest=V12, suites=[*RSA_KEY_EXCHANGE, last])
        ours, _ = handshake(server_context(BOTH, rsa_key_exchange=True), client)
        assert suite_of(ours) == last


def test_a_station_gets_the_certificate_that_it_can_read() -> None:
    for suites, kind in ((FORWARD_SECRET[:2], EC), (FORWARD_SECRET[2:4], RSA)):
        client = client_context(newest=V12, suites=suites)
        _, theirs = handshake(server_context(BOTH), client)
        der = theirs.getpeercert(binary_form=True)
        assert der is not None
        assert seen_in_der(der).key_kind == kind.value


def test_neither_renegotiation_nor_tickets_nor_compression() -> None:
    context = server_context(BOTH)

    for option in (ssl.OP_NO_RENEGOTIATION, ssl.OP_NO_TICKET, ssl.OP_NO_COMPRESSION):
        assert context.options & option
    assert context.num_tickets == 0


def test_the_whole_chain_is_sent() -> None:
    chained = a_server().certificate + an_authority().certificate
    context = server_context([type(a_server())(chained, a_server().private_key)])
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = client_context(newest=V12).wrap_bio(to_client, to_server, server_hostname="localhost")
    server = context.wrap_bio(to_server, to_client, server_side=True)
    for side in (client, server):
        with pytest.raises(ssl.SSLWantReadError):
            side.do_handshake()

    sent = to_client.read()

    for each in (a_server(), an_authority()):
        assert ssl.PEM_cert_to_DER_cert(each.certificate.decode()) in sent


def test_a_client_certificate_has_to_be_of_a_trusted_authority() -> None:
    context = server_context(BOTH, [an_authority().certificate])
    client = client_context(shown=a_client("CP-1"), newest=V12)

    ours, _ = handshake(context, client)

    der = ours.getpeercert(binary_form=True)
    assert der is not None
    assert seen_in_der(der).common_name == "CP-1"
    assert handshake(context, client_context(newest=V12))[0].getpeercert() is None
    for other in (
        a_client("CP-1", "Another root"),
        a_client("CP-1", span=PAST),
        a_server(EC, "CP-1"),
    ):
        with pytest.raises(ssl.SSLCertVerificationError):
            handshake(context, client_context(shown=other, newest=V12))


def test_pairs_are_read_from_files_and_faults_are_told(tmp_path: Path) -> None:
    both, lone, key = tmp_path / "both.pem", tmp_path / "lone.pem", tmp_path / "key.pem"
    both.write_bytes(a_server(EC).private_key + a_server(EC).certificate)
    lone.write_bytes(a_server(RSA).certificate + an_authority().certificate)
    key.write_bytes(a_server(RSA).private_key)

    (first,) = pairs_in_files([both], [])
    (second,) = pairs_in_files([lone], [key])

    assert seen_in(first.certificate).key_kind == EC.value
    assert second.certificate == a_server(RSA).certificate + an_authority().certificate
    for certificates, keys, words in (
        ([both, lone], [key], "2 certificates and 1 keys are named"),
        ([lone], [both], f"{both} is not the key of {lone}"),
        ([key], [], "no certificate in PEM"),
        ([lone], [], "no private key in PEM"),
        ([tmp_path / "none"], [], "can not be read: No such file"),
    ):
        with pytest.raises(Unreadable, match=words):
            pairs_in_files(certificates, keys)
    assert authorities_in_files([lone]) == [a_server(RSA).certificate, an_authority().certificate]
