"""A small central system for tests: the `websockets` server and the `ocpp` package's own rules.

Each message of the simulator is checked against the official JSON schemas by code that is not ours.
"""

import asyncio
import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import unquote

import ocpp.messages
from ocpp.routing import on
from ocpp.v16 import ChargePoint, call_result
from ocpp.v16.enums import Action
from websockets import Request, Response, Subprotocol
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed

ocpp.messages.ASYNC_VALIDATION = False  # in a thread each check would cost more than it does

CALL, RESULT, ERROR = 2, 3, 4
OCPP16 = Subprotocol("ocpp1.6")


@dataclass
class Said:
    """One frame, as it went over the wire."""

    connection: int
    station: str
    by_station: bool
    frame: list

    @property
    def action(self) -> str:
        return self.frame[2] if self.frame[0] == CALL else ""

    @property
    def payload(self) -> dict:
        payload: dict = self.frame[3] if self.frame[0] == CALL else self.frame[2]
        return payload


@dataclass
class Knock:
    station: str
    user: str | None
    password: str | None
    subprotocols: str | None


@dataclass
class Central:
    """What the central system does is set by its fields; what it saw is in its lists."""

    interval: int = 60
    boot_status: str = "Accepted"
    tag_status: Callable[[str], str] = lambda tag: "Accepted"
    refuse: list[HTTPStatus] = field(default_factory=list)
    mute: Callable[[Said], bool] = lambda said: False  # True: this is never answered
    forge: Callable[[Said, str], str] = lambda said, answer: answer
    knocks: list[Knock] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    sessions: dict[str, int] = field(default_factory=dict)
    open: dict[str, "Peer"] = field(default_factory=dict)
    connections: int = 0
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _server: Server | None = None

    async def __aenter__(self) -> "Central":
        self._server = await serve(
            self._serve,
            "127.0.0.1",
            0,
            select_subprotocol=lambda _, offered: OCPP16 if OCPP16 in offered else None,
            process_request=self._admit,
            compression=None,
            ping_interval=None,
            close_timeout=0.2,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server
        self._server.close()
        await self._server.wait_closed()

    @property
    def url(self) -> str:
        assert self._server
        return f"ws://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/ocpp"

    def calls(self, action: str = "", station: str = "") -> list[Said]:
        """Return what stations asked for."""
        return [
            one
            for one in self.said
            if one.by_station
            and one.frame[0] == CALL
            and action in ("", one.action)
            and station in ("", one.station)
        ]

    def errors(self) -> list[list]:
        """Return the CALLERRORs of the central system: what broke the schema, or had no handler."""
        return [one.frame for one in self.said if not one.by_station and one.frame[0] == ERROR]

    async def until(self, holds: Callable[[], object], seconds: float = 30.0) -> None:
        """Wait until something holds; it is looked at after each frame and knock."""
        async with asyncio.timeout(seconds):
            while not holds():
                self._changed.clear()
                await self._changed.wait()

    def note(self, said: Said) -> None:
        self.said.append(said)
        self._changed.set()

    def _admit(self, connection: ServerConnection, request: Request) -> Response | None:
        user = password = None
        if credentials := request.headers.get("Authorization"):
            pair = base64.b64decode(credentials.removeprefix("Basic ")).decode()
            user, _, password = pair.rpartition(":")
        station = unquote(request.path.rpartition("/")[2])
        offered = request.headers.get("Sec-WebSocket-Protocol")
        self.knocks.append(Knock(station, user, password, offered))
        self._changed.set()
        if self.refuse:
            refusal = connection.respond(self.refuse.pop(0), "no\n")
            refusal.headers["Retry-After"] = "0"
            return refusal
        return None

    async def _serve(self, connection: ServerConnection) -> None:
        assert connection.request
        self.connections += 1
        station = unquote(connection.request.path.rpartition("/")[2])
        peer = Peer(station, Tap(connection, self, station, self.connections), self)
        self.open[station] = peer
        self._changed.set()
        try:
            await peer.start()
        except ConnectionClosed:
            self._changed.set()


class Tap:
    """What the `ocpp` package takes for the connection: it lets the test see and spoil frames."""

    def __init__(self, connection: ServerConnection, central: Central, station: str, number: int):
        self._connection = connection
        self._central = central
        self._station = station
        self._number = number
        self._asked: dict[str, Said] = {}

    async def recv(self) -> str:
        text = await self._connection.recv(decode=True)
        said = Said(self._number, self._station, True, json.loads(text))
        if said.frame[0] == CALL:
            self._asked[said.frame[1]] = said
        self._central.note(said)
        return text

    async def send(self, text: str) -> None:
        frame = json.loads(text)
        asked = self._asked.get(frame[1])
        if frame[0] != CALL and asked is not None:
            if self._central.mute(asked):
                return
            text = self._central.forge(asked, text)
        self._central.note(Said(self._number, self._station, False, frame))
        await self._connection.send(text)


class Peer(ChargePoint):  # type: ignore[misc]  # the package has no types
    """The central system's side of one station."""

    def __init__(self, station: str, tap: Tap, central: Central):
        super().__init__(station, tap, response_timeout=5)
        self._central = central

    @on(Action.boot_notification)
    def boot(self, **_):
        return call_result.BootNotification(
            current_time=_now(),
            interval=self._central.interval,
            status=self._central.boot_status,
        )

    @on(Action.heartbeat)
    def heartbeat(self):
        return call_result.Heartbeat(current_time=_now())

    @on(Action.status_notification)
    def status(self, **_):
        return call_result.StatusNotification()

    @on(Action.authorize)
    def authorize(self, id_tag):
        return call_result.Authorize(id_tag_info={"status": self._central.tag_status(id_tag)})

    @on(Action.start_transaction)
    def begin(self, connector_id, id_tag, meter_start, timestamp, **_):
        content = json.dumps([self.id, connector_id, id_tag, meter_start, timestamp])
        transaction = self._central.sessions.setdefault(content, len(self._central.sessions) + 1)
        return call_result.StartTransaction(
            transaction_id=transaction,
            id_tag_info={"status": self._central.tag_status(id_tag)},
        )

    @on(Action.stop_transaction)
    def end(self, **_):
        return call_result.StopTransaction()

    @on(Action.meter_values)
    def meter(self, **_):
        return call_result.MeterValues()

    @on(Action.firmware_status_notification)
    def firmware(self, **_):
        return call_result.FirmwareStatusNotification()

    @on(Action.signed_firmware_status_notification)
    def signed_firmware(self, **_):
        return call_result.SignedFirmwareStatusNotification()

    @on(Action.log_status_notification)
    def log(self, **_):
        return call_result.LogStatusNotification()

    @on(Action.security_event_notification)
    def event(self, **_):
        return call_result.SecurityEventNotification()

    @on(Action.diagnostics_status_notification)
    def diagnostics(self, **_):
        return call_result.DiagnosticsStatusNotification()


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
