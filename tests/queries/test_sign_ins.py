"""Who is behind a cookie, and behind a login name."""

from datetime import timedelta

from onetime.domain.accounts import Role
from onetime.operations.accounts import AccountChanges, edit_account
from onetime.operations.renters import deactivate_renter
from onetime.operations.sign_ins import offer_setup
from onetime.queries.sign_ins import is_setup_link, login_of, login_of_account, signed_in
from onetime.store.transaction import Transaction
from tests.account_makers import HASH, a_sign_in, an_account
from tests.garage_makers import OWNER, a_renter

IDLE = timedelta(minutes=30)


def test_a_login_is_judged_by_the_hash_of_its_name(tx: Transaction) -> None:
    account_id = an_account(tx, "Olga@example.org")

    found = login_of(tx.connection, "olga@EXAMPLE.org")

    assert found is not None
    assert (found.account_id, found.password_hash, found.is_enabled) == (account_id, HASH, True)
    assert login_of_account(tx.connection, account_id) == found


def test_names_that_nobody_has_lead_nowhere(tx: Transaction) -> None:
    for name in ("", "otto@example.org", "\0", "\udcff@example.org", "x" * 100_000):
        assert login_of(tx.connection, name) is None
    assert login_of_account(tx.connection, 99) is None


def test_who_is_disabled_or_rents_no_more_can_not_sign_in(tx: Transaction) -> None:
    an_account(tx)
    anna = a_renter(tx)
    hers = an_account(tx, "anna@example.org", Role.RENTER, anna)
    secret = a_sign_in(tx, hers).secret
    found = signed_in(tx.connection, secret, tx.now, IDLE)
    assert found is not None
    assert found.principal.renter_id == anna

    deactivate_renter(tx, OWNER, anna)

    assert signed_in(tx.connection, secret, tx.now, IDLE) is None
    login = login_of(tx.connection, "anna@example.org")
    assert login is not None
    assert not login.is_enabled

    manager = an_account(tx, "m@example.org", Role.MANAGER)
    edit_account(tx, OWNER, manager, AccountChanges(is_enabled=False))
    login = login_of(tx.connection, "m@example.org")
    assert login is not None
    assert not login.is_enabled


def test_nobody_is_behind_what_is_no_secret(tx: Transaction) -> None:
    secret = a_sign_in(tx, an_account(tx)).secret
    for text in ("", secret[:-1], secret + "A", secret.upper(), "\udcff", "\0", "x" * 1_000_000):
        assert signed_in(tx.connection, text, tx.now, IDLE) is None
    assert signed_in(tx.connection, secret, tx.now, IDLE)


def test_a_set_up_link_counts_until_it_ends(tx: Transaction) -> None:
    secret = offer_setup(tx)
    assert secret is not None

    assert is_setup_link(tx.connection, secret, tx.now)
    assert not is_setup_link(tx.connection, secret, tx.now + timedelta(hours=24))
    assert not is_setup_link(tx.connection, "x" + secret, tx.now)
