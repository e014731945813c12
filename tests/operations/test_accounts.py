"""Accounts: made, changed, disabled, removed; the garage never loses its last owner."""

import pytest
from sqlalchemy import select

from onetime.domain.accounts import Role
from onetime.domain.errors import Conflict, NotFound, Refusal, Unacceptable
from onetime.domain.facts import AccessChanged
from onetime.operations.accounts import (
    AccountChanges,
    create_account,
    edit_account,
    remove_account,
    set_password,
)
from onetime.operations.passwords import hashed_password
from onetime.queries.accounts import account, account_list
from onetime.queries.sign_ins import own_sign_ins
from onetime.store.access_tables import accounts as table
from onetime.store.transaction import Transaction
from tests.account_makers import HASH, PASSWORD, a_sign_in, an_account
from tests.garage_makers import OWNER, a_renter, audit_trail


def signed_in(tx: Transaction, account_id: int) -> list[int]:
    found = own_sign_ins(tx.connection, account_id, None, tx.now, tx.policy.sign_in_idle)
    return [each.id for each in found]


def test_an_account_is_audited_by_number_and_role(tx: Transaction) -> None:
    account_id = an_account(tx, " Olga@Example.org ", Role.OWNER)

    assert account(tx.connection, account_id).email == "Olga@Example.org"
    after = {"role": "owner", "renter_id": None, "is_enabled": True}
    assert audit_trail(tx) == [("account.created", f"account:{account_id}", None, after)]
    assert tx.facts() == [AccessChanged()]
    [row] = tx.connection.execute(select(table)).mappings()
    assert PASSWORD not in repr(dict(row))


def test_a_login_name_is_taken_however_it_is_written(tx: Transaction) -> None:
    first = an_account(tx, "olga@example.org")
    other = an_account(tx, "otto@example.org")

    with pytest.raises(Conflict, match="already"):
        an_account(tx, "OLGA@example.ORG")
    with pytest.raises(Conflict, match="already"):
        edit_account(tx, OWNER, other, AccountChanges(email="Olga@example.org"))
    edit_account(tx, OWNER, first, AccountChanges(email="OLGA@example.org"))
    assert account(tx.connection, first).email == "OLGA@example.org"


def test_a_renters_account_belongs_to_an_active_renter_and_no_other_does(tx: Transaction) -> None:
    anna, past = a_renter(tx), a_renter(tx, is_active=False)
    refused: list[tuple[Role, int | None, type[Refusal]]] = [
        (Role.RENTER, None, Unacceptable),
        (Role.OWNER, anna, Unacceptable),
        (Role.RENTER, past, Conflict),
        (Role.RENTER, anna + 100, NotFound),
    ]
    for role, renter_id, kind in refused:
        with pytest.raises(kind):
            an_account(tx, role=role, renter_id=renter_id)
    an_account(tx)
    hers = an_account(tx, "anna@example.org", Role.RENTER, anna)
    with pytest.raises(Unacceptable):
        edit_account(tx, OWNER, hers, AccountChanges(role=Role.MANAGER))
    edit_account(tx, OWNER, hers, AccountChanges(role=Role.MANAGER, renter_id=None))


def test_the_last_owner_stays(tx: Transaction) -> None:
    first, second = an_account(tx), an_account(tx, "otto@example.org")
    edit_account(tx, OWNER, second, AccountChanges(is_enabled=False))

    for change in (AccountChanges(is_enabled=False), AccountChanges(role=Role.MANAGER)):
        with pytest.raises(Conflict, match="only owner"):
            edit_account(tx, OWNER, first, change)
    with pytest.raises(Conflict, match="only owner"):
        remove_account(tx, OWNER, first)
    remove_account(tx, OWNER, second)

    third = an_account(tx, "oda@example.org")
    edit_account(tx, OWNER, first, AccountChanges(role=Role.MANAGER))
    with pytest.raises(Conflict, match="only owner"):
        remove_account(tx, OWNER, third)


def test_who_is_disabled_or_gets_another_role_is_signed_out_at_once(tx: Transaction) -> None:
    an_account(tx)
    for n, change in enumerate((AccountChanges(is_enabled=False), AccountChanges(role=Role.OWNER))):
        account_id = an_account(tx, f"m{n}@example.org", Role.MANAGER)
        other = an_account(tx, f"o{n}@example.org", Role.MANAGER)
        for each in (account_id, other):
            a_sign_in(tx, each)
        edit_account(tx, OWNER, account_id, change)

        assert signed_in(tx, account_id) == []
        assert len(signed_in(tx, other)) == 1


def test_an_edit_that_changes_nothing_leaves_no_trace(tx: Transaction) -> None:
    account_id = an_account(tx)
    a_sign_in(tx, account_id)
    trail = audit_trail(tx)

    edit_account(
        tx,
        OWNER,
        account_id,
        AccountChanges(email="olga@example.org", role=Role.OWNER, is_enabled=True),
    )

    assert audit_trail(tx) == trail
    assert len(signed_in(tx, account_id)) == 1


def test_another_password_ends_the_other_sign_ins(tx: Transaction) -> None:
    account_id = an_account(tx)
    kept, other = a_sign_in(tx, account_id), a_sign_in(tx, account_id)
    assert signed_in(tx, account_id) == [other.id, kept.id]

    set_password(tx, OWNER, account_id, HASH, but=kept.id)
    assert signed_in(tx, account_id) == [kept.id]
    set_password(tx, OWNER, account_id, HASH)
    assert signed_in(tx, account_id) == []
    acts = [entry[0] for entry in audit_trail(tx)]
    assert acts.count("account.password-changed") == 2


def test_a_removed_account_leaves_its_number_only(tx: Transaction) -> None:
    an_account(tx)
    account_id = an_account(tx, "secretary@example.org", Role.ACCOUNTANT)
    a_sign_in(tx, account_id)
    remove_account(tx, OWNER, account_id)

    assert [each.email for each in account_list(tx.connection).items] == ["olga@example.org"]
    before = {"role": "accountant", "renter_id": None}
    assert audit_trail(tx)[-1] == ("account.removed", f"account:{account_id}", before, None)
    assert "secretary" not in repr(audit_trail(tx))
    assert an_account(tx, "secretary@example.org") > account_id


def test_what_makes_no_sense_is_refused(tx: Transaction) -> None:
    for email in ("", "no address", "a@b\0", "a" * 200 + "@example.org"):
        with pytest.raises(Unacceptable):
            create_account(tx, OWNER, email=email, role=Role.OWNER, password_hash=HASH)
    with pytest.raises(NotFound, match="There is no account 99"):
        edit_account(tx, OWNER, 99, AccountChanges())
    with pytest.raises(NotFound):
        set_password(tx, OWNER, 99, hashed_password(PASSWORD, "x@example.org"))
