"""Frames that no station should send (L17), and a fixed list of the worst with what follows (L18).

The same seed gives the same frames. Of a hundred 40 are valid messages that were mutated, 30 random
JSON, 20 bytes, and 10 break the WebSocket protocol itself.
"""

import json
import random
import string
from collections.abc import Callable, Iterator
from copy import deepcopy
from enum import StrEnum
from typing import Any, TypeAlias

from msgspec import Struct

Json: TypeAlias = Any  # what a parser makes of a text: anything
METER = {
    "connectorId": 1,
    "transactionId": 7,
    "meterValue": [
        {
            "timestamp": "2026-03-01T12:00:00Z",
            "sampledValue": [
                {"value": "1200", "measurand": "Energy.Active.Import.Register", "unit": "Wh"},
                {"value": "16.1", "measurand": "Current.Import", "phase": "L1", "unit": "A"},
            ],
        }
    ],
}
VALID: tuple[tuple[str, dict[str, Any]], ...] = (
    ("BootNotification", {"chargePointVendor": "Maker", "chargePointModel": "Model"}),
    ("Heartbeat", {}),
    ("Authorize", {"idTag": "CARD-1"}),
    ("StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": "Available"}),
    (
        "StartTransaction",
        {
            "connectorId": 1,
            "idTag": "CARD-1",
            "meterStart": 1_000,
            "timestamp": "2026-03-01T11:00:00Z",
        },
    ),
    ("MeterValues", METER),
    (
        "StopTransaction",
        {
            "transactionId": 7,
            "meterStop": 2_000,
            "timestamp": "2026-03-01T13:00:00Z",
            "transactionData": METER["meterValue"],
        },
    ),
    ("DataTransfer", {"vendorId": "Maker", "messageId": "m", "data": "x"}),
    ("DiagnosticsStatusNotification", {"status": "Uploaded"}),
    ("FirmwareStatusNotification", {"status": "Installed"}),
    (
        "SecurityEventNotification",
        {"type": "SettingSystemTime", "timestamp": "2026-03-01T12:00:00Z"},
    ),
)
ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, 10**400, -(2**63), 1e300, "", " ", "\0", "\u202e", "\ud800",
    "'; DROP TABLE charging_sessions; --", "=1+1", "x" * 3_000, [], {}, [[]], [None] * 50,
    {"__proto__": {"a": 1}}, "NaN", "Infinity", "1970-01-01T00:00:00Z", "9999-12-31T23:59:60Z",
    "2026-02-30T00:00:00", "٣", "1e400", "0x10",
)  # fmt: skip
TEXT, BINARY, PING = 1, 2, 9
MASK = b"\x01\x02\x03\x04"
LETTERS = string.printable + "äß€𝄞\u200b\ufeff"
FIELDS = ("connectorId", "idTag", "timestamp", "status", "meterValue", "value")


class Kind(StrEnum):
    """What is wrong with a frame."""

    MUTATED = "mutated"
    JSON = "json"
    BYTES = "bytes"
    WEBSOCKET = "websocket"


class Hostile(Struct, frozen=True):
    """One frame: the payload of a text message, or the raw bytes of something worse."""

    kind: Kind
    content: bytes


def frames(seed: int, number: int) -> Iterator[Hostile]:
    """Return so many frames."""
    rng = random.Random(f"frames {seed}")
    for _ in range(number):
        yield one(rng)


def one(rng: random.Random) -> Hostile:
    """Make one frame."""
    dice = rng.random()
    if dice < 0.4:
        return Hostile(Kind.MUTATED, _mutated(rng))
    if dice < 0.7:
        text = json.dumps(_anything(rng, rng.randint(0, 6)), allow_nan=True)
        return Hostile(Kind.JSON, text.encode("utf-8", "surrogatepass"))
    if dice < 0.9:
        return Hostile(Kind.BYTES, rng.randbytes(int(rng.triangular(0, 4_000, 20))))
    return Hostile(Kind.WEBSOCKET, _broken_protocol(rng))


