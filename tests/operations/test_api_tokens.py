"""Tokens of programs: made once, kept as a hash, taken back."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from onetime.domain.accounts import Role
from onetime.domain.errors import Conflict, NotFound, Refusal, Unacceptable
from onetime.domain.facts import AccessChanged
from onetime.operations.api_tokens import create_api_token, note_token_use, revoke_api_token
from onetime.store import api_tokens
from onetime.store.access_tables import api_tokens as table
from onetime.store.transaction import Transaction
from tests.garage_makers import OWNER, a_renter, audit_trail


def test_a_token_is_kept_as_a_hash_only(tx: Transaction) -> None:
    issued = create_api_token(tx, OWNER, name=" Nightly  export ", role=Role.ACCOUNTANT)

    secret = issued.token.removeprefix("onetime_")
    assert len(secret) == 32
    [row] = tx.connection.execute(select(table)).mappings()
    assert (row["name"], row["role"], row["created_by"]) == (
        "Nightly export",
        "accountant",
        "cli:uid-0",
    )
    assert secret not in repr(dict(row))
    assert tx.facts() == [AccessChanged()]


def test_no_two_tokens_are_alike(tx: Transaction) -> None:
    made = {create_api_token(tx, OWNER, name="x", role=Role.OWNER).token for _ in range(20)}

    assert len(made) == 20


def test_a_token_ends_after_a_year_unless_told_otherwise(tx: Transaction) -> None:
    soon = tx.now + timedelta(seconds=1)
    ids = [
        create_api_token(tx, OWNER, name="x", role=Role.OWNER).id,
        create_api_token(tx, OWNER, name="x", role=Role.OWNER, expires_at=soon).id,
        create_api_token(tx, OWNER, name="x", role=Role.OWNER, expires_at=None).id,
    ]

    ends = [token.expires_at for each in ids if (token := api_tokens.find(tx, each))]
    assert ends == [tx.now + timedelta(days=365), soon, None]


def test_making_and_taking_back_is_audited_without_name_or_secret(tx: Transaction) -> None:
    issued = create_api_token(tx, OWNER, name="Anna's script", role=Role.OWNER, expires_at=None)
    revoke_api_token(tx, OWNER, issued.id)

    subject = f"api-token:{issued.id}"
    now = tx.now.isoformat().replace("+00:00", "Z")
    assert audit_trail(tx) == [
        (
            "api-token.created",
            subject,
            None,
            {"role": "owner", "renter_id": None, "expires_at": None},
        ),
        ("api-token.revoked", subject, {"revoked_at": None}, {"revoked_at": now}),
    ]
    with pytest.raises(Conflict, match="revoked already"):
        revoke_api_token(tx, OWNER, issued.id)


def test_a_use_is_remembered(tx: Transaction) -> None:
    issued = create_api_token(tx, OWNER, name="x", role=Role.OWNER)
    note_token_use(tx, issued.id)

    token = api_tokens.find(tx, issued.id)
    assert token is not None
    assert token.last_used_at == tx.now


def test_a_token_of_a_renter_needs_an_active_one_and_no_other_role_has_one(tx: Transaction) -> None:
    past, anna = a_renter(tx, is_active=False), a_renter(tx)
    refused: list[tuple[Role, int | None, type[Refusal], str]] = [
        (Role.RENTER, None, Unacceptable, "needs the number of the renter"),
        (Role.MANAGER, anna, Unacceptable, "Only the role renter belongs to a renter"),
        (Role.RENTER, anna + 100, NotFound, "There is no renter"),
        (Role.RENTER, past, Conflict, "not active any more"),
    ]
    for role, renter_id, kind, sentence in refused:
        with pytest.raises(kind, match=sentence):
            create_api_token(tx, OWNER, name="x", role=role, renter_id=renter_id)

    create_api_token(tx, OWNER, name="x", role=Role.RENTER, renter_id=anna)


def test_what_makes_no_sense_is_refused(tx: Transaction) -> None:
    for name in ("", "   ", "x" * 101, "\x00"):
        with pytest.raises(Unacceptable):
            create_api_token(tx, OWNER, name=name, role=Role.OWNER)
    with pytest.raises(Unacceptable, match="later than now"):
        create_api_token(tx, OWNER, name="x", role=Role.OWNER, expires_at=tx.now)
    with pytest.raises(NotFound, match="There is no API token 99"):
        revoke_api_token(tx, OWNER, 99)
