"""The server is killed while a station thinks: what became of the command is unknown, and says so.

L26: whatever a station does with its calls, each command has one end, and never two are open.
"""

import asyncio
import json
import random
import re
import signal
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

from onetime.dispatch.commands import send
from onetime.domain.ids import StationId
from onetime.ocpp.v16.core import ClearCacheRequest
from tests.api.doors import V1
from tests.cli.programs import Program, started
from tests.cli.test_serve import LOCAL, address_of
from tests.garage_makers import OWNER
from tests.garages import BOOT, furnish, open_house, settings
from tests.gateway.peers import on_uvloop
from tests.journeys.commands.conftest import ENGINES, idle

CP = "CP-1"
CALLS = 60
CALL_SECONDS = 0.3


def test_a_command_that_was_open_at_a_kill_is_unknown_after_the_restart(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    with started("serve", data_dir=tmp_path / "data", **LOCAL) as program:
        stations, web = address_of(program), web_of(program)
        furnish(f"sqlite:///{tmp_path}/data/onetime.db", [CP])
        token = made_token(tmp_path / "data")
        sent = asyncio.run(ask_and_kill(stations, web, token, program))
    with started("serve", data_dir=tmp_path / "data", **LOCAL) as program:
        address_of(program)
        headers = {"Authorization": f"Bearer {token}"}
        found = httpx.get(f"{web_of(program)}{V1}/stations/{CP}/commands/{sent}", headers=headers)
        assert found.json()["status"] == "unknown"
        assert (found.json()["action"], found.json()["response"]) == ("ClearCache", None)


def web_of(program: Program) -> str:
    found = re.search(r"http://127\.0\.0\.1:\d+", program.until("http://127.0.0.1:"))
    assert found is not None
    return found[0]


def made_token(data_dir: Path) -> str:
    arguments = ("api-token", "create", "--name", "t", "--role", "installer", "--json")
    with started(*arguments, data_dir=data_dir) as program:
        assert program.end() == 0
        return str(json.loads(program.said)["token"])


async def ask_and_kill(stations: str, web: str, token: str, program: Program) -> int:
    """Post a command, and kill the server once the station has it; return the command's id."""
    async with await log_in(stations) as line, httpx.AsyncClient(base_url=web) as client:
        await line.send(json.dumps([2, "b", "BootNotification", BOOT]))
        begun = await client.post(
            f"{V1}/stations/{CP}/commands/ClearCache?wait=false",
            json={},
            headers={"Authorization": f"Bearer {token}"},
        )
        assert begun.status_code == 202
        async with asyncio.timeout(20):
            while (message := json.loads(await line.recv()))[2] != "ClearCache":
                if message[0] == 2:
                    await line.send(json.dumps([4, message[1], "NotSupported", "", {}]))
        program.process.send_signal(signal.SIGKILL)
        return int(begun.json()["id"])


async def log_in(address: str) -> ClientConnection:
    async with asyncio.timeout(20):
        while True:
            try:
                return await connect(
                    f"{address}{CP}", subprotocols=[Subprotocol("ocpp1.6")], proxy=None
                )
            except InvalidStatus:  # it has just been registered
                await asyncio.sleep(0.05)


@on_uvloop
async def test_l26_whatever_a_station_does_each_command_ends_once_and_never_two_are_open(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Late, double, out of order, garbage, errors, silence, and lines that end in between."""
    furnish(sqlite_url)
    chance = random.Random(26)
    for engine in ENGINES:
        monkeypatch.setattr(f"onetime.app.loops.{engine}", idle)
    async with open_house(settings(tmp_path, sqlite_url)) as house:

        async def ask() -> str:
            request = ClearCacheRequest()
            sent = await send(
                house.garage, OWNER, StationId(CP), request, timeout_seconds=CALL_SECONDS
            )
            return sent.status.value

        capricious = asyncio.create_task(keep_misbehaving(house.url, chance))
        asked: list[asyncio.Task[str]] = []
        for _ in range(CALLS):
            await house.until(lambda: sum(not each.done() for each in asked) < 8, 30)
            asked.append(asyncio.create_task(ask()))
            await asyncio.sleep(chance.random() / 20)
        ends = [await asyncio.wait_for(each, 30) for each in asked]
        capricious.cancel()
        (doubly_open,) = await asyncio.gather(capricious, return_exceptions=True)
        assert isinstance(doubly_open, asyncio.CancelledError)

        kept = house.rows(
            "SELECT status FROM station_commands WHERE action = 'ClearCache' ORDER BY id"
        )
        assert sorted(kept) == sorted((each,) for each in ends)
        assert len(ends) == CALLS
        assert {*ends} <= {
            "answered",
            "call-error",
            "broken-answer",
            "timeout",
            "connection-lost",
            "offline",
        }
        assert len({*ends}) >= 4


async def keep_misbehaving(url: str, chance: random.Random) -> None:
    """Connect again and again, and do with each call something else; fail when two are open."""
    while True:
        async with connect(
            f"{url}/{CP}", subprotocols=[Subprotocol("ocpp1.6")], proxy=None
        ) as line:
            with suppress(ConnectionClosed):  # whoever answers too little is sent away
                await line.send(json.dumps([2, "b", "BootNotification", BOOT]))
                await misbehave(line, chance)


async def misbehave(line: ClientConnection, chance: random.Random) -> None:
    """Answer until the mood is to leave. A call that comes before the last one ended is a bug."""
    loop = asyncio.get_running_loop()
    open_until, past = 0.0, ["never"]
    async for text in line:
        message = json.loads(text)
        if message[0] != 2:
            continue
        number = message[1]
        assert loop.time() >= open_until, "two calls were open at once"
        mood = chance.choice(["yes", "yes", "error", "garbage", "late", "old", "leave", "silent"])
        if mood == "leave":
            return
        if mood in ("late", "silent"):
            open_until = loop.time() + CALL_SECONDS * 0.6
        if mood == "old":
            await line.send(json.dumps([3, chance.choice(past), {"status": "Accepted"}]))
        if mood == "late":
            await asyncio.sleep(CALL_SECONDS * 1.2)
        if mood != "silent":
            said: list[object] = [3, number, {"status": "Accepted"}]
            if mood == "error":
                said = [4, number, "Own", "no"]
            if mood == "garbage":
                said = [3, number, 17]
            await line.send(json.dumps(said))
            await line.send(json.dumps(said))
        past.append(number)
