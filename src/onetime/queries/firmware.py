"""Which firmware there is for stations, and what lies behind an address."""

from datetime import datetime

from msgspec import Struct, convert
from sqlalchemy import ColumnElement, Connection, select

from onetime.domain.errors import NotFound
from onetime.queries.pages import FIRST, Asked, Page, after_id, fetch_limit, page_of
from onetime.store.command_tables import firmware_files

c = firmware_files.c


class KeptFirmware(Struct, frozen=True, kw_only=True):
    """A file of firmware: `secret` stands in its address, `stored_as` in the data directory."""

    id: int
    name: str
    size_bytes: int
    sha256: str
    added_by: str
    added_at: datetime
    secret: str
    stored_as: str


def firmware_list(connection: Connection, asked: Asked = FIRST) -> Page[KeptFirmware]:
    """List firmware, the newest first."""
    rows = connection.execute(
        select(firmware_files)
        .where(*after_id(asked, c.id))
        .order_by(c.id.desc())
        .limit(fetch_limit(asked))
    )
    found = [convert(row, KeptFirmware) for row in rows.mappings()]
    return page_of(found, asked, lambda each: (each.id,))


def firmware(connection: Connection, firmware_id: int) -> KeptFirmware:
    """Return one file of firmware; raises NotFound."""
    return _one(connection, c.id == firmware_id, f"There is no firmware {firmware_id}.")


def firmware_behind(connection: Connection, secret: str) -> KeptFirmware:
    """Return what lies behind an address with this secret; raises NotFound."""
    return _one(connection, c.secret == secret, "There is nothing at this address.")


def firmware_called(connection: Connection, said: str, field: str) -> KeptFirmware:
    """Return the firmware of this name or number; raises NotFound, which names the field."""
    number = int(said) if said.isascii() and said.isdigit() and len(said) < 19 else None
    which = c.name == said if number is None else c.id == number
    return _one(connection, which, f"There is no firmware {said[:100]!r}.", field)


def _one(
    connection: Connection, which: ColumnElement[bool], sentence: str, field: str | None = None
) -> KeptFirmware:
    row = connection.execute(select(firmware_files).where(which)).mappings().first()
    if row is None:
        raise NotFound(sentence, field)
    return convert(row, KeptFirmware)
