"""The OCPP log: each message with its answer, as it went over the wire, secrets replaced."""

from datetime import datetime

from msgspec import Struct

from onetime.domain.ids import StationId
from onetime.store.tables import ocpp_messages, station_reports
from onetime.store.transaction import Transaction

INWARD = "in"
OUTWARD = "out"


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
        },
    )
