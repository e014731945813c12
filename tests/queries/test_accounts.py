"""Accounts as owners see them."""

import pytest

from onetime.domain.accounts import Role
from onetime.domain.errors import NotFound
from onetime.queries.accounts import account, account_list, account_named, is_set_up
from onetime.queries.pages import Asked
from onetime.store.transaction import Transaction
from tests.account_makers import HASH, a_sign_in, an_account


def test_accounts_come_in_pages_without_what_is_secret(tx: Transaction) -> None:
    assert not is_set_up(tx.connection)
    made = [an_account(tx, f"a{n}@example.org", Role.OWNER) for n in range(3)]
    assert is_set_up(tx.connection)

    page = account_list(tx.connection, Asked(2))
    rest = account_list(tx.connection, Asked(2, page.next_cursor))

    assert [each.id for each in (*page.items, *rest.items)] == list(reversed(made))
    assert HASH not in repr(page)


def test_an_account_is_found_by_its_name_however_it_is_written(tx: Transaction) -> None:
    account_id = an_account(tx, "Olga@Example.org")

    found = account_named(tx.connection, " oLGA@example.ORG ")

    assert found == account(tx.connection, account_id)
    assert (found.email, found.is_enabled, found.has_second_factor) == (
        "Olga@Example.org",
        True,
        False,
    )
    assert found.last_sign_in_at is None
    a_sign_in(tx, account_id)
    assert account(tx.connection, account_id).last_sign_in_at == tx.now
    with pytest.raises(NotFound):
        account_named(tx.connection, "otto@example.org")
    with pytest.raises(NotFound):
        account(tx.connection, 99)
