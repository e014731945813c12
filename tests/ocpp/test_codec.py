"""The codec against the official JSON schemas: what they accept is read, what breaks them named."""

import json
import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Raw, Struct

from onetime.ocpp.actions import ACTIONS
from onetime.ocpp.codec import ascii_json, decode_request, decode_response, encode
from onetime.ocpp.errors import CallErrorCode, OcppViolation
from onetime.ocpp.v16 import core, types
from tests.ocpp import schemas
from tests.ocpp.schemas import Json

STRING = re.compile(rb'"(?:[^"\\]|\\.)*"')
FEW = settings(max_examples=15, deadline=None)


def decode(message: str, payload: bytes) -> Struct:
    if message in ACTIONS:
        return decode_request(message, payload)
    return decode_response(message.removesuffix("Response"), payload)


def test_there_is_a_schema_for_each_message_and_a_message_for_each_schema() -> None:
    ours = [*ACTIONS, *(f"{name}Response" for name in ACTIONS)]

    assert sorted(ours) == schemas.MESSAGES


@pytest.mark.parametrize("message", schemas.MESSAGES)
@FEW
@given(drawn=st.data())
def test_what_the_schema_accepts_is_read_and_written_back_as_the_schema_wants_it(
    message: str, drawn: st.DataObject
) -> None:
    instance = drawn.draw(schemas.valid(schemas.as_we_read_it(message)))
    payload = json.dumps(instance).encode()
    assert schemas.accepts(message, payload)

    read = decode(message, payload)
    written = encode(read)

    assert schemas.accepts(message, written)
    assert without_fractions(decode(message, written)) == without_fractions(read)
    assert written.isascii()
    assert b" " not in STRING.sub(b"", written)
    assert keys(json.loads(written)) == keys(instance)


@pytest.mark.parametrize("message", schemas.MESSAGES)
def test_each_way_to_break_the_schema_is_refused_with_its_code_and_field(message: str) -> None:
    schema = schemas.as_we_read_it(message)
    instance = schemas.full(schema)
    decode(message, json.dumps(instance).encode())

    for name, path, value, code in schemas.breaks(schema):
        payload = json.dumps(schemas.broken(instance, path, value)).encode()
        with pytest.raises(OcppViolation) as refusal:
            decode(message, payload)
        where = f"{name} at {schemas.dotted(path)}"
        assert refusal.value.code == code, where
        assert refusal.value.field == schemas.dotted(path), where
        assert refusal.value.reason, where


@pytest.mark.parametrize("message", schemas.MESSAGES)
@FEW
@given(drawn=st.data())
def test_any_value_at_any_place_is_judged_as_the_schema_judges_it(
    message: str, drawn: st.DataObject
) -> None:
    schema = schemas.as_we_read_it(message)
    path = drawn.draw(st.sampled_from(schemas.places(message)))
    if path and is_time(schema, path):
        return
    value = drawn.draw(anything())
    if not path and value is None:
        return
    instance = schemas.broken(schemas.full(schema), path, value)
    payload = json.dumps(instance).encode()

    try:
        decode(message, payload)
    except OcppViolation:
        assert not schemas.accepts(message, payload)
    else:
        assert schemas.accepts(message, payload)


@pytest.mark.parametrize("message", schemas.MESSAGES)
def test_a_field_that_the_schema_does_not_know_is_dropped(message: str) -> None:
    instance = schemas.full(schemas.as_we_read_it(message))

    plain = decode(message, json.dumps(instance).encode())
    extended = decode(message, json.dumps(instance | {"vendorField": None}).encode())

    assert extended == plain


@pytest.mark.parametrize(
    "payload",
    [b"", b"{", b'{"idTag":"A"}}', b'{"idTag":"\xff"}', b'{"idTag":"\\ud800"}', b"\xef\xbb\xbf{}"],
)
def test_what_is_no_json_is_a_formation_violation(payload: bytes) -> None:
    with pytest.raises(OcppViolation) as refusal:
        decode_request("Authorize", payload)

    assert refusal.value.code == CallErrorCode.FORMATION_VIOLATION


def test_a_payload_that_is_nested_without_end_is_refused() -> None:
    bomb = b'{"vendorField":' + b"[" * 100_000 + b"]" * 100_000 + b"}"

    with pytest.raises(OcppViolation) as refusal:
        decode_request("Heartbeat", bomb)

    assert refusal.value.code == CallErrorCode.FORMATION_VIOLATION


