"""Logins are judged from memory, in the same steps whoever knocks."""

from hmac import compare_digest

import pytest

from onetime.domain.ids import StationId
from onetime.domain.stations import Credential, SecurityProfile, password_digest
from onetime.gateway.keyring import Judgement, Keyring

SECRET = b"the secret of this installation"
SALT = b"salt"


def credential(
    identity: str, profile: int = 1, password: bytes = b"right", *, is_enabled: bool = True
) -> Credential:
    return Credential(
        station_id=StationId(identity),
        security_profile=SecurityProfile(profile),
        salt=SALT,
        digest=password_digest(SECRET, SALT, password),
        is_enabled=is_enabled,
    )


@pytest.fixture
def keyring() -> Keyring:
    known = [
        credential("BASIC"),
        credential("OPEN", 0),
        credential("TLS", 2),
        credential("CERTIFICATE", 3),
        credential("OFF", is_enabled=False),
        credential("OPEN-OFF", 0, is_enabled=False),
    ]
    return Keyring(SECRET, {each.station_id: each for each in known})


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
    assert keyring.judge(identity, password, secure=False) is expected


def test_over_tls_the_password_counts(keyring: Keyring) -> None:
    assert keyring.judge("TLS", b"right", secure=True) is Judgement.ADMITTED
    assert keyring.judge("TLS", b"wrong", secure=True) is Judgement.WRONG_PASSWORD


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


@pytest.mark.parametrize("identity", ["BASIC", "OPEN", "TLS", "OFF", "NOBODY"])
@pytest.mark.parametrize("password", [None, b"", b"wrong", b"right"])
def test_every_login_takes_one_hash_and_one_comparison(
    keyring: Keyring, steps: list[str], identity: str, password: bytes | None
) -> None:
    keyring.judge(identity, password, secure=False)

    assert steps == ["hash", "compare"]


def test_a_changed_key_changes_the_fingerprint(keyring: Keyring) -> None:
    before = keyring.fingerprint(StationId("BASIC"))

    keyring.load({StationId("BASIC"): credential("BASIC", password=b"other")})

    assert keyring.fingerprint(StationId("BASIC")) != before
    assert keyring.judge("BASIC", b"right", secure=False) is Judgement.WRONG_PASSWORD
    assert keyring.fingerprint(StationId("OFF")) is None
    assert not keyring.is_allowed(StationId("OFF"))
