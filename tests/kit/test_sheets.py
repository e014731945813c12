"""Tables as people save them, and cells that a spreadsheet must not take for formulas."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onetime.kit.sheets import BOM, Line, SheetFault, read, written


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("+49 30 1234", "'+49 30 1234"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("\uff1dcmd|' /C calc'!A0", "'\uff1dcmd|' /C calc'!A0"),
        ("x;=1+1", "x;'=1+1"),
        ("x\n=1+1", "x\n'=1+1"),
        ("B2-104", "B2-104"),
        ("a=b", "a=b"),
        (-5, "-5"),
        (None, ""),
        (True, "True"),
    ],
)
def test_no_cell_begins_a_formula(cell: object, shown: str) -> None:
    (line,) = csv.reader(io.StringIO(written([["x", cell]]).decode(), newline=""))

    assert line == ["x", shown]


@pytest.mark.parametrize(
    "content",
    [
        b"name,phone\r\nAnna,1\r\n",
        b"name;phone\nAnna;1\n",
        b"name\tphone\rAnna\t1",
        BOM + b'"name";"phone"\r\n"Anna";"1"\r\n',
        b"\r\nname,phone\r\n\r\n,\r\nAnna,1",
        b"sep=;\r\nname;phone\r\nAnna;1\r\n",
    ],
)
def test_a_table_is_read_however_it_was_saved(content: bytes) -> None:
    assert [each.cells for each in read(content)] == [("name", "phone"), ("Anna", "1")]


def test_lines_keep_their_numbers() -> None:
    content = b'name,note\n\nAnna,"two\nlines"\nBert,x\n'

    assert read(content) == [
        Line(1, ("name", "note")),
        Line(3, ("Anna", "two\nlines")),
        Line(5, ("Bert", "x")),
    ]
    assert read(b"sep=,\nname\nAnna\n")[1].number == 3


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("name\nAnna".encode("utf-16"), 1),
        (b"name\nAn\0na", 1),
        ("name\nAnna\nÜmit".encode("latin-1"), 3),
        (b'name,x\n"Anna,1\n', 2),
        (b'name,x\n"An"na,1\n', 2),
        (b"name,x\n" + b"y" * 200_000, 2),
    ],
)
def test_what_can_not_be_read_is_told_by_its_line(content: bytes, line: int) -> None:
    with pytest.raises(SheetFault) as fault:
        read(content)

    assert fault.value.line == line


@given(st.lists(st.lists(st.text('aB=+-@,."é\uff1d', min_size=1), min_size=2, max_size=3)))
def test_what_was_written_is_read_as_it_was(lines: list[list[str]]) -> None:
    content = written([["many,commas,in,the,head"], *lines])

    assert [list(each.cells) for each in read(content)][1:] == lines
