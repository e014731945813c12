"""Who a knock says it is."""

import base64

import pytest

from onetime.gateway.addresses import is_public, password_of, protocol_of, target_of


@pytest.mark.parametrize(
    ("target", "identity", "quirks"),
    [
        ("/ocpp/CP-1", "CP-1", ()),
        ("/ocpp/CP-1/", "CP-1", ("K03",)),
        ("/ocpp///CP-1", "CP-1", ("K03",)),
        ("///CP-1", "CP-1", ("K03",)),
        ("/CP-1", "CP-1", ("K03",)),
        ("/ocpp/CP-1?token=x#y", "CP-1", ()),
        ("/ocpp/00:11:22:33:44:55", "00:11:22:33:44:55", ()),
        ("/ocpp/00%3A11", "00:11", ()),
        ("/ocpp/CP%2525", "CP%25", ()),
        ("/ocpp/a%2Fb", "a/b", ()),
        ("/ocpp/B%C3%A4r", "Bär", ()),
        ("/ocpp/B\xc3\xa4r", "Bär", ()),  # not encoded at all; bytes come as latin-1
        ("/ocpp/%FF", "\ufffd", ()),
    ],
)
def test_an_identity_is_the_last_segment_decoded_once(
    target: str, identity: str, quirks: tuple[str, ...]
) -> None:
    found = target_of(target)

    assert found is not None
    assert (found.identity, found.quirks) == (identity, quirks)


@pytest.mark.parametrize("target", ["/", "/ocpp", "/ocpp/", "//ocpp//", "", "/?x"])
def test_an_address_without_identity_names_nobody(target: str) -> None:
    assert target_of(target) is None


@pytest.mark.parametrize(
    ("offered", "chosen", "is_foreign", "quirks"),
    [
        (("ocpp1.6",), "ocpp1.6", False, ()),
        (("ocpp2.0.1", "ocpp1.6"), "ocpp1.6", False, ()),
        (("OCPP1.6",), "OCPP1.6", False, ("K02",)),
        ((), None, False, ("K01",)),
        (("ocpp2.0.1", "ocpp1.5"), None, True, ()),
    ],
)
def test_the_version_is_ocpp_1_6_or_none(
    offered: tuple[str, ...], chosen: str | None, is_foreign: bool, quirks: tuple[str, ...]
) -> None:
    protocol = protocol_of(offered)

    assert (protocol.chosen, protocol.is_foreign, protocol.quirks) == (chosen, is_foreign, quirks)


def basic(credential: bytes) -> str:
    return "Basic " + base64.b64encode(credential).decode()


@pytest.mark.parametrize(
    ("header", "identity", "password"),
    [
        (basic(b"CP-1:secret"), "CP-1", b"secret"),
        (basic(b"00:11:22:secret"), "00:11:22", b"secret"),
        (basic(b"CP-1:a:b"), "CP-1", b"a:b"),
        (basic(b"CP-1:\x00\xff\x80"), "CP-1", b"\x00\xff\x80"),
        (basic("Bär:x".encode()), "Bär", b"x"),
        (basic(b"CP-1:"), "CP-1", b""),
        (basic(b"CP-1:x").replace("Basic", "bASIC").rstrip("="), "CP-1", b"x"),
        (basic(b"CP-2:secret"), "CP-1", None),
        (basic(b"CP-1"), "CP-1", None),
        ("Basic ***", "CP-1", None),
        ("Bearer abc", "CP-1", None),
        ("Basic \xe4", "CP-1", None),
        (None, "CP-1", None),
    ],
)
def test_a_password_is_what_follows_the_identity(
    header: str | None, identity: str, password: bytes | None
) -> None:
    assert password_of(header, identity) == password


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("192.168.0.9", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("8.8.8.8", True),
        ("2001:4860:4860::8888", True),
        ("somewhere", True),
    ],
)
def test_an_address_is_public_when_the_internet_can_reach_it(address: str, expected: bool) -> None:
    assert is_public(address) is expected
