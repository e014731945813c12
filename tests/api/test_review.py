"""Findings and alarms as a program reads and settles them."""

import httpx

from onetime.domain.reviews import AlarmKind, ReviewKind
from onetime.garage import Transaction
from onetime.store import reviews
from tests.api.doors import V1, Door
from tests.garage_makers import a_station


def _trouble(tx: Transaction) -> None:
    station = a_station(tx)
    for key in ("1", "2"):
        reviews.open_review(
            tx, reviews.Finding(kind=ReviewKind.REGISTER, key=key, evidence=f"Evidence {key}.")
        )
        reviews.raise_alarm(tx, AlarmKind.TAKEOVERS, key, f"Alarm {key}.", station)


async def test_a_finding_is_decided_once_with_a_reason(
    door: Door, owner: httpx.AsyncClient
) -> None:
    await door.perform(_trouble)

    waiting = (await owner.get(f"{V1}/review")).json()["items"]
    decided = await owner.post(f"{V1}/review/1/resolve", json={"reason": "The meter is new."})
    again = await owner.post(f"{V1}/review/1/resolve", json={"reason": "Once more."})
    empty = await owner.post(f"{V1}/review/2/resolve", json={"reason": " "})

    assert [each["evidence"] for each in waiting] == ["Evidence 2.", "Evidence 1."]
    assert decided.status_code == 200
    assert (decided.json()["resolution"], decided.json()["resolved_by"]) == (
        "The meter is new.",
        "api:1",
    )
    assert (again.status_code, empty.status_code) == (409, 422)
    assert [each["id"] for each in (await owner.get(f"{V1}/review")).json()["items"]] == [2]
    closed = (await owner.get(f"{V1}/review?open=false")).json()["items"]
    assert closed == [decided.json()] == [(await owner.get(f"{V1}/review/1")).json()]


async def test_an_alarm_is_acknowledged_once(door: Door, owner: httpx.AsyncClient) -> None:
    await door.perform(_trouble)

    seen = await owner.post(f"{V1}/alarms/2/acknowledge")
    again = await owner.post(f"{V1}/alarms/2/acknowledge")

    assert (seen.status_code, again.status_code) == (200, 409)
    assert seen.json()["acknowledged_by"] == "api:1"
    waiting = (await owner.get(f"{V1}/alarms")).json()["items"]
    assert [each["sentence"] for each in waiting] == ["Alarm 1."]
    assert (await owner.get(f"{V1}/alarms?open=false")).json()["items"] == [seen.json()]
    assert (await owner.get(f"{V1}/alarms/2")).json() == seen.json()
    assert (await owner.get(f"{V1}/alarms/9")).status_code == 404
