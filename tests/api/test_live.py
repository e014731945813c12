"""The live channel on real sockets: who may watch, what is told, and how it ends."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus

from onetime.domain.accounts import Role
from onetime.operations.api_tokens import revoke_api_token
from onetime.operations.spots import add_spot, assign_spot
from onetime.store.transaction import Transaction
from tests.api.doors import V1, Door, open_door
from tests.garage_makers import OWNER, a_card, a_renter
from tests.garages import BOOT, CARD, STARTED, furnish, settings

METER = {
    "connectorId": 1,
    "meterValue": [
        {
            "timestamp": "2026-03-01T11:30:00Z",
            "sampledValue": [
                {"value": "1500"},
                {"value": "3.6", "measurand": "Power.Active.Import", "unit": "kW", "phase": "L1"},
                {"value": "3700", "measurand": "Power.Active.Import", "unit": "W", "phase": "L2"},
            ],
        }
    ],
}


class Viewer:
    """A viewer that puts together what it is told."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.numbers: list[int] = []
        self.sessions: dict[int, dict] = {}
        self.stations: dict[str, dict] = {}
        self.last: dict = {}

    async def next(self, seconds: float = 8) -> dict:
        """Return the next message."""
        told = msgspec.json.decode(await asyncio.wait_for(self.socket.recv(), seconds), type=dict)
        self.numbers.append(told["number"])
        if told["type"] == "snapshot":
            self.sessions.clear()
            self.stations.clear()
        self.sessions |= {each["id"]: each for each in told.get("sessions", ())}
        self.stations |= {each["id"]: each for each in told.get("stations", ())}
        for gone in told.get("gone", {}).get("sessions", ()):
            del self.sessions[gone]
        self.last = told
        return told

    async def until(self, condition) -> None:
        """Read on until something is so."""
        while not condition():
            await self.next()


@asynccontextmanager
async def watching(door: Door, role: Role | None = Role.OWNER, **headers: str) -> AsyncIterator:
    """A viewer with the token of a role."""
    if role is not None:
        headers["Authorization"] = f"Bearer {await door.token(role)}"
    url = f"{door.address.replace('http', 'ws', 1)}{V1}/live"
    async with connect(url, additional_headers=headers, proxy=None) as socket:
        yield Viewer(socket)


@pytest.fixture
async def door(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Door]:
    """A garage with a station and a card."""
    furnish(sqlite_url)
    async with open_door(settings(tmp_path, sqlite_url)) as opened:
        yield opened


async def test_a_charge_is_seen_from_its_begin_over_its_values_to_its_end(door: Door) -> None:
    async with watching(door) as viewer:
        first = await viewer.next()
        assert (first["type"], first["number"]) == ("snapshot", 1)
        assert [(each["id"], each["is_online"]) for each in first["stations"]] == [("CP-1", False)]

        station = await door.house.connect()
        await station.call("BootNotification", BOOT)
        started = await station.call("StartTransaction", STARTED)
        await viewer.until(lambda: viewer.sessions)
        ((number, seen),) = viewer.sessions.items()
        assert (seen["transaction_id"], seen["energy_wh"]) == (started["transactionId"], 0)
        assert viewer.stations["CP-1"]["is_online"] is True

        await station.call("MeterValues", {**METER, "transactionId": started["transactionId"]})
        await viewer.until(lambda: viewer.sessions[number]["energy_wh"] == 500)
        assert viewer.sessions[number]["power_w"] == 7_300

        await station.call(
            "StopTransaction",
            {
                "transactionId": started["transactionId"],
                "meterStop": 2_000,
                "timestamp": "2026-03-01T12:00:00Z",
            },
        )
        await viewer.until(lambda: not viewer.sessions)
        assert viewer.last["type"] == "delta"
        assert viewer.numbers == [*range(1, len(viewer.numbers) + 1)]