def test_an_action_that_nobody_knows_is_not_implemented() -> None:
    with pytest.raises(OcppViolation) as refusal:
        decode_request("MakeCoffee", b"{}")

    assert refusal.value.code == CallErrorCode.NOT_IMPLEMENTED


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:00:00-11:00"])
def test_a_time_that_has_no_equal_in_utc_is_refused(time: str) -> None:
    payload = json.dumps({"connectorId": 1, "idTag": "A", "meterStart": 0, "timestamp": time})

    with pytest.raises(OcppViolation) as refusal:
        decode_request("StartTransaction", payload.encode())

    assert refusal.value.code == CallErrorCode.PROPERTY_CONSTRAINT_VIOLATION


def test_text_that_contains_nul_is_refused_and_text_about_nul_is_not() -> None:
    with pytest.raises(OcppViolation) as refusal:
        decode_request("Authorize", b'{"idTag":"A\\u0000"}')
    read = decode_request("Authorize", b'{"idTag":"A\\\\u0000"}')

    assert refusal.value.code == CallErrorCode.PROPERTY_CONSTRAINT_VIOLATION
    assert read == core.AuthorizeRequest(id_tag="A\\u0000")


def test_a_payload_of_null_is_an_empty_one() -> None:
    assert decode_request("Heartbeat", b"null") == core.HeartbeatRequest()

    with pytest.raises(OcppViolation) as refusal:
        decode_request("Authorize", b"null")
    assert refusal.value.field == "idTag"


def test_a_slice_of_a_frame_is_read_like_bytes() -> None:
    assert decode_request("Authorize", Raw(b'{"idTag":"A"}')) == core.AuthorizeRequest(id_tag="A")


def test_times_leave_in_utc_without_fraction_and_nothing_optional_is_sent_as_null() -> None:
    berlin = timezone(timedelta(hours=1))
    verdict = types.IdTagInfo(
        status="Accepted", expiry_date=datetime(2026, 1, 31, 18, 0, 0, 999_999, berlin)
    )

    written = encode(core.AuthorizeResponse(id_tag_info=verdict))

    assert written == b'{"idTagInfo":{"status":"Accepted","expiryDate":"2026-01-31T17:00:00Z"}}'


def test_text_that_looks_like_a_time_is_sent_as_it_is() -> None:
    answer = core.DataTransferResponse(status="Accepted", data="2026-01-31T17:00:00.123456Z")

    assert json.loads(encode(answer))["data"] == "2026-01-31T17:00:00.123456Z"


@FEW
@given(text=st.text())
def test_escaping_changes_the_spelling_and_not_the_text(text: str) -> None:
    escaped = ascii_json(json.dumps(text, ensure_ascii=False).encode())

    assert escaped.isascii()
    assert json.loads(escaped) == text


def anything() -> st.SearchStrategy[Json]:
    leaf = (
        st.none()
        | st.booleans()
        | st.integers(-(2**63), 2**63 - 1)
        | st.integers(-50, 50).map(lambda tenths: tenths / 10 + 0.05)
        | texts(max_size=30)
    )
    return st.recursive(leaf, lambda inner: st.lists(inner, max_size=2), max_leaves=3)


def texts(max_size: int) -> st.SearchStrategy[str]:
    return st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=max_size
    )


def is_time(schema: schemas.Schema, path: schemas.Path) -> bool:
    """The schema takes any text as a time; the breaks above cover what we refuse."""
    for step in path:
        schema = schema["items"] if isinstance(step, int) else schema["properties"][step]
    return schema.get("format") == "date-time"


def without_fractions(value: Json) -> Json:
    if isinstance(value, Struct):
        fields = ((name, getattr(value, name)) for name in value.__struct_fields__)
        return type(value), {name: without_fractions(inner) for name, inner in fields}
    if isinstance(value, tuple):
        return [without_fractions(item) for item in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(microsecond=0)
    return value


def keys(tree: Json) -> Json:
    if isinstance(tree, dict):
        return {name: keys(value) for name, value in tree.items()}
    return [keys(item) for item in tree] if isinstance(tree, list) else None
