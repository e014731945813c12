"""What is refused is told in one form, with all that is wrong, and nothing that is secret."""

import asyncio
from pathlib import Path

import httpx
import pytest
from litestar.exceptions import InternalServerException

from onetime.api import renters
from onetime.api.problems import STATUS_OF, status_of
from onetime.domain.accounts import Role
from onetime.domain.errors import Conflict, NotFound, Refusal, Unacceptable
from onetime.garage import Transaction
from onetime.operations import renters as operations
from onetime.store.writer import Phase
from tests.api.doors import V1, Door, open_door
from tests.api.test_renters import ANNA
from tests.garages import Gate, failed, settings


def problem_of(answer: httpx.Response) -> tuple[int, str]:
    """Return status and code, after a look at the form."""
    told = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert told["status"] == answer.status_code
    assert told["type"] == f"urn:onetime:problem:{told['code']}"
    assert told["title"]
    assert told["detail"].endswith(".")
    return answer.status_code, told["code"]


async def test_all_that_is_wrong_with_a_body_is_told_at_once(owner: httpx.AsyncClient) -> None:
    answer = await owner.post(
        f"{V1}/renters", json={"name": "", "phone_number": 3, "colour": "red"}
    )

    assert problem_of(answer) == (422, "unacceptable")
    assert {each["field"]: each["detail"] for each in answer.json()["errors"]} == {
        "name": "This has at least 1 character.",
        "contact_email": "This field is missing.",
        "phone_number": "This has to be text or null.",
        "colour": "There is no such field.",
    }


async def test_all_that_is_wrong_with_a_query_is_told_at_once(owner: httpx.AsyncClient) -> None:
    answer = await owner.get(f"{V1}/renters?limit=0&is_active=perhaps&renter=1&cursor=1&cursor=2")

    assert problem_of(answer) == (422, "unacceptable")
    assert {each["field"]: each["detail"] for each in answer.json()["errors"]} == {
        "limit": "This is at least 1.",
        "is_active": "This has to be true or false.",
        "renter": "There is no such parameter.",
        "cursor": "This parameter is given more than once.",
    }


async def test_faults_of_a_query_are_told_in_the_words_that_bodies_get(
    owner: httpx.AsyncClient,
) -> None:
    sessions = await owner.get(f"{V1}/sessions?from=yesterday&to=&open=maybe&renter_id=1.5")
    states = await owner.get(f"{V1}/reservations?status=lost&limit=many")
    searched = await owner.get(f"{V1}/stations/CP-1/messages?search=")

    assert {each["field"]: each["detail"] for each in sessions.json()["errors"]} == {
        "from": "'yesterday' is not a time; write it like 2026-01-31T18:00:00Z or 2026-01-31.",
        "to": "'' is not a time; write it like 2026-01-31T18:00:00Z or 2026-01-31.",
        "open": "This has to be true or false.",
        "renter_id": "This has to be a whole number.",
    }
    assert {each["field"]: each["detail"] for each in states.json()["errors"]} == {
        "status": "This has to be one of active, cancelled, expired, pending, refused, unknown,"
        " used.",
        "limit": "This has to be a whole number.",
    }
    assert searched.json()["errors"] == [
        {"field": "search", "detail": "This has at least 1 character."}
    ]


async def test_a_cursor_of_nobody_is_refused(owner: httpx.AsyncClient) -> None:
    answer = await owner.get(f"{V1}/renters?cursor=nonsense")

    assert problem_of(answer) == (422, "unacceptable")
    assert answer.json()["errors"][0]["field"] == "cursor"


JSON = {"content-type": "application/json"}
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    ("content", "headers", "expected"),
    [
        (b"", JSON, (422, "unacceptable")),
        (b"{", JSON, (400, "malformed")),
        (b'"\xff"', JSON, (400, "malformed")),
        (b"[" * 100_000, JSON, (400, "malformed")),
        (b'{"name":' + b"1" * 100 + b"}", JSON, (400, "malformed")),
        (b"name=Anna", FORM, (415, "wrong-content-type")),
        (b"{}", {}, (415, "wrong-content-type")),
        (b" " * 1_048_577, JSON, (413, "too-large")),
        (b"null", JSON, (422, "unacceptable")),
        (b"[]", JSON, (422, "unacceptable")),
    ],
)  # fmt: skip
async def test_a_body_that_can_not_be_read_is_refused(
    owner: httpx.AsyncClient, content: bytes, headers: dict[str, str], expected: tuple[int, str]
) -> None:
    answer = await owner.post(f"{V1}/renters", content=content, headers=headers)

    assert problem_of(answer) == expected
    assert expected[0] != 415 or answer.json()["detail"].endswith(": application/json.")


