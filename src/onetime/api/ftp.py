"""Speaks FTP with stations: a login is good for one file, and shows nothing but that one.

Knows commands, their limits and data connections; alone names the FTP library, of which the
dispatcher and the passive ports are used, but nothing that it does with files and folders. Nobody
gets a connection from here, as PORT and EPRT are not known.
"""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, suppress
from pathlib import Path
from typing import Final

import aioftp
from aioftp.common import Connection, StreamIO, ThrottleStreamIO

from onetime.api.complaints import let_speak
from onetime.api.files import PAUSE_SECONDS
from onetime.api.ftp_door import FtpChoice, ticket_behind, told_to_stations
from onetime.api.giving import PIECE_BYTES, pieces_of
from onetime.api.multipart import Malformed
from onetime.api.taking import take_file
from onetime.domain.errors import Refusal, StoreDown
from onetime.garage import Garage
from onetime.kit.background import Background
from onetime.kit.drop import Drop, NoRoom
from onetime.kit.logs import get_log
from onetime.operations.files import Admitted
from onetime.queries.firmware import KeptFirmware

MAX_CONNECTIONS: Final = 50
MAX_OF_ADDRESS: Final = 10
MAX_COMMANDS: Final = 200
MAX_LINE_BYTES: Final = 1_024
MAX_WRONG_LOGINS: Final = 3
LOGIN_SECONDS: Final = 15.0
LINE_SECONDS: Final = 20.0
"""How long a station may take to log in, and then to make its data connection."""
STOP_SECONDS: Final = 2.0
ENDED_BY_PEERS: Final = (ConnectionError, TimeoutError, UnicodeDecodeError)
ONLY_FOLDER: Final = frozenset({"", "/", ".", "./"})

log = get_log("api")


class Bearer(aioftp.User):
    """Whoever gave a name; what they may do is known once the password was right."""

    def __init__(self, login: str) -> None:
        super().__init__(login)
        self.may: Admitted | KeptFirmware | None = None


class Tickets(aioftp.AbstractUserManager):
    """Knows who may log in; a name alone is never wrong, so that nobody learns which there are."""

    def __init__(self, garage: Garage) -> None:
        super().__init__()
        self._garage = garage

    async def get_user(
        self, login: str
    ) -> tuple[aioftp.AbstractUserManager.GetUserResponse, aioftp.User | None, str]:
        """Ask whoever comes for a password."""
        return self.GetUserResponse.PASSWORD_REQUIRED, Bearer(login), "password required"

    async def authenticate(self, user: aioftp.User, password: str) -> bool:
        """Say whether name and password are those of a ticket that is still worth something."""
        assert isinstance(user, Bearer)
        user.may = await ticket_behind(self._garage, user.login or "", password)
        return user.may is not None


