"""Tables as CSV: written so that no cell is taken for a formula, read as spreadsheets save them.

Knows cells and lines; never what they mean.
"""

import csv
import re
from collections.abc import Iterable, Sequence

from msgspec import Struct

BOM = b"\xef\xbb\xbf"
"""By this a spreadsheet knows that what follows is UTF-8."""
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_DELIMITERS = ";,\t"
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_SEPARATOR = re.compile(r"sep=([;,\t])\r?\n", re.IGNORECASE)
# A program that splits at another sign than we do would take what follows for a cell of its own.
_FORMULA = re.compile("(^|[;\t\r\n])(?=[=+\\-@\t\r\uff1d\uff0b\uff0d\uff20])")
_MADE_SAFE = re.compile("'[=+\\-@\t\r\uff1d\uff0b\uff0d\uff20]")


class SheetFault(Exception):
    """The text can not be read as a table; `sentence` says why, for people."""

    def __init__(self, line: int, sentence: str) -> None:
        super().__init__(sentence)
        self.line = line
        self.sentence = sentence


class Line(Struct, frozen=True):
    """A line of a table with its number in the text, which counts from 1."""

    number: int
    cells: tuple[str, ...]


class _Text(list[str]):
    """What the writer of lines writes to."""

    def write(self, text: str) -> None:
        """Keep a part."""
        self.append(text)


def written(lines: Iterable[Sequence[object]]) -> bytes:
    """Return lines as CSV in UTF-8, with a comma between cells and CR LF after each line."""
    text = _Text()
    csv.writer(text).writerows([[_cell(each) for each in line] for line in lines])
    return "".join(text).encode("utf-8", "replace")


def read(content: bytes) -> list[Line]:
    """Read the lines of a table that are not empty, its header first; raises SheetFault.

    UTF-8 with or without a mark at its beginning, `;` or `,` or a tab between cells, and any ends
    of lines: whatever spreadsheets save. What `written` made safe is as it was.
    """
    text = _decoded(content)
    first = 0
    if named := _SEPARATOR.match(text):
        delimiter, text, first = named[1], text[named.end() :], 1
    else:
        head = text.lstrip("\r\n").partition("\n")[0]
        delimiter = max(_DELIMITERS, key=head.count)
    reader = csv.reader(_LINE.findall(text), delimiter=delimiter, strict=True)
    lines = []
    number = first + 1
    try:
        for cells in reader:
            if any(each.strip() for each in cells):
                lines.append(Line(number, tuple(_as_it_was(each) for each in cells)))
            number = first + reader.line_num + 1
    except csv.Error as error:
        raise SheetFault(number, f"This is no line of a table: {error}.") from None
    return lines


def _decoded(content: bytes) -> str:
    if content.startswith(_UTF16) or b"\0" in content:
        raise SheetFault(1, "This is not UTF-8; save the table as CSV in UTF-8.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SheetFault(line, "This is not UTF-8; save the table as CSV in UTF-8.") from None


def _cell(value: object) -> object:
    """Return what stands in a cell; only texts can be taken for formulas."""
    return _FORMULA.sub(r"\1'", value) if isinstance(value, str) else value


def _as_it_was(cell: str) -> str:
    cell = cell.strip(" ")
    return cell[1:] if _MADE_SAFE.match(cell) else cell
