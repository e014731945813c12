"""Which card may charge, and when two tags are the same."""

from datetime import UTC, datetime, timedelta

import pytest

from onetime.domain.tokens import (
    Token,
    TokenStatus,
    Verdict,
    bare_hex,
    is_separated_hex,
    token_fault,
    token_key,
    verdict,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def a_token(
    status: TokenStatus = TokenStatus.ACCEPTED,
    expiry_date: datetime | None = None,
    *,
    renter_is_active: bool = True,
) -> Token:
    return Token(
        token="04A1B2C3",
        renter_id=1,
        status=status,
        expiry_date=expiry_date,
        description=None,
        parent_id_tag=None,
        renter_is_active=renter_is_active,
    )


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        (None, Verdict.UNKNOWN),
        (a_token(), Verdict.ACCEPTED),
        (a_token(expiry_date=NOW + timedelta(seconds=1)), Verdict.ACCEPTED),
        (a_token(expiry_date=NOW), Verdict.EXPIRED),
        (a_token(TokenStatus.EXPIRED), Verdict.EXPIRED),
        (a_token(TokenStatus.BLOCKED), Verdict.BLOCKED),
        (a_token(TokenStatus.BLOCKED, renter_is_active=False), Verdict.BLOCKED),
        (a_token(renter_is_active=False), Verdict.INACTIVE),
    ],
)
def test_a_card_may_charge_if_known_accepted_not_expired_and_its_renter_active(
    token: Token | None, expected: Verdict
) -> None:
    assert verdict(token, NOW) is expected


def test_tags_are_the_same_without_regard_to_case() -> None:
    assert token_key("04a1B2c3") == token_key("04A1b2C3")
    assert token_key("04A1B2C3") != token_key("04A1B2C4")


@pytest.mark.parametrize(
    ("id_tag", "digits"),
    [
        ("04:A1:B2:C3", "04a1b2c3"),
        ("04 a1-b2:c3", "04a1b2c3"),
        ("04A1B2C3", "04a1b2c3"),
        ("04A1B2C", None),
        ("04A1B2CG", None),
        ("", None),
    ],
)
def test_only_eight_or_more_hexadecimal_digits_are_digits(id_tag: str, digits: str | None) -> None:
    assert bare_hex(id_tag) == digits


def test_only_digits_with_something_between_them_are_separated() -> None:
    assert is_separated_hex("04:A1:B2:C3")
    assert not is_separated_hex("04A1B2C3")
    assert not is_separated_hex(":04A1B2C3")
    assert not is_separated_hex("04:A1:B2")


@pytest.mark.parametrize("text", ["", "A" * 21, " A", "A ", "Ä", "A\0B", "A\nB"])
def test_a_card_number_that_no_reader_sends_is_not_issued(text: str) -> None:
    assert token_fault(text)


@pytest.mark.parametrize("text", ["A", "A" * 20, "04:A1 B2", "~!"])
def test_a_card_number_that_a_reader_sends_is_issued(text: str) -> None:
    assert token_fault(text) is None
