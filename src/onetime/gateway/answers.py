"""What becomes of a station's frame: one operation, in one transaction, with its journal row.

Everything here runs in the writer, but for `understand`, which runs at the door.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from msgspec import Raw, Struct

from onetime.domain.ids import StationId
from onetime.domain.quirks import QUIRKS
from onetime.domain.stations import Habits
from onetime.garage import Transaction
from onetime.gateway.caller import Caller
from onetime.gateway.routes import ROUTES
from onetime.ocpp.actions import ACTIONS
from onetime.ocpp.codec import decode_request
from onetime.ocpp.envelope import after_head, with_fractions, write_error, write_result
from onetime.ocpp.errors import CallErrorCode, OcppViolation
from onetime.ocpp.redaction import redacted
from onetime.ocpp.repair import NEVER_REFUSED, Repaired, repair_request
from onetime.ocpp.v16.core import StartTransactionResponse
from onetime.ocpp.v16.types import IdTagInfo
from onetime.operations.journal import (
    INWARD,
    Entry,
    keep_aside,
    note_quirk,
    write_entry,
)
from onetime.operations.sessions import issue_transaction_id

ANSWERED: Final = "answered"
REPEATED: Final = "repeated"
REFUSED: Final = "refused"
UNANSWERED: Final = "unanswered"
SET_ASIDE: Final = "set-aside"
_LOSSY: Final = frozenset({"T01", "X14", "M14", "other"})
"""Deviations after which something of the message may be lost: it is shown to a person."""
_CUT_OFF: Final = _LOSSY | {"K19"}
_METER_VALUES: Final = "MeterValues"
_START: Final = "StartTransaction"
_EMPTY: Final = Raw(b"{}")


class Incoming(Struct, frozen=True, kw_only=True):
    """A station's CALL as it came; action and id are those of its head."""

    station_id: StationId
    address: str
    at: datetime
    action: str
    message_id: str
    payload: Raw | None
    frame: str
    quirks: tuple[str, ...] = ()
    is_logged: bool = True
    is_solicited: bool = False
    habits: Habits = Habits()

    @property
    def content(self) -> bytes:
        """The payload, or what there is of it in a frame that breaks off."""
        return after_head(self.frame).encode() if self.payload is None else bytes(self.payload)

    def result(self, response: Struct) -> bytes:
        """Write the CALLRESULT to this message as its station reads it (B09)."""
        answer = write_result(self.message_id, response)
        return with_fractions(answer) if self.habits.times_with_fraction else answer


class Understood(Struct, frozen=True):
    """A request that can be handled, perhaps after a repair."""

    request: Struct
    quirks: tuple[str, ...]


def understand(incoming: Incoming) -> Understood | OcppViolation:
    """Decode strictly; if that fails, try the known deviations; if that fails too, say why not."""
    action = incoming.action
    if action not in ROUTES:
        is_known = action in ACTIONS
        code = CallErrorCode.NOT_SUPPORTED if is_known else CallErrorCode.NOT_IMPLEMENTED
        return OcppViolation(code, "", f"{action[:50]!r} is not for a central system")
    if incoming.payload is None:
        return _without_payload(incoming)
    try:
        return Understood(decode_request(action, incoming.payload), incoming.quirks)
    except OcppViolation as violation:
        repaired = repair_request(action, incoming.payload)
        if repaired is None:
            return violation
        return _as_meant(incoming, repaired)


def answer_frame(
    tx: Transaction, incoming: Incoming, understood: Understood, sent: bytes | None = None
) -> bytes:
    """Handle a request, write the OCPP log, and return the answer to send after the commit.

    `sent` is the answer of a message that did not have to wait for the commit.
    """
    caller = Caller(
        incoming.station_id,
        incoming.address,
        understood.quirks,
        incoming.frame,
        incoming.message_id,
        incoming.content,
        is_logged=incoming.is_logged,
        is_solicited=incoming.is_solicited,
        register_factor=incoming.habits.register_factor,
    )
    tx.begin_message()
    _count(tx, caller)
    repeats = tx.repeats
    response = ROUTES[incoming.action].answer(tx, caller, understood.request)
    lost = (_LOSSY if incoming.payload is not None else _CUT_OFF).intersection(understood.quirks)
    if lost and incoming.action in NEVER_REFUSED:
        reason = f"the station {_in_words(lost)}; what could be understood is in the books"
        group = reason if incoming.action == _METER_VALUES else None
        keep_aside(tx, caller.station_id, incoming.action, incoming.frame, reason, group)
    tx.end_message()
    answer = sent or incoming.result(response)
    _write(tx, incoming, answer, ANSWERED if tx.repeats == repeats else REPEATED)
    return answer


