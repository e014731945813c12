"""A central system that runs for a test, on real sockets, and stations that speak to it.

The stations are scripts: they say what they are told to, and answer what they are asked.
"""

import asyncio
import base64
import itertools
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from ssl import SSLContext

import msgspec
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

from onetime.app import App, Running
from onetime.domain.policy import Policy
from onetime.kit.clock import Clock, SystemClock
from onetime.operations.stations import register_station
from onetime.settings import Settings
from onetime.store.archive import Archive, no_fault
from onetime.store.database import open_database
from onetime.store.transaction import Transaction
from onetime.store.writer import Phase
from tests.garage_makers import OWNER, a_card, a_renter

CARD = "CARD-1"
PASSWORD = "a-password-of-24-letters"
PATIENCE_SECONDS = 20.0
"""Nobody waits so long but on a computer that has other things to do."""
FAILURES = {
    "conversation_failed",
    "http_library_complained",
    "knock_failed",
    "request_failed",
    "station_task_failed",
    "step_failed",
}
STARTED = {
    "connectorId": 1,
    "idTag": CARD,
    "meterStart": 1_000,
    "timestamp": "2026-03-01T11:00:00Z",
}
BOOT = {"chargePointVendor": "Maker", "chargePointModel": "Model"}

Answer = dict[str, object]


class Refused(Exception):
    """A CALLERROR: its code and description."""


class Gone(Exception):
    """The socket was closed, with this code."""


def settings(folder: Path, database_url: str, unknown_stations: str = "refuse") -> Settings:
    return Settings(
        data_dir=folder,
        ocpp_host="127.0.0.1",
        ocpp_port=0,
        http_host="127.0.0.1",
        http_port=0,
        database_url=database_url,
        heartbeat_interval_seconds=120,
        ocpp_allow_public_plain=False,
        readings_retention_days=None,
        ocpp_log_retention_days=90,
        unknown_stations=unknown_stations,
        authorization_reply="plain",
        log_format="text",
    )


def furnish(database_url: str, stations: Sequence[str] = ("CP-1",), profile: int = 0) -> None:
    """Register stations and one card, as another process would."""
    archive = Archive(open_database(database_url), SystemClock(), Policy())
    archive.start()
    try:
        archive.perform(_furniture, stations, profile)
    finally:
        archive.stop()


def _furniture(tx: Transaction, stations: Sequence[str], profile: int) -> None:
    for each in stations:
        register_station(tx, OWNER, each, profile, PASSWORD if profile else None)
    a_card(tx, CARD, a_renter(tx))


