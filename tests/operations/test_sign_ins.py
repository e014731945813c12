"""Signing in and out, and the one link with which the first owner comes in."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from onetime.domain.accounts import Principal, Role
from onetime.domain.errors import Conflict, NotFound, NotSignedIn, Unacceptable, WrongProof
from onetime.domain.people import Actor
from onetime.operations.accounts import AccountChanges, edit_account
from onetime.operations.passwords import PasswordHash
from onetime.operations.sign_ins import (
    MAX_SIGN_INS,
    begin_sign_in,
    end_other_sign_ins,
    end_sign_in,
    note_sign_in_use,
    offer_setup,
    set_up,
)
from onetime.queries.sign_ins import SignedIn, own_sign_ins, signed_in
from onetime.store.access_tables import setup_links, sign_ins
from onetime.store.transaction import Transaction
from tests.account_makers import BROWSER, HASH, a_sign_in, an_account
from tests.garage_makers import OWNER, audit_trail

ME = Actor("account", "0")


def behind(tx: Transaction, secret: str) -> SignedIn | None:
    return signed_in(tx.connection, secret, tx.now, tx.policy.sign_in_idle)


def later(tx: Transaction, **span: int) -> None:
    tx.now += timedelta(**span)


def test_each_sign_in_has_a_secret_of_its_own_kept_as_a_hash(tx: Transaction) -> None:
    account_id = an_account(tx)
    first, second = a_sign_in(tx, account_id), a_sign_in(tx, account_id)

    assert first.secret != second.secret
    assert len(first.secret) == 43
    rows = repr(tx.connection.execute(select(sign_ins)).all())
    assert first.secret not in rows
    found = behind(tx, first.secret)
    assert found is not None
    assert found.sign_in_id == first.id
    assert found.principal == Principal(actor=Actor("account", str(account_id)), role=Role.OWNER)


def test_a_sign_in_ends_when_it_is_idle_or_old(tx: Transaction) -> None:
    account_id = an_account(tx)
    secret = a_sign_in(tx, account_id).secret
    later(tx, minutes=29, seconds=59)
    assert behind(tx, secret)
    later(tx, seconds=1)
    assert behind(tx, secret) is None

    used = a_sign_in(tx, account_id)
    for _ in range(28):
        later(tx, minutes=25)
        note_sign_in_use(tx, used.id)
        assert behind(tx, used.secret)
    later(tx, minutes=20)
    assert behind(tx, used.secret) is None  # twelve hours


def test_signing_out_ends_this_sign_in_only(tx: Transaction) -> None:
    account_id, other = an_account(tx), an_account(tx, "otto@example.org")
    mine, mine_too, his = (a_sign_in(tx, each) for each in (account_id, account_id, other))
    end_sign_in(tx, ME, account_id, mine.id)

    assert behind(tx, mine.secret) is None
    assert behind(tx, mine_too.secret)
    with pytest.raises(NotFound):
        end_sign_in(tx, ME, account_id, mine.id)
    with pytest.raises(NotFound):
        end_sign_in(tx, ME, account_id, his.id)
    assert behind(tx, his.secret)


def test_all_others_can_be_ended_at_once(tx: Transaction) -> None:
    account_id, other = an_account(tx), an_account(tx, "otto@example.org")
    here, his = a_sign_in(tx, account_id), a_sign_in(tx, other)
    for _ in range(2):
        a_sign_in(tx, account_id)

    assert end_other_sign_ins(tx, ME, account_id, here.id) == 2
    assert end_other_sign_ins(tx, ME, account_id, here.id) == 0
    assert behind(tx, here.secret)
    assert behind(tx, his.secret)
    assert audit_trail(tx)[-1][0::3] == ("account.signed-out", {"sign_ins": 2})


def test_an_account_that_was_changed_meanwhile_is_not_signed_in(tx: Transaction) -> None:
    an_account(tx)
    account_id = an_account(tx, "otto@example.org")
    with pytest.raises(NotSignedIn):
        begin_sign_in(tx, account_id, PasswordHash("another"), BROWSER)
    edit_account(tx, OWNER, account_id, AccountChanges(is_enabled=False))
    with pytest.raises(NotSignedIn):
        a_sign_in(tx, account_id)
    with pytest.raises(NotSignedIn):
        a_sign_in(tx, 99)


def test_one_more_sign_in_than_there_may_be_ends_the_oldest(tx: Transaction) -> None:
    account_id = an_account(tx)
    made = [a_sign_in(tx, account_id) for _ in range(MAX_SIGN_INS + 1)]

    assert behind(tx, made[0].secret) is None
    assert all(behind(tx, each.secret) for each in made[1:])


def test_ended_sign_ins_do_not_pile_up(tx: Transaction) -> None:
    account_id = an_account(tx)
    for _ in range(3):
        a_sign_in(tx, account_id)
    later(tx, minutes=31)
    a_sign_in(tx, account_id)

    assert len(tx.connection.execute(select(sign_ins)).all()) == 1


def test_the_sign_ins_of_an_account_are_listed_with_where_from(tx: Transaction) -> None:
    account_id = an_account(tx)
    first, second = a_sign_in(tx, account_id), a_sign_in(tx, account_id)

    listed = own_sign_ins(tx.connection, account_id, first.id, tx.now, tx.policy.sign_in_idle)

    assert [(each.id, each.is_current) for each in listed] == [
        (second.id, False),
        (first.id, True),
    ]
    assert (listed[0].ip_address, listed[0].user_agent) == ("192.0.2.7", "Browser/1")


def test_the_set_up_link_makes_the_first_owner_once(tx: Transaction) -> None:
    secret = offer_setup(tx)
    assert secret is not None
    assert secret not in repr(tx.connection.execute(select(setup_links)).all())
    found = behind(tx, set_up(tx, secret, "olga@example.org", HASH, BROWSER).secret)

    assert found is not None
    assert found.principal.role is Role.OWNER
    with pytest.raises(Conflict, match="set up already"):
        set_up(tx, secret, "otto@example.org", HASH, BROWSER)
    assert offer_setup(tx) is None


def test_only_the_newest_set_up_link_counts_and_not_for_long(tx: Transaction) -> None:
    older, newest = offer_setup(tx), offer_setup(tx)
    assert older is not None
    assert newest is not None
    for wrong in (older, "", "x" * 43):
        with pytest.raises(WrongProof):
            set_up(tx, wrong, "olga@example.org", HASH, BROWSER)
    later(tx, hours=24)
    with pytest.raises(WrongProof, match="a new one is printed"):
        set_up(tx, newest, "olga@example.org", HASH, BROWSER)


def test_an_account_made_on_the_command_line_ends_the_set_up_link(tx: Transaction) -> None:
    secret = offer_setup(tx)
    assert secret is not None
    an_account(tx)

    with pytest.raises(Conflict):
        set_up(tx, secret, "otto@example.org", HASH, BROWSER)


def test_a_login_name_that_is_none_leaves_the_set_up_link(tx: Transaction) -> None:
    secret = offer_setup(tx)
    assert secret is not None
    with tx.connection.begin_nested() as savepoint:
        with pytest.raises(Unacceptable):
            set_up(tx, secret, "no address", HASH, BROWSER)
        savepoint.rollback()

    set_up(tx, secret, "olga@example.org", HASH, BROWSER)


def test_signing_in_and_out_is_audited(tx: Transaction) -> None:
    account_id = an_account(tx)
    end_sign_in(tx, ME, account_id, a_sign_in(tx, account_id).id)

    assert [entry[:2] for entry in audit_trail(tx)[1:]] == [
        ("account.signed-in", f"account:{account_id}"),
        ("account.signed-out", f"account:{account_id}"),
    ]
