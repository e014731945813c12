"""What a well-behaved station says, what may become of it on the way, and who answers it here.

A conversation is a list of lines with their times; mutations drop, double, reorder and delay whole
lines, or retype, null and lengthen what stands in one. `Answering` is the way of a frame through
the gateway, without sockets and tasks.
"""

import json
from collections.abc import Callable, Sequence
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from msgspec import Struct, structs

from onetime.domain.ids import StationId
from onetime.gateway.answers import (
    Incoming,
    Understood,
    answer_frame,
    log_unreadable,
    refuse_frame,
    set_frame_aside,
    understand,
)
from onetime.gateway.connection import LOGGED_BYTES
from onetime.kit.clock import ManualClock
from onetime.kit.times import to_wire
from onetime.ocpp.envelope import Call, Malformed, read
from onetime.ocpp.repair import NEVER_REFUSED, repair_frame
from onetime.store.transaction import Transaction

Payload = dict[str, Any]
BEGAN = datetime.fromisoformat("2026-03-01T12:00:00Z")
GOES_BY = "the transaction id of charge"
GONE = object()
ENERGY = ("StartTransaction", "StopTransaction", "MeterValues")


class Line(Struct, frozen=True):
    """One CALL: what is said, when by the station's clock, and about which of its charges."""

    action: str
    payload: Payload
    minute: int
    charge: int | None = None
    frame: str | None = None  # said instead of all that, if the line was spoiled as a whole


class Truth(Struct, frozen=True):
    """What the meter really did: its register at the begin and the end, and each charge's Wh."""

    register_from: int
    register_to: int
    charges: tuple[int, ...]


class Conversation(Struct, frozen=True):
    """What a station means to say, and what is true."""

    lines: tuple[Line, ...]
    truth: Truth


@st.composite
def conversations(draw: st.DrawFn) -> Conversation:
    """Draw one to three charges on one connector, with meter values, and idle times between."""
    register = first = draw(st.integers(1_000, 50_000))
    minute, energies, lines = 0, [], [_boot(), _status("Available", 0)]
    for charge in range(draw(st.integers(1, 3))):
        begun = register
        lines += [_status("Preparing", minute), _start(charge, register, minute)]
        for _ in range(draw(st.integers(0, 3))):
            minute += 5
            step = draw(st.integers(1, 900))
            register += step
            lines.append(_meter(charge, register, minute, step * 12))
        minute += 5
        register += draw(st.integers(1, 900))
        lines += [_stop(charge, register, minute), _status("Available", minute)]
        energies.append(register - begun)
        minute += 5
        register += draw(st.sampled_from([0, 0, 40, 700]))
    return Conversation(tuple(lines), Truth(first, register, tuple(energies)))


# What may become of whole lines; the books stay exact as far as was said.


@st.composite
def shuffled(draw: st.DrawFn, lines: Sequence[Line]) -> list[Line]:
    """Drop, double, reorder and delay lines; a delayed one keeps the time it was written at."""
    changed = list(lines)
    for kind in draw(st.lists(st.sampled_from(("drop", "double", "reorder", "delay")), max_size=4)):
        at = draw(st.integers(0, len(changed) - 1))
        if kind == "drop" and len(changed) > 1:
            del changed[at]
        elif kind == "double":
            changed.insert(at, changed[at])
        elif kind == "reorder":
            other = draw(st.integers(0, len(changed) - 1))
            changed[at], changed[other] = changed[other], changed[at]
        else:
            changed.insert(draw(st.integers(at, len(changed) - 1)), changed.pop(at))
    return changed


# What may become of a value; the station is answered, whatever that means for the books.


@st.composite
def spoiled(draw: st.DrawFn, lines: Sequence[Line]) -> list[Line]:
    """Retype, null or lengthen values, take fields away, or cut a whole frame."""
    changed = list(lines)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(changed) - 1))
        line = changed[at]
        if draw(st.integers(0, 5)) == 0:
            text = written(line, "spoiled", 7)
            cut = draw(st.integers(0, len(text)))
            extra = draw(st.sampled_from(["", ",", "}", "\0", "\ud800", "é", '"']))
            changed[at] = structs.replace(line, frame=text[:cut] + extra)
            continue
        payload = deepcopy(line.payload)
        place = draw(st.sampled_from(_places(payload)))
        _put(payload, place, draw(_oddities(_at(payload, place))))
        changed[at] = structs.replace(line, payload=payload)
    return changed


def respelled(line: Line) -> Line:
    """Write numbers as text and text with blanks around its case: other types, same meaning."""
    payload = deepcopy(line.payload)
    for place in _places(payload):
        value = _at(payload, place)
        if isinstance(value, int) and not isinstance(value, bool):
            _put(payload, place, f"{value}.0")
    return structs.replace(line, payload=payload)


def written(line: Line, message_id: str, transaction_id: int) -> str:
    """Return the frame of a line, with the transaction id that the station knows by now."""
    if line.frame is not None:
        return line.frame
    payload = line.payload
    if payload.get("transactionId") in (GOES_BY, f"{GOES_BY}.0"):
        payload = {**payload, "transactionId": transaction_id}
    return json.dumps([2, message_id, line.action, payload])


