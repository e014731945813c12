"""A scripted station: it says on a real WebSocket exactly what a test tells it to, right or wrong.

Beside it the central system that it talks to, run in the same process on SQLite, with a clock that
stands still until a test moves it, and ways to look into its books.
"""

import asyncio
import base64
import itertools
import json
import shutil
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import pytest
from msgspec import Struct, structs
from sqlalchemy import Connection, RowMapping, Select, select
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Subprotocol

from onetime.app import App, Running
from onetime.app import loops as wiring
from onetime.domain.ids import StationId
from onetime.garage import Transaction
from onetime.kit.clock import ManualClock
from onetime.kit.times import to_wire
from onetime.loops import server_clock
from onetime.settings import Settings, load
from onetime.store.message_tables import knocks, ocpp_messages, quarantined_frames, quirk_counts
from onetime.store.tables import (
    alarms,
    charging_sessions,
    charging_stations,
    meter_readings,
    review_items,
    station_connectors,
    unassigned_energy,
)
from onetime.store.writer import Phase
from tests.databases import NOW
from tests.garage_makers import a_card, a_renter
from tests.ocpp.schemas import MESSAGES, accepts

DEADLINE_SECONDS = 10.0
CARD = "04A1B2C3D4E5F6"
Payload = dict[str, Any]
"""What JSON says: a test may send whatever it likes."""
P = ParamSpec("P")
T = TypeVar("T")
_numbers = itertools.count(1)
REPLIES: dict[str, Payload] = {
    "ClearCache": {"status": "Accepted"},
    "GetLocalListVersion": {"listVersion": -1},
}
"""What it says by the way to calls that it may get at any time, besides that for its settings."""


