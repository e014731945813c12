"""What stations get wrong is read as it was meant, and counted under its name."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Raw, Struct, structs
from msgspec import inspect as kinds

from onetime.domain.quirks import QUIRKS
from onetime.kit.times import EPOCH
from onetime.ocpp import repair
from onetime.ocpp.actions import ACTIONS
from onetime.ocpp.codec import decode_request, encode
from onetime.ocpp.envelope import Call, CallError, CallResult
from onetime.ocpp.errors import OcppViolation
from onetime.ocpp.repair import NEVER_REFUSED, Repaired, repair_frame, repair_request
from onetime.ocpp.shapes import slots
from onetime.ocpp.v16 import core
from tests.ocpp import schemas
from tests.ocpp.schemas import Json

FROM_STATION = sorted(name for name, action in ACTIONS.items() if action.from_station)
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
START = {"connectorId": 1, "idTag": "A", "meterStart": 5, "timestamp": "2026-01-31T12:00:00Z"}
STOP = {"transactionId": 9, "meterStop": 70, "timestamp": "2026-01-31T12:00:00Z"}
STATUS = {"connectorId": 1, "errorCode": "NoError", "status": "Available"}
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


def mended(action: str, payload: Json) -> tuple[Struct, tuple[str, ...]]:
    """Repair a payload that strict decoding was seen to refuse."""
    text = json.dumps(payload).encode()
    with pytest.raises(OcppViolation):
        decode_request(action, text)
    repaired = repair_request(action, text)
    assert repaired is not None
    return repaired.request, repaired.quirks


def started(**changed: Json) -> tuple[core.StartTransactionRequest, tuple[str, ...]]:
    request, quirks = mended("StartTransaction", without_gone(START | changed))
    assert isinstance(request, core.StartTransactionRequest)
    return request, quirks


def stopped(**changed: Json) -> tuple[core.StopTransactionRequest, tuple[str, ...]]:
    request, quirks = mended("StopTransaction", without_gone(STOP | changed))
    assert isinstance(request, core.StopTransactionRequest)
    return request, quirks


def sampled(*samples: Json) -> tuple[tuple[core.SampledValue, ...], tuple[str, ...]]:
    meter_value = {"timestamp": "2026-01-31T12:00:00Z", "sampledValue": list(samples)}
    request, quirks = mended("MeterValues", {"connectorId": 1, "meterValue": [meter_value]})
    assert isinstance(request, core.MeterValuesRequest)
    assert request.meter_value[0].timestamp == NOON
    return request.meter_value[0].sampled_value, quirks


def without_gone(payload: dict[str, Json]) -> dict[str, Json]:
    return {name: value for name, value in payload.items() if value is not schemas.GONE}


@pytest.mark.parametrize("tag", ["", None])
def test_x12_a_stop_with_an_empty_tag_is_a_stop_without_tag(tag: str | None) -> None:
    request, quirks = stopped(idTag=tag)

    assert request.id_tag is None
    assert (request.transaction_id, request.meter_stop, request.timestamp) == (9, 70, NOON)
    assert quirks == ("X12",)


@pytest.mark.parametrize("tag", ["", None, schemas.GONE])
def test_x17_a_start_without_tag_is_kept_with_an_empty_tag(tag: Json) -> None:
    request, quirks = started(idTag=tag)

    assert request == core.StartTransactionRequest(
        connector_id=1, id_tag="", meter_start=5, timestamp=NOON
    )
    assert quirks == ("X17",)


@pytest.mark.parametrize("register", [None, schemas.GONE, "", "n/a", [], True, 1e30])
def test_x14_a_stop_without_register_is_kept_with_register_0(register: Json) -> None:
    request, quirks = stopped(meterStop=register)

    assert request.meter_stop == 0
    assert request.transaction_id == 9
    assert quirks == ("X14",)


@pytest.mark.parametrize("transaction_id", [None, schemas.GONE, "none"])
def test_x06_a_stop_without_transaction_id_is_kept_with_id_0(transaction_id: Json) -> None:
    request, quirks = stopped(transactionId=transaction_id)

    assert request.transaction_id == 0
    assert quirks == ("X06",)


def test_x07_meter_values_with_an_unreadable_transaction_id_have_none() -> None:
    payload = {"connectorId": 1, "transactionId": None, "meterValue": [meter_value()]}

    request, quirks = mended("MeterValues", payload)

    assert isinstance(request, core.MeterValuesRequest)
    assert request.transaction_id is None
    assert len(request.meter_value) == 1
    assert quirks == ("X07",)


@pytest.mark.parametrize(
    ("written", "register"),
    [("70", 70), (70.0, 70), (70.5, 70), (71.5, 72), ("70.4", 70), ("9007199254740993", 2**53 + 1)],
)
def test_x15_numbers_as_text_or_with_fractions_are_rounded_to_wh(
    written: Json, register: int
) -> None:
    request, quirks = stopped(meterStop=written)

    assert request.meter_stop == register
    assert quirks == ("X15",)


def test_x15_a_register_is_never_a_float_in_between() -> None:
    text = json.dumps(STOP).replace("70", "9007199254740993.0").encode()

    repaired = repair_request("StopTransaction", text)

    assert repaired is not None
    assert isinstance(repaired.request, core.StopTransactionRequest)
    assert repaired.request.meter_stop == 9007199254740993


@pytest.mark.parametrize("time", [schemas.GONE, None, "", "yesterday", "2026-02-30T12:00:00Z", 7])
def test_t01_without_a_readable_time_it_is_1970(time: Json) -> None:
    request, quirks = started(timestamp=time)

    assert request.timestamp == EPOCH
    assert quirks == ("T01",)


def test_t03_a_time_without_zone_is_read_as_utc() -> None:
    request, quirks = started(timestamp="2026-01-31T12:00:00")

    assert request.timestamp == NOON
    assert quirks == ("T03",)


def test_t07_a_status_may_come_without_time_and_null_is_none() -> None:
    request, quirks = mended("StatusNotification", STATUS | {"timestamp": None})

    assert request == decode_request("StatusNotification", json.dumps(STATUS).encode())
    assert quirks == ("T01",)


@pytest.mark.parametrize(
    ("field", "sent", "kept", "quirk"),
    [
        ("unit", "Hz", "Hz", "M06"),
        ("unit", "wh", "Wh", "M06"),
        ("unit", None, None, "M01"),
        ("unit", "", None, "M01"),
        ("measurand", "Energy.Total", "Energy.Total", "M06"),
        ("measurand", None, None, "M03"),
        ("context", "CurrentMax", "CurrentMax", "M06"),
        ("phase", "L4", "L4", "M06"),
        ("location", "Roof", "Roof", "M06"),
        ("format", "signeddata", "SignedData", "M06"),
        ("phase", None, None, "other"),
    ],
)
def test_words_of_samples_that_ocpp_does_not_know_are_kept(
    field: str, sent: str | None, kept: str | None, quirk: str
) -> None:
    samples, quirks = sampled({"value": "1"}, {"value": "7", field: sent})

    assert samples[0] == core.SampledValue(value="1")
    assert (samples[1].value, getattr(samples[1], field)) == ("7", kept)
    assert quirks == (quirk,)


@pytest.mark.parametrize(
    ("sent", "kept", "quirk"),
    [(12.5, "12.5", "other"), (7, "7", "other"), (1e30, "1e+30", "M14"), (True, "true", "M14")],
)
def test_m14_a_value_that_is_no_text_becomes_the_text_that_it_was(
    sent: Json, kept: str, quirk: str
) -> None:
    samples, quirks = sampled({"value": sent})

    assert samples == (core.SampledValue(value=kept),)
    assert quirks[0] == "other"
    assert quirk in quirks


def test_m14_a_bare_nan_is_kept_as_text() -> None:
    frame = b'[2,"7","MeterValues",{"connectorId":1,"meterValue":[{"timestamp":' + (
        b'"2026-01-31T12:00:00Z","sampledValue":[{"value":NaN},{"value":1.50}]}]}]'
    )
    call = repair_frame(frame)
    assert isinstance(call, Call)

    repaired = repair_request(call.action, call.payload)

    assert repaired is not None
    assert isinstance(repaired.request, core.MeterValuesRequest)
    samples = repaired.request.meter_value[0].sampled_value
    assert [sample.value for sample in samples] == ["NaN", "1.50"]


def test_samples_that_say_nothing_are_left_out_and_the_others_kept() -> None:
    samples, quirks = sampled({"unit": "Wh"}, 17, None, {"value": None}, {"value": "7"})

    assert samples == (core.SampledValue(value="7"),)
    assert quirks == ("other",)


def test_each_deviation_is_named_once_in_the_order_in_which_it_was_met() -> None:
    samples, quirks = sampled({"value": "7", "unit": "Hz"}, {"value": "8", "unit": "HZ"}, 17)

    assert len(samples) == 2
    assert quirks == ("other", "M06")


def test_k19_a_payload_that_is_no_sound_json_is_read_and_named() -> None:
    text = json.dumps(START | {"idTag": "E" * 21}).encode().replace(b"EE", b"\xff", 1)

    repaired = repair_request("StartTransaction", text)

    assert repaired is not None
    assert repaired.quirks == ("K19",)
    assert isinstance(repaired.request, core.StartTransactionRequest)
    assert repaired.request.id_tag == "\ufffd" + "E" * 19


@pytest.mark.parametrize(
    ("text", "told", "quirks"),
    [
        (b'{"connectorId":2,"idTag":"ABC","meterStart":1000', {}, ("K19", "X14", "T01")),
        (
            b'{"connectorId":2,"idTag":"ABC","meterStart":1000,"timest',
            {"meter_start": 1000},
            ("K19", "T01"),
        ),
        (
            b'{"timestamp":"2026-03-01T12:00:00Z","connectorId":2,"idTag":"ABC","meterStart":',
            {"timestamp": datetime(2026, 3, 1, 12, tzinfo=UTC)},
            ("K19", "X14"),
        ),
    ],
)
def test_k19_a_start_that_breaks_off_keeps_what_it_told_in_full(
    text: bytes, told: dict[str, int | datetime], quirks: tuple[str, ...]
) -> None:
    repaired = repair_request("StartTransaction", text)

    assert repaired is not None
    assert set(repaired.quirks) == set(quirks)
    values = {"meter_start": 0, "timestamp": EPOCH} | told
    assert structs.asdict(repaired.request) == {
        "connector_id": 2,
        "id_tag": "ABC",
        "reservation_id": None,
        **values,
    }


def test_k19_of_a_stop_that_breaks_off_nothing_is_believed() -> None:
    repaired = repair_request("StopTransaction", b'{"transactionId":5,"meterStop":99,"tim')

    assert repaired is not None
    assert isinstance(repaired.request, core.StopTransactionRequest)
    assert (repaired.request.transaction_id, repaired.request.meter_stop) == (0, 0)


@pytest.mark.parametrize(("field", "word"), [("status", "Charged"), ("errorCode", "Error")])
def test_n01_unknown_status_and_error_words_are_kept(field: str, word: str) -> None:
    request, quirks = mended("StatusNotification", STATUS | {field: word})

    assert json.loads(encode(request)) == STATUS | {field: word}
    assert quirks == ("N01",)


def test_n01_words_in_another_case_are_known_all_the_same() -> None:
    request, quirks = mended("StatusNotification", STATUS | {"status": "SUSPENDEDEV"})

    assert isinstance(request, core.StatusNotificationRequest)
    assert request.status == "SuspendedEV"
    assert quirks == ("N01",)


@pytest.mark.parametrize("action", ["Authorize", "StartTransaction", "StopTransaction"])
def test_g05_a_tag_of_more_than_20_characters_is_kept_whole(action: str) -> None:
    tag = "E" * 300
    request, quirks = mended(
        action, {"Authorize": {}, "StartTransaction": START}.get(action, STOP) | {"idTag": tag}
    )

    assert json.loads(encode(request))["idTag"] == tag
    assert quirks == ("G05",)


def test_text_that_is_too_long_is_kept_whole() -> None:
    boot = {"chargePointVendor": "V" * 99, "chargePointModel": "M"}

    request, quirks = mended("BootNotification", boot)

    assert json.loads(encode(request)) == boot
    assert quirks == ("other",)


def test_field_names_in_another_case_are_known_all_the_same() -> None:
    payload = {"ConnectorID": 1, "id_tag": "A", "meterstart": 5, "timestamp": START["timestamp"]}

    request, quirks = mended("StartTransaction", payload)

    assert request == decode_request("StartTransaction", json.dumps(START).encode())
    assert quirks == ("other",)


def test_the_right_name_wins_over_one_in_another_case() -> None:
    request, _ = started(meterstart=99, reservationId=None)

    assert request.meter_start == 5


def test_meter_values_that_are_no_list_are_a_list_of_one() -> None:
    request, quirks = mended("MeterValues", {"connectorId": 1, "meterValue": meter_value()})

    assert isinstance(request, core.MeterValuesRequest)
    assert request.meter_value[0].sampled_value == (core.SampledValue(value="7"),)
    assert quirks == ("other",)


@pytest.mark.parametrize("payload", [[START], json.dumps(START)])
def test_a_payload_wrapped_in_a_list_or_in_text_is_unwrapped(payload: Json) -> None:
    request, quirks = mended("StartTransaction", payload)

    assert request == decode_request("StartTransaction", json.dumps(START).encode())
    assert quirks == ("other",)


@pytest.mark.parametrize("payload", [[], "x", 7, True, [[]]])
def test_the_payload_of_a_heartbeat_does_not_matter(payload: Json) -> None:
    assert mended("Heartbeat", payload) == (core.HeartbeatRequest(), ("other",))


@pytest.mark.parametrize("action", sorted(NEVER_REFUSED))
@pytest.mark.parametrize("payload", [b"{}", b"[]", b"null", b"7", b'"x"', b"", b'{"a":', b"\xff"])
def test_a_transaction_message_is_never_given_up(action: str, payload: bytes) -> None:
    repaired = repair_request(action, payload)

    assert repaired is not None
    expected = {
        "StartTransaction": core.StartTransactionRequest(
            connector_id=0, id_tag="", meter_start=0, timestamp=EPOCH
        ),
        "StopTransaction": core.StopTransactionRequest(
            transaction_id=0, meter_stop=0, timestamp=EPOCH
        ),
        "MeterValues": core.MeterValuesRequest(connector_id=0, meter_value=()),
    }
    assert repaired.request == expected[action]


@pytest.mark.parametrize("payload", [b"{}", b"[]", b"7", b"", b'{"idTag":null}', b'{"other":1}'])
def test_another_message_that_says_nothing_is_given_up(payload: bytes) -> None:
    assert repair_request("Authorize", payload) is None


@pytest.mark.parametrize("action", ["MakeCoffee", "Reset", "SetChargingProfile"])
def test_what_no_station_sends_is_not_repaired(action: str) -> None:
    assert repair_request(action, b"{}") is None


@pytest.mark.parametrize("action", FROM_STATION)
def test_one_broken_field_does_not_touch_the_others(action: str) -> None:
    instance = schemas.full(schemas.as_we_read_it(action))
    whole = decode_request(action, json.dumps(instance).encode())

    for name, path, value, _ in schemas.breaks(schemas.as_we_read_it(action)):
        if path:
            text = json.dumps(schemas.broken(instance, path, value)).encode()
            repaired = repair_request(action, text)
            if repaired is None:
                assert sum(slot.required for slot in slots(type(whole)).values()) == 1
                continue
            for slot in slots(type(whole)).values():
                if slot.wire != path[0]:
                    found = getattr(repaired.request, slot.name)
                    assert found == getattr(whole, slot.name), f"{name} at {schemas.dotted(path)}"
            assert set(repaired.quirks) <= QUIRKS.keys()
            assert fits(repaired.request), f"{name} at {schemas.dotted(path)}"


@pytest.mark.parametrize("action", FROM_STATION)
@settings(max_examples=30)
@given(drawn=st.data())
def test_any_json_in_any_place_is_repaired_or_given_up(action: str, drawn: st.DataObject) -> None:
    schema = schemas.as_we_read_it(action)
    instance = schemas.full(schema)
    for path in drawn.draw(st.lists(st.sampled_from(schemas.places(action)), max_size=3)):
        try:
            instance = schemas.broken(instance, path, drawn.draw(ANYTHING))
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took the place away

    check(action, repair_request(action, json.dumps(instance).encode()))


@settings(max_examples=200)
@given(action=st.sampled_from(FROM_STATION), payload=ANYTHING.map(json.dumps).map(str.encode))
def test_any_json_is_repaired_or_given_up(action: str, payload: bytes) -> None:
    check(action, repair_request(action, payload))
    check(action, repair_request(action, payload[:-1]))


@settings(max_examples=200)
@given(action=st.sampled_from(FROM_STATION), payload=st.binary(max_size=60))
def test_any_bytes_are_repaired_or_given_up(action: str, payload: bytes) -> None:
    check(action, repair_request(action, payload))
    check(action, repair_request(action, Raw(b'{"idTag":"' + payload + b'"}')))
    repair_frame(payload)
    repair_frame(b'[2,"7","Heartbeat",' + payload + b"]")


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (
            b'[2,"7","MeterValues",{"meterValue":[,{"a":1.50},]}]',
            Call("7", "MeterValues", Raw(b'{"meterValue":[{"a":1.50}]}')),
        ),
        (b'[2,,"7","Heartbeat",{},]', Call("7", "Heartbeat", Raw(b"{}"))),
        (b'[2,"7","Heartbeat"]', Call("7", "Heartbeat", Raw(b"{}"))),
        (b'[2,"7","Heartbeat",{},{}]', Call("7", "Heartbeat", Raw(b"{}"))),
        (b'[2,"7","Heartbeat",null,{"a":1}]', Call("7", "Heartbeat", Raw(b'{"a":1}'))),
        (b'\xef\xbb\xbf[2,"7","Heartbeat",[]]', Call("7", "Heartbeat", Raw(b"[]"))),
        (b'["2",7,"Heartbeat",{}]', Call("7", "Heartbeat", Raw(b"{}"))),
        (b'[2.0,"7","Heartbeat",{}]', Call("7", "Heartbeat", Raw(b"{}"))),
        (b'[3,"7",{,}]', CallResult("7", Raw(b"{}"))),
        (b'[4,"7"]', CallError("7", "", "", Raw(b"{}"))),
        (b'[4,"7",,"GenericError"]', CallError("7", "GenericError", "", Raw(b"{}"))),
    ],
)
def test_k19_frames_with_commas_too_many_and_the_like_are_mended(
    frame: bytes, message: Call | CallResult | CallError
) -> None:
    assert repair_frame(frame) == message


@pytest.mark.parametrize(
    "frame",
    [
        b'[2,"7","StopTransaction",{"meterStop":12',
        b'[3,"7",{"configurationKey":[{"key":"A","readonly":true}',
        b'[2,"7"]',
        b'[2,{},"Heartbeat",{}]',
        b'[2,"7",{"a":1}]',
        b'[9,"7","Heartbeat",{}]',
        b'[2,"' + b"x" * 256 + b'","Heartbeat",{}]',
        b"{}",
        b"[]",
        b"7",
        b"",
    ],
)
def test_k19_frames_that_break_off_or_name_nothing_are_not_mended(frame: bytes) -> None:
    assert repair_frame(frame) is None


def test_every_quirk_that_is_named_here_is_in_the_catalogue() -> None:
    tables = {*repair.WITHOUT_VALUE.values(), *repair.UNKNOWN_WORD.values()}
    named = {
        repair.BROKEN_JSON,
        repair.NO_TIME,
        repair.NO_ZONE,
        repair.NOT_WHOLE,
        repair.LONG_TAG,
        repair.IMPLAUSIBLE,
        repair.OTHER,
    }

    assert tables | named <= QUIRKS.keys()


def test_every_field_in_the_tables_exists() -> None:
    for message, wire in [*repair.WITHOUT_VALUE, *repair.UNKNOWN_WORD]:
        assert wire in slots(message)


def meter_value() -> dict[str, Json]:
    return {"timestamp": "2026-01-31T12:00:00Z", "sampledValue": [{"value": "7"}]}


def check(action: str, repaired: Repaired | None) -> None:
    if repaired is None:
        assert action not in NEVER_REFUSED
        return
    assert isinstance(repaired.request, ACTIONS[action].request)
    assert repaired.quirks
    assert set(repaired.quirks) <= QUIRKS.keys()
    assert fits(repaired.request)
    json.loads(encode(repaired.request))


def fits(message: Struct) -> bool:
    """Say whether every value has the type of its field, whatever its length, range or word."""
    return all(
        fits_kind(getattr(message, slot.name), slot.kind)
        for slot in slots(type(message)).values()
        if slot.required or getattr(message, slot.name) is not None
    )


def fits_kind(value: object, kind: kinds.Type) -> bool:
    match kind:
        case kinds.IntType():
            return type(value) is int and abs(value) <= 2**63
        case kinds.DateTimeType():
            return isinstance(value, datetime) and value.tzinfo is UTC
        case kinds.VarTupleType():
            return isinstance(value, tuple) and all(fits(item) for item in value)
    return type(value) is str and "\0" not in value
