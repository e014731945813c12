"""Files of stations: one is awaited under a secret address, received once, deleted.

Knows who may send what until when; never the bytes.
"""

import secrets
from datetime import datetime

from msgspec import Struct

from onetime.domain.errors import Conflict, NotFound
from onetime.domain.facts import StationChanged
from onetime.domain.files import (
    AWAITED_FOR,
    MAX_AWAITED_OF_STATION,
    MAX_FILES_OF_STATION,
    SECRET_BYTES,
    FileKind,
    digest_of_secret,
    name_of_file,
)
from onetime.domain.ids import StationId
from onetime.domain.people import Actor
from onetime.operations.subjects import the_working_station
from onetime.store import audit, files
from onetime.store.transaction import Transaction


class Opened(Struct, frozen=True, kw_only=True):
    """A file that is awaited: `secret` is the end of the address to which it may be sent once."""

    id: int
    secret: str
    expires_at: datetime


class Admitted(Struct, frozen=True, kw_only=True):
    """A sender who knows a secret."""

    file_id: int
    station_id: str


def await_file(tx: Transaction, actor: Actor, station_id: str, kind: FileKind) -> Opened:
    """Await a file of a station; raises NotFound, and Conflict when there are too many already."""
    the_working_station(tx, station_id)
    files.forget_expired(tx)
    awaited, received = files.counts(tx, station_id)
    if received >= MAX_FILES_OF_STATION:
        raise Conflict(
            f"Station {station_id} has sent {received} files; delete some of them first."
        )
    if awaited >= MAX_AWAITED_OF_STATION:
        raise Conflict(f"{awaited} files of station {station_id} are awaited already.")
    secret = secrets.token_urlsafe(SECRET_BYTES)
    expires_at = tx.now + AWAITED_FOR
    file_id = files.insert_awaited(
        tx, station_id, kind.value, str(actor), digest_of_secret(secret), expires_at
    )
    return Opened(id=file_id, secret=secret, expires_at=expires_at)


def admit_file(tx: Transaction, secret: str) -> Admitted:
    """Let a sender begin; raises NotFound when nothing is awaited under this secret any more."""
    awaited = files.by_digest(tx, digest_of_secret(secret))
    if awaited is None or awaited.received_at is not None or awaited.expires_at <= tx.now:
        raise NotFound("No file is awaited here.")
    return Admitted(file_id=awaited.id, station_id=awaited.station_id)


def receive_file(
    tx: Transaction, admitted: Admitted, said: str, size: int, sha256: str, stored_as: str
) -> None:
    """Note that a file lies on disk; raises Conflict when another one came first."""
    name = name_of_file(said)
    if not files.note_received(tx, admitted.file_id, name, size, sha256, stored_as):
        raise Conflict("A file came already.")
    tx.announce(StationChanged(StationId(admitted.station_id)))


def delete_file(tx: Transaction, actor: Actor, station_id: str, file_id: int) -> str:
    """Delete a file that came; return under which name it is stored. Raises NotFound."""
    stored_as = files.remove(tx, station_id, file_id)
    if stored_as is None:
        raise NotFound(f"Station {station_id} has no file {file_id}.")
    audit.record(tx, actor, "file.deleted", f"station:{station_id}", {"file": file_id}, None)
    return stored_as