def framed(content: bytes, *, opcode: int = TEXT, first: int = 0x80) -> bytes:
    """Return a masked frame as a client sends it; `first` are the bits beside the opcode."""
    size = len(content)
    if size < 126:
        head = bytes([first | opcode, 0x80 | size])
    elif size < 1 << 16:
        head = bytes([first | opcode, 0x80 | 126]) + size.to_bytes(2)
    else:
        head = bytes([first | opcode, 0x80 | 127]) + size.to_bytes(8)
    mask = (MASK * (size // 4 + 1))[:size]
    masked = int.from_bytes(content) ^ int.from_bytes(mask)
    return head + MASK + masked.to_bytes(size)


def _mutated(rng: random.Random) -> bytes:
    """Change a valid message in one to three places: a value, a field, the envelope, the text."""
    action, payload = rng.choice(VALID)
    message: list[Any] = [2, f"m{rng.randrange(1_000)}", action, json.loads(json.dumps(payload))]
    for _ in range(rng.randint(1, 3)):
        rng.choice(_MUTATIONS)(rng, message)
    text = json.dumps(message, allow_nan=True).encode("utf-8", "surrogatepass")
    for _ in range(rng.choice((0, 0, 0, 1, 3))):
        text = _spoiled(rng, text)
    return text


def _change_value(rng: random.Random, message: list[Any]) -> None:
    spots = list(_spots(message))
    container, key = rng.choice(spots)
    container[key] = _odd(rng)


def _drop_field(rng: random.Random, message: list[Any]) -> None:
    spots = [each for each in _spots(message) if each[0] is not message]
    if spots:
        container, key = rng.choice(spots)
        del container[key]


def _add_field(rng: random.Random, message: list[Any]) -> None:
    payload = message[3] if len(message) > 3 else None
    if isinstance(payload, dict):
        payload[rng.choice(("__proto__", "constructor", "", "x" * 500, "idtag"))] = _odd(rng)


def _change_envelope(rng: random.Random, message: list[Any]) -> None:
    if rng.random() < 0.5:
        message.insert(rng.randint(0, len(message)), _odd(rng))
    elif message:
        message.pop(rng.randrange(len(message)))


def _change_kind(rng: random.Random, message: list[Any]) -> None:
    if message:
        message[0] = rng.choice((0, 1, 2, 3, 4, 5, "2", 2.0, None))


_MUTATIONS: tuple[Callable[[random.Random, list[Any]], None], ...] = (
    _change_value,
    _change_value,
    _drop_field,
    _add_field,
    _change_envelope,
    _change_kind,
)


def _spots(value: Json) -> Iterator[tuple[Any, Any]]:
    """Every place inside a value where another one could stand."""
    keys = range(len(value)) if isinstance(value, list) else list(value)
    for key in keys:
        yield value, key
        if isinstance(value[key], list | dict):
            yield from _spots(value[key])
    if not keys:
        yield [None], 0


def _spoiled(rng: random.Random, text: bytes) -> bytes:
    """Cut, double, flip or insert a piece of the text."""
    at = rng.randrange(len(text) + 1)
    match rng.randrange(4):
        case 0:
            return text[:at]
        case 1:
            return text[:at] + text[max(at - 5, 0) :]
        case 2:
            return text[:at] + rng.choice((b",", b"[", b"]", b"{", b'"', b"\\", b"\0")) + text[at:]
        case _:
            return text[:at] + bytes([rng.randrange(256)]) + text[at + 1 :]


def _anything(rng: random.Random, depth: int) -> Json:
    if depth == 0 or rng.random() < 0.3:
        choices = (_odd(rng), rng.randint(-(2**40), 2**40), rng.random(), _word(rng))
        return rng.choice(choices)
    if rng.random() < 0.5:
        return [_anything(rng, depth - 1) for _ in range(rng.randint(0, 6))]
    names = (*FIELDS, _word(rng))
    return {rng.choice(names): _anything(rng, depth - 1) for _ in range(rng.randint(0, 6))}


def _odd(rng: random.Random) -> Json:
    return deepcopy(rng.choice(ODD))


def _word(rng: random.Random) -> str:
    return "".join(rng.choices(LETTERS, k=int(rng.triangular(0, 200, 8))))


def _broken_protocol(rng: random.Random) -> bytes:
    """Bytes that no WebSocket endpoint sends (RFC 6455, 5.2 to 5.5)."""
    content = rng.randbytes(rng.randint(0, 60))
    match rng.randrange(9):
        case 0:
            return framed(content, first=0x80 | rng.choice((0x40, 0x20, 0x10)))  # reserved bits
        case 1:
            return framed(content, opcode=rng.choice((3, 4, 7, 11, 15)))  # reserved opcodes
        case 2:
            return framed(content, opcode=BINARY)
        case 3:
            return framed(content, opcode=0)  # a fragment of nothing
        case 4:
            return framed(b"x" * 126, opcode=PING)  # a control frame that is too long
        case 5:
            return framed(content, opcode=PING, first=0)  # a control frame in fragments
        case 6:
            return bytes([0x81, len(content)]) + content  # without mask
        case 7:
            return bytes([0x81, 0xFF]) + (2**63 + rng.randrange(2**40)).to_bytes(8) + MASK
        case _:
            return framed(
                rng.choice((b"\x03", b"\x00\x00", b"\x03\xee", b"\x03\xe8\xff")), opcode=8
            )