class FtpServer(aioftp.Server):
    """The open door."""

    def __init__(self, choice: FtpChoice, garage: Garage, drop: Drop, firmware_drop: Drop) -> None:
        super().__init__(
            Tickets(garage),
            socket_timeout=PAUSE_SECONDS,
            maximum_connections=MAX_CONNECTIONS,
            ipv4_pasv_forced_response_address=told_to_stations(choice.address),
            data_ports=choice.passive_ports or None,
            welcome_message="onetime",
        )
        self._garage = garage
        self._drop = drop
        self._firmware_drop = firmware_drop
        self._uploads = Background(NoRoom, Malformed, Refusal, StoreDown, *ENDED_BY_PEERS)
        self.commands_mapping = {
            "abor": self.abor,
            "allo": self._agree,
            "cdup": self._agree,
            "cwd": self.cwd,
            "epsv": self.epsv,
            "feat": self._features,
            "mode": self._form,
            "noop": self._agree,
            "opts": self._options,
            "pass": self.pass_,
            "pasv": self.pasv,
            "pwd": self.pwd,
            "quit": self.quit,
            "rest": self.rest,
            "retr": self.retr,
            "size": self._size,
            "stor": self.stor,
            "stru": self._form,
            "syst": self.syst,
            "type": self.type,
            "user": self.user,
        }

    @property
    def port(self) -> int:
        """The port on which it listens."""
        return self.server_port

    async def stop(self) -> None:
        """Listen no more, and cut off what is under way."""
        await self.close()
        await self._uploads.end(STOP_SECONDS)

    async def greeting(self, connection: Connection, rest: object) -> bool:
        """Let a peer in, unless its address has enough connections already."""
        hosts = [each.client_host for each in self.connections.values()]
        if hosts.count(connection.client_host) > MAX_OF_ADDRESS:
            connection.response("421", "Too many connections")
            return False
        return await super().greeting(connection, "")

    async def parse_command(
        self, stream: StreamIO, censor_commands: tuple[str] = ("pass",)
    ) -> tuple[str, str]:
        """Read a command; whoever says too many, too long ones, or none in time, is cut off."""
        connection = self.connections[stream]
        now = asyncio.get_running_loop().time
        connection.said = getattr(connection, "said", 0) + 1
        if connection.said == 1:
            connection.came_at = now()
        if connection.said > MAX_COMMANDS:
            raise ConnectionResetError
        heard_at = now()
        while True:
            if _is_logged_in(connection):
                until = heard_at + PAUSE_SECONDS
            else:
                until = connection.came_at + LOGIN_SECONDS
            if until <= now():
                raise ConnectionResetError
            try:
                async with asyncio.timeout_at(until):
                    return await super().parse_command(stream, censor_commands)
            except ValueError:  # no end of line, or no UTF-8
                raise ConnectionResetError from None
            except TimeoutError:
                if connection.extra_workers:
                    heard_at = now()  # a file is under way, which has a clock of its own

    async def write_line(self, stream: StreamIO, line: str) -> None:
        """Answer; that the peer is gone is noticed by whoever reads."""
        with suppress(ConnectionError):
            await super().write_line(stream, line)

    async def user(self, connection: Connection, rest: str) -> bool:
        """Take a name; the library would remember each for ever."""
        done = await super().user(connection, rest)
        self.throttle_per_user.clear()
        return done

    async def pass_(self, connection: Connection, rest: str) -> bool:
        """Take a password, and hang up after three wrong ones."""
        try:
            await super().pass_(connection, rest)
        except StoreDown:
            connection.response("421", "Not now; try again soon")
            return False
        if _is_logged_in(connection):
            return True
        connection.wrong = getattr(connection, "wrong", 0) + 1
        log.info("ftp_login_refused", address=connection.client_host)
        return bool(connection.wrong < MAX_WRONG_LOGINS)

    async def cwd(self, connection: Connection, rest: object) -> bool:
        """Stay in the only folder that there is."""
        return await self._say(connection, str(rest) in ONLY_FOLDER, "250", "550 No such folder")

    async def stor(self, connection: Connection, rest: object, mode: str = "wb") -> bool:
        """Take the file that is awaited; its name is kept, and is no path."""
        may = self._right_to(Admitted, connection)
        if isinstance(may, Admitted):
            self._begin(connection, self._store(connection, may, str(rest)))
        return True

    async def retr(self, connection: Connection, rest: object) -> bool:
        """Give the firmware that the login is for."""
        may = self._right_to(KeptFirmware, connection)
        if isinstance(may, KeptFirmware):
            path = self._firmware_drop.path(may.stored_as)
            if path is None or str(rest).removeprefix("./").lstrip("/") != may.name:
                connection.response("550", "No such file")
            else:
                self._begin(connection, self._give(connection, path, connection.restart_offset))
        return True

    async def _size(self, connection: Connection, rest: str) -> bool:
        """Tell how long the firmware is that the login is for."""
        may = connection.user.may if _is_logged_in(connection) else None
        is_fine = isinstance(may, KeptFirmware) and rest.lstrip("/") == may.name
        size = str(may.size_bytes) if isinstance(may, KeptFirmware) else ""
        return await self._say(connection, is_fine, f"213 {size}", "550 No such file")

    async def _agree(self, connection: Connection, rest: str) -> bool:
        """Do nothing, which is all that is needed."""
        connection.response("200", "")
        return True

    async def _form(self, connection: Connection, rest: str) -> bool:
        """Agree to the usual form of files and streams."""
        return await self._say(connection, rest.upper() in ("F", "S"), "200", "504 Not known")

    async def _options(self, connection: Connection, rest: str) -> bool:
        return await self._say(connection, rest.upper() == "UTF8 ON", "200", "501 Not known")

    async def _features(self, connection: Connection, rest: str) -> bool:
        lines = ("Features:", "EPSV", "REST STREAM", "SIZE", "UTF8", "End")
        connection.response("211", lines, True)
        return True

    async def _say(self, connection: Connection, is_fine: bool, yes: str, no: str) -> bool:
        code, _, sentence = (yes if is_fine else no).partition(" ")
        connection.response(code, sentence)
        return True

    def _right_to(
        self, kind: type[Admitted] | type[KeptFirmware], connection: Connection
    ) -> Admitted | KeptFirmware | None:
        """Return the ticket if it is of this kind and a file can come now; else say why not."""
        may = connection.user.may if _is_logged_in(connection) else None
        if not isinstance(may, kind):
            connection.response("550" if may else "530", "This login is not for that")
        elif connection.extra_workers:
            connection.response("503", "A file is under way")
        elif not connection.future.passive_server.done():
            connection.response("503", "Say PASV or EPSV first")
        elif kind is Admitted and connection.restart_offset:
            connection.response("554", "A file has to come as a whole")
        else:
            return may
        return None

    def _begin(self, connection: Connection, work: Awaitable[str]) -> None:
        async def worked() -> None:
            try:
                said = await work
            except asyncio.CancelledError:  # ABOR, or the peer is gone
                connection.response("426", "Broken off")
                said = "226 Nothing was kept"
            except ENDED_BY_PEERS:
                said = "426 Broken off"
            code, _, sentence = said.partition(" ")
            connection.response(code, sentence)
            log.info("ftp_transfer_ended", user=connection.user.login, said=said)

        connection.response("150", "Begin")
        connection.extra_workers.add(asyncio.create_task(worked()))

    async def _store(self, connection: Connection, may: Admitted, name: str) -> str:
        stream = await _line_to(connection)
        cut = asyncio.Event()
        upload = self._uploads.start(
            take_file(self._garage, self._drop, may, _pieces(stream, cut), lambda: name)
        )
        try:
            await asyncio.shield(upload)
        except NoRoom:
            return "552 Too large, or no room"
        except Malformed:
            return "426 Broken off"
        except Refusal as refusal:
            return f"550 {refusal.sentence}"
        except StoreDown:
            return "451 Not now; try again soon"
        finally:
            cut.set()
            stream.close()
        connection.user.may = None
        return "226 The file is kept"

    async def _give(self, connection: Connection, path: Path, begin: int) -> str:
        async with await _line_to(connection) as stream, aclosing(pieces_of(path, begin)) as pieces:
            async for piece in pieces:
                await stream.write(piece)
        return "226 That was all"

    async def _start_passive_server(
        self,
        connection: Connection,
        handler_callback: Callable[[StreamReader, StreamWriter], Awaitable[None]],
    ) -> asyncio.Server:
        async def from_the_same(reader: StreamReader, writer: StreamWriter) -> None:
            """Take no data from anybody but whoever logged in, nor give any."""
            if writer.get_extra_info("peername")[0] == connection.client_host:
                await handler_callback(reader, writer)
            else:
                writer.close()

        return await super()._start_passive_server(connection, from_the_same)