class Gate:
    """Holds the writer back before it commits, as a slow disk does."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self._open = threading.Event()
        self._open.set()

    def shut(self) -> None:
        self.reached.clear()
        self._open.clear()

    def open(self) -> None:
        self._open.set()

    def at_phase(self, phase: Phase) -> None:
        if phase is Phase.BEFORE_COMMIT and not self._open.is_set():
            self.reached.set()
            assert self._open.wait(DEADLINE_SECONDS)


class Central(Struct, frozen=True):
    """A running central system, and what its books hold."""

    running: Running
    clock: ManualClock
    gate: Gate

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.running.listener.port}/ocpp"

    def time(self, minutes: float = 0.0) -> str:
        """Return the time of day, or that many minutes later, as a station writes it."""
        return to_wire(self.clock.now() + timedelta(minutes=minutes))

    def later(self, **by: float) -> None:
        """Move the time of day on, but not the seconds by which silence is measured."""
        self.clock.set(self.clock.now() + timedelta(**by))

    async def do(
        self, operation: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run an operation as a person or a loop would."""
        return await self.running.garage.archive.write(operation, *args, **kwargs)

    async def until(self, question: Callable[[], Awaitable[T]], wanted: Callable[[T], bool]) -> T:
        """Ask the books again and again until the answer is wanted; return it."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            while not wanted(found := await question()):
                await asyncio.sleep(0.01)
        return found

    async def knocks(self) -> dict[str, RowMapping]:
        """Return who was refused at the door, by identity."""
        return {row["identity"]: row for row in await self.rows(select(knocks))}

    async def of(self, station: "Station") -> RowMapping:
        """Return the row of a station."""
        table = charging_stations
        (only,) = await self.rows(select(table).where(table.c.id == station.id))
        return only

    async def rows(self, statement: Select) -> list[RowMapping]:
        """Read the books, with everything that was written before or lazily."""
        archive = self.running.garage.archive
        await archive.write(_nothing)  # what is written lazily goes with the next batch

        def look(connection: Connection) -> list[RowMapping]:
            return list(connection.execute(statement).mappings())

        return await archive.read(look)

    async def quirks(self, station: "Station") -> dict[str, int]:
        """Return how often a station was counted to deviate, by the id of the deviation."""
        found = await self.rows(select(quirk_counts).where(quirk_counts.c.station_id == station.id))
        return {row["quirk"]: row["count"] for row in found}

    async def sessions(self, station: "Station") -> list[RowMapping]:
        table = charging_sessions
        return await self.rows(
            select(table).where(table.c.station_id == station.id).order_by(table.c.id)
        )

    async def session(self, station: "Station") -> RowMapping:
        """Return the one charge of a station."""
        (only,) = await self.sessions(station)
        return only

    async def readings(self, station: "Station") -> list[RowMapping]:
        table = meter_readings
        return await self.rows(
            select(table).where(table.c.station_id == station.id).order_by(table.c.id)
        )

    async def unassigned(self, station: "Station") -> int:
        """Return the Wh at a station that belong to no charge."""
        table = unassigned_energy
        found = await self.rows(select(table).where(table.c.station_id == station.id))
        return sum(row["energy_wh"] for row in found)

    async def connector(self, station: "Station", connector_id: int = 1) -> RowMapping | None:
        table = station_connectors
        found = await self.rows(
            select(table).where(
                table.c.station_id == station.id, table.c.connector_id == connector_id
            )
        )
        return found[0] if found else None

    async def alarms(self, station: "Station") -> dict[str, int]:
        """Return the alarms of a station: kind, and how often it was raised."""
        found = await self.rows(select(alarms).where(alarms.c.station_id == station.id))
        return {row["kind"]: row["count"] for row in found}

    async def reviews(self, station: "Station") -> list[RowMapping]:
        """Return the findings at a station that wait for a person."""
        table = review_items
        return await self.rows(
            select(table).where(table.c.station_id == station.id).order_by(table.c.id)
        )

    async def kinds(self, station: "Station") -> list[str]:
        """Return the kinds of findings that wait for a person."""
        return [row["kind"] for row in await self.reviews(station) if row["resolved_at"] is None]

    async def frames(self, station: "Station") -> list[str]:
        """Return the frames of a station that were kept as they came."""
        table = quarantined_frames
        found = await self.rows(
            select(table).where(table.c.station_id == station.id).order_by(table.c.id)
        )
        return [row["frame"] for row in found]

    async def journal(self, station: "Station", action: str | None = None) -> list[RowMapping]:
        """Return what the OCPP log holds of a station."""
        table = ocpp_messages
        statement = select(table).where(table.c.station_id == station.id).order_by(table.c.id)
        if action is not None:
            statement = statement.where(table.c.action == action)
        return await self.rows(statement)

    async def card(self, token: str, renter: str = "Anna Example") -> str:
        """Issue a card to a renter of that name."""

        def issue(tx: Transaction) -> str:
            return a_card(tx, token, a_renter(tx, renter))

        return str(await self.do(issue))


class Station:
    """A station on a line of its own; it answers our calls with nothing to tell."""

    def __init__(self, central: Central, station_id: str, line: ClientConnection) -> None:
        self.id = StationId(station_id)
        self.central = central
        self.line = line

    async def say(self, text: str | bytes | Iterable[str]) -> None:
        """Send a message as it is; several texts are its fragments."""
        await self.line.send(text)

    async def listen(self) -> str:
        """Return the next message as it came, whatever it is."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            text = await self.line.recv()
        assert isinstance(text, str)
        return text

    async def hear(self) -> list[Any]:
        """Return the next answer; calls of the central system are answered on the way."""
        while True:
            message: list[Any] = json.loads(await self.listen())
            if message[0] != 2:
                return message
            reply = REPLIES.get(message[2], {"configurationKey": []})
            await self.line.send(json.dumps([3, message[1], reply]))

    async def ask(self, action: str, payload: object, message_id: str | None = None) -> list[Any]:
        """Send a CALL and return its answer, whichever it is; a CALLRESULT obeys the schema."""
        name = message_id or f"m{next(_numbers)}"
        await self.say(json.dumps([2, name, action, payload]))
        return await self.answer(name, action)

    async def answer(self, message_id: str, action: str) -> list[Any]:
        """Return the answer to a CALL that was sent."""
        answer = await self.hear()
        assert answer[1] == message_id
        if answer[0] == 3 and f"{action}Response" in MESSAGES:
            assert accepts(f"{action}Response", json.dumps(answer[2]).encode())
        return answer

    async def call(self, action: str, message_id: str | None = None, **payload: object) -> Payload:
        """Send a CALL that has to be accepted; return what the CALLRESULT holds."""
        answer = await self.ask(action, payload, message_id)
        assert answer[0] == 3, answer
        result: Payload = answer[2]
        return result

    async def boot(self) -> Payload:
        return await self.call(
            "BootNotification", chargePointVendor="Vendor", chargePointModel="Model"
        )

    async def start(self, meter: object = 1_000, **changes: object) -> int:
        """Begin a charge on connector 1; return its transaction id."""
        answer = await self.call("StartTransaction", **self.opening(meter, **changes))
        return int(answer["transactionId"])

    def opening(self, meter: object = 1_000, **changes: object) -> Payload:
        """Return the payload of a StartTransaction; a change to None leaves a field out."""
        return _changed(
            {
                "connectorId": 1,
                "idTag": CARD,
                "meterStart": meter,
                "timestamp": self.central.time(),
            },
            changes,
        )

    async def stop(self, transaction_id: object, meter: object, **changes: object) -> Payload:
        """End a charge; return the answer."""
        return await self.call("StopTransaction", **self.closing(transaction_id, meter, **changes))

    def closing(self, transaction_id: object, meter: object, **changes: object) -> Payload:
        """Return the payload of a StopTransaction; a change to None leaves a field out."""
        return _changed(
            {
                "transactionId": transaction_id,
                "meterStop": meter,
                "timestamp": self.central.time(),
            },
            changes,
        )

    async def meter(
        self, *samples: Payload, transaction_id: object = None, **changes: object
    ) -> Payload:
        """Send sampled values of one moment."""
        payload = self.metering(*samples, transaction_id=transaction_id, **changes)
        return await self.call("MeterValues", **payload)

    def metering(
        self,
        *samples: Payload,
        transaction_id: object = None,
        timestamp: object = None,
        connector_id: object = 1,
    ) -> Payload:
        """Return the payload of a MeterValues with samples of one moment."""
        moment = {"timestamp": timestamp or self.central.time(), "sampledValue": list(samples)}
        payload: Payload = {"connectorId": connector_id, "meterValue": [moment]}
        return payload if transaction_id is None else {**payload, "transactionId": transaction_id}

    async def status(self, word: object, connector_id: int = 1, **changes: object) -> Payload:
        return await self.call(
            "StatusNotification",
            **_changed(
                {
                    "connectorId": connector_id,
                    "status": word,
                    "errorCode": "NoError",
                    "timestamp": self.central.time(),
                },
                changes,
            ),
        )

    async def rest(self) -> list[str]:
        """Return all that still comes until the line ends."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            return [str(text) async for text in self.line]

    async def hang_up(self) -> None:
        await self.line.close()

    async def closed(self) -> int:
        """Wait until the central system ends the line; return the code."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            await self.line.wait_closed()
        assert self.line.close_code is not None
        return self.line.close_code