async def test_many_changes_become_few_messages(door: Door) -> None:
    loop = asyncio.get_running_loop()
    async with watching(door) as viewer:
        await viewer.next()
        began = loop.time()
        for number in range(60):
            await door.perform(add_spot, OWNER, f"B-{number}")
        seen = 0
        while seen < 60:
            seen += len((await viewer.next()).get("spots", ()))
        passed = loop.time() - began

    assert len(viewer.numbers) - 1 <= passed / 0.5 + 1


async def test_a_viewer_can_ask_for_everything_anew(door: Door) -> None:
    async with watching(door) as viewer:
        await viewer.next()
        await viewer.socket.send('{"type":"snapshot"}')

        assert (await viewer.next())["type"] == "snapshot"
        assert viewer.numbers == [1, 2]


@pytest.mark.parametrize(
    "said", ["more", '{"type":"delta"}', "[]", b"\xff", '{"type":"snapshot","a":1}']
)
async def test_what_a_viewer_can_not_say_ends_it(door: Door, said: str | bytes) -> None:
    async with watching(door) as viewer:
        await viewer.next()
        await viewer.socket.send(said)
        await asyncio.wait_for(viewer.socket.wait_closed(), 8)

    assert viewer.socket.close_code == 1003


async def test_nobody_watches_unknown_or_from_a_foreign_page(door: Door) -> None:
    for role, headers in (
        (None, {}),
        (Role.OWNER, {"Origin": "https://elsewhere.example"}),
        (Role.OWNER, {"Origin": "null"}),
    ):
        with pytest.raises(InvalidStatus) as refused:
            async with watching(door, role, **headers):
                pass
        assert refused.value.response.status_code in (401, 403)

    async with watching(door, Origin=door.address) as viewer:
        assert (await viewer.next())["number"] == 1


async def test_a_renter_sees_own_things_only(door: Door) -> None:
    token = await door.token(Role.RENTER)
    assert token

    def furnished(tx: Transaction) -> None:
        (renter_id,) = tx.connection.exec_driver_sql(
            "SELECT id FROM renters WHERE name = 'Rita Renter'"
        ).one()
        a_card(tx, "RITA-CARD", renter_id)
        assign_spot(tx, OWNER, add_spot(tx, OWNER, "B-1"), renter_id)
        assign_spot(tx, OWNER, add_spot(tx, OWNER, "B-2"), a_renter(tx, "Bert Example"))

    await door.perform(furnished)
    station = await door.house.connect()
    await station.call("BootNotification", BOOT)
    await station.call("StartTransaction", {**STARTED, "idTag": CARD})
    async with watching(door, Role.RENTER) as viewer:
        first = await viewer.next()
        assert [each["label"] for each in first["spots"]] == ["B-1"]
        assert (first["stations"], first["sessions"], first["attention"]) == ([], [], None)
        assert "Bert" not in str(first)

        await station.call("StartTransaction", {**STARTED, "connectorId": 2, "idTag": "RITA-CARD"})
        await viewer.until(lambda: viewer.sessions)

    assert [each["renter_name"] for each in viewer.sessions.values()] == ["Rita Renter"]


async def test_who_may_not_any_more_is_cut_off(door: Door) -> None:
    async with watching(door) as viewer:
        await viewer.next()
        await door.perform(revoke_api_token, OWNER, 1)
        await asyncio.wait_for(viewer.socket.wait_closed(), 20)

    assert viewer.socket.close_code == 1008


async def test_fifty_viewers_are_sent_away_when_the_server_ends(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with open_door(settings(tmp_path, sqlite_url)) as door:
        roles = [Role.OWNER, Role.MANAGER]
        tokens = [await door.token(each) for each in roles]
        url = f"{door.address.replace('http', 'ws', 1)}{V1}/live"
        sockets = [
            await connect(
                url,
                additional_headers={"Authorization": f"Bearer {tokens[number % 2]}"},
                proxy=None,
            )
            for number in range(50)
        ]
        for each in sockets:
            await each.recv()

    for each in sockets:
        await asyncio.wait_for(each.wait_closed(), 5)
    assert [each.close_code for each in sockets] == [1001] * 50