class Answering:
    """One station and its way through the gateway, in one open transaction."""

    def __init__(self, tx: Transaction, station_id: StationId, began: datetime) -> None:
        self.tx = tx
        self.station_id = station_id
        self.began = began
        self.clock = ManualClock(began)

    def hear(self, line: Line, text: str) -> list[Any] | None:
        """Let a frame arrive, not before it was written; return the answer, None if none is due."""
        self.clock.set(max(self.clock.now(), self.began + timedelta(minutes=line.minute)))
        self.tx.now = self.clock.now()
        frame = text.encode(errors="replace")
        message = read(frame)
        quirks: tuple[str, ...] = ()
        if isinstance(message, Malformed) and (repaired := repair_frame(frame)) is not None:
            message, quirks = repaired, ("K19",)
        if isinstance(message, Call):
            return self._answer(
                self._incoming(message.message_id, message.action, text, quirks, message)
            )
        if isinstance(message, Malformed) and message.message_id and message.action:
            return self._answer(
                self._incoming(message.message_id, message.action, text, ("K19",), None)
            )
        logged = frame[:LOGGED_BYTES].decode(errors="replace")
        log_unreadable(self.tx, self.station_id, self.tx.now, logged, ("K19",))
        return None

    def _incoming(
        self,
        message_id: str,
        action: str,
        text: str,
        quirks: tuple[str, ...],
        message: Call | None,
    ) -> Incoming:
        return Incoming(
            station_id=self.station_id,
            address="127.0.0.1",
            at=self.tx.now,
            action=action,
            message_id=message_id,
            payload=message.payload if message else None,
            frame=text.encode(errors="replace").decode(),
            quirks=quirks,
        )

    def _answer(self, incoming: Incoming) -> list[Any]:
        understood = understand(incoming)
        if isinstance(understood, Understood):
            answer = answer_frame(self.tx, incoming, understood)
        elif incoming.action in NEVER_REFUSED:
            answer = set_frame_aside(self.tx, incoming, str(understood))
        else:
            answer = refuse_frame(self.tx, incoming, understood)
        self.tx.flush()
        assert answer.isascii()
        told: list[Any] = json.loads(answer)
        assert told[1] == incoming.message_id
        assert told[0] == 3 or incoming.action not in ENERGY
        return told


def tell(
    lines: Sequence[Line], hear: Callable[[Line, str], list[Any] | None]
) -> list[tuple[Line, list[Any] | None]]:
    """Say all lines in order; return each with its answer."""
    ids: dict[int | None, int] = {}
    told = []
    for number, line in enumerate(lines):
        answer = hear(line, written(line, f"{line.action[:5]}{number}", ids.get(line.charge, -1)))
        if line.action == "StartTransaction" and answer is not None and line.frame is None:
            ids[line.charge] = answer[2]["transactionId"]
        told.append((line, answer))
    return told


def _boot() -> Line:
    return Line("BootNotification", {"chargePointVendor": "V", "chargePointModel": "M"}, 0)


def _status(word: str, minute: int) -> Line:
    payload = {
        "connectorId": 1,
        "status": word,
        "errorCode": "NoError",
        "timestamp": _at_minute(minute),
    }
    return Line("StatusNotification", payload, minute)


def _start(charge: int, register: int, minute: int) -> Line:
    payload = {
        "connectorId": 1,
        "idTag": "04A1B2C3D4E5F6",
        "meterStart": register,
        "timestamp": _at_minute(minute),
    }
    return Line("StartTransaction", payload, minute, charge)


def _meter(charge: int, register: int, minute: int, watts: int) -> Line:
    samples = [
        {"value": str(register), "measurand": "Energy.Active.Import.Register", "unit": "Wh"},
        {"value": f"{watts}.0", "measurand": "Power.Active.Import", "unit": "W"},
        {"value": "16", "measurand": "Current.Import", "unit": "A", "phase": "L1"},
    ]
    moment = {"timestamp": _at_minute(minute), "sampledValue": samples}
    payload = {"connectorId": 1, "transactionId": GOES_BY, "meterValue": [moment]}
    return Line("MeterValues", payload, minute, charge)


def _stop(charge: int, register: int, minute: int) -> Line:
    payload = {"transactionId": GOES_BY, "meterStop": register, "timestamp": _at_minute(minute)}
    return Line("StopTransaction", {**payload, "reason": "EVDisconnected"}, minute, charge)


def _at_minute(minute: int) -> str:
    return to_wire(BEGAN + timedelta(minutes=minute))


def _places(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Return the paths of all values in a payload, the containers included."""
    inside: list[tuple[str | int, ...]] = []
    if isinstance(value, dict):
        for name, item in value.items():
            inside += _places(item, (*path, name))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            inside += _places(item, (*path, number))
    return ([path] if path else []) + inside


def _at(value: Any, path: tuple[str | int, ...]) -> Any:  # noqa: ANN401  # JSON is anything
    for step in path:
        value = value[step]
    return value


def _put(payload: Payload, path: tuple[str | int, ...], value: object) -> None:
    holder = _at(payload, path[:-1])
    if value is GONE:
        del holder[path[-1]]
    else:
        holder[path[-1]] = value


def _oddities(value: object) -> st.SearchStrategy[object]:
    """Draw what may stand where a value stood: nothing, another type, or far too much of it."""
    as_text = json.dumps(value)
    return st.one_of(
        st.just(GONE),
        st.sampled_from([None, True, 0, -1, 1.5, 10**30, -(10**12), "", "NaN", [], {}, [[[]]]]),
        st.just(as_text),
        st.just([value]),
        st.just({"value": value}),
        st.integers(2, 3_000).map(lambda times: (as_text * times)[:50_000]),
        st.integers(2, 50).map(lambda times: [value] * times),
        st.text(max_size=30),
        st.integers(-(2**70), 2**70),
        st.floats(allow_nan=False, allow_infinity=False),
    )
