"""Tables line up, fit the terminal, and can not be used to deceive."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import msgspec
import pytest

from onetime.cli import output
from onetime.cli.output import (
    Column,
    clean,
    cut,
    lasted,
    local,
    print_facts,
    print_indented,
    print_json,
    print_json_list,
    print_list,
    print_table,
    width_of,
)

COLUMNS = (
    Column[tuple[str, str]]("NAME", lambda row: row[0], elastic=True),
    Column[tuple[str, str]]("KWH", lambda row: row[1], right=True),
)


def test_columns_line_up_by_what_a_terminal_shows(capsys: pytest.CaptureFixture[str]) -> None:
    print_table([("Zoë", "1"), ("王小明", "22"), ("e\N{COMBINING ACUTE ACCENT}", "333")], COLUMNS)

    assert capsys.readouterr().out.splitlines() == [
        "NAME    KWH",
        "Zoë       1",
        "王小明   22",
        "e\N{COMBINING ACUTE ACCENT}       333",
    ]


def test_a_list_is_an_array_a_table_or_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    told = []
    for rows in ([("Zoë", "1")], []):
        for as_json in (False, True):
            print_list(iter(rows), COLUMNS, as_json, "Nobody yet.")
            told.append(capsys.readouterr().out)

    assert told == ["NAME  KWH\nZoë     1\n", '[\n  ["Zoë","1"]\n]\n', "Nobody yet.\n", "[]\n"]


def test_a_narrow_terminal_cuts_the_widest_elastic_column(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(output, "_terminal_width", lambda: 20)

    print_table([("A" * 40, "1")], COLUMNS)

    assert capsys.readouterr().out.splitlines() == [
        "NAME             KWH",
        "AAAAAAAAAAAAAA…    1",
    ]


def test_a_pipe_gets_everything(capsys: pytest.CaptureFixture[str]) -> None:
    print_table([("A" * 400, "1")], COLUMNS)

    assert "A" * 400 in capsys.readouterr().out


def test_the_width_is_asked_of_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "33")

    monkeypatch.setattr("sys.stdout", SimpleNamespace(isatty=lambda: False))
    assert output._terminal_width() is None
    monkeypatch.setattr("sys.stdout", SimpleNamespace(isatty=lambda: True))
    assert output._terminal_width() == 33


@pytest.mark.parametrize(
    ("hostile", "harmless"),
    [
        ("\x1b[2Jgone", "\N{REPLACEMENT CHARACTER}[2Jgone"),
        ("a\r\nb", "a  b"),
        ("evil\N{RIGHT-TO-LEFT OVERRIDE}txt", "evil\N{REPLACEMENT CHARACTER}txt"),
        ("a\N{LINE SEPARATOR}b", "a\N{REPLACEMENT CHARACTER}b"),
    ],
)
def test_text_from_stations_can_not_steer_the_terminal(hostile: str, harmless: str) -> None:
    assert clean(hostile) == harmless


def test_nothing_that_is_printed_can_steer_the_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    hostile = "ü\x1b[2J\x7f\x9b31m\r\x07\N{RIGHT-TO-LEFT OVERRIDE}\U000e0041"

    print_table([(hostile, "1")], COLUMNS)
    print_facts([("Card", hostile)])
    print_indented(hostile)
    print_json({"card": hostile})
    as_object = capsys.readouterr().out
    print_json_list([hostile])
    as_list = capsys.readouterr().out

    assert all(each == "\n" or each.isprintable() for each in as_object + as_list)
    assert msgspec.json.decode(as_object[as_object.index("{") :]) == {"card": hostile}
    assert msgspec.json.decode(as_list) == [hostile]
    assert "ü" in as_list


@pytest.mark.parametrize(
    ("text", "width", "kept"), [("abc", 3, "abc"), ("abcd", 3, "ab…"), ("王小明", 4, "王…")]
)
def test_a_cut_shows_that_something_is_missing(text: str, width: int, kept: str) -> None:
    assert cut(text, width) == kept
    assert width_of(kept) <= width


def test_durations_and_times_read_well() -> None:
    assert lasted(timedelta(hours=11, minutes=4, seconds=40)) == "11:05 h"
    assert lasted(timedelta(seconds=-5)) == "0:00 h"
    assert local(None) == ""
    assert local(datetime(9999, 12, 31, 23, 59, tzinfo=UTC)).startswith("9999-12-31")