class Station:
    """One connection of a station; what it is asked it answers with `replies`."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.asked: list[tuple[str, Answer]] = []
        self.replies: Callable[[str, Answer], object] = lambda action, payload: {}
        self.heard: list[list[object]] = []
        self._numbers = itertools.count(1)
        self._waiting: dict[str, asyncio.Future[list[object]]] = {}
        self._reader = asyncio.create_task(self._read())

    async def call(
        self,
        action: str,
        payload: object,
        message_id: str | None = None,
        seconds: float = PATIENCE_SECONDS,
    ) -> Answer:
        """Send a CALL and return the payload of its CALLRESULT; raises Refused, Gone."""
        answer = await asyncio.wait_for(self.begin(action, payload, message_id), seconds)
        if answer[0] == 4:
            raise Refused(answer[2], answer[3])
        return msgspec.convert(answer[2], Answer)

    def begin(
        self, action: str, payload: object, message_id: str | None = None
    ) -> asyncio.Future[list[object]]:
        """Send a CALL; the answer can be waited for."""
        name = message_id or f"m{next(self._numbers)}"
        return self.say(msgspec.json.encode([2, name, action, payload]).decode(), name)

    def say(self, frame: str, message_id: str = "?") -> asyncio.Future[list[object]]:
        """Send any text; what answers this id can be waited for."""
        waiter: asyncio.Future[list[object]] = asyncio.get_running_loop().create_future()
        waiter.add_done_callback(lambda done: done.cancelled() or done.exception())
        self._waiting[message_id] = waiter

        async def both() -> list[object]:
            with suppress(ConnectionClosed):
                await self.socket.send(frame)
            return await waiter

        return asyncio.ensure_future(both())

    async def tell(self, frame: str) -> None:
        """Send any text that needs no answer."""
        await self.socket.send(frame)

    async def closed(self) -> int:
        """Wait until the socket is closed; return the code."""
        await asyncio.wait_for(self.socket.wait_closed(), PATIENCE_SECONDS)
        return self.socket.close_code or 0

    async def end(self) -> None:
        await self.socket.close()
        await self._reader

    async def _read(self) -> None:
        try:
            async for frame in self.socket:
                await self._take(msgspec.json.decode(frame, type=list[object]))
        except ConnectionClosed:
            pass
        for waiter in self._waiting.values():
            if not waiter.done():
                waiter.set_exception(Gone(self.socket.close_code))

    async def _take(self, message: list[object]) -> None:
        if message[0] == 2:
            payload = msgspec.convert(message[3], Answer)
            self.asked.append((str(message[2]), payload))
            reply = self.replies(str(message[2]), payload)
            if isinstance(reply, str):
                await self.socket.send(reply.replace("$id", str(message[1])))
            elif reply is not None:
                await self.socket.send(msgspec.json.encode([3, message[1], reply]).decode())
            return
        self.heard.append(message)
        waiter = self._waiting.get(str(message[1]))
        if waiter is not None and not waiter.done():
            waiter.set_result(message)


class Gate:
    """An `at_phase` that counts commits, and stops the writer or fails it when told to."""

    def __init__(self, phase: Phase = Phase.BEFORE_COMMIT) -> None:
        self.phase = phase
        self.commits = 0
        self.arrived = threading.Event()
        self.open = threading.Event()
        self.open.set()
        self.fault: Exception | None = None

    def __call__(self, phase: Phase) -> None:
        self.commits += phase is Phase.AFTER_COMMIT
        if phase is not self.phase:
            return
        if not self.open.is_set():
            self.arrived.set()
            self.open.wait(PATIENCE_SECONDS)
        if self.fault is not None:
            raise self.fault

    def close(self) -> None:
        """Stop the writer at its next batch."""
        self.arrived.clear()
        self.open.clear()

    async def hold(self) -> None:
        """Wait until the writer stands at the gate."""
        assert await asyncio.to_thread(self.arrived.wait, PATIENCE_SECONDS)


def failed(sentence: str, name: str) -> Exception:
    """What SQLAlchemy raises when SQLite fails in this way."""
    cause = sqlite3.OperationalError(sentence)
    cause.sqlite_errorname = name
    return OperationalError("COMMIT", {}, cause)


async def all_sent(station: Station) -> None:
    """Wait until everything that the central system had sent is here."""
    await (await station.socket.ping())


@contextmanager
def another_process(database_url: str) -> Iterator[Archive]:
    """The command line, say, on the same database."""
    archive = Archive(open_database(database_url), SystemClock(), Policy())
    archive.start()
    yield archive
    archive.stop()


@contextmanager
def locked(database_url: str) -> Iterator[None]:
    """Somebody else holds the write lock."""
    other = sqlite3.connect(database_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.close()


class House:
    """A running central system."""

    def __init__(self, app: App, running: Running, logs: list) -> None:
        self.app = app
        self.garage = running.garage
        self.archive = running.garage.archive
        self.listener = running.listener
        self.web = running.web
        self.setup_secret = running.setup_secret
        self.logs = logs
        self.expected_failures: set[str] = set()
        self._stations: list[Station] = []

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.listener.port}/ocpp"

    @property
    def tls_url(self) -> str:
        return f"wss://localhost:{self.listener.tls_port}/ocpp"

    async def connect(
        self,
        identity: str = "CP-1",
        password: bytes | None = None,
        subprotocols: Sequence[str] | None = ("ocpp1.6",),
        name: str | None = None,
        tls: SSLContext | None = None,
        port: int | None = None,
    ) -> Station:
        """Log in; `identity` is what stands in the path, `name` what stands before the colon.

        With `tls` it comes to the encrypted door, with `port` by way of somebody else.
        """
        by_way_of = f"ws://127.0.0.1:{port}/ocpp" if port else self.url
        headers = {}
        if password is not None:
            credential = (name or identity).encode() + b":" + password
            headers["Authorization"] = "Basic " + base64.b64encode(credential).decode()
        socket = await connect(
            f"{self.tls_url if tls else by_way_of}/{identity}",
            ssl=tls,
            subprotocols=[Subprotocol(each) for each in subprotocols] if subprotocols else None,
            additional_headers=headers,
            proxy=None,
            close_timeout=2,
        )
        station = Station(socket)
        self._stations.append(station)
        return station

    async def status(
        self,
        identity: str = "CP-1",
        password: bytes | None = None,
        tls: SSLContext | None = None,
    ) -> int:
        """Knock, and return the HTTP status of the answer."""
        try:
            station = await self.connect(identity, password, tls=tls)
        except InvalidStatus as refused:
            return refused.response.status_code
        await station.end()
        return 101

    def rows(self, statement: str) -> list[tuple]:
        """Ask the database, past the product."""
        with self.archive.database.reader.connect() as connection:
            return [tuple(row) for row in connection.execute(text(statement))]

    def value(self, statement: str) -> object:
        (row,) = self.rows(statement)
        return row[0]

    def quirks(self, station_id: str = "CP-1") -> dict[str, int]:
        found = self.rows(
            f"SELECT quirk, count FROM quirk_counts WHERE station_id = '{station_id}'"
        )
        return {row[0]: row[1] for row in found}

    async def until(
        self, condition: Callable[[], object], seconds: float = PATIENCE_SECONDS
    ) -> None:
        """Wait until something is so."""
        async with asyncio.timeout(seconds):
            while not condition():
                await asyncio.sleep(0.01)

    async def end(self) -> None:
        for station in self._stations:
            await station.end()

    def events(self) -> list[str]:
        return [each["event"] for each in self.logs]


@asynccontextmanager
async def open_house(
    chosen: Settings,
    clock: Clock | None = None,
    at_phase: Callable[[Phase], None] = no_fault,
) -> AsyncIterator[House]:
    """Run a central system; at the end nothing of it is left, and nothing failed unforeseen."""
    unhandled: list = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda loop, context: unhandled.append(context))
    opened: asyncio.Future[Running] = loop.create_future()
    app = App(chosen, clock, at_phase=at_phase)
    with capture_logs() as logs:
        running = asyncio.create_task(app.run(opened.set_result))
        running.add_done_callback(lambda done: opened.done() or opened.cancel())
        await asyncio.wait([opened])
        if opened.cancelled():
            await running
        house = House(app, opened.result(), logs)
        try:
            yield house
        finally:
            await house.end()
            app.stop()
            await running
    assert unhandled == []
    foreseen = FAILURES - house.expected_failures
    assert [each for each in logs if each["event"] in foreseen] == []
