"""Depth and length are counted in the JSON and not in the text that it carries."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onetime.kit.limits import excess


@pytest.mark.parametrize(
    ("text", "is_too_much"),
    [
        (b"[" * 32 + b"]" * 32, False),
        (b"[" * 33 + b"]" * 33, True),
        (b'{"a":' * 33 + b"1" + b"}" * 33, True),
        (b'["]]]]",' * 33 + b"1" + b"]" * 33, True),
        (b'["' + b"[" * 99 + b'"]', False),
        (b'["\\"' + b"[" * 99 + b'"]', False),
        (b"[" + b"[]," * 99 + b"[]]", False),
        (b"1" * 64, False),
        (b"1" * 65, True),
        (b"-" + b"1" * 64, True),
        (b"0." + b"1" * 63, True),
        (b'"' + b"1" * 65 + b'"', False),
        (b"[" + b"1," * 99 + b"1]", False),
    ],
)
def test_what_is_too_deep_or_too_long_is_named(text: bytes, is_too_much: bool) -> None:
    assert bool(excess(text)) == is_too_much


@given(levels=st.integers(0, 60), text=st.text("[]{}\\x", max_size=60))
def test_brackets_in_text_neither_add_nor_hide_levels(levels: int, text: str) -> None:
    hidden = b'"' + text.replace("\\", "\\\\").encode() + b'"'

    assert bool(excess(b"[" * levels + hidden + b"]" * levels)) == (levels > 32)
