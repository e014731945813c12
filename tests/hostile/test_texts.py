"""Whatever a station writes into its texts stays text: in tables, lists and logs (S11)."""

import csv
import io
import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, select, text

from onetime.cli.output import clean
from onetime.kit.sheets import written
from onetime.store.tables import charging_stations
from tests.hostile.frames import VALID
from tests.hostile.test_frames import a_garage
from tests.quirks.conversations import Line

HOSTILE = (
    "=HYPERLINK(1)",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "'; DROP TABLE charging_sessions; --",
    '" OR 1=1 --',
    "<script>a()</script>",
    "\x1b[2J\x1b]0;x\x07",
    "a\r\nlevel=error",
    "\u202etxt.exe",
    "\0",
    "{{7*7}}",
    "%s%n",
)
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def fields() -> Iterator[tuple[str, tuple[str | int, ...]]]:
    """Every place of a text in what stations send."""
    for action, payload in VALID:
        for path in _texts(payload, ()):
            yield action, path


def _texts(value: object, path: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, str):
        yield path
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _texts(inner, (*path, name))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _texts(inner, (*path, number))


def spoiled(action: str, path: tuple[str | int, ...], word: str) -> str:
    """A message with a hostile word in one place."""
    payload: Any = deepcopy(dict(VALID)[action])
    inner = payload
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = word
    return json.dumps([2, "t", action, payload])


@pytest.mark.parametrize("word", HOSTILE, ids=ascii)
def test_a_hostile_word_in_any_field_is_kept_and_shown_as_text(
    tmp_path: Path, migrated_sqlite: Path, word: str
) -> None:
    with a_garage(tmp_path / "onetime.db", migrated_sqlite) as answering:
        connection = answering.tx.connection
        before = set(inspect(connection).get_table_names())
        places = list(fields())
        for action, path in places:
            assert answering.hear(Line(action, {}, 0), spoiled(action, path, word)) is not None
        answering.tx.flush()

        assert set(inspect(connection).get_table_names()) == before
        assert connection.execute(text("SELECT count(*) FROM charging_stations")).scalar() == 1
        said = [
            each
            for table in charging_stations.metadata.sorted_tables
            for row in connection.execute(select(table))
            for each in row
            if isinstance(each, str)
        ]
    assert len(places) >= 20
    core = word.strip("\0\t")
    assert not core or any(core in each for each in said)
    sheet = written([[each] for each in said]).decode()
    for (cell,) in csv.reader(io.StringIO(sheet, newline="")):
        assert not cell.startswith(FORMULA)
    assert all(clean(each).isprintable() for each in said)


def test_the_words_are_hostile_where_nothing_is_done_about_them() -> None:
    """The checks above would find them."""
    assert any(word.startswith(FORMULA) for word in HOSTILE)
    assert not all(word.isprintable() for word in HOSTILE)
