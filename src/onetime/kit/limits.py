"""How deep and how long JSON from outside may be. Knows bytes, never what they mean."""

import re
from typing import Final

MAX_DEPTH: Final = 32
MAX_NUMBER_LENGTH: Final = 64

_STRING: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_LONG_NUMBER: Final = re.compile(rb"[-+0-9.eE]{%d}" % (MAX_NUMBER_LENGTH + 1))
_NO_BRACKET: Final = bytes(set(range(256)) - set(b"[]{}"))
_OPENED: Final = re.compile(rb"[\[{]{%d}" % (MAX_DEPTH + 1))
_TO_ZERO: Final = bytes.maketrans(b"+-.123456789Ee", b"0" * 14)
_ZEROS: Final = b"0" * (MAX_NUMBER_LENGTH + 1)


def excess(text: bytes) -> str | None:
    """Return a sentence when JSON text nests deeper or has longer numbers than allowed (S12).

    Two cheap looks settle almost every frame; only what they cannot rule out is examined.
    """
    may_be_deep = text.count(b"[") + text.count(b"{") > MAX_DEPTH
    may_be_long = _ZEROS in text.translate(_TO_ZERO)
    if not (may_be_deep or may_be_long):
        return None
    bare = _STRING.sub(b"", text)
    if may_be_deep and _is_deep(bare):
        return f"Nested deeper than {MAX_DEPTH} levels, or never closed"
    if may_be_long and _LONG_NUMBER.search(bare):
        return f"A number longer than {MAX_NUMBER_LENGTH} characters"
    return None


def _is_deep(bare: bytes) -> bool:
    """Take away innermost pairs, one level at a time; what is left was deeper, or never closed."""
    brackets = bare.translate(None, _NO_BRACKET)
    for _ in range(MAX_DEPTH):
        if not brackets:
            return False
        if _OPENED.search(brackets):
            return True
        brackets = brackets.replace(b"[]", b"").replace(b"{}", b"")
    return bool(brackets)
