"""Frames are taken apart without ever raising, and whatever can be answered can be answered."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Raw

from onetime.ocpp.envelope import (
    Call,
    CallError,
    CallResult,
    Malformed,
    Message,
    read,
    write_call,
    write_error,
    write_result,
)
from onetime.ocpp.errors import CallErrorCode
from onetime.ocpp.v16.core import AuthorizeRequest, HeartbeatRequest

MANY = settings(max_examples=300)
TEXT = st.text(st.characters(categories=["L", "N", "P", "S"]), max_size=60)


def deep(levels: int) -> bytes:
    return b'[2,"7","DataTransfer",' + b"[" * levels + b"]" * levels + b"]"


def numbered(digits: int) -> bytes:
    return b'[2,"7","DataTransfer",{"x":' + b"1" * digits + b"}]"


def test_the_three_kinds_of_message_are_told_apart() -> None:
    assert read(b'[2,"7","Authorize",{"idTag":"A"}]') == Call(
        "7", "Authorize", Raw(b'{"idTag":"A"}')
    )
    assert read(b' [ 3 , "7" , { } ] ') == CallResult("7", Raw(b"{ }"))
    assert read(b'[4,"7","NotSupported","no",{"a":1}]') == CallError(
        "7", "NotSupported", "no", Raw(b'{"a":1}')
    )


@pytest.mark.parametrize(
    ("frame", "code", "description"),
    [
        (b'[4,"7","GenericError"]', "GenericError", ""),
        (b'[4,"7","GenericError","x"]', "GenericError", "x"),
        (b'[4,"7",null,null,null]', "", ""),
        (b'[4,"7","OwnVendorCode","",{}]', "OwnVendorCode", ""),
        (b'[4,"7",17,["x"],{}]', "17", '["x"]'),
    ],
)
def test_a_call_error_may_lack_parts_and_use_its_own_codes(
    frame: bytes, code: str, description: str
) -> None:
    assert read(frame) == CallError("7", code, description, Raw(b"{}"), is_odd=True)


@pytest.mark.parametrize("length", [0, 36, 255])
def test_an_id_of_up_to_255_characters_is_taken(length: int) -> None:
    message_id = "x" * length

    assert read(write_call(message_id, "Heartbeat", b"{}")) == Call(
        message_id, "Heartbeat", Raw(b"{}")
    )


def test_an_id_that_is_longer_is_not_kept() -> None:
    message = malformed(write_call("x" * 256, "Heartbeat", b"{}"))

    assert (message.message_id, message.action, message.kind) == (None, "Heartbeat", "call")


@pytest.mark.parametrize(
    ("frame", "message_id", "action", "kind"),
    [
        (b'[2,"7","StopTransaction",{"meterStop":', "7", "StopTransaction", "call"),
        (b'[2,"7","MeterValues",{"meterValue":[,{}]}]', "7", "MeterValues", "call"),
        (b'[2,"7","StartTransaction",{},{}]', "7", "StartTransaction", "call"),
        (b'[2,"7","StartTransaction"]', "7", "StartTransaction", "call"),
        (b'\xef\xbb\xbf[2,"7","Heartbeat",{}]', "7", "Heartbeat", "call"),
        (b'[2,17,"Heartbeat",{}]', "17", "Heartbeat", "call"),
        (b'["2","7","Heartbeat",{}]', "7", "Heartbeat", "call"),
        (b'[2.0,"7","Heartbeat",{}]', "7", "Heartbeat", "call"),
        (b'[2,,"7",,"Heartbeat",{}]', "7", "Heartbeat", "call"),
        (b'[2,"a\\"b","Heartbeat",{', 'a"b', "Heartbeat", "call"),
        (b'[2,"\\q","Heartbeat",{', "\\q", "Heartbeat", "call"),
        (b'[2,null,"Heartbeat",{}]', None, None, "call"),
        (b'[2,{},"Heartbeat",{}]', None, None, "call"),
        (b'[2,"Heartbeat",{}]', "Heartbeat", None, "call"),
        (b'[2,"7","Heart', "7", None, "call"),
        (b'[2,"7"', "7", None, "call"),
        (b'[3,"7",{"configurationKey":[{"key":"Hea', "7", None, "call_result"),
        (b'[3,"7"]', "7", None, "call_result"),
        (b'[4,"7"]', "7", None, "call_error"),
        (b'[4,"7","a","b",{},{}]', "7", None, "call_error"),
        (b'[5,"7","Heartbeat",{}]', None, None, None),
        (b'{"messageTypeId":2}', None, None, None),
        (b"[]", None, None, None),
        (b"2", None, None, None),
        (b"null", None, None, None),
        (b"", None, None, None),
    ],
)
def test_of_a_broken_frame_the_head_is_still_read(
    frame: bytes, message_id: str | None, action: str | None, kind: str | None
) -> None:
    message = malformed(frame)

    assert (message.message_id, message.action, message.kind) == (message_id, action, kind)
    assert message.reason


@pytest.mark.parametrize(
    "frame",
    [
        deep(100_000),
        deep(32),
        numbered(65),
        numbered(10_000),
        b'[2,"7","DataTransfer",{"x":-0.' + b"0" * 70 + b"}]",
        b'[2,"7","DataTransfer",{"x":NaN}]',
        b'[2,"7","DataTransfer",{"x":-Infinity}]',
        b'[2,"7","DataTransfer",{"x":"\\ud800"}]',
        b'[2,"7","DataTransfer",{"x":"\x00"}]',
        b'[2,"7","DataTransfer",{"x":"tab\tinside"}]',
        b'\xef\xbb\xbf[2,"7","DataTransfer",{}]',
        b'[2,"7","DataTransfer",{]}',
        b'[2,"7","DataTransfer",{}]]',
        b'[2,"7","DataTransfer",{}]\x00',
    ],
)
def test_frames_made_to_hurt_are_named_and_can_be_answered(frame: bytes) -> None:
    message = malformed(frame)

    assert (message.message_id, message.action, message.kind) == ("7", "DataTransfer", "call")


@pytest.mark.parametrize(
    "frame",
    [
        deep(31),
        numbered(64),
        b'[2,"7","DataTransfer",{"x":1,"x":2}]',
        b'[2,"7","DataTransfer",{"__proto__":{}}]',
        b'[2,"7","DataTransfer",{"x":1e400}]',
        b'[2,"7","DataTransfer",{"x":"' + b"9" * 5_000 + b'"}]',
        b'[2,"7","DataTransfer",{"x":"' + b"[" * 5_000 + b'"}]',
        b'[2,"7","DataTransfer",{"x":"\xc0\xaf"}]',
        b'[2,"7","DataTransfer",{"x":"-----BEGIN CERTIFICATE-----' + b"-" * 80 + b'"}]',
        b'[2,"7","DataTransfer",[' + b"{}," * 999 + b"{}]]",
        b'[2,"7","DataTransfer",5]',
    ],
)
def test_frames_that_only_look_dangerous_pass_to_the_decoder(frame: bytes) -> None:
    message = read(frame)

    assert isinstance(message, Call)
    assert bytes(message.payload) == frame[len(b'[2,"7","DataTransfer",') : -1]


@pytest.mark.parametrize("hidden", ["a\\u0000b", "a\\nb", "\\u202e"])
def test_an_id_or_an_action_that_cannot_be_shown_is_not_taken(hidden: str) -> None:
    with_id = malformed(f'[2,"{hidden}","Heartbeat",{{}}]'.encode())
    with_action = malformed(f'[2,"7","{hidden}",{{}}]'.encode())

    assert (with_id.message_id, with_id.action) == (None, "Heartbeat")
    assert (with_action.message_id, with_action.action) == ("7", None)


@MANY
@given(frame=st.binary(max_size=200))
def test_bytes_never_raise(frame: bytes) -> None:
    read(frame)
    read(b"[2," + frame)


@MANY
@given(
    start=st.sampled_from([b'[2,"7","Heartbeat",{}]', b'[3,"7",{}]', b'[4,"7","a","b",{}]']),
    cuts=st.lists(st.tuples(st.integers(0, 25), st.binary(max_size=3)), max_size=4),
)
def test_mutated_frames_never_raise(start: bytes, cuts: list[tuple[int, bytes]]) -> None:
    for at, put in cuts:
        start = start[:at] + put + start[at + len(put) :]

    read(start)


@MANY
@given(message_id=TEXT, action=TEXT, text=TEXT)
def test_what_is_written_is_ascii_and_reads_back_the_same(
    message_id: str, action: str, text: str
) -> None:
    payload = json.dumps({"text": text}, ensure_ascii=False).encode()
    frames = (
        write_call(message_id, action, payload),
        write_result(message_id, payload),
        write_error(message_id, CallErrorCode.INTERNAL_ERROR, text),
    )

    call, result, error = (read(frame) for frame in frames)

    assert all(frame.isascii() for frame in frames)
    assert isinstance(call, Call)
    assert (call.message_id, call.action) == (message_id, action)
    assert json.loads(bytes(call.payload)) == {"text": text}
    assert isinstance(result, CallResult)
    assert result.message_id == message_id
    assert error == CallError(message_id, "InternalError", text, Raw(b"{}"))


def test_typed_messages_are_written_compactly() -> None:
    assert write_call("7", "Heartbeat", HeartbeatRequest()) == b'[2,"7","Heartbeat",{}]'
    assert write_result("7", AuthorizeRequest(id_tag="Ä")) == b'[3,"7",{"idTag":"\\u00c4"}]'


def test_a_long_description_is_cut() -> None:
    frame = write_error("7", CallErrorCode.GENERIC_ERROR, "x" * 10_000)

    assert json.loads(frame)[3] == "x" * 255


def malformed(frame: bytes) -> Malformed:
    message: Message = read(frame)
    assert isinstance(message, Malformed)
    return message