def refuse_frame(tx: Transaction, incoming: Incoming, violation: OcppViolation) -> bytes:
    """Answer what can not be handled with a CALLERROR; never a message that carries energy."""
    assert incoming.action not in NEVER_REFUSED
    for quirk in incoming.quirks or ("other",):
        note_quirk(tx, incoming.station_id, quirk)
    answer = write_error(incoming.message_id, violation.code, str(violation))
    _write(tx, incoming, answer, REFUSED)
    return answer


def set_frame_aside(tx: Transaction, incoming: Incoming, reason: str) -> bytes:
    """Answer a message that carries energy and can not be handled: kept raw, shown for review.

    A Start gets a transaction id of its own and `Invalid`, so that the station goes on.
    """
    for quirk in incoming.quirks or ("other",):
        note_quirk(tx, incoming.station_id, quirk)
    keep_aside(tx, incoming.station_id, incoming.action, incoming.frame, reason)
    if incoming.action == _START:
        response = StartTransactionResponse(
            transaction_id=issue_transaction_id(tx), id_tag_info=IdTagInfo(status="Invalid")
        )
        answer = write_result(incoming.message_id, response)
    else:
        answer = write_result(incoming.message_id, _EMPTY)
    _write(tx, incoming, answer, SET_ASIDE)
    return answer


def fail_frame(tx: Transaction, incoming: Incoming) -> bytes:
    """Answer a message that met a bug of ours and carries no energy."""
    answer = write_error(
        incoming.message_id, CallErrorCode.INTERNAL_ERROR, "The message could not be handled"
    )
    _write(tx, incoming, answer, REFUSED)
    return answer


def log_unreadable(
    tx: Transaction, station_id: StationId, at: datetime, frame: str, quirks: tuple[str, ...]
) -> None:
    """Log a frame that is no message: there is nobody to answer."""
    for quirk in quirks:
        note_quirk(tx, station_id, quirk)
    entry = Entry(
        station_id=station_id,
        at=at,
        direction=INWARD,
        action=None,
        message_id=None,
        frame=redacted(None, frame),
        answer=None,
        outcome=UNANSWERED,
    )
    write_entry(tx, entry)


def _without_payload(incoming: Incoming) -> Understood | OcppViolation:
    """A frame that breaks off: a Start is opened with what it still told, its energy counts."""
    if incoming.action == _START:
        repaired = repair_request(incoming.action, incoming.content)
        if repaired is not None:
            return _as_meant(incoming, repaired)
    return OcppViolation(CallErrorCode.FORMATION_VIOLATION, "", "The message breaks off")


def _as_meant(incoming: Incoming, repaired: Repaired) -> Understood:
    quirks = dict.fromkeys(incoming.quirks + repaired.quirks)  # each counts once for a message
    return Understood(repaired.request, tuple(quirks))


def _in_words(quirks: Iterable[str]) -> str:
    """Say how a station deviated, for people."""
    *first, last = [QUIRKS[each] for each in sorted(quirks)]
    return f"{', '.join(first)}, and {last}" if first else last


def _count(tx: Transaction, caller: Caller) -> None:
    for quirk in caller.quirks:
        note_quirk(tx, caller.station_id, quirk)


def _write(tx: Transaction, incoming: Incoming, answer: bytes, outcome: str) -> None:
    if not incoming.is_logged:
        return
    write_entry(
        tx,
        Entry(
            station_id=incoming.station_id,
            at=incoming.at,
            direction=INWARD,
            action=incoming.action,
            message_id=incoming.message_id,
            frame=redacted(incoming.action, incoming.frame),
            answer=answer.decode(),
            outcome=outcome,
        ),
    )
