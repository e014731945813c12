"""Lists as CSV: complete, in order, and harmless in a spreadsheet."""

import csv
import io

import httpx
import pytest

from onetime.api import sheets
from onetime.garage import Transaction
from tests.api.doors import V1, Door
from tests.api.test_sessions import furnish
from tests.garage_makers import a_session

CSV = {"Accept": "text/csv"}
EVIL = '=HYPERLINK("http://evil")'


def _evil_charge(tx: Transaction) -> None:
    a_session(tx, 99, token_id=None)
    tx.connection.exec_driver_sql(
        "UPDATE charging_sessions SET stop_reason = '" + EVIL + "' WHERE transaction_id = 99"
    )


def rows(answer: httpx.Response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


async def test_all_charges_come_as_csv_page_after_page(
    door: Door, owner: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await door.perform(furnish)
    monkeypatch.setattr(sheets, "PAGE", 2)

    sheet = await owner.get(f"{V1}/sessions", headers=CSV, params={"limit": 1})
    objects = (await owner.get(f"{V1}/sessions")).json()["items"]

    assert sheet.headers["content-type"] == "text/csv; charset=utf-8"
    assert sheet.headers["content-disposition"] == 'attachment; filename="sessions.csv"'
    assert sheet.content.startswith(b"\xef\xbb\xbfid,")
    assert sheet.content.count(b"\r\n") == sheet.content.count(b"\n") == 5
    found = rows(sheet)
    assert list(found[0]) == list(objects[0])
    assert [each["id"] for each in found] == [str(each["id"]) for each in objects]
    assert [each["total_energy_kwh"] for each in found] == ["", "7.5", "7.5", "7.5"]


async def test_a_cell_is_never_a_formula(door: Door, owner: httpx.AsyncClient) -> None:
    await door.perform(furnish)
    await door.perform(_evil_charge)

    found = rows(await owner.get(f"{V1}/sessions", headers=CSV))

    assert "'" + EVIL in [each["stop_reason"] for each in found]


async def test_filters_and_refusals_are_those_of_the_list(
    door: Door, owner: httpx.AsyncClient
) -> None:
    await door.perform(furnish)

    of_renter = await owner.get(f"{V1}/renters/1/sessions", headers=CSV)
    readings = await owner.get(f"{V1}/sessions/4/readings", headers=CSV)
    refused = await owner.get(f"{V1}/sessions?renter_id=9", headers=CSV)
    either = await owner.get(f"{V1}/sessions", headers={"Accept": "*/*"})

    assert [each["id"] for each in rows(of_renter)] == ["4", "2", "1"]
    assert [each["value"] for each in rows(readings)] == ["12500.0"]
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    assert either.headers["content-type"] == "application/json"
