"""Single values that are not as OCPP wants them, read as what they were meant to be.

Knows numbers, times and words, never the message they stand in. All raise `Unreadable`.
"""

import re
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

from msgspec import Struct

from onetime.kit.limits import MAX_NUMBER_LENGTH
from onetime.kit.times import utc
from onetime.ocpp.lenient import Number, Tree, Unreadable, clean, write
from onetime.ocpp.v16.types import INTEGER_MAX, INTEGER_MIN

_DECIMAL: Final = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,9})?")
_LEAP_SECOND: Final = re.compile(r"(T\d\d:\d\d):60")
_LARGEST_EXPONENT: Final = 19  # of what can be an integer of 64 bits


class Moment(Struct, frozen=True):
    """A time in UTC, and whether it was said in which zone it is."""

    time: datetime
    has_zone: bool


def as_text(tree: Tree) -> str:
    """Return text as it is, and anything else but null as JSON writes it."""
    if tree is None:
        raise Unreadable("There is nothing")
    if isinstance(tree, str):
        return clean(tree)
    return write(tree).decode()


def as_decimal(tree: Tree) -> Decimal:
    """Return the finite decimal number that a number or a text is (X15)."""
    text = tree.text if isinstance(tree, Number) else tree
    if not isinstance(text, str) or len(text) > MAX_NUMBER_LENGTH:
        raise Unreadable("No number")
    if not _DECIMAL.fullmatch(text.strip()):
        raise Unreadable("No decimal number")
    return Decimal(text.strip())


def as_whole(tree: Tree) -> int:
    """Return the nearest integer of 64 bits, halves to the even one (X15)."""
    number = as_decimal(tree)
    if number.adjusted() >= _LARGEST_EXPONENT:
        raise Unreadable("A number that is too large")
    whole = int(number.to_integral_value(ROUND_HALF_EVEN))
    if not INTEGER_MIN <= whole <= INTEGER_MAX:
        raise Unreadable("A number that is too large")
    return whole


def as_moment(tree: Tree) -> Moment:
    """Return a time, a date or a time without zone in UTC (T03); leap seconds are cut."""
    if not isinstance(tree, str):
        raise Unreadable("No time")
    text = _LEAP_SECOND.sub(r"\1:59", tree.strip().upper())
    try:
        time = datetime.fromisoformat(text)
        if time.tzinfo is None:
            return Moment(time.replace(tzinfo=UTC), has_zone=False)
        return Moment(utc(time), has_zone=True)
    except (ValueError, OverflowError):
        raise Unreadable("No time") from None


def as_word(tree: Tree, known: tuple[str, ...]) -> str:
    """Return the known word that differs in case and blanks alone, or the text as it is (M06)."""
    text = as_text(tree)
    if text in known:
        return text
    plain = text.strip().casefold()
    if not plain:
        raise Unreadable("No word")
    return next((word for word in known if word.casefold() == plain), text)