async def serve_ftp(
    choice: FtpChoice, garage: Garage, drop: Drop, firmware_drop: Drop
) -> FtpServer:
    """Open the door; port 0 takes any free one.

    OSError: the address can not be had, as the operating system says it.
    """
    let_speak("aioftp.server", "ftp_library_complained", ENDED_BY_PEERS)
    server = FtpServer(choice, garage, drop, firmware_drop)
    await server.start(choice.host, choice.port, limit=MAX_LINE_BYTES)
    server._start_server_extra_arguments = {}  # lines are short, data is not
    log.info("ftp_began", host=choice.host, port=server.port)
    return server


def _is_logged_in(connection: Connection) -> bool:
    return connection.future.logged.done()


async def _line_to(connection: Connection) -> ThrottleStreamIO:
    """Wait until the station has made it; raises TimeoutError."""
    async with asyncio.timeout(LINE_SECONDS):
        stream = await asyncio.shield(connection.future.data_connection)
    del connection.data_connection
    assert isinstance(stream, ThrottleStreamIO)
    return stream


async def _pieces(stream: ThrottleStreamIO, cut: asyncio.Event) -> AsyncIterator[bytes]:
    """Yield what comes; raises Malformed when the end is one that we made."""
    while piece := await stream.read(PIECE_BYTES):
        yield piece
    if cut.is_set():
        raise Malformed
