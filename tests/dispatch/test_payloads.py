"""Payloads are checked against OCPP 1.6, all faults at once, and otherwise left as they are."""

import pytest

from onetime.dispatch.payloads import checked, read_fields, require_command
from onetime.domain.errors import Faulty, FieldFault, NotFound
from onetime.ocpp.v16.core import UnlockConnectorRequest


@pytest.mark.parametrize(
    ("action", "hint"),
    [
        ("resett", "the nearest is Reset."),
        ("RemoteStart", "the nearest is RemoteStartTransaction."),
        ("unlock_connector", "the nearest is UnlockConnector."),
        ("StartTransaction", "the nearest is RemoteStartTransaction."),
        ("xyz", "for stations."),
    ],
)
def test_an_unknown_action_is_refused_with_the_nearest_name(action: str, hint: str) -> None:
    with pytest.raises(NotFound, match=f"no command {action!r} for stations") as refused:
        require_command(action)
    assert refused.value.sentence.endswith(hint)


def test_impossible_numbers_are_no_fault() -> None:
    payload = checked("UnlockConnector", {"connectorId": -99})

    assert payload.request == UnlockConnectorRequest(connector_id=-99)
    assert payload.text == b'{"connectorId":-99}'


def test_what_is_sent_is_the_text_as_it_came_without_blanks() -> None:
    fields = read_fields(
        b'{ "connectorId": 1, "expiryDate": "2026-01-01T00:00:00.000+01:00",'
        b' "idTag": "A", "reservationId": 5 }'
    )
    assert checked("ReserveNow", fields).text == (
        b'{"connectorId":1,"expiryDate":"2026-01-01T00:00:00.000+01:00",'
        b'"idTag":"A","reservationId":5}'
    )


def test_everything_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(Faulty) as refused:
        checked("ReserveNow", {"connectorId": "1", "idTag": "A" * 21, "colour": 1})
    assert {each.field for each in refused.value.faults} == {
        "colour",
        "connectorId",
        "expiryDate",
        "idTag",
        "reservationId",
    }


def test_what_only_the_decoder_refuses_is_told_too() -> None:
    with pytest.raises(Faulty) as refused:
        checked("DataTransfer", {"vendorId": "a\0b"})
    assert refused.value.faults == (FieldFault("body", "Text contains NUL."),)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"[]", "has to be an object"),
        (b"{", "is no JSON"),
        (b"[" * 40, "Nested deeper"),
        (b"\xff", "is no JSON"),
        (b'{"a":' + b"1" * 70 + b"}", "number longer"),
    ],
)
def test_what_is_no_object_is_one_fault(text: bytes, words: str) -> None:
    with pytest.raises(Faulty, match=words) as refused:
        read_fields(text)
    assert [each.field for each in refused.value.faults] == ["body"]


def test_no_payload_is_an_empty_one() -> None:
    assert read_fields(b"") == read_fields(b" ") == {}
