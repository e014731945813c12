"""Every list is a table for whoever accepts that: whole, and with the rights of the list."""

import csv
import io

import httpx
import msgspec
import pytest

from onetime.api import lists
from onetime.api.lists import form_of
from onetime.api.rights import PREFIX
from onetime.domain.accounts import Role
from onetime.domain.ids import StationId
from onetime.domain.reviews import AlarmKind
from onetime.garage import Transaction
from onetime.operations.renters import deactivate_renter
from onetime.operations.spots import add_spot
from onetime.queries.exports import header
from onetime.store import reviews
from tests.api.doors import V1, Door
from tests.api.test_charging_profiles import PROFILE
from tests.garage_makers import OWNER, a_card, a_renter, a_session, a_station

CSV = {"Accept": "text/csv"}
EVIL = "=HYPERLINK(1)"


def furnished(tx: Transaction) -> None:
    """Something in many lists, and what a spreadsheet would take for a formula."""
    card = a_card(tx, "04A1B2C3D4", a_renter(tx, EVIL))
    a_station(tx)
    for number in range(7):
        add_spot(tx, OWNER, f"B-{number}", floor_level="@SUM(1)")
    a_session(tx, 1, token_id=card, renter_id=1)
    reviews.raise_alarm(tx, AlarmKind.TAKEOVERS, "a", f"-1+{EVIL}", StationId("CP-1"))


def rows(answer: httpx.Response) -> list[dict[str, str]]:
    text = answer.content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


async def test_every_list_of_the_api_is_a_table_too(door: Door, owner: httpx.AsyncClient) -> None:
    await door.perform(furnished)
    found = {
        each.path: form
        for each in door.routes()
        if each.method == "GET" and (form := form_of(each.handler)) is not None
    }

    assert len(found) > 25
    for path, form in found.items():
        url = path.format(station_id="CP-1", renter_id=1, spot_id=1, session_id=1, profile_id=1)
        sheet = await owner.get(url, headers=CSV)
        listed = await owner.get(url)
        one = await owner.get(url, params={"limit": 1})
        if listed.status_code != 200:  # who is no renter has no charges of their own
            assert (path, sheet.status_code) == (path, listed.status_code)
            continue
        assert one.json()["items"] == listed.json()["items"][:1], path
        assert sheet.headers["content-type"] == "text/csv; charset=utf-8", path
        assert sheet.headers["content-disposition"].startswith("attachment; filename="), path
        head = next(csv.reader(io.StringIO(sheet.content.decode("utf-8-sig"))))
        assert head == [*header(form)], path
        assert len(rows(sheet)) == len(listed.json()["items"]), path
        cells = [cell for row in rows(sheet) for cell in row.values()]
        assert [each for each in cells if each[:1] in ("=", "+", "@", "-")] == [], path


async def test_all_pages_come_and_cells_are_as_in_the_list(
    door: Door, owner: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "PAGE", 3)
    await door.perform(furnished)

    sheet = await owner.get(f"{V1}/spots", headers=CSV, params={"limit": 2})
    (alarm,) = rows(await owner.get(f"{V1}/alarms", headers=CSV))

    assert [each["label"] for each in rows(sheet)] == [f"B-{n}" for n in range(6, -1, -1)]
    assert {each["floor_level"] for each in rows(sheet)} == {"'@SUM(1)"}
    assert sheet.headers["content-disposition"] == 'attachment; filename="spots.csv"'
    assert sheet.headers["cache-control"] == "no-store"
    assert alarm["sentence"] == f"'-1+{EVIL}"
    lines = [each for each in door.said("request_answered") if each["route"] == f"{PREFIX}/spots"]
    assert [(each["status"], each["actor"] is None) for each in lines] == [(200, False)]


async def test_filters_hold_on_every_page_and_values_are_written_for_spreadsheets(
    door: Door, owner: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def leave(tx: Transaction) -> None:
        for number in range(6):
            a_renter(tx, f"Renter {number}")
        deactivate_renter(tx, OWNER, 1)

    monkeypatch.setattr(lists, "PAGE", 2)
    await door.perform(leave)
    await owner.post(f"{V1}/charging-profiles", json=PROFILE)
    params: dict[str, str | int] = {"is_active": "true", "limit": 2}
    here = await owner.get(f"{V1}/renters", headers=CSV, params=params)
    (profile,) = rows(await owner.get(f"{V1}/charging-profiles", headers=CSV))

    assert here.content.startswith(b"\xef\xbb\xbfid,name,")
    assert [each["id"] for each in rows(here)] == ["6", "5", "4", "3", "2"]
    assert {each["is_active"] for each in rows(here)} == {"true"}
    schedule = msgspec.json.decode(profile["charging_schedule"])
    assert schedule["charging_schedule_period"][1]["limit"] == 8.5


async def test_a_table_is_refused_and_masked_as_its_list_is(door: Door) -> None:
    await door.perform(furnished)
    nobody, renter, installer = [
        await door.client(role) for role in (None, Role.RENTER, Role.INSTALLER)
    ]
    refused = [
        (await client.get(f"{V1}/{path}", headers=CSV))
        for client, path in (
            (nobody, "alarms"),
            (renter, "alarms"),
            (installer, "alarms?limit=0"),
            (installer, "alarms?nonsense=1"),
            (installer, "stations/CP-9/messages"),
            (installer, "nowhere"),
        )
    ]

    assert [each.status_code for each in refused] == [401, 403, 422, 422, 404, 404]
    assert {each.headers["content-type"] for each in refused} == {"application/problem+json"}
    either = await installer.get(f"{V1}/alarms", headers={"Accept": "*/*"})
    assert either.headers["content-type"] == "application/json"


async def test_a_list_that_can_not_go_on_is_cut_and_not_ended(
    door: Door, owner: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "PAGE", "none")
    door.house.expected_failures = {"http_library_complained"}
    await door.perform(furnished)

    with pytest.raises(httpx.RemoteProtocolError):
        await owner.get(f"{V1}/spots", headers=CSV, params={"limit": 2})
