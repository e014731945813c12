"""A garage on a real database whose stations answer by a script: no sockets, no waiting."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import msgspec
from msgspec import Struct
from sqlalchemy import text

from onetime.domain.facts import Fact
from onetime.domain.ids import StationId
from onetime.domain.policy import Policy
from onetime.garage import Garage, Reply
from onetime.kit.broadcast import Broadcast
from onetime.kit.clock import ManualClock
from onetime.ocpp.codec import decode_response, encode
from onetime.ocpp.exchange import Answered, Outcome
from onetime.store.archive import Archive
from onetime.store.database import open_database
from tests.databases import NOW
from tests.garages import Gate

SECONDS = 0.1


def answered(action: str, **payload: object) -> Answered:
    """What a station says, as the door has read it."""
    raw = msgspec.json.encode(payload)
    return Answered(decode_response(action, raw), raw)


class Port:
    """The call port; `script` says how a call ends, or raises what a bug would."""

    def __init__(self, script: Callable[[StationId, str], Outcome]) -> None:
        self.script = script
        self.asked: list[tuple[StationId, str, object]] = []

    def is_connected(self, station_id: StationId) -> bool:
        return True

    async def call(
        self, station_id: StationId, action: str, request: Struct | bytes, timeout_seconds: float
    ) -> Reply:
        assert isinstance(request, Struct)
        self.asked.append((station_id, action, msgspec.json.decode(encode(request))))
        return Reply(self.script(station_id, action), SECONDS)

    def stations(self) -> list[StationId]:
        return [each for each, _, _ in self.asked]


class Yard:
    """A garage and a look into its books."""

    def __init__(self, garage: Garage, clock: ManualClock, gate: Gate) -> None:
        self.garage = garage
        self.clock = clock
        self.gate = gate

    def rows(self, statement: str) -> list[tuple]:
        with self.garage.archive.database.reader.connect() as connection:
            return [tuple(row) for row in connection.execute(text(statement))]

    def commands(self) -> list[tuple]:
        """What stations were asked, by whom, and how that ended."""
        return self.rows("SELECT action, asked_by, status FROM station_commands ORDER BY id")


@asynccontextmanager
async def a_yard(database_url: str, port: Port) -> AsyncIterator[Yard]:
    clock, gate = ManualClock(NOW), Gate()
    archive = Archive(open_database(database_url), clock, Policy(), at_phase=gate)
    archive.start(asyncio.get_running_loop())
    garage = Garage(archive, clock, Broadcast[Fact](), port)
    try:
        yield Yard(garage, clock, gate)
    finally:
        gate.fault = None
        await garage.background.end(5)
        await asyncio.to_thread(archive.stop)


REALLY_SLEEP = asyncio.sleep
"""Kept before a test replaces it, for all of `asyncio`: a rest must not call itself."""


class Rests:
    """Stands in for the rest between two steps of a loop: `steps` of them, then no more."""

    def __init__(self, steps: int) -> None:
        self.left = steps
        self.over = asyncio.Event()

    async def sleep(self, _seconds: float) -> None:
        self.left -= 1
        if self.left == 0:
            self.over.set()
            await asyncio.Event().wait()
        await REALLY_SLEEP(0)
