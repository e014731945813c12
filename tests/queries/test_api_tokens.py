"""Who is behind a token that a program shows."""

from datetime import timedelta

import pytest

from onetime.domain.accounts import Principal, Role
from onetime.domain.errors import NotFound
from onetime.domain.people import Actor
from onetime.operations.api_tokens import create_api_token, revoke_api_token
from onetime.operations.renters import deactivate_renter
from onetime.queries.api_tokens import api_token, api_token_list, principal_of
from onetime.queries.pages import Asked
from onetime.store.transaction import Transaction
from tests.garage_makers import OWNER, a_renter


def test_a_token_tells_who_is_behind_it(tx: Transaction) -> None:
    anna = a_renter(tx)
    program = create_api_token(tx, OWNER, name="x", role=Role.MANAGER)
    hers = create_api_token(tx, OWNER, name="x", role=Role.RENTER, renter_id=anna)

    assert principal_of(tx.connection, program.token, tx.now) == Principal(
        actor=Actor("api", str(program.id)), role=Role.MANAGER
    )
    assert principal_of(tx.connection, hers.token, tx.now) == Principal(
        actor=Actor("api", str(hers.id)), role=Role.RENTER, renter_id=anna
    )


def test_nobody_is_behind_a_token_that_is_revoked_or_expired(tx: Transaction) -> None:
    soon = tx.now + timedelta(minutes=1)
    lasting = create_api_token(tx, OWNER, name="x", role=Role.OWNER, expires_at=None)
    ending = create_api_token(tx, OWNER, name="x", role=Role.OWNER, expires_at=soon)

    assert principal_of(tx.connection, ending.token, soon - timedelta(seconds=1))
    assert principal_of(tx.connection, ending.token, soon) is None
    assert principal_of(tx.connection, lasting.token, soon)
    revoke_api_token(tx, OWNER, lasting.id)
    assert principal_of(tx.connection, lasting.token, tx.now) is None


def test_nobody_is_behind_the_token_of_a_past_renter(tx: Transaction) -> None:
    anna = a_renter(tx)
    hers = create_api_token(tx, OWNER, name="x", role=Role.RENTER, renter_id=anna)
    deactivate_renter(tx, OWNER, anna)

    assert principal_of(tx.connection, hers.token, tx.now) is None


def test_nobody_is_behind_what_is_no_token(tx: Transaction) -> None:
    token = create_api_token(tx, OWNER, name="x", role=Role.OWNER).token
    for text in (
        "",
        "onetime_",
        token[:-1],
        token + "a",
        token.upper(),
        f" {token}",
        token.removeprefix("onetime_"),
        "onetime_" + "\0" * 32,
        "onetime_" + "ü" * 32,
        "onetime_\udcff",
        "onetime_" + "a" * 10_000_000,
    ):
        assert principal_of(tx.connection, text, tx.now) is None, text[:60]
    assert principal_of(tx.connection, token, tx.now)


def test_tokens_come_in_pages_and_never_show_what_is_secret(tx: Transaction) -> None:
    made = [create_api_token(tx, OWNER, name=f"t{n}", role=Role.INSTALLER) for n in range(3)]

    page = api_token_list(tx.connection, Asked(2))
    rest = api_token_list(tx.connection, Asked(2, page.next_cursor))

    assert [each.id for each in (*page.items, *rest.items)] == [each.id for each in reversed(made)]
    assert api_token(tx.connection, made[0].id) == rest.items[0]
    assert made[0].token.removeprefix("onetime_") not in repr(rest)
    with pytest.raises(NotFound):
        api_token(tx.connection, 99)
