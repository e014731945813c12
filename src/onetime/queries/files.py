"""Which files stations have sent."""

from datetime import datetime

from msgspec import Struct, convert
from sqlalchemy import Connection, select

from onetime.domain.errors import NotFound
from onetime.domain.files import FileKind
from onetime.queries.pages import FIRST, Asked, Page, after_id, fetch_limit, page_of
from onetime.queries.stations import station
from onetime.store.command_tables import station_files

c = station_files.c
_TOLD = (c.id, c.station_id, c.kind, c.name, c.size_bytes, c.sha256, c.asked_by, c.received_at)


class StationFile(Struct, frozen=True, kw_only=True):
    """A file that came from a station; its name is what the station called it, made harmless."""

    id: int
    station_id: str
    kind: FileKind
    name: str
    size_bytes: int
    sha256: str
    asked_by: str
    received_at: datetime


def file_list(connection: Connection, station_id: str, asked: Asked = FIRST) -> Page[StationFile]:
    """List the files of a station, the newest first; raises NotFound."""
    station(connection, station_id)
    rows = connection.execute(
        select(*_TOLD)
        .where(c.station_id == station_id, c.received_at.is_not(None), *after_id(asked, c.id))
        .order_by(c.id.desc())
        .limit(fetch_limit(asked))
    )
    found = [convert(row, StationFile) for row in rows.mappings()]
    return page_of(found, asked, lambda each: (each.id,))


def stored_file(connection: Connection, station_id: str, file_id: int) -> tuple[str, str]:
    """Return the name of a file and the one it is stored under; raises NotFound."""
    row = connection.execute(
        select(c.name, c.stored_as).where(
            c.id == file_id, c.station_id == station_id, c.received_at.is_not(None)
        )
    ).first()
    if row is None:
        raise NotFound(f"Station {station_id} has no file {file_id}.")
    return row.name, row.stored_as
