"""Passwords are kept as Argon2id, and judged with the same work whoever asks."""

import argon2
import pytest

from onetime.domain.errors import Unacceptable
from onetime.operations import passwords
from onetime.operations.passwords import PasswordHash, hashed_password, is_password

EMAIL = "anna@example.org"


def test_a_password_is_kept_with_the_parameters_that_were_asked_for() -> None:
    kept = hashed_password("correct horse battery", EMAIL)

    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert is_password(kept, "correct horse battery")
    assert not is_password(kept, "correct horse batterY")
    assert kept != hashed_password("correct horse battery", EMAIL)


def test_a_password_is_hashed_to_its_last_character() -> None:
    longest = "Ab1 " * 256

    kept = hashed_password(longest, EMAIL)

    assert is_password(kept, longest)
    assert not is_password(kept, longest[:-1])
    assert not is_password(kept, longest + "A")
    assert not is_password(kept, longest[:-1] + "x")


def test_a_password_is_the_same_from_another_keyboard() -> None:
    kept = hashed_password("Stra\u00dfe m\u00fc\u00df immer", EMAIL)

    assert is_password(kept, "Stra\u00dfe mu\u0308\u00df immer")


def test_a_name_that_nobody_has_costs_the_same_work(monkeypatch: pytest.MonkeyPatch) -> None:
    verified: list[str] = []
    verify = argon2.PasswordHasher.verify

    def counting(self, kept, password):
        verified.append(kept)
        return verify(self, kept, password)

    monkeypatch.setattr(argon2.PasswordHasher, "verify", counting)
    known = hashed_password("correct horse battery", EMAIL)
    for kept in (known, None):
        assert not is_password(kept, "a wrong password")

    assert len(verified) == 2
    parameters = [argon2.extract_parameters(each) for each in verified]
    assert parameters[0] == parameters[1]


def test_nothing_is_the_password_of_nobody() -> None:
    assert not any(is_password(None, each) for each in ("", "nobody", "x" * 2_000, "\udcff"))
    assert not is_password(PasswordHash("no hash at all"), "correct horse battery")


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("short", "12 to 1024 characters; this one has 5"),
        ("elevenchars", "this one has 11"),
        ("x" * 1025, "this one has 1025"),
        ("anna@example.org", "must not be the login name"),
        (" Anna@Example.Org ", "must not be the login name"),
        ("aaaaaaaaaaaa", "repeats too few characters"),
        ("a password\0 of nul", "can not be typed"),
        ("a password \udcff half", "can not be typed"),
    ],
)
def test_what_is_no_good_password_is_refused(password: str, sentence: str) -> None:
    with pytest.raises(Unacceptable, match=sentence):
        passwords.hashed_password(password, EMAIL)
