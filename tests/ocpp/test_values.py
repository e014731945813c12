"""Single values that are not as OCPP wants them are read exactly, or not at all."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onetime.ocpp.lenient import Number, Tree, Unreadable
from onetime.ocpp.v16.types import INTEGER_MAX, INTEGER_MIN
from onetime.ocpp.values import Moment, as_moment, as_text, as_whole, as_word

WORDS = ("Wh", "kWh", "SuspendedEV")


@pytest.mark.parametrize(
    ("tree", "whole"),
    [
        (Number("12"), 12),
        (Number("12.0"), 12),
        (Number("12.5"), 12),
        (Number("13.5"), 14),
        (Number("-0.5"), 0),
        (Number("1e3"), 1000),
        (Number("1e-999999999"), 0),
        ("12", 12),
        (" 12.50 ", 12),
        ("+7", 7),
        ("007", 7),
        (".9", 1),
        (Number("9007199254740993.0"), 9007199254740993),
        (Number(str(INTEGER_MAX)), INTEGER_MAX),
        (Number(str(INTEGER_MIN)), INTEGER_MIN),
    ],
)
def test_numbers_as_text_or_with_fractions_become_the_nearest_integer(
    tree: Tree, whole: int
) -> None:
    assert as_whole(tree) == whole


@pytest.mark.parametrize(
    "tree",
    [
        None,
        True,
        [],
        {},
        "",
        "12 Wh",
        "1_000",
        "NaN",
        "Infinity",
        "0x10",
        "१२",
        "1" * 65,
        "0" * 64 + "7",
        Number("1e999999999"),
        Number(str(INTEGER_MAX + 1)),
        Number(str(INTEGER_MIN - 1)),
    ],
)
def test_what_is_no_number_or_too_large_is_unreadable(tree: Tree) -> None:
    with pytest.raises(Unreadable):
        as_whole(tree)


@given(whole=st.integers(INTEGER_MIN, INTEGER_MAX), zeros=st.integers(0, 20))
def test_no_digit_of_a_register_is_lost(whole: int, zeros: int) -> None:
    text = f"{whole}." + "0" * zeros

    assert as_whole(text) == whole
    assert as_whole(Number(str(Decimal(text)))) == whole


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-31T18:00:00Z", Moment(datetime(2026, 1, 31, 18, tzinfo=UTC), True)),
        ("2026-01-31t18:00:00z", Moment(datetime(2026, 1, 31, 18, tzinfo=UTC), True)),
        (" 2026-01-31 18:00 ", Moment(datetime(2026, 1, 31, 18, tzinfo=UTC), False)),
        ("2026-01-31T18:00:00", Moment(datetime(2026, 1, 31, 18, tzinfo=UTC), False)),
        ("2026-01-31T18:00:00+0100", Moment(datetime(2026, 1, 31, 17, tzinfo=UTC), True)),
        ("2016-12-31T23:59:60Z", Moment(datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC), True)),
        ("2026-01-31", Moment(datetime(2026, 1, 31, tzinfo=UTC), False)),
    ],
)
def test_times_are_read_in_every_form_that_leaves_no_doubt(text: str, moment: Moment) -> None:
    assert as_moment(text) == moment


@pytest.mark.parametrize(
    "tree",
    [
        None,
        Number("1700000000"),
        "",
        "now",
        "2026-02-30T00:00:00Z",
        "0000-00-00T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
    ],
)
def test_what_is_no_time_is_unreadable(tree: Tree) -> None:
    with pytest.raises(Unreadable):
        as_moment(tree)


@pytest.mark.parametrize(
    ("tree", "word"),
    [("Wh", "Wh"), (" wH ", "Wh"), ("SUSPENDEDEV", "SuspendedEV"), ("Hz", "Hz"), ("kw", "kw")],
)
def test_words_are_known_by_their_letters_and_others_stay_as_they_are(
    tree: Tree, word: str
) -> None:
    assert as_word(tree, WORDS) == word


@pytest.mark.parametrize(
    ("tree", "text"),
    [
        ("A", "A"),
        ("", ""),
        (Number("1.50"), "1.50"),
        (True, "true"),
        ({"a": [Number("1.0"), None]}, '{"a":[1.0,null]}'),
        ("\ud800\0", "\ufffd\ufffd"),
    ],
)
def test_anything_but_nothing_can_be_text(tree: Tree, text: str) -> None:
    assert as_text(tree) == text

    with pytest.raises(Unreadable):
        as_text(None)
