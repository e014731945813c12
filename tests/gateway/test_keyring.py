"""Logins are judged from memory, in the same steps whoever knocks."""

from datetime import timedelta
from hmac import compare_digest

import pytest

from onetime.domain.certificates import Claim
from onetime.domain.ids import StationId
from onetime.domain.stations import (
    Credential,
    Habits,
    Proof,
    SecurityProfile,
    password_bytes,
    password_digest,
)
from onetime.gateway.keyring import Judgement, Keyring, Login
from tests.databases import NOW

SECRET = b"the secret of this installation"
SALT = b"salt"
HEX = b"00112233445566778899aabbccddeeff00112233"


def digest_of(password: bytes) -> bytes:
    return password_digest(SECRET, SALT, password_bytes(password))


def credential(
    identity: str,
    profile: int = 1,
    password: bytes = b"right",
    *,
    is_enabled: bool = True,
    following: tuple[bytes, ...] = (),
    raises_to: int | None = None,
    name: str | None = None,
) -> Credential:
    return Credential(
        station_id=StationId(identity),
        security_profile=SecurityProfile(profile),
        salt=SALT,
        digest=digest_of(password),
        is_enabled=is_enabled,
        next_digests=tuple(digest_of(each) for each in following),
        raises_to=None if raises_to is None else SecurityProfile(raises_to),
        certificate_name=name,
    )


def claim(*names: str, fingerprint: str = "f1", days: int = 1) -> Claim:
    return Claim(
        fingerprint=fingerprint,
        names=frozenset(names),
        not_before=NOW - timedelta(days=10),
        not_after=NOW + timedelta(days=days),
    )


def judged(
    keyring: Keyring,
    identity: str,
    password: bytes | None = None,
    shown: Claim | None = None,
    *,
    secure: bool = False,
) -> Judgement:
    return keyring.judge(Login(identity, password, secure, shown), NOW).judgement


@pytest.fixture
def keyring() -> Keyring:
    known = [
        credential("BASIC"),
        credential("OPEN", 0),
        credential("TLS", 2),
        credential("CERTIFICATE", 3),
        credential("OFF", is_enabled=False),
        credential("OPEN-OFF", 0, is_enabled=False),
        credential("NAMED", 3, name="SN-4711"),
        credential("TURNING", following=(b"next", b"after-next")),
        credential("RISING", 2, raises_to=3),
    ]
    return Keyring(SECRET, {each.station_id: each for each in known}, frozenset({"revoked"}))


@pytest.mark.parametrize(
    ("identity", "password", "expected"),
    [
        ("BASIC", b"right", Judgement.ADMITTED),
        ("BASIC", b"wrong", Judgement.WRONG_PASSWORD),
        ("BASIC", b"", Judgement.WRONG_PASSWORD),
        ("BASIC", None, Judgement.NO_PASSWORD),
        ("OPEN", None, Judgement.ADMITTED),
        ("OPEN", b"whatever", Judgement.ADMITTED),
        ("OFF", b"right", Judgement.DISABLED),
        ("OPEN-OFF", None, Judgement.DISABLED),
        ("TLS", b"right", Judgement.NEEDS_TLS),
        ("CERTIFICATE", b"right", Judgement.NEEDS_TLS),
        ("NOBODY", b"right", Judgement.UNKNOWN),
        ("basic", b"right", Judgement.UNKNOWN),
    ],
)
def test_a_login_is_judged_by_profile_and_password(
    keyring: Keyring, identity: str, password: bytes | None, expected: Judgement
) -> None:
    assert judged(keyring, identity, password) is expected


def test_over_tls_the_password_counts(keyring: Keyring) -> None:
    assert judged(keyring, "TLS", b"right", secure=True) is Judgement.ADMITTED
    assert judged(keyring, "TLS", b"wrong", secure=True) is Judgement.WRONG_PASSWORD
    assert judged(keyring, "TLS", None, claim("TLS"), secure=True) is Judgement.NO_PASSWORD
    assert judged(keyring, "CERTIFICATE", b"right", secure=True) is Judgement.NO_CERTIFICATE


@pytest.mark.parametrize(
    ("identity", "shown", "expected"),
    [
        ("CERTIFICATE", claim("CERTIFICATE"), Judgement.ADMITTED),
        ("CERTIFICATE", claim("other", "CERTIFICATE"), Judgement.ADMITTED),
        ("CERTIFICATE", claim("certificate"), Judgement.WRONG_CERTIFICATE),
        ("CERTIFICATE", claim("NAMED"), Judgement.WRONG_CERTIFICATE),
        ("CERTIFICATE", claim(), Judgement.WRONG_CERTIFICATE),
        ("CERTIFICATE", claim("CERTIFICATE", days=-1), Judgement.EXPIRED_CERTIFICATE),
        (
            "CERTIFICATE",
            claim("CERTIFICATE", fingerprint="revoked"),
            Judgement.REVOKED_CERTIFICATE,
        ),
        ("NAMED", claim("SN-4711"), Judgement.ADMITTED),
        ("NAMED", claim("NAMED"), Judgement.ADMITTED),
        ("NAMED", claim("SN-4712"), Judgement.WRONG_CERTIFICATE),
        ("RISING", claim("RISING"), Judgement.ADMITTED),
        ("RISING", claim("TLS"), Judgement.NO_PASSWORD),
        ("OFF", claim("OFF"), Judgement.DISABLED),
        ("NOBODY", claim("NOBODY"), Judgement.UNKNOWN),
    ],
)
def test_a_certificate_counts_by_name_time_and_revocation(
    keyring: Keyring, identity: str, shown: Claim, expected: Judgement
) -> None:
    assert judged(keyring, identity, None, shown, secure=True) is expected


