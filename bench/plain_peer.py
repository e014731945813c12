"""The yardstick: a central system built the plain way, FastAPI + `ocpp` + SQLAlchemy's ORM.

`python -m bench.plain_peer DATA_DIR` prints its port. It answers the bench's stations and stores
what onetime stores of them: states, sessions, readings, the OCPP log. A message is one ORM session
and one commit; SQLite syncs each (`synchronous=FULL`). It checks less than onetime does: no
repeats, no neighbours of a charge, no clocks. Where usual code differs in speed, the faster way is
taken: the log row shares the message's commit, all rows of a message share one flush, and there is
one connection, since several would wait for each other's lock.
"""

import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import uvicorn
import uvloop
from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from ocpp.routing import on
from ocpp.v16 import ChargePoint, call_result
from ocpp.v16.datatypes import IdTagInfo
from ocpp.v16.enums import Action, AuthorizationStatus, RegistrationStatus
from sqlalchemy import ForeignKey, Index, event, select
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.pool import ConnectionPoolEntry

from bench.conversation import card_of

STATIONS_WAIT_SECONDS = 600


class Base(DeclarativeBase):
    """The tables of the plain peer."""


class Station(Base):
    """A charging station."""

    __tablename__ = "charging_stations"
    id: Mapped[str] = mapped_column(primary_key=True)
    vendor: Mapped[str]
    model: Mapped[str]


class Token(Base):
    """A card."""

    __tablename__ = "authorization_tokens"
    token: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str]


class Connector(Base):
    """The last state of a connector."""

    __tablename__ = "station_connectors"
    station_id: Mapped[str] = mapped_column(ForeignKey("charging_stations.id"), primary_key=True)
    connector_id: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str]
    error_code: Mapped[str]
    last_updated: Mapped[datetime]


class Session(Base):
    """A charge."""

    __tablename__ = "charging_sessions"
    transaction_id: Mapped[int] = mapped_column(primary_key=True)
    station_id: Mapped[str] = mapped_column(ForeignKey("charging_stations.id"))
    connector_id: Mapped[int]
    token_id: Mapped[str] = mapped_column(ForeignKey("authorization_tokens.token"))
    start_time: Mapped[datetime]
    end_time: Mapped[datetime | None]
    meter_start: Mapped[int]
    meter_stop: Mapped[int | None]
    total_energy_kwh: Mapped[float | None]
    stop_reason: Mapped[str | None]
    __table_args__ = (Index("ix_sessions_station", "station_id", "start_time"),)


class Reading(Base):
    """A sampled value."""

    __tablename__ = "meter_readings"
    id: Mapped[int] = mapped_column(primary_key=True)
    transaction_id: Mapped[int] = mapped_column(ForeignKey("charging_sessions.transaction_id"))
    timestamp: Mapped[datetime]
    measurand: Mapped[str]
    value: Mapped[float]
    unit: Mapped[str]
    phase: Mapped[str | None]
    context: Mapped[str | None]
    __table_args__ = (Index("ix_readings_transaction", "transaction_id", "timestamp"),)


class Message(Base):
    """A line of the OCPP log."""

    __tablename__ = "ocpp_messages"
    id: Mapped[int] = mapped_column(primary_key=True)
    station_id: Mapped[str]
    at: Mapped[datetime]
    frame: Mapped[str]
    __table_args__ = (Index("ix_messages_station", "station_id", "id"),)


class Socket:
    """FastAPI's WebSocket as the `ocpp` library takes one; remembers the frame for the log."""

    def __init__(self, websocket: WebSocket) -> None:
        self._websocket = websocket
        self.frame = ""

    async def recv(self) -> str:
        """Return the next message."""
        self.frame = await self._websocket.receive_text()
        return self.frame

    async def send(self, message: str) -> None:
        """Send a message."""
        await self._websocket.send_text(message)


