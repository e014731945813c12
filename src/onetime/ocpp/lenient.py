"""JSON that is nearly right, read all the same. Knows stray commas, never what the text means.

What is merely spelled wrong is read: commas too many, a byte order mark, bare words such as NaN,
control characters in text, bytes that are no UTF-8. What ends too early is not: a register of which
the last digits were cut off would be believed; `read_beginning` gives what was told in full before.
The text of a number is kept as it was written.
"""

import json
import re
from typing import Final, NoReturn

import msgspec
from msgspec import Raw, Struct

from onetime.kit.limits import excess

MAX_TOKENS: Final = 20_000


class Number(Struct, frozen=True):
    """A number as it was written."""

    text: str


Tree = bool | str | Number | list["Tree"] | dict[str, "Tree"] | None


class Reading(Struct, frozen=True):
    """What was read, and whether the text was sound JSON."""

    tree: Tree
    sound: bool


class Unreadable(Exception):
    """This cannot be read as what it should be, not with the best of will."""


def read(text: bytes) -> Reading:
    """Read JSON, or what was meant by it; raise Unreadable."""
    if sentence := excess(text):
        raise Unreadable(sentence)
    try:
        return Reading(_STRICT.decode(text.decode()), sound=True)
    except (ValueError, RecursionError):
        return Reading(_nearly(text.decode(errors="replace").lstrip("\ufeff")), sound=False)


def read_beginning(text: bytes) -> dict[str, Tree]:
    """Return the fields of an object up to where it breaks off, those that are whole.

    A number or a bare word counts as whole only if a comma or a brace follows: else digits of it
    may be lost. A text shows its end itself. Nothing after the first doubtful value is believed.
    """
    fields: dict[str, Tree] = {}
    if excess(text):
        return fields
    cursor = _Cursor(text.decode(errors="replace").lstrip("\ufeff"))
    try:
        if cursor.take()["mark"] != "{":
            return fields
        while (token := cursor.take())["mark"] != "}":
            if token["mark"] == ",":
                continue
            name = _name(token, cursor)
            first = cursor.take()
            value = _value(first, cursor)
            is_whole = _AFTER_WORD if first["word"] else _AFTER_VALUE
            if not is_whole.match(cursor.text, cursor.at):
                break
            fields[name] = value
    except Unreadable:
        pass  # What was whole before is in the fields.
    return fields


def write(tree: Tree) -> bytes:
    """Write a tree as JSON, its numbers as they were."""
    return msgspec.json.encode(_writable(tree))


def clean(text: str) -> str:
    """Put the replacement character where text holds what no database keeps."""
    if text.isascii() and "\0" not in text:
        return text
    sound = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return sound.replace("\0", "\ufffd")


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


_STRICT: Final = json.JSONDecoder(parse_int=Number, parse_float=Number, parse_constant=_refuse)
_TOKEN: Final = re.compile(
    r'\s*(?:(?P<mark>[][{},:])|(?P<text>"[^"\\]*+(?:\\.[^"\\]*+)*+")|(?P<word>[^][{},:"\s]+))',
    re.DOTALL,
)
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_WORDS: Final[dict[str, bool | None]] = {"null": None, "true": True, "false": False}
_NOTHING_MORE: Final = re.compile(r"[]},\s\0]*")
_AFTER_WORD: Final = re.compile(r"\s*[,}]")
_AFTER_VALUE: Final = re.compile(r"\s*(?:[,}]|\Z)")


class _Cursor:
    """A place in a text, moved on token by token."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.tokens = 0

    def take(self) -> re.Match[str]:
        token = _TOKEN.match(self.text, self.at)
        if token is None:
            raise Unreadable("It breaks off")
        self.at = token.end()
        self.tokens += 1
        if self.tokens > MAX_TOKENS:
            raise Unreadable("It is too long to be mended")
        return token


def _nearly(text: str) -> Tree:
    cursor = _Cursor(text)
    tree = _value(cursor.take(), cursor)
    if not _NOTHING_MORE.fullmatch(text, cursor.at):
        raise Unreadable("There is more after its end")
    return tree


def _value(token: re.Match[str], cursor: _Cursor) -> Tree:
    if token["mark"] == "[":
        return _list(cursor)
    if token["mark"] == "{":
        return _object(cursor)
    if token["mark"]:
        raise Unreadable(f"A {token['mark']} is out of place")
    word = token["word"]
    if word is None:
        return _text(token)
    if _NUMBER.fullmatch(word):
        return Number(word)
    return _WORDS.get(word, word)


def _list(cursor: _Cursor) -> list[Tree]:
    items: list[Tree] = []
    while (token := cursor.take())["mark"] != "]":
        if token["mark"] != ",":
            items.append(_value(token, cursor))
    return items


def _object(cursor: _Cursor) -> dict[str, Tree]:
    fields: dict[str, Tree] = {}
    while (token := cursor.take())["mark"] != "}":
        if token["mark"] == ",":
            continue
        name = _name(token, cursor)
        fields[name] = _value(cursor.take(), cursor)
    return fields


def _name(token: re.Match[str], cursor: _Cursor) -> str:
    name = _text(token)
    if cursor.take()["mark"] != ":":
        raise Unreadable("A name has no value")
    return name


def _text(token: re.Match[str]) -> str:
    literal = token["text"]
    if literal is None:
        if token["mark"]:
            raise Unreadable(f"A {token['mark']} is out of place")
        return str(token["word"])
    try:
        return str(json.loads(literal, strict=False))
    except ValueError:
        return literal[1:-1]


def _writable(tree: Tree) -> object:
    if isinstance(tree, Number):
        return Raw(tree.text.encode())
    if isinstance(tree, str):
        return clean(tree)
    if isinstance(tree, list):
        return [_writable(item) for item in tree]
    if isinstance(tree, dict):
        return {clean(name): _writable(value) for name, value in tree.items()}
    return tree
