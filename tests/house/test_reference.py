"""The reference is complete: each action, deviation, table and route has its line."""

import re

import pytest

from onetime.api.rights import RIGHTS
from onetime.domain.accounts import Role
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


def test_every_route_of_the_api_has_its_line_with_its_roles() -> None:
    page = (REFERENCE / "api.md").read_text("utf-8")
    lines = dict(re.findall(r"^\| `([A-Z]+ /\S*)` \| ([\w, ]+) \| ", page, re.MULTILINE))

    assert lines == {
        f"{method} {path}": ", ".join(role.value for role in Role if role in roles) or "anybody"
        for (method, path), roles in RIGHTS.items()
    }
