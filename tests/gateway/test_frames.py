"""Messages come together from frames as RFC 6455 says, within the limit."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onetime.gateway.frames import BINARY, CONTINUATION, TEXT, Assembly, Violation, fitting


def code_of(taken: bytes | Violation | None) -> int:
    assert isinstance(taken, Violation)
    return taken.code


@given(st.text(), st.lists(st.integers(0, 200), max_size=8))
def test_however_a_message_is_cut_it_comes_out_whole(words: str, cuts: list[int]) -> None:
    message = words.encode()
    edges = [0, *sorted(min(cut, len(message)) for cut in cuts), len(message)]
    pieces = [message[start:end] for start, end in pairwise(edges)]
    assembly = Assembly(10_000)

    taken = [
        assembly.take(CONTINUATION if number else TEXT, number == len(pieces) - 1, piece)
        for number, piece in enumerate(pieces)
    ]

    assert taken == [None] * (len(pieces) - 1) + [message]
    assert assembly.take(TEXT, True, b"next") == b"next"


def test_the_limit_is_the_last_size_that_passes() -> None:
    assert Assembly(4).take(TEXT, True, b"1234") == b"1234"
    assert code_of(Assembly(4).take(TEXT, True, b"12345")) == 1009

    assembly = Assembly(4)
    assert assembly.take(TEXT, False, b"12") is None
    assert assembly.take(CONTINUATION, False, b"34") is None
    assert code_of(assembly.take(CONTINUATION, True, b"5")) == 1009


def test_an_unfinished_message_is_refused_as_soon_as_it_is_too_big() -> None:
    assert code_of(Assembly(4).take(TEXT, False, b"12345")) == 1009


@pytest.mark.parametrize("final", [True, False])
def test_what_is_out_of_order_or_not_text_is_a_violation(final: bool) -> None:
    assert code_of(Assembly(4).take(CONTINUATION, final, b"")) == 1002
    assert code_of(Assembly(4).take(BINARY, final, b"")) == 1003

    assembly = Assembly(4)
    assembly.take(TEXT, False, b"")
    assert code_of(assembly.take(TEXT, final, b"")) == 1002


@pytest.mark.parametrize(
    "raw", [b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc3"]
)
def test_what_is_not_utf8_is_a_violation(raw: bytes) -> None:
    assert code_of(Assembly(9).take(TEXT, True, raw)) == 1007


def test_a_character_may_be_cut_between_two_fragments() -> None:
    assembly = Assembly(4)
    assembly.take(TEXT, False, b"\xc3")

    assert assembly.take(CONTINUATION, True, b"\xa4") == "ä".encode()


def test_a_reason_is_cut_to_what_a_closing_frame_holds() -> None:
    assert fitting("short") == b"short"
    assert fitting("ü" * 100) == "ü".encode() * 61
    assert fitting("\ud800") == b"?"