class Central(ChargePoint):
    """The central system's end of one station's line."""

    def __init__(
        self, station_id: str, socket: Socket, sessions: async_sessionmaker[AsyncSession]
    ) -> None:
        super().__init__(station_id, socket)
        self._socket = socket
        self._sessions = sessions

    @asynccontextmanager
    async def _storing(self) -> AsyncIterator[AsyncSession]:
        """Open an ORM session that ends with the log row and the commit."""
        async with self._sessions() as session:
            yield session
            session.add(Message(station_id=self.id, at=datetime.now(UTC), frame=self._socket.frame))
            await session.commit()

    @on(Action.boot_notification)
    async def on_boot(
        self, charge_point_vendor: str, charge_point_model: str, **_: object
    ) -> call_result.BootNotification:
        async with self._storing() as session:
            await session.merge(
                Station(id=self.id, vendor=charge_point_vendor, model=charge_point_model)
            )
        return call_result.BootNotification(
            current_time=datetime.now(UTC).isoformat(),
            interval=120,
            status=RegistrationStatus.accepted,
        )

    @on(Action.status_notification)
    async def on_status(
        self, connector_id: int, error_code: str, status: str, timestamp: str, **_: object
    ) -> call_result.StatusNotification:
        async with self._storing() as session:
            connector = await session.get(Connector, (self.id, connector_id))
            if connector is None:
                connector = Connector(station_id=self.id, connector_id=connector_id)
                session.add(connector)
            connector.status = status
            connector.error_code = error_code
            connector.last_updated = datetime.fromisoformat(timestamp)
        return call_result.StatusNotification()

    @on(Action.start_transaction)
    async def on_start(
        self, connector_id: int, id_tag: str, meter_start: int, timestamp: str, **_: object
    ) -> call_result.StartTransaction:
        async with self._storing() as session:
            token = await session.get(Token, id_tag)
            if token is None or token.status != "Accepted":
                return call_result.StartTransaction(
                    transaction_id=0, id_tag_info=IdTagInfo(AuthorizationStatus.invalid)
                )
            charge = Session(
                station_id=self.id,
                connector_id=connector_id,
                token_id=id_tag,
                meter_start=meter_start,
                start_time=datetime.fromisoformat(timestamp),
            )
            session.add(charge)
            await session.flush()
            transaction_id = charge.transaction_id
        return call_result.StartTransaction(
            transaction_id=transaction_id, id_tag_info=IdTagInfo(AuthorizationStatus.accepted)
        )

    @on(Action.meter_values)
    async def on_meter_values(
        self,
        connector_id: int,
        meter_value: list[dict[str, object]],
        transaction_id: int,
        **_: object,
    ) -> call_result.MeterValues:
        async with self._storing() as session:
            session.add_all(readings_of(transaction_id, meter_value))
        return call_result.MeterValues()

    @on(Action.stop_transaction)
    async def on_stop(
        self, transaction_id: int, meter_stop: int, timestamp: str, reason: str, **_: object
    ) -> call_result.StopTransaction:
        async with self._storing() as session:
            charge = await session.scalar(
                select(Session).where(Session.transaction_id == transaction_id)
            )
            if charge is not None:
                charge.end_time = datetime.fromisoformat(timestamp)
                charge.meter_stop = meter_stop
                charge.total_energy_kwh = (meter_stop - charge.meter_start) / 1000
                charge.stop_reason = reason
        return call_result.StopTransaction(id_tag_info=IdTagInfo(AuthorizationStatus.accepted))


def readings_of(transaction_id: int, meter_value: list[dict[str, object]]) -> list[Reading]:
    """Return one row for each sampled value."""
    rows = []
    for each in meter_value:
        samples = each["sampled_value"]
        assert isinstance(samples, list)
        rows += [
            Reading(
                transaction_id=transaction_id,
                timestamp=datetime.fromisoformat(str(each["timestamp"])),
                measurand=sample["measurand"],
                value=float(sample["value"]),
                unit=sample["unit"],
                phase=sample.get("phase"),
                context=sample.get("context"),
            )
            for sample in samples
        ]
    return rows


def engine_of(path: Path) -> AsyncEngine:
    """Open the database as onetime does: WAL, and a sync with each commit."""
    engine = create_async_engine(
        f"sqlite+aiosqlite:///{path}",
        pool_size=1,
        max_overflow=0,
        pool_timeout=STATIONS_WAIT_SECONDS,
    )

    def prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    event.listen(engine.sync_engine, "connect", prepare)
    return engine


CARDS = 200
"""One for each station that loads it."""


def app_of(engine: AsyncEngine) -> FastAPI:
    """Return the web application: one WebSocket route."""
    sessions = async_sessionmaker(engine, expire_on_commit=False)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        async with sessions() as session:
            for number in range(CARDS):
                await session.merge(Token(token=card_of(number), status="Accepted"))
            await session.commit()
        yield
        await engine.dispose()

    app = FastAPI(lifespan=lifespan)

    @app.websocket("/ocpp/{station_id}")
    async def station(websocket: WebSocket, station_id: str) -> None:
        await websocket.accept(subprotocol="ocpp1.6")
        try:
            await Central(station_id, Socket(websocket), sessions).start()
        except WebSocketDisconnect:
            return

    return app


async def main(folder: Path) -> None:
    """Serve on a free port until SIGTERM."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=4096)
    print(listening.getsockname()[1], flush=True)
    app = app_of(engine_of(folder / "plain.db"))
    config = uvicorn.Config(app, log_level="warning", access_log=False)
    await uvicorn.Server(config).serve(sockets=[listening])


if __name__ == "__main__":
    arguments = Path(sys.argv[1])
    arguments.mkdir(parents=True, exist_ok=True)
    uvloop.run(main(arguments))
