"""All that is wrong is told at once, each with its place and a sentence."""

from decimal import Decimal

import pytest

from onetime.kit.schemas import TIME, Fault, faults, validator

ROOM = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name", "floor"],
    "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 3},
        "floor": {"type": "integer", "minimum": 0, "maximum": 9},
        "kind": {"enum": ["hall", "cellar"]},
        "since": {"type": "string", "format": "date-time"},
        "step": {"type": "number", "multipleOf": 0.5},
        "doors": {"type": "array", "minItems": 1, "maxItems": 2, "items": {"type": "string"}},
        "owner": {"anyOf": [{"type": "string", "maxLength": 2}, {"type": "null"}]},
    },
}


def told(value: object) -> list[Fault]:
    return list(faults(validator(ROOM, lambda text: text == "now"), value))


def test_a_value_that_fits_has_no_faults() -> None:
    assert told({"name": "a", "floor": 0, "since": "now", "doors": ["x"], "owner": None}) == []


def test_every_missing_and_every_strange_field_is_named() -> None:
    assert sorted(told({"nmae": "a", "x": 1})) == [
        ("floor", "This field is missing."),
        ("name", "This field is missing."),
        ("nmae", "There is no such field."),
        ("x", "There is no such field."),
    ]


def test_all_faults_of_all_fields_are_told_in_sentences() -> None:
    wrong = {
        "name": "long",
        "floor": 10,
        "kind": "roof",
        "since": "later",
        "step": 0.7,
        "doors": [1],
        "owner": "long",
    }
    assert told(wrong) == [
        ("doors.0", "This has to be text."),
        ("floor", "This is at most 9."),
        ("kind", "This has to be one of hall, cellar."),
        ("name", "This has at most 3 characters."),
        ("owner", "This has at most 2 characters."),
        ("since", TIME),
        ("step", "This has to be a multiple of 0.5."),
    ]
    more = {"name": "", "floor": -1, "doors": [], "owner": 7}
    assert told(more) == [
        ("doors", "This has at least 1 item."),
        ("floor", "This is at least 0."),
        ("name", "This has at least 1 character."),
        ("owner", "This has to be text or null."),
    ]
    assert told({"name": "a", "floor": 1, "doors": ["a", "b", "c"]}) == [
        ("doors", "This has at most 2 items.")
    ]


def test_a_value_of_another_kind_is_wrong_as_a_whole() -> None:
    assert told([1]) == [("", "This has to be an object.")]


@pytest.mark.parametrize(
    ("text", "is_multiple"),
    [
        ("0.5", True),
        ("-1.0", True),
        ("0.7", False),
        ("1e300", True),
        ("1e999999999", True),
        ("1e-999999999", False),
        ("0e999999999", True),
        ("9" * 60 + ".25", False),
        ("1" * 64, True),
    ],
)
def test_numbers_of_any_size_are_compared_exactly_and_at_once(text: str, is_multiple: bool) -> None:
    found = told({"name": "a", "floor": 0, "step": Decimal(text)})

    assert ([each[0] for each in found] == []) is is_multiple