def register(value: object, **more: object) -> Payload:
    """Return a sample of the energy register."""
    return {"value": str(value), "measurand": "Energy.Active.Import.Register", **more}


def a_name() -> str:
    """Return an identity that no other test uses."""
    return f"CP-{next(_numbers):04}"


@asynccontextmanager
async def connected(
    central: Central,
    station_id: str | None = None,
    *,
    path: str | None = None,
    protocols: tuple[str, ...] = ("ocpp1.6",),
    password: str | None = None,
    local: str | None = None,
    compression: str | None = None,
) -> AsyncIterator[Station]:
    """Let a station log in; an unknown one is adopted, unless the central system refuses it."""
    name = station_id or a_name()
    headers = {}
    if password is not None:
        credential = base64.b64encode(f"{name}:{password}".encode()).decode()
        headers["Authorization"] = f"Basic {credential}"
    async with connect(
        f"ws://127.0.0.1:{central.running.listener.port}{path or f'/ocpp/{name}'}",
        subprotocols=[Subprotocol(each) for each in protocols] or None,
        additional_headers=headers,
        compression=compression,
        open_timeout=DEADLINE_SECONDS,
        close_timeout=1,
        ping_interval=None,
        max_size=2**24,
        local_addr=(local, 0) if local else None,
    ) as line:
        yield Station(central, name, line)


async def knocked(login: AbstractAsyncContextManager[Station]) -> int:
    """Try to log in, and leave at once; return the HTTP status of the answer."""
    try:
        async with login:
            return 101
    except InvalidStatus as refusal:
        return refusal.response.status_code


@asynccontextmanager
async def central_system(folder: Path, template: Path, **changes: object) -> AsyncIterator[Central]:
    """Run a central system that adopts unknown stations; the changes are settings.

    Its database is a copy of the template, in this folder.
    """
    await asyncio.to_thread(shutil.copy, template, folder / "onetime.db")
    settings: Settings = structs.replace(
        load(folder, {"ONETIME_OCPP_HOST": "127.0.0.1"}),
        **{"ocpp_port": 0, "http_port": 0, "unknown_stations": "accept", **changes},
    )
    clock, gate = ManualClock(NOW), Gate()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wiring, "KNOCKS_SECONDS", 0.05)
        patch.setattr(server_clock, "EVERY_SECONDS", 1e6)  # tests move the time of day alone
        app = App(settings, clock, at_phase=gate.at_phase)
        opened: asyncio.Future[Running] = asyncio.get_running_loop().create_future()
        task = asyncio.create_task(app.run(opened.set_result))
        either: list[asyncio.Future[Any]] = [task, opened]
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED, timeout=30)
        if task.done():
            await task
        central = Central(opened.result(), clock, gate)
        await central.card(CARD)
        try:
            yield central
            await _no_bug_was_met(central)
        finally:
            gate.open()
            app.stop()
            await task


async def _no_bug_was_met(central: Central) -> None:
    """A frame that met a bug of ours is answered like any other; here it must not go unseen."""
    found = await central.rows(select(quarantined_frames.c.frame, quarantined_frames.c.reason))
    assert [each for each in found if "error of onetime" in each["reason"]] == []
    assert [
        row["frame"]
        for row in await central.rows(select(ocpp_messages.c.frame, ocpp_messages.c.answer))
        if "InternalError" in (row["answer"] or "")
    ] == []


def _changed(payload: Payload, changes: Payload) -> Payload:
    whole = {**payload, **changes}
    return {name: value for name, value in whole.items() if value is not None}


def _nothing(_tx: Transaction) -> None:
    pass
