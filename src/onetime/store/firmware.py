"""Firmware files in the database: added, counted, removed."""

from sqlalchemy import delete, func, insert, select

from onetime.store.command_tables import firmware_files
from onetime.store.transaction import Transaction

c = firmware_files.c


def is_named(tx: Transaction, name: str) -> bool:
    """Say whether there is a file of this name."""
    return tx.connection.execute(select(c.id).where(c.name == name)).first() is not None


def count(tx: Transaction) -> int:
    """Return how many files there are."""
    return int(tx.connection.execute(select(func.count()).select_from(firmware_files)).scalar_one())


def add(tx: Transaction, added_by: str, secret: str, **told: object) -> int:
    """Enter a file with its `name`, `size_bytes`, `sha256`, `stored_as`; return its number."""
    result = tx.connection.execute(
        insert(firmware_files).values(added_by=added_by, added_at=tx.now, secret=secret, **told)
    )
    assert result.inserted_primary_key is not None
    return int(result.inserted_primary_key[0])


def remove(tx: Transaction, firmware_id: int) -> tuple[str, str] | None:
    """Delete a file's row; return its name, and the one it is stored under. None: there is none."""
    row = tx.connection.execute(select(c.name, c.stored_as).where(c.id == firmware_id)).first()
    tx.connection.execute(delete(firmware_files).where(c.id == firmware_id))
    return None if row is None else (row.name, row.stored_as)
