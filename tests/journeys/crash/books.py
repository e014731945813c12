"""What the database says after a run, read without the product; knows no ledger."""

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct

from onetime.ocpp.envelope import Call, CallResult, read

Row = TypeVar("Row", bound=Struct)


class Session(Struct):
    """One row of charging_sessions."""

    id: int
    transaction_id: int
    station_id: str
    connector_id: int
    id_tag: str
    verdict: str
    meter_start: int
    meter_stop: int | None
    energy_wh: int | None
    total_energy_kwh: float | None
    ended_by: str | None
    stated_start_meter: int | None
    last_register_wh: int | None


class Stretch(Struct):
    """One row of unassigned_energy."""

    station_id: str
    connector_id: int
    after_session_id: int | None
    before_session_id: int | None
    from_wh: int
    to_wh: int
    energy_wh: int


class Logged(Struct):
    """One row of ocpp_messages that a station sent."""

    station_id: str
    action: str | None
    message_id: str | None
    frame: str
    answer: str | None
    outcome: str

    @property
    def hash(self) -> str:
        """The hash of the payload as it was sent."""
        call = read(self.frame.encode())
        return hashlib.sha256(call.payload).hexdigest() if isinstance(call, Call) else ""

    @property
    def answer_hash(self) -> str:
        """The hash of the payload of the answer; empty when it was no CALLRESULT."""
        result = read((self.answer or "").encode())
        if not isinstance(result, CallResult) or result.message_id != self.message_id:
            return ""
        return hashlib.sha256(result.payload).hexdigest()


class Books(Struct):
    """Everything in the database that the checks look at."""

    sessions: list[Session]
    stretches: list[Stretch]
    journal: list[Logged]
    alarms: set[str]
    readings: dict[str, int]
    """How many sampled values are kept of each station."""
    doubled_readings: int
    set_aside: list[str]
    damage: list[str]
    """What the database says against itself."""


def books_of(path: Path) -> Books:
    """Read a SQLite database that nobody writes any more."""
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        return Books(
            sessions=list(_rows(connection, Session, "charging_sessions", "id")),
            stretches=list(_rows(connection, Stretch, "unassigned_energy", "id")),
            journal=list(_rows(connection, Logged, "ocpp_messages WHERE direction = 'in'", "id")),
            alarms={row["key"] for row in connection.execute("SELECT key FROM alarms")},
            readings=dict(
                connection.execute(
                    "SELECT station_id, count(*) FROM meter_readings GROUP BY station_id"
                ).fetchall()
            ),
            doubled_readings=connection.execute(
                "SELECT count(*) FROM (SELECT 1 FROM meter_readings GROUP BY station_id,"
                " connector_id, transaction_id, timestamp, measurand, value, raw_value, unit,"
                " phase, context, location HAVING count(*) > 1)"
            ).fetchone()[0],
            set_aside=[
                f"{row['station_id']}: {row['reason']}: {row['frame']}"
                for row in connection.execute("SELECT * FROM quarantined_frames")
            ],
            damage=_damage(connection),
        )


def _rows(connection: sqlite3.Connection, kind: type[Row], table: str, order: str) -> Iterator[Row]:
    columns = ", ".join(kind.__struct_fields__)
    for row in connection.execute(f"SELECT {columns} FROM {table} ORDER BY {order}"):
        yield msgspec.convert(dict(row), kind)


def _damage(connection: sqlite3.Connection) -> list[str]:
    (verdict,) = connection.execute("PRAGMA integrity_check").fetchone()
    strays = connection.execute("PRAGMA foreign_key_check").fetchall()
    return (
        [] if verdict == "ok" and not strays else [verdict, *(str(tuple(each)) for each in strays)]
    )
