"""The reference is complete: each action, deviation and table has its line."""

import re

import pytest

from onetime.domain.quirks import QUIRKS
from onetime.gateway.routes import ROUTES
from onetime.store.schema import metadata
from tests.house.source import ROOT

REFERENCE = ROOT / "docs" / "reference"


def named_in(page: str) -> set[str]:
    """The first cells of the table rows of a page, without code marks."""
    text = (REFERENCE / page).read_text("utf-8")
    return set(re.findall(r"^\| `?([\w.]+)`? \|", text, re.MULTILINE))


def test_every_message_of_a_station_has_its_line() -> None:
    assert set(ROUTES) - named_in("ocpp.md") == set()


def test_every_deviation_has_its_line() -> None:
    assert named_in("quirks.md") - {"id"} == set(QUIRKS)


@pytest.mark.parametrize("table", sorted(metadata.tables))
def test_every_table_has_its_line(table: str) -> None:
    assert table in named_in("database.md")
