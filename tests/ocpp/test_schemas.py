"""Our schemas of requests refuse exactly what the official ones refuse, and the decoder."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onetime.kit.schemas import faults, validator
from onetime.ocpp.actions import COMMANDS
from onetime.ocpp.schemas import is_time, schema_of
from tests.ocpp.schemas import Json, as_we_read_it, breaks, broken, full, valid


def refused(action: str, value: Json) -> list[tuple[str, str]]:
    text = json.dumps(value, default=float)
    exact = json.loads(text, parse_float=Decimal)
    return list(faults(validator(schema_of(COMMANDS[action].request), is_time), exact))


@pytest.mark.parametrize("action", COMMANDS)
@given(draw=st.data())
def test_what_the_official_schema_accepts_is_accepted(action: str, draw: st.DataObject) -> None:
    assert refused(action, draw.draw(valid(as_we_read_it(action)))) == []


@pytest.mark.parametrize("action", COMMANDS)
def test_whatever_breaks_the_official_schema_is_refused_where_it_is_broken(action: str) -> None:
    schema = as_we_read_it(action)
    whole = full(schema)
    assert refused(action, whole) == []
    for name, path, value, _ in breaks(schema):
        found = refused(action, broken(whole, path, value))
        places = {place for place, _ in found}
        assert ".".join(map(str, path)) in places, (name, path, found)


@pytest.mark.parametrize("action", COMMANDS)
def test_fields_that_ocpp_does_not_know_are_refused(action: str) -> None:
    whole = full(as_we_read_it(action))
    assert refused(action, {**whole, "colour": "red"}) == [("colour", "There is no such field.")]


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("2026-01-31T18:00:00Z", True),
        ("2026-01-31T18:00:00.5+02:00", True),
        ("2026-01-31T18:00:00", False),
        ("2026-02-30T18:00:00Z", False),
        ("0001-01-01T00:00:00+14:00", False),
        ("yesterday", False),
    ],
)
def test_a_time_has_a_zone_and_lies_in_the_calendar(text: str, is_one: bool) -> None:
    assert is_time(text) == is_one
