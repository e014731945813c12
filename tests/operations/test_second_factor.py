"""One-time passwords: enrolled, confirmed, asked for, used once, taken away."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from onetime.domain.errors import Conflict, SecondFactorNeeded, WrongProof
from onetime.operations.second_factor import (
    begin_enrolment,
    confirm_enrolment,
    remove_second_factor,
    step_at,
)
from onetime.queries.accounts import account
from onetime.store.transaction import Transaction
from tests.account_makers import a_sign_in, an_account
from tests.garage_makers import OWNER, audit_trail


def enrolled(tx: Transaction) -> tuple[int, pyotp.TOTP, tuple[str, ...]]:
    account_id = an_account(tx)
    totp = pyotp.TOTP(begin_enrolment(tx, account_id).secret)
    codes = confirm_enrolment(tx, OWNER, account_id, totp.at(tx.now))
    return account_id, totp, codes


def code(tx: Transaction, totp: pyotp.TOTP, steps_off: int = 0) -> str:
    return totp.generate_otp(step_at(tx.now) + steps_off)


def later(tx: Transaction, seconds: int) -> None:
    tx.now += timedelta(seconds=seconds)


def test_a_secret_is_told_as_text_and_as_an_address(tx: Transaction) -> None:
    enrolment = begin_enrolment(tx, an_account(tx, "olga+x@example.org"))

    assert len(enrolment.secret) == 32
    assert enrolment.uri == (
        f"otpauth://totp/onetime:olga%2Bx%40example.org?secret={enrolment.secret}&issuer=onetime"
    )


def test_a_secret_that_is_not_confirmed_is_not_asked_for(tx: Transaction) -> None:
    account_id = an_account(tx)
    first = begin_enrolment(tx, account_id).secret
    second = begin_enrolment(tx, account_id).secret

    a_sign_in(tx, account_id)
    with pytest.raises(WrongProof, match="look at the clock"):
        confirm_enrolment(tx, OWNER, account_id, pyotp.TOTP(first).at(tx.now))
    confirm_enrolment(tx, OWNER, account_id, pyotp.TOTP(second).at(tx.now))
    with pytest.raises(SecondFactorNeeded):
        a_sign_in(tx, account_id)


def test_nothing_can_be_confirmed_that_was_not_begun(tx: Transaction) -> None:
    account_id = an_account(tx)
    with pytest.raises(Conflict, match="begin the enrolment"):
        confirm_enrolment(tx, OWNER, account_id, "123456")


def test_a_code_counts_for_one_step_to_either_side(tx: Transaction) -> None:
    account_id, totp, _ = enrolled(tx)
    later(tx, 3_600)

    for off in (-2, 2):
        with pytest.raises(WrongProof):
            a_sign_in(tx, account_id, code(tx, totp, off))
    a_sign_in(tx, account_id, code(tx, totp, -1))
    a_sign_in(tx, account_id, code(tx, totp))
    a_sign_in(tx, account_id, code(tx, totp, 1))


def test_a_code_counts_once_and_none_before_it_after_that(tx: Transaction) -> None:
    account_id, totp, _ = enrolled(tx)

    with pytest.raises(WrongProof, match="was used before"):
        a_sign_in(tx, account_id, totp.at(tx.now))  # it was used to confirm
    later(tx, 60)
    a_sign_in(tx, account_id, totp.at(tx.now))
    for off in (0, -1):
        with pytest.raises(WrongProof, match="was used before"):
            a_sign_in(tx, account_id, code(tx, totp, off))


def test_the_code_of_the_standard_is_right_at_its_time() -> None:
    """RFC 6238, appendix B, with six digits."""
    totp = pyotp.TOTP("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")

    assert totp.generate_otp(37_037_036) == "081804"
    assert step_at(datetime.fromtimestamp(1_111_111_109, UTC)) == 37_037_036


def test_a_spare_code_counts_once_however_it_is_typed(tx: Transaction) -> None:
    account_id, _, codes = enrolled(tx)
    assert len(set(codes)) == 10
    assert all(len(each) == 19 for each in codes)

    a_sign_in(tx, account_id, codes[0])
    a_sign_in(tx, account_id, f" {codes[1].upper().replace('-', ' ')} ")
    with pytest.raises(WrongProof, match="used before"):
        a_sign_in(tx, account_id, codes[0])
    assert account(tx.connection, account_id).recovery_codes_left == 8
    assert "account.recovery-code-used" in [entry[0] for entry in audit_trail(tx)]


def test_a_spare_code_of_somebody_else_is_worth_nothing(tx: Transaction) -> None:
    account_id, _, _ = enrolled(tx)
    other = an_account(tx, "otto@example.org")
    totp = pyotp.TOTP(begin_enrolment(tx, other).secret)
    [foreign, *_] = confirm_enrolment(tx, OWNER, other, totp.at(tx.now))

    with pytest.raises(WrongProof):
        a_sign_in(tx, account_id, foreign)
    a_sign_in(tx, other, foreign)


def test_what_is_no_code_is_refused(tx: Transaction) -> None:
    account_id, _, _ = enrolled(tx)
    for wrong in (
        "",
        "12345",
        "1234567",
        "\u0661\u0662\u0663\u0664\u0665\u0666",
        "\udcff",
        "x" * 99,
    ):
        with pytest.raises(WrongProof):
            a_sign_in(tx, account_id, wrong)


def test_the_second_factor_can_be_taken_away_and_enrolled_anew(tx: Transaction) -> None:
    account_id, _, _ = enrolled(tx)
    with pytest.raises(Conflict, match="remove them first"):
        begin_enrolment(tx, account_id)

    remove_second_factor(tx, OWNER, account_id)

    a_sign_in(tx, account_id)
    found = account(tx.connection, account_id)
    assert (found.has_second_factor, found.recovery_codes_left) == (False, 0)
    acts = [entry[0] for entry in audit_trail(tx)]
    assert "account.second-factor-added" in acts
    assert "account.second-factor-removed" in acts
    begin_enrolment(tx, account_id)
    remove_second_factor(tx, OWNER, account_id)
    remove_second_factor(tx, OWNER, account_id)
    assert [entry[0] for entry in audit_trail(tx)].count("account.second-factor-removed") == 1


def test_no_secret_reaches_the_audit(tx: Transaction) -> None:
    account_id, totp, codes = enrolled(tx)
    a_sign_in(tx, account_id, codes[0])
    remove_second_factor(tx, OWNER, account_id)

    told = repr(audit_trail(tx))
    assert not any(secret in told for secret in (totp.secret, *codes))
