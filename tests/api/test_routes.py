"""The command line and the API tell the same objects, field for field."""

import asyncio
from pathlib import Path

import httpx
import msgspec
import pytest

from onetime.cli import main
from onetime.domain.ids import StationId
from onetime.domain.reviews import AlarmKind, ReviewKind
from onetime.garage import Transaction
from onetime.store import reviews
from tests.api.doors import V1, Door
from tests.api.test_sessions import TAG, furnish

LISTS = [
    (("renter", "list"), "/renters"),
    (("spot", "list"), "/spots"),
    (("card", "list"), "/tokens"),
    (("station", "list"), "/stations"),
    (("session", "list"), "/sessions"),
    (("session", "list", "--renter", "1", "--open"), "/sessions?renter_id=1&open=true"),
    (("session", "readings", "4"), "/sessions/4/readings"),
    (("review", "list"), "/review"),
    (("alarm", "list"), "/alarms"),
]
THINGS = [
    (("renter", "show", "1"), "/renters/1"),
    (("session", "show", "4"), "/sessions/4"),
    (("station", "show", "CP-1"), "/stations/CP-1"),
]


def _trouble(tx: Transaction) -> None:
    furnish(tx)
    finding = reviews.Finding(kind=ReviewKind.REGISTER, key="1", evidence="It went back.")
    reviews.open_review(tx, finding)
    reviews.raise_alarm(tx, AlarmKind.TAKEOVERS, "1", "It happened.", StationId("CP-1"))


class Said:
    """Runs commands on the data directory of the door."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    async def __call__(self, *command: str) -> object:
        assert await asyncio.to_thread(main, (*command, "--json")) == 0
        return msgspec.json.decode(self._capsys.readouterr().out)


@pytest.fixture
def said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Said:
    monkeypatch.setenv("ONETIME_DATA_DIR", str(tmp_path))
    return Said(capsys)


async def test_lists_and_things_are_the_same_through_both_doors(
    door: Door, owner: httpx.AsyncClient, said: Said
) -> None:
    await door.perform(_trouble)

    for command, path in LISTS:
        listed = await said(*command)
        told = (await owner.get(V1 + path)).json()
        assert listed == told["items"], command
        assert told["items"], command
    for command, path in THINGS:
        assert await said(*command) == (await owner.get(V1 + path)).json(), command


async def test_acts_are_answered_the_same_through_both_doors(
    door: Door, owner: httpx.AsyncClient, said: Said
) -> None:
    await door.perform(furnish)

    blocked = await said("card", "block", TAG)
    assert blocked == (await owner.get(f"{V1}/tokens/{TAG}")).json()
    named = await said("renter", "edit", "2", "--name", "Berta")
    assert named == (await owner.patch(f"{V1}/renters/2", json={"name": "Berta"})).json()
    assigned = await said("spot", "assign", "B1", "--renter", "1")
    assert assigned == (await owner.put(f"{V1}/spots/1/renter", json={"renter_id": 1})).json()
    closed = await said("session", "close", "4", "--reason", "It was dug out.")
    assert closed == (await owner.get(f"{V1}/sessions/4")).json()
    added = await said("station", "add", "CP-2")
    made = (await owner.post(f"{V1}/stations", json={"id": "CP-3"})).json()
    assert isinstance(added, dict)
    assert list(added) == list(made)
    edited = await said("station", "edit", "CP-2", "--power-limit", "11000")
    changed = (await owner.patch(f"{V1}/stations/CP-2", json={"power_limit_watts": 11_000})).json()
    assert isinstance(edited, dict)
    assert {**edited, "ocpp_url": None} == {**changed, "ocpp_url": None}
