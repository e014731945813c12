"""Entries that were there before there was a chain."""

from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import text

from onetime.queries.audit import audit_chain
from onetime.store import audit
from onetime.store.archive import Archive
from onetime.store.database import Database
from onetime.store.schema import MIGRATIONS
from onetime.store.transaction import Transaction
from tests.garage_makers import OWNER


def step(database: Database, verb: str, revision: str) -> None:
    """Take the schema to another revision."""
    config = Config()
    config.set_main_option("script_location", str(Path(MIGRATIONS)))
    with database.writer.connect() as connection, connection.begin():
        config.attributes["connection"] = connection
        getattr(command, verb)(config, revision)


def test_entries_from_before_are_chained_as_they_stand(archive: Archive) -> None:
    step(archive.database, "downgrade", "0005")
    with archive.database.writer.connect() as connection, connection.begin():
        for act, reason in (("renter.created", None), ("session.closed", "Ümit's cable\tbroke.")):
            connection.execute(
                text(
                    "INSERT INTO audit_entries (at, actor, act, subject, after, reason) VALUES"
                    " ('2026-02-01T08:30:00.250000Z', 'cli:uid-0', :act, 'renter:1', :after,"
                    " :reason)"
                ),
                {"act": act, "after": '{"is_active":true}', "reason": reason},
            )

    step(archive.database, "upgrade", "head")
    archive.perform(one_more)

    chain = archive.ask(audit_chain)
    assert (chain.entries, chain.last_id, chain.fault) == (3, 3, None)


@pytest.mark.parametrize("values", [{"is_active": True}, {}])
def test_only_what_differs_is_noted(tx: Transaction, values: dict[str, bool]) -> None:
    noted = audit.record_change(
        tx, OWNER, "renter.edited", "renter:1", {"is_active": False}, values
    )

    assert noted is bool(values)


def one_more(tx: Transaction) -> None:
    audit.record(tx, OWNER, "renter.edited", "renter:1")
