"""Charges as a program asks for them: whose, where, when; and closing one by hand."""

from datetime import timedelta

import httpx
import pytest

from onetime.garage import Transaction
from tests.api.doors import V1, Door
from tests.charges import a_garage, begin, meter, wait
from tests.garage_makers import a_renter, a_session, a_spot

TAG = "04A1B2C3"


def furnish(tx: Transaction) -> None:
    """Two charges of Anna that ended, one of an unknown card, and one that goes on."""
    wait(tx, hours=-1)
    renter_id = a_garage(tx)
    a_renter(tx, "Bert")
    spot_id = a_spot(tx, "B1", "CP-1")
    for number, days in ((1, 3), (2, 2)):
        a_session(
            tx,
            number,
            token_id=TAG,
            renter_id=renter_id,
            place=(spot_id, "B1"),
            start=tx.now - timedelta(days=days),
        )
    a_session(tx, 3, start=tx.now - timedelta(days=1))
    wait(tx, minutes=20)
    begin(tx, 10_000)
    wait(tx, minutes=20)
    meter(tx, 12_500)


@pytest.fixture
async def charges(door: Door) -> None:
    await door.perform(furnish)


@pytest.mark.usefixtures("charges")
async def test_where_a_renter_charged_is_told(owner: httpx.AsyncClient) -> None:
    found = (await owner.get(f"{V1}/renters/1/sessions")).json()["items"]

    assert [each["spot_label"] for each in found] == ["B1", "B1", "B1"]
    assert [each["total_energy_kwh"] for each in found] == [None, 7.5, 7.5]
    assert {each["renter_name"] for each in found} == {"Anna Example"}
    assert {each["station_id"] for each in found} == {"CP-1"}
    assert (await owner.get(f"{V1}/renters/2/sessions")).json()["items"] == []
    assert (await owner.get(f"{V1}/renters/9/sessions")).status_code == 404


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ({}, [4, 3, 2, 1]),
        ({"renter_id": 1}, [4, 2, 1]),
        ({"token": TAG.lower()}, [4, 2, 1]),
        ({"token": "FFFFFFFF"}, [3]),
        ({"station_id": "CP-1", "open": "true"}, [4]),
        ({"open": "false", "limit": 2}, [3, 2]),
    ],
)
@pytest.mark.usefixtures("charges")
async def test_charges_are_found_by_what_is_asked(
    owner: httpx.AsyncClient, query: dict, ids: list[int]
) -> None:
    answer = await owner.get(f"{V1}/sessions", params=query)

    assert [each["id"] for each in answer.json()["items"]] == ids


@pytest.mark.usefixtures("charges")
async def test_charges_are_found_by_the_time_in_which_they_began(owner: httpx.AsyncClient) -> None:
    (begun,) = [
        each["start_time"]
        for each in (await owner.get(f"{V1}/sessions")).json()["items"]
        if each["id"] == 2
    ]

    since = await owner.get(f"{V1}/sessions", params={"from": begun})
    until = await owner.get(f"{V1}/sessions", params={"to": begun})
    both = await owner.get(f"{V1}/sessions", params={"from": begun, "to": begun})

    assert [each["id"] for each in since.json()["items"]] == [4, 3, 2]
    assert [each["id"] for each in until.json()["items"]] == [1]
    assert both.json()["items"] == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"renter_id": 9}, "renter_id"),
        ({"station_id": "CP-9"}, "station_id"),
        ({"token": "\x00"}, "token"),
        ({"from": "yesterday"}, "from"),
        ({"from": "2026-02-01", "to": "2026-01-01"}, "from"),
        ({"renter": 1}, "renter"),
    ],
)
async def test_a_filter_that_can_not_be_is_refused(
    owner: httpx.AsyncClient, query: dict, field: str
) -> None:
    answer = await owner.get(f"{V1}/sessions", params=query)

    assert answer.status_code == 422
    assert [each["field"] for each in answer.json()["errors"]] == [field]


@pytest.mark.usefixtures("charges")
async def test_a_charge_is_shown_with_its_meter_values_and_closed_with_a_reason(
    door: Door, owner: httpx.AsyncClient
) -> None:
    readings = (await owner.get(f"{V1}/sessions/4/readings")).json()["items"]
    closed = await owner.post(
        f"{V1}/sessions/4/close", json={"reason": "The station was dug out.", "meter_stop": 12_600}
    )
    again = await owner.post(f"{V1}/sessions/4/close", json={"reason": "Once more."})

    assert [(each["value"], each["unit"]) for each in readings] == [(12_500.0, "Wh")]
    assert closed.status_code == 200
    assert (closed.json()["energy_wh"], closed.json()["ended_by"]) == (2_600, "person")
    assert closed.json() == (await owner.get(f"{V1}/sessions/4")).json()
    assert again.status_code == 409
    (reason,) = door.house.rows(
        "SELECT actor, reason FROM audit_entries WHERE act = 'session.closed'"
    )
    assert reason == ("api:1", "The station was dug out.")


@pytest.mark.usefixtures("charges")
async def test_charges_are_added_up_as_a_whole(owner: httpx.AsyncClient) -> None:
    sums = await owner.get(f"{V1}/sessions/sums")
    of_one = await owner.get(f"{V1}/sessions/sums", params={"renter_id": 1, "open": "false"})

    assert sums.json() == {
        "sessions": 4,
        "open_sessions": 1,
        "estimated_sessions": 0,
        "energy_wh": 22_500,
        "total_energy_kwh": 22.5,
    }
    assert (of_one.json()["sessions"], of_one.json()["energy_wh"]) == (2, 15_000)
