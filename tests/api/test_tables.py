"""Whole tables over the API: tried, entered, refused line by line, and taken out."""

import httpx
import pytest

from onetime.domain.accounts import Role
from tests.api.doors import V1, Door
from tests.garage_makers import a_card, a_renter, a_session, a_station

CSV = {"Content-Type": "text/csv; charset=utf-8"}
RENTERS = "name,contact_email\nAnna,anna@example.org\nBert,bert@example.org\n"


async def test_a_table_is_tried_entered_and_brought_again(
    door: Door, owner: httpx.AsyncClient
) -> None:
    url = f"{V1}/imports/renters"
    tried = await owner.post(url, params={"dry_run": "true"}, content=RENTERS, headers=CSV)
    before = door.house.value("SELECT count(*) FROM renters")
    done = await owner.post(url, content=RENTERS, headers=CSV)
    again = await owner.post(url, content=RENTERS, headers=CSV)

    assert [each.status_code for each in (tried, done, again)] == [200, 200, 200]
    told = {"noun": "renters", "is_dry_run": True, "created": 2, "unchanged": 0, "keys": []}
    assert (tried.json(), before) == (told, 0)
    assert done.json() == told | {"is_dry_run": False}
    assert again.json() == told | {"is_dry_run": False, "created": 0, "unchanged": 2}
    assert door.house.value("SELECT count(*) FROM renters") == 2


async def test_every_fault_is_told_with_its_line(door: Door, owner: httpx.AsyncClient) -> None:
    refused = await owner.post(
        f"{V1}/imports/renters", content=RENTERS + ",nowhere\nAnna,anna@example.org\n", headers=CSV
    )

    assert refused.status_code == 422
    assert [each["field"] for each in refused.json()["errors"]] == [
        "4.name",
        "4.contact_email",
        "5",
    ]
    assert door.house.value("SELECT count(*) FROM renters") == 0


async def test_keys_of_stations_are_told_once(door: Door, owner: httpx.AsyncClient) -> None:
    headers = {**CSV, "Idempotency-Key": "stations-1"}
    first = await owner.post(f"{V1}/imports/stations", content="id\nCP-1\n", headers=headers)
    again = await owner.post(f"{V1}/imports/stations", content="id\nCP-1\n", headers=headers)

    assert [(each["id"], len(each["key"])) for each in first.json()["keys"]] == [("CP-1", 40)]
    assert again.json() == first.json() | {"keys": []}
    assert first.json()["keys"][0]["key"] not in str(door.house.logs)


@pytest.mark.parametrize(
    ("noun", "headers", "content", "status"),
    [
        ("cars", CSV, RENTERS, 404),
        ("renters", {"Content-Type": "application/json"}, "{}", 415),
        ("renters", {}, RENTERS, 415),
        ("renters", CSV, "", 422),
        ("renters", CSV, "name,contact_email\n" + "x" * 2**20, 413),
        ("renters", CSV, b"\xff\xfe\x00", 422),
    ],
)
async def test_what_is_no_table_is_refused(
    owner: httpx.AsyncClient, noun: str, headers: dict, content: str | bytes, status: int
) -> None:
    answer = await owner.post(f"{V1}/imports/{noun}", content=content, headers=headers)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert status != 415 or answer.json()["detail"].endswith("Content-Type: text/csv.")


async def test_lists_are_taken_out_page_by_page_and_no_cell_is_a_formula(
    door: Door, owner: httpx.AsyncClient
) -> None:
    def furnished(tx) -> None:
        renter = a_renter(tx, '=HYPERLINK("x")')
        a_station(tx)
        card = a_card(tx, "@04A1B2C3", renter)
        a_session(tx, 7, token_id=card, renter_id=renter)
        for number in range(8, 1_210):
            a_session(tx, number)

    await door.perform(furnished)
    lines = {
        noun: (await owner.get(f"{V1}/exports/{noun}")).content.decode("utf-8-sig").splitlines()
        for noun in ("renters", "spots", "tokens", "stations", "sessions")
    }

    assert {noun: len(each) - 1 for noun, each in lines.items()} == {
        "renters": 1,
        "spots": 0,
        "tokens": 1,
        "stations": 1,
        "sessions": 1_203,
    }
    assert lines["renters"][1].startswith("""1,"'=HYPERLINK(""x"")",anna@""")
    assert lines["tokens"][1].startswith("'@04A1B2C3,")
    assert len({each.split(",")[0] for each in lines["sessions"]}) == 1_204
    assert lines["sessions"][0].startswith("id,transaction_id,station_id")


async def test_sessions_are_chosen_and_the_answer_is_a_file(
    door: Door, owner: httpx.AsyncClient
) -> None:
    def furnished(tx) -> None:
        a_station(tx)
        a_session(tx, 7, renter_id=a_renter(tx))
        a_session(tx, 8)

    await door.perform(furnished)
    accountant = await door.client(Role.ACCOUNTANT)
    chosen = await accountant.get(f"{V1}/exports/sessions", params={"renter_id": 1})
    wrong = await owner.get(f"{V1}/exports/spots", params={"renter_id": 1})
    nobody = await owner.get(f"{V1}/exports/sessions", params={"renter_id": 9})

    assert len(chosen.text.splitlines()) == 2
    assert chosen.headers["content-type"] == "text/csv; charset=utf-8"
    assert chosen.headers["content-disposition"] == 'attachment; filename="sessions.csv"'
    assert (wrong.status_code, nobody.status_code) == (422, 422)