@pytest.mark.parametrize("shown", [HEX, HEX.upper(), bytes.fromhex(HEX.decode())])
@pytest.mark.parametrize("stored", [HEX, HEX.upper(), bytes.fromhex(HEX.decode())])
def test_a_key_is_the_same_as_digits_and_as_bytes(shown: bytes, stored: bytes) -> None:
    keyring = Keyring(SECRET, {StationId("CP"): credential("CP", password=stored)})

    assert judged(keyring, "CP", shown) is Judgement.ADMITTED
    assert judged(keyring, "CP", shown[:-2] + b"00") is Judgement.WRONG_PASSWORD


def test_a_key_that_was_stored_as_its_digits_still_opens() -> None:
    older = Credential(
        station_id=StationId("CP"),
        security_profile=SecurityProfile.BASIC,
        salt=SALT,
        digest=password_digest(SECRET, SALT, HEX),
        is_enabled=True,
    )

    assert judged(Keyring(SECRET, {older.station_id: older}), "CP", HEX) is Judgement.ADMITTED


def test_what_is_stored_is_worth_nothing_without_the_secret_of_its_installation() -> None:
    """S02: whoever gets at the digests alone can not try out keys."""
    kept = credential("CP")
    elsewhere = Keyring(b"the secret of another installation", {kept.station_id: kept})

    assert judged(Keyring(SECRET, {kept.station_id: kept}), "CP", b"right") is Judgement.ADMITTED
    assert judged(elsewhere, "CP", b"right") is Judgement.WRONG_PASSWORD


@pytest.mark.parametrize("password", [b"right", b"next", b"after-next"])
def test_keys_on_their_way_open_beside_the_present_one(keyring: Keyring, password: bytes) -> None:
    ruling = keyring.judge(Login("TURNING", password), NOW)

    assert ruling.proof == Proof(profile=SecurityProfile.BASIC, digest=digest_of(password))
    assert judged(keyring, "TURNING", b"none of them") is Judgement.WRONG_PASSWORD


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is computed about secrets, in order."""
    taken: list[str] = []

    def digest(secret: bytes, salt: bytes, password: bytes) -> bytes:
        taken.append("hash")
        return password_digest(secret, salt, password)

    def compare(one: bytes, other: bytes) -> bool:
        taken.append("compare")
        return compare_digest(one, other)

    monkeypatch.setattr("onetime.gateway.keyring.password_digest", digest)
    monkeypatch.setattr("onetime.gateway.keyring.hmac.compare_digest", compare)
    return taken


@pytest.mark.parametrize(
    "identity", ["BASIC", "OPEN", "TLS", "CERTIFICATE", "TURNING", "RISING", "OFF", "NOBODY"]
)
@pytest.mark.parametrize("password", [None, b"", b"wrong", b"right", HEX])
@pytest.mark.parametrize("secure", [False, True])
def test_every_login_takes_the_same_hashes_and_comparisons(
    keyring: Keyring, steps: list[str], identity: str, password: bytes | None, secure: bool
) -> None:
    judged(keyring, identity, password, claim(identity), secure=secure)

    assert steps == ["hash", "hash", *["compare"] * 8]


def test_ten_thousand_probes_differ_in_nothing(keyring: Keyring, steps: list[str]) -> None:
    for number in range(10_000):
        judged(keyring, ("NOBODY", "OFF", "BASIC", f"CP-{number}")[number % 4], b"%d" % number)

    assert len(steps) == 10_000 * 10
    assert {tuple(steps[at : at + 10]) for at in range(0, len(steps), 10)} == {
        ("hash", "hash", *["compare"] * 8)
    }


def proof(profile: int, password: bytes = b"right", certificate: str | None = None) -> Proof:
    return Proof(
        profile=SecurityProfile(profile),
        digest=b"" if certificate else digest_of(password),
        certificate=certificate,
    )


@pytest.mark.parametrize(
    ("identity", "shown", "stays"),
    [
        ("BASIC", proof(1), True),
        ("BASIC", proof(1, b"an older one"), False),
        ("BASIC", proof(0), False),
        ("OPEN", Proof(profile=SecurityProfile.NONE), True),
        ("TLS", proof(2), True),
        ("TLS", proof(1), False),
        ("CERTIFICATE", proof(3, certificate="f1"), True),
        ("CERTIFICATE", proof(3, certificate="revoked"), False),
        ("CERTIFICATE", proof(2), False),
        ("TURNING", proof(1, b"after-next"), True),
        ("OFF", proof(1), False),
        ("NOBODY", proof(1), False),
    ],
)
def test_who_is_connected_stays_as_long_as_what_it_showed_counts(
    keyring: Keyring, identity: str, shown: Proof, stays: bool
) -> None:
    assert keyring.still_admits(StationId(identity), shown, Habits()) is stays
    peculiar = Habits(register_factor=1_000)
    assert not keyring.still_admits(StationId(identity), shown, peculiar)


def test_a_changed_key_is_known_once_it_is_loaded(keyring: Keyring) -> None:
    keyring.load({StationId("BASIC"): credential("BASIC", password=b"other")})

    assert judged(keyring, "BASIC", b"right") is Judgement.WRONG_PASSWORD
    assert not keyring.still_admits(StationId("BASIC"), proof(1), Habits())


def test_certificates_are_asked_for_when_a_station_has_to_show_one() -> None:
    for known, expected in (
        (credential("A", 3), True),
        (credential("A", 2, raises_to=3), True),
        (credential("A", 2, raises_to=2), False),
    ):
        assert Keyring(SECRET, {known.station_id: known}).expects_certificates() is expected