async def test_an_unknown_address_and_method_are_problems_too(owner: httpx.AsyncClient) -> None:
    nowhere = await owner.get(f"{V1}/no/such")
    never = await owner.put(f"{V1}/renters")

    assert problem_of(nowhere) == (404, "not-found")
    assert problem_of(never) == (405, "method-not-allowed")
    assert set(never.headers["allow"].split(", ")) >= {"GET", "POST"}


async def test_nobody_and_the_wrong_one_are_refused(door: Door) -> None:
    nobody = await (await door.client(None)).get(f"{V1}/renters")
    renter = await (await door.client(Role.RENTER)).get(f"{V1}/renters")

    assert problem_of(nobody) == (401, "not-signed-in")
    assert nobody.headers["www-authenticate"] == "Bearer"
    assert problem_of(renter) == (403, "forbidden")


async def test_a_bug_is_a_500_that_tells_nothing(
    door: Door, owner: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(tx: Transaction, *_: object, **__: object) -> int:
        raise RuntimeError("a secret")

    monkeypatch.setattr(operations, "create_renter", broken)
    door.house.expected_failures = {"request_failed"}

    answer = await owner.post(f"{V1}/renters", json=ANNA)

    assert problem_of(answer) == (500, "failed")
    assert "secret" not in answer.text
    assert door.house.value("SELECT count(*) FROM renters") == 0


async def test_a_failure_that_the_framework_tells_is_logged_as_a_bug_too(
    door: Door, owner: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise InternalServerException("a secret")

    monkeypatch.setattr(renters, "renter_list", broken)
    door.house.expected_failures = {"request_failed"}

    answer = await owner.get(f"{V1}/renters")

    assert problem_of(answer) == (500, "failed")
    assert "secret" not in answer.text
    assert [each["route"] for each in door.said("request_failed")] == [f"{V1}/renters"]


async def test_while_the_database_is_down_the_answer_is_503(
    sqlite_url: str, tmp_path: Path
) -> None:
    gate = Gate(Phase.BEFORE_COMMIT)
    async with open_door(settings(tmp_path, sqlite_url), at_phase=gate) as door:
        owner = await door.client()
        gate.fault = failed("database or disk is full", "SQLITE_FULL")
        down = await owner.post(f"{V1}/renters", json=ANNA)
        gate.fault = None
        async with asyncio.timeout(8):
            while (up := await owner.post(f"{V1}/renters", json=ANNA)).status_code == 503:
                await asyncio.sleep(0.05)

        assert problem_of(down) == (503, "not-available")
        assert down.headers["retry-after"] == "5"
        assert up.status_code == 201
        assert door.house.value("SELECT count(*) FROM renters") == 1


def test_each_kind_of_refusal_has_its_status() -> None:
    class Stranger(Refusal):
        """One that the table does not know."""

    class Particular(Conflict):
        """One below a class that it knows."""

    found = [status_of(each("?")) for each in (NotFound, Conflict, Unacceptable, Particular)]

    assert found == [404, 409, 422, 409]
    assert status_of(Stranger("?")) == 409
    assert Refusal in STATUS_OF


async def test_conflicts_and_unknown_things_are_told_together(
    door: Door, owner: httpx.AsyncClient
) -> None:
    await owner.post(f"{V1}/spots", json={"label": "B1"})
    both = await owner.post(f"{V1}/spots", json={"label": "B1", "charging_station_id": "CP-9"})
    await owner.post(f"{V1}/stations", json={"id": "CP-1"})
    await owner.post(f"{V1}/spots", json={"label": "B2", "charging_station_id": "CP-1"})
    conflicts = await owner.post(f"{V1}/spots", json={"label": "B1", "charging_station_id": "CP-1"})
    listed = (await owner.get(f"{V1}/spots")).json()["items"]

    assert (both.status_code, both.json()["code"]) == (422, "unacceptable")
    assert both.json()["errors"] == [
        {"field": "label", "detail": "There is a spot B1 already."},
        {"field": "charging_station_id", "detail": "There is no station 'CP-9'."},
    ]
    assert (conflicts.status_code, conflicts.json()["code"]) == (409, "conflict")
    assert [each["field"] for each in conflicts.json()["errors"]] == [
        "label",
        "charging_station_id",
    ]
    assert [each["label"] for each in listed] == ["B2", "B1"]
