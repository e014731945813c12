"""Keeps what was said on the wire: the OCPP log, reports, quirks, and what nobody understood."""

from hashlib import sha256

from onetime.domain.ids import StationId
from onetime.domain.reviews import AlarmKind, ReviewKind
from onetime.store import journal, quirks, reviews
from onetime.store.journal import INWARD, OUTWARD, Entry, Report
from onetime.store.transaction import Transaction

__all__ = [
    "INWARD",
    "OUTWARD",
    "Entry",
    "Report",
    "keep_aside",
    "note_quirk",
    "note_report",
    "note_security_event",
    "write_entry",
]

MESSAGE_WORDS = {
    "StartTransaction": "The message that begins a charge (StartTransaction)",
    "StopTransaction": "The message that ends a charge (StopTransaction)",
    "MeterValues": "Meter values (MeterValues)",
}
KEPT_OF_GROUP = 100
"""How many frames of a group are kept as they came; the rest says the same once more."""
CRITICAL_EVENTS = frozenset(
    {
        "FirmwareUpdated",
        "SettingSystemTime",
        "StartupOfTheDevice",
        "ResetOrReboot",
        "SecurityLogWasCleared",
        "MemoryExhaustion",
        "TamperDetectionActivated",
    }
)
"""The security events that the white paper of the OCA marks as critical (its list of events)."""


def write_entry(tx: Transaction, entry: Entry) -> None:
    """Add a message to the OCPP log."""
    journal.append(tx, entry)


def note_quirk(tx: Transaction, station_id: StationId, quirk: str) -> None:
    """Count a deviation of a station."""
    quirks.count_quirk(tx, station_id, quirk)


def note_report(tx: Transaction, report: Report) -> None:
    """Keep a status report of a station."""
    journal.append_report(tx, report)


def note_security_event(tx: Transaction, report: Report) -> None:
    """Keep a security event; a critical one raises an alarm."""
    journal.append_report(tx, report)
    if report.status in CRITICAL_EVENTS:
        reviews.raise_alarm(
            tx,
            AlarmKind.SECURITY_EVENT,
            f"{report.station_id}:{report.status}",
            f"Station {report.station_id} reports a security event: {report.status}.",
            report.station_id,
        )


def keep_aside(
    tx: Transaction,
    station_id: StationId,
    action: str | None,
    frame: str,
    reason: str,
    group: str | None = None,
) -> None:
    """Quarantine a frame that could not be understood, for a person to look at (promise 3).

    The same frame again is the same finding. With a group all frames of it are one finding: the
    first of them are kept, the others are counted, until a person has resolved it; then another
    frame is another finding.
    """
    key = f"{station_id}:{action}:{group or sha256(frame.encode()).hexdigest()}"
    if group is None:
        is_new = not reviews.is_known(tx, ReviewKind.QUARANTINE, key)
    elif reviews.open_count(tx, ReviewKind.QUARANTINE, key) < KEPT_OF_GROUP:
        is_new = not reviews.is_kept(tx, station_id, frame)
    else:
        is_new = False
    frame_id = reviews.keep_frame(tx, station_id, action, frame, reason) if is_new else None
    reviews.open_review(
        tx,
        reviews.Finding(
            kind=ReviewKind.QUARANTINE,
            key=key,
            evidence=f"{MESSAGE_WORDS.get(action or '', 'A message')} of station {station_id}:"
            f" {reason}.",
            station_id=station_id,
            frame_id=frame_id,
        ),
        lambda _: not is_new,
    )
