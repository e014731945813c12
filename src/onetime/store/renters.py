"""Renters in the database."""

from msgspec import Struct, convert
from sqlalchemy import bindparam, insert, select, update

from onetime.store.tables import renters
from onetime.store.transaction import Transaction, Value


class Renter(Struct, frozen=True, kw_only=True):
    """A renter, active or past."""

    id: int
    name: str
    contact_email: str
    phone_number: str | None
    is_active: bool


_BY_ID = select(
    renters.c.id,
    renters.c.name,
    renters.c.contact_email,
    renters.c.phone_number,
    renters.c.is_active,
).where(renters.c.id == bindparam("renter_id"))
_INSERT = insert(renters).returning(renters.c.id)


def find(tx: Transaction, renter_id: int) -> Renter | None:
    """Return a renter, past ones too."""
    row = tx.connection.execute(_BY_ID, {"renter_id": renter_id}).mappings().first()
    return convert(row, Renter) if row else None


def insert_renter(tx: Transaction, name: str, contact_email: str, phone_number: str | None) -> int:
    """Enter an active renter; return the number given."""
    renter_id: int = tx.connection.execute(
        _INSERT,
        {
            "name": name,
            "contact_email": contact_email,
            "phone_number": phone_number,
            "is_active": True,
            "created_at": tx.now,
        },
    ).scalar_one()
    return renter_id


def change(tx: Transaction, renter_id: int, changes: dict[str, Value]) -> None:
    """Set these columns of a renter."""
    tx.connection.execute(update(renters).where(renters.c.id == renter_id).values(changes))
