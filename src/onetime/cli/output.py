"""How answers look: tables and lists for people, JSON for programs.

Knows text and widths, never what is shown. Whatever stations sent is made harmless here: control
characters could move the cursor or change what was printed before.
"""

import shutil
import sys
import textwrap
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Generic, TypeVar

import msgspec
from msgspec import Struct

T = TypeVar("T")

GAP = "  "
NARROWEST = 8
NOTHING = "-"
DELETE = "\x7f"


class Column(Struct, Generic[T], frozen=True):
    """A column of a table; an elastic one gives way on a narrow terminal."""

    title: str
    text: Callable[[T], str]
    right: bool = False
    elastic: bool = False


def print_json(value: object) -> None:
    """Print one object."""
    print(_harmless(msgspec.json.format(msgspec.json.encode(value), indent=2)))


def print_json_list(items: Iterable[object]) -> None:
    """Print an array, an object a line, while the items still come."""
    print("[", end="")
    separator = "\n  "
    for item in items:
        print(separator, _harmless(msgspec.json.encode(item)), sep="", end="")
        separator = ",\n  "
    print("\n]" if separator != "\n  " else "]")


def print_table(rows: Sequence[T], columns: Sequence[Column[T]]) -> None:
    """Print rows under titles, aligned; lines are cut to the terminal, and to nothing else."""
    cells = [
        [clean(column.text(row)) or (NOTHING if column.title else "") for column in columns]
        for row in rows
    ]
    widths = [
        max(width_of(column.title), *(width_of(line[at]) for line in cells))
        for at, column in enumerate(columns)
    ]
    _narrow(widths, [column.elastic for column in columns])
    for line in [[column.title for column in columns], *cells]:
        parts = [
            _padded(cut(text, width), width, column.right)
            for text, width, column in zip(line, widths, columns, strict=True)
        ]
        print(GAP.join(parts).rstrip())


def print_list(
    items: Iterable[T], columns: Sequence[Column[T]], as_json: bool, nothing: str
) -> None:
    """Print an array for programs; for people a table, or a sentence in place of an empty one."""
    if as_json:
        print_json_list(items)
    elif rows := list(items):
        print_table(rows, columns)
    else:
        print(nothing)


def print_facts(facts: Sequence[tuple[str, str | None]]) -> None:
    """Print one thing's properties, a line each."""
    width = max(width_of(name) for name, _ in facts)
    for name, text in facts:
        print(f"{_padded(name, width, False)}{GAP}{clean(text or '') or NOTHING}")


def print_indented(text: str) -> None:
    """Print a paragraph below its heading, wrapped on a terminal only."""
    width = _terminal_width()
    lines = textwrap.wrap(clean(text), width - 4) if width and width > 20 else [clean(text)]
    for line in lines:
        print(f"    {line}")


def clean(text: str) -> str:
    """Return a text in one line, without characters that steer a terminal."""
    return "".join(
        " " if letter in "\n\r\t" else "\N{REPLACEMENT CHARACTER}" if _steers(letter) else letter
        for letter in text
    ).strip()


def width_of(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    return sum(_width(letter) for letter in text)


def cut(text: str, width: int) -> str:
    """Return a text that takes at most so many columns, with `…` where something is missing."""
    if width_of(text) <= width:
        return text
    kept = ""
    for letter in text:
        if width_of(kept) + _width(letter) > width - 1:
            break
        kept += letter
    return kept.rstrip() + "…"


def local(moment: datetime | None) -> str:
    """Return a time to the minute, in the zone of this computer."""
    return _local(moment, "%Y-%m-%d %H:%M")


def local_exactly(moment: datetime | None) -> str:
    """Return a time to the second, with its zone."""
    return _local(moment, "%Y-%m-%d %H:%M:%S %Z")


def lasted(duration: timedelta) -> str:
    """Return a duration in hours and minutes."""
    minutes = max(round(duration.total_seconds() / 60), 0)
    return f"{minutes // 60}:{minutes % 60:02} h"


def times(number: int, thing: str, things: str | None = None) -> str:
    """Return `1 session` or `3 sessions`."""
    return f"{number:,} {thing if number == 1 else things or f'{thing}s'}"


def _local(moment: datetime | None, form: str) -> str:
    if moment is None:
        return ""
    try:
        return moment.astimezone().strftime(form)
    except (OverflowError, OSError, ValueError):
        return moment.strftime(form)  # at the ends of the calendar there is no other zone


def _narrow(widths: list[int], elastic: list[bool]) -> None:
    """Take from the widest elastic column until the line fits on the terminal."""
    limit = _terminal_width()
    while limit and sum(widths) + len(GAP) * (len(widths) - 1) > limit:
        candidates = [at for at, gives in enumerate(elastic) if gives and widths[at] > NARROWEST]
        if not candidates:
            return
        widths[max(candidates, key=lambda at: widths[at])] -= 1


def _terminal_width() -> int | None:
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def _padded(text: str, width: int, right: bool) -> str:
    blanks = " " * (width - width_of(text))
    return blanks + text if right else text + blanks


def _width(letter: str) -> int:
    if unicodedata.combining(letter):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def _harmless(json: bytes) -> str:
    """Return JSON of the same meaning in which what steers a terminal is escaped."""
    text = json.decode()
    if text.isascii() and DELETE not in text:
        return text
    return "".join(_escaped(each) if each != "\n" and _steers(each) else each for each in text)


def _escaped(letter: str) -> str:
    wide = letter.encode("utf-16-be").hex()
    return "".join(f"\\u{wide[at : at + 4]}" for at in range(0, len(wide), 4))


def _steers(letter: str) -> bool:
    # Cf holds the marks that turn the direction of writing.
    return unicodedata.category(letter) in ("Cc", "Cs", "Cf", "Zl", "Zp")
