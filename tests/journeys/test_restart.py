"""The central system is killed while stations charge: what was answered is there afterwards."""

import asyncio
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Subprotocol

from tests.cli.programs import started
from tests.cli.test_serve import LOCAL, address_of
from tests.garages import BOOT, STARTED, furnish

STATIONS = [f"CP-{number}" for number in range(1, 11)]


def test_a_kill_loses_nothing_that_was_answered(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    path = tmp_path / "data" / "onetime.db"
    with started("serve", data_dir=tmp_path / "data", **LOCAL) as program:
        address = address_of(program)
        furnish(f"sqlite:///{path}", STATIONS)
        answered = asyncio.run(flood(address, lambda: program.stop(signal.SIGKILL)))
    assert online(path) == len(STATIONS)

    with started("serve", data_dir=tmp_path / "data", **LOCAL) as program:
        address = address_of(program)
        assert online(path) == 0
        again = asyncio.run(repeat(address))
        with closing(sqlite3.connect(path)) as database:
            kept = database.execute(
                "SELECT s.station_id, transaction_id, count(r.id) FROM charging_sessions s"
                " JOIN meter_readings r USING (transaction_id) GROUP BY 1, 2"
            ).fetchall()
    assert {station: number for station, number, _ in kept} == again
    for station, number, readings in kept:
        assert answered[station][0] == number
        assert readings >= answered[station][1] > 0


def online(path: Path) -> int:
    with closing(sqlite3.connect(path)) as database:
        found = database.execute("SELECT sum(is_online) FROM charging_stations").fetchone()
    return int(found[0])


async def flood(address: str, kill: object) -> dict[str, tuple[int, int]]:
    """Let all stations send as fast as they are answered; return what was, until the kill."""
    answered: dict[str, tuple[int, int]] = {}
    talks = [asyncio.create_task(talk(address, each, answered)) for each in STATIONS]
    async with asyncio.timeout(20):
        while len(answered) < len(STATIONS) or min(n for _, n in answered.values()) < 20:
            await asyncio.sleep(0.005)
    assert callable(kill)
    await asyncio.to_thread(kill)
    await asyncio.gather(*talks, return_exceptions=True)
    return answered


async def talk(address: str, station: str, answered: dict[str, tuple[int, int]]) -> None:
    async with await log_in(address, station) as socket:
        await call(socket, "BootNotification", BOOT)
        begun = await call(socket, "StartTransaction", STARTED)
        number = int(str(begun["transactionId"]))
        for second in range(100_000):
            at = f"2026-03-01T11:{second // 60 % 60:02}:{second % 60:02}.{second // 3600:03}Z"
            sampled = {"timestamp": at, "sampledValue": [{"value": f"{1_000 + second}"}]}
            values = {"connectorId": 1, "transactionId": number, "meterValue": [sampled]}
            await call(socket, "MeterValues", values)
            answered[station] = (number, second + 1)


async def repeat(address: str) -> dict[str, int]:
    """Let each station repeat its Start, as it would had it not heard the answer."""
    again = {}
    for station in STATIONS:
        async with await log_in(address, station) as socket:
            begun = await call(socket, "StartTransaction", STARTED)
            again[station] = int(str(begun["transactionId"]))
    return again


async def log_in(address: str, station: str) -> ClientConnection:
    async with asyncio.timeout(10):
        while True:
            try:
                return await connect(
                    address + station, subprotocols=[Subprotocol("ocpp1.6")], proxy=None
                )
            except InvalidStatus:  # it has just been registered
                await asyncio.sleep(0.05)


async def call(socket: ClientConnection, action: str, payload: object) -> dict[str, object]:
    await socket.send(msgspec.json.encode([2, "id", action, payload]).decode())
    while True:
        message = msgspec.json.decode(await socket.recv(), type=list[object])
        if message[0] == 3:
            return msgspec.convert(message[2], dict[str, object])
