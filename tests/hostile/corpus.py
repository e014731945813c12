"""The fixed list of frames that are known to hurt programs in Python (L18), and what each gets.

`answer` is the type of OCPP-J message that comes back, 3 or 4; `code` the WebSocket code with which
the line is closed; neither: nothing is said, and the line stays.
"""

from msgspec import Struct

HEAD = b'[2,"c1","'
AUTHORIZE = HEAD + b'Authorize",'
METER = HEAD + b'MeterValues",'


class Case(Struct, frozen=True):
    """One frame and the reaction that is defined for it."""

    name: str
    frame: bytes
    answer: int | None = None
    code: int | None = None


def meter(value: bytes) -> bytes:
    """A MeterValues with this text in place of a register."""
    return (
        METER + b'{"connectorId":1,"meterValue":[{"timestamp":"2026-03-01T12:00:00Z",'
        b'"sampledValue":[{"value":' + value + b"}]}]}]"
    )


SAMPLING = b'{"timestamp":"2026-03-01T12:00:00Z","sampledValue":[{"value":"1"}]}'
SURROGATE = (
    rb'StartTransaction",{"connectorId":1,"idTag":"\udfff","meterStart":1,'
    rb'"timestamp":"2026-03-01T12:00:00Z"}]'
)
DEEP = b"[" * 100_000 + b"]" * 100_000
CASES = (
    Case("depth-100000", DEEP),
    Case("depth-100000-in-payload", AUTHORIZE + b'{"idTag":' + DEEP + b"}]", 4),
    Case("depth-100000-objects", AUTHORIZE + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"]", 4),
    Case("depth-in-energy", METER + b'{"connectorId":' + b"[" * 50_000 + b"]" * 50_000 + b"}]", 3),
    Case("integer-10000-digits", meter(b"9" * 10_000), 3),
    Case("integer-as-id", b"[2," + b"9" * 10_000 + b',"Heartbeat",{}]'),
    Case("integer-as-type", b"[" + b"9" * 10_000 + b',"c1","Heartbeat",{}]'),
    Case("nan", meter(b"NaN"), 3),
    Case("infinity", meter(b"Infinity"), 3),
    Case("nan-as-text", meter(b'"NaN"'), 3),
    Case("1e400", meter(b"1e400"), 3),
    Case("1e400-as-text", meter(b'"1e400"'), 3),
    Case("minus-1e400", meter(b'"-1e400"'), 3),
    Case("duplicate-keys", AUTHORIZE + b'{"idTag":"A","idTag":"B"}]', 3),
    Case(
        "duplicate-keys-in-energy", METER + b'{"connectorId":1,"connectorId":2,"meterValue":[]}]', 3
    ),
    Case("lone-surrogate", AUTHORIZE + rb'{"idTag":"\ud800"}]', 3),
    Case("lone-surrogate-in-energy", HEAD + SURROGATE, 3),
    Case("escaped-nul", AUTHORIZE + rb'{"idTag":"\u0000"}]', 3),
    Case("raw-nul", AUTHORIZE + b'{"idTag":"\0"}]', 3),
    Case("proto", AUTHORIZE + b'{"idTag":"A","__proto__":{"isAdmin":true}}]', 3),
    Case("bom", b"\xef\xbb\xbf" + AUTHORIZE + b'{"idTag":"A"}]', 3),
    Case("overlong-utf8", AUTHORIZE + b'{"idTag":"\xc0\xaf"}]', code=1007),
    Case("surrogate-in-utf8", AUTHORIZE + b'{"idTag":"\xed\xa0\x80"}]', code=1007),
    Case("utf16", (AUTHORIZE + b'{"idTag":"A"}]').decode().encode("utf-16-le"), code=None),
    Case("empty", b""),
    Case("blank", b" \n\t"),
    Case("a-number", b"2"),
    Case("a-megabyte-of-digits", b"1" * 1_000_000),
    Case("a-megabyte-of-quotes", b'"' * 1_000_000),
    Case("a-megabyte-of-backslashes", b'["' + b"\\" * 1_000_000),
    Case("a-megabyte-of-commas", b"[2" + b"," * 1_000_000 + b"]"),
    Case(
        "a-megabyte-of-keys",
        AUTHORIZE + b"{" + b",".join(b'"%d":0' % n for n in range(90_000)) + b"}]",
        4,
    ),
    Case(
        "many-samples",
        METER + b'{"connectorId":1,"meterValue":[' + b",".join([SAMPLING] * 3_000) + b"]}]",
        3,
    ),
    Case("message-id-10000", b'[2,"' + b"i" * 10_000 + b'","Heartbeat",{}]'),
    Case("action-10000", b'[2,"c1","' + b"A" * 10_000 + b'",{}]'),
    Case("answer-to-nothing", b'[3,"c1",{}]'),
    Case("error-to-nothing", b'[4,"c1","' + b"E" * 100_000 + b'","",{}]'),
)
"""None of both for what has no readable id, or is an answer to nothing."""
