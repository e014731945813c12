"""The OCPP log: each message with its answer, as it went over the wire, secrets replaced."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec
from msgspec import Struct
from sqlalchemy import select

from onetime.domain.commands import CommandStatus
from onetime.domain.ids import StationId
from onetime.store.command_tables import station_commands
from onetime.store.message_tables import ocpp_messages, station_reports
from onetime.store.transaction import Transaction

_LOOKED_AT: Final = 20
_NEVER_ARRIVED: Final = [
    each.value
    for each in (
        CommandStatus.OFFLINE,
        CommandStatus.QUEUE_FULL,
        CommandStatus.EXPIRED,
        CommandStatus.WITHHELD,
        CommandStatus.CALL_ERROR,
    )
]
_ACTIONS: Final[Mapping[str, tuple[list[str], list[str]]]] = {
    "diagnostics": (["GetDiagnostics"], ["GetDiagnostics"]),
    "firmware": (["UpdateFirmware", "SignedUpdateFirmware"], ["SignedUpdateFirmware"]),
    "log": (["GetLog"], ["GetLog"]),
}
"""What was asked where a kind of report comes from: one without requestId, and one with it."""

_NEWEST = select(ocpp_messages.c.at).order_by(ocpp_messages.c.id.desc()).limit(1)
INWARD = "in"
OUTWARD = "out"


class _Requested(Struct, rename="camel"):
    request_id: int | None = None


class Entry(Struct, frozen=True, kw_only=True):
    """One message and what came back; `outcome` is one word of the door that wrote it."""

    station_id: StationId
    at: datetime
    direction: str
    action: str | None
    message_id: str | None
    frame: str
    answer: str | None
    outcome: str
    latency_ms: int | None = None


class Report(Struct, frozen=True, kw_only=True):
    """What a station said about a firmware, a log, or its security."""

    station_id: StationId
    kind: str
    status: str
    request_id: int | None = None
    stated_at: datetime | None = None
    details: str | None = None


def append(tx: Transaction, entry: Entry) -> None:
    """Add a message to the log."""
    tx.extend(
        ocpp_messages,
        [
            (
                entry.station_id,
                entry.at,
                entry.direction,
                entry.action,
                entry.message_id,
                entry.frame,
                entry.answer,
                entry.outcome,
                entry.latency_ms,
            )
        ],
    )


def append_report(tx: Transaction, report: Report) -> None:
    """Add what a station reported about its own affairs."""
    tx.append(
        station_reports,
        {
            "station_id": report.station_id,
            "at": tx.now,
            "kind": report.kind,
            "status": report.status,
            "request_id": report.request_id,
            "stated_at": report.stated_at,
            "details": report.details,
            "command_id": command_behind(tx, report),
        },
    )


def command_behind(tx: Transaction, report: Report) -> int | None:
    """Return the command that a report is about: by its requestId, else the last of its kind.

    One that never reached the station is behind nothing.
    """
    actions = _ACTIONS.get(report.kind)
    if actions is None:
        return None
    s = station_commands.c
    rows = tx.connection.execute(
        select(s.id, s.payload)
        .where(
            s.station_id == report.station_id,
            s.action.in_(actions[report.request_id is not None]),
            s.status.not_in(_NEVER_ARRIVED),
        )
        .order_by(s.id.desc())
        .limit(_LOOKED_AT)
    )
    for row in rows:
        if report.request_id in (None, _request_id(row.payload)):
            return int(row.id)
    return None


def _request_id(payload: str) -> int | None:
    try:
        return msgspec.json.decode(payload, type=_Requested).request_id
    except msgspec.MsgspecError:
        return None


def newest_at(tx: Transaction) -> datetime | None:
    """Return when the last message was logged; None when the log is empty."""
    tx.flush(ocpp_messages)
    found: datetime | None = tx.connection.execute(_NEWEST).scalar_one_or_none()
    return found
