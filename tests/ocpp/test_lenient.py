"""JSON that is nearly right is read as it was meant; JSON that breaks off is not."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onetime.ocpp.lenient import (
    MAX_TOKENS,
    Number,
    Reading,
    Tree,
    Unreadable,
    clean,
    read,
    read_beginning,
    write,
)

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        (b"[,{},]", [{}]),
        (b"[{},,{}]", [{}, {}]),
        (b'{,"a":"b",,"c":"d",}', {"a": "b", "c": "d"}),
        (b"\xef\xbb\xbf[]", []),
        (b"[NaN,Infinity,-Infinity]", ["NaN", "Infinity", "-Infinity"]),
        (b"{a:b}", {"a": "b"}),
        (b"[01,+1,1.]", ["01", "+1", "1."]),
        (b'["\xff"]', ["\ufffd"]),
        (b'["a\tb\x00"]', ["a\tb\0"]),
        (b'["\\q"]', ["\\q"]),
        (b"[true,,false,,null]", [True, False, None]),
        (b"[]]", []),
        (b"[],\n\x00", []),
    ],
)
def test_what_is_misspelled_is_read_as_it_was_meant(text: bytes, tree: Tree) -> None:
    assert read(text) == Reading(tree, sound=False)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b" ",
        b"[",
        b'{"a":1',
        b'{"a":12',
        b'{"a":',
        b'{"a"',
        b'["a',
        b'{"a":,}',
        b'{"a" "b"}',
        b"{[]:1}",
        b"[}",
        b"{]",
        b"[1][2]",
        b"[" * 40,
        b"1" * 65 + b",",
        b"[" + b"1,," * MAX_TOKENS + b"]",
    ],
)
def test_what_breaks_off_or_makes_no_sense_is_unreadable(text: bytes) -> None:
    with pytest.raises(Unreadable):
        read(text)


@pytest.mark.parametrize("number", ["1.50", "1e400", "-0", "9007199254740993", "0." + "1" * 60])
def test_a_number_keeps_every_digit(number: str) -> None:
    sound = read(f"[{number}]".encode())
    mended = read(f"[,{number}]".encode())

    assert sound == Reading([Number(number)], sound=True)
    assert mended.tree == sound.tree
    assert write(sound.tree) == f"[{number}]".encode()


@given(tree=ANYTHING)
def test_sound_json_comes_through_unchanged(tree: object) -> None:
    text = json.dumps(tree).encode()

    reading = read(text)

    assert reading.sound
    assert json.loads(write(reading.tree)) == json.loads(clean_json(tree))


@given(tree=ANYTHING)
def test_commas_too_many_change_nothing(tree: object) -> None:
    separators = (",,", ":")
    mended = read(json.dumps([tree, tree], separators=separators).encode())

    assert not mended.sound
    assert mended.tree == read(json.dumps([tree, tree]).encode()).tree


@given(text=st.binary(max_size=100))
def test_whatever_the_bytes_reading_ends_in_a_tree_or_is_unreadable(text: bytes) -> None:
    try:
        json.loads(write(read(text).tree))
    except Unreadable:
        assert not is_sound(text)


@given(text=st.text(st.characters(), max_size=20))
def test_cleaned_text_can_be_stored(text: str) -> None:
    cleaned = clean(text + "\ud800\0")

    assert "\0" not in cleaned
    assert cleaned.encode().decode() == cleaned
    assert clean(cleaned) == cleaned


def clean_json(tree: object) -> str:
    """What the written form should be: NUL replaced, all else as it was."""
    return json.dumps(tree).replace("\\u0000", "\\ufffd")


def is_sound(text: bytes) -> bool:
    try:
        json.loads(text.decode())
    except ValueError:
        return False
    return len(text) <= 64


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b'{"a":"x","b":1000', {"a": "x"}),
        (b'{"a":"x","b":1000 ', {"a": "x"}),
        (b'{"a":"x","b":1000]', {"a": "x"}),
        (b'{"a":"x","b":1000,', {"a": "x", "b": Number("1000")}),
        (b'{"a":"x","b":1000}', {"a": "x", "b": Number("1000")}),
        (b'{"a":"x","b":"y"', {"a": "x", "b": "y"}),
        (b'{"a":"x","b":"y', {"a": "x"}),
        (b'{"a":"x","b":"y\\"', {"a": "x"}),
        (b'{"a":"x","b":nul', {"a": "x"}),
        (b'{"a":"x","b":[1,2', {"a": "x"}),
        (b'{"a":"x","b":[1,2]', {"a": "x", "b": [Number("1"), Number("2")]}),
        (b'{"a":"x","b":', {"a": "x"}),
        (b'{"a":"x","b"', {"a": "x"}),
        (b'{"a":"x"y","b":1,', {}),
        (b'{"a":1 "b":2,', {}),
        (b"{", {}),
        (b"", {}),
        (b"[1,", {}),
        (b'"a', {}),
        (b'{"a":1,"b":' + b"[" * 40, {}),
    ],
)
def test_of_what_breaks_off_only_that_is_believed_which_is_whole(
    text: bytes, told: dict[str, Tree]
) -> None:
    assert read_beginning(text) == told
