"""Opens the database, then the doors, and closes them again: the life of a central system.

The loops beside the doors are listed in `loops.py`; what is taken over meanwhile in `reloading.py`.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from typing import Final

from msgspec import Struct

from onetime.api.application import application, drops_in, with_porter
from onetime.api.ftp_door import FtpDoor, open_ftp
from onetime.api.proxies import Gatehouse, front_of
from onetime.api.server import WebDoors, serve_web
from onetime.api.watching import Watch
from onetime.app.loops import loops_of
from onetime.app.parts import RETRY_SECONDS, Bells, Parts
from onetime.app.policy import ftp_of, place_of, policy_of
from onetime.app.reloading import reload_certificates, reload_keys, reopen
from onetime.domain.errors import StoreDown
from onetime.domain.facts import CertificatesChanged, Fact, ForeignCommit, StationChanged
from onetime.garage import Garage
from onetime.gateway.doorman import Doorman
from onetime.gateway.encryption import Announced, Encrypted, Nowhere, Told
from onetime.gateway.keyring import Keyring
from onetime.gateway.knocking import KnockingList
from onetime.gateway.server import Limits, Listener, listen
from onetime.gateway.switchboard import Switchboard
from onetime.kit.broadcast import Broadcast
from onetime.kit.clock import Clock, SystemClock
from onetime.kit.logs import get_log
from onetime.loops.pace import repeat
from onetime.operations.commands import end_open_commands
from onetime.operations.presence import note_all_disconnected
from onetime.operations.sign_ins import offer_setup
from onetime.queries.certificates import kept
from onetime.settings import Settings, effective
from onetime.store.archive import Archive, no_fault
from onetime.store.certificates import revoked_fingerprints
from onetime.store.database import Database, Trouble, down_is_no_bug, open_database, trouble
from onetime.store.schema import migrate
from onetime.store.stations import credentials, secret
from onetime.store.writer import BATCH_LIMIT, Phase

STOP_SECONDS: Final = 3.0

log = get_log("app")


class Fatal(Exception):
    """The disk or the database file can not be trusted any more: the program has to end."""


class Running(Struct, frozen=True):
    """What is told when the doors are open."""

    garage: Garage
    listener: Listener
    web: WebDoors
    setup_secret: str | None
    """With this the first owner comes in; None when somebody has an account."""
    ftp: FtpDoor | None = None


class WebDoorFault(Exception):
    """An address beside that for stations can not be had; the cause is what the system said.

    `door` is how the settings of its address begin.
    """

    def __init__(self, cause: OSError, door: str = "HTTP") -> None:
        super().__init__(str(cause))
        self.cause = cause
        self.door = door


class App:
    """A central system, from opening its database to closing its doors."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock | None = None,
        *,
        batch_limit: int = BATCH_LIMIT,
        at_phase: Callable[[Phase], None] = no_fault,
        addresses: Announced | None = None,
    ) -> None:
        """`addresses` are told to people and programs.

        The two before are for tests and benchmarks: how much is committed at once, and faults."""
        self._settings = settings
        self._batch_limit = batch_limit
        self._at_phase = at_phase
        self._clock = clock or SystemClock()
        self._addresses = addresses or Nowhere()
        self._policy = policy_of(settings)
        self._stopping = asyncio.Event()
        self._fatal: str | None = None
        self._feed: Broadcast[Fact] = Broadcast()
        self._bells = Bells()
        self._front = front_of(settings.trusted_proxies, settings.public_url)
        self._web: WebDoors | None = None

    def reload(self) -> None:
        """Read certificates again, from files too, without waiting for the clock."""
        self._bells.certificates_changed.set()

    def stop(self) -> None:
        """Ask the app to end; it closes its doors, writes what is queued, and returns."""
        self._stopping.set()

    async def run(self, opened: Callable[[Running], None]) -> None:
        """Open the database and the doors, tell that they are open, and serve until asked to stop.

        Raises OSError when the port for stations can not be had, WebDoorFault when the other can
        not, Refusal when the database is not for this program, StoreDown when it can not be
        written at the start, Fatal when it can not be trusted any more.
        """
        database = open_database(self._settings.database_url)
        try:
            with down_is_no_bug():
                migrate(database, self._clock.now())
            await self._run_on(database, opened)
        except StoreDown as down:
            if trouble(down) is Trouble.FATAL:
                raise Fatal(str(down)) from down
            if self._fatal is None:
                raise
        if self._fatal is not None:
            raise Fatal(self._fatal)

    async def _run_on(self, database: Database, opened: Callable[[Running], None]) -> None:
        archive = Archive(
            database,
            self._clock,
            self._policy,
            batch_limit=self._batch_limit,
            at_phase=self._at_phase,
        )
        archive.on_facts = self._take_facts
        archive.on_fatal = self._end_fatally
        archive.start(asyncio.get_running_loop())
        try:
            await archive.write(note_all_disconnected)
            if cut_off := await archive.write(end_open_commands):
                log.warning("commands_cut_off", count=cut_off)
            await self._serve(archive, opened)
        except ExceptionGroup as group:
            raise _alone(group) from None
        finally:
            await asyncio.to_thread(archive.stop)

    async def _serve(self, archive: Archive, opened: Callable[[Running], None]) -> None:
        keyring = Keyring(
            await archive.read(secret),
            await archive.read(credentials),
            await archive.read(revoked_fingerprints),
        )
        knocking = KnockingList(self._clock)
        async with asyncio.TaskGroup() as tasks:
            switchboard = Switchboard(
                archive, self._clock, tasks, self._policy.heartbeat_interval_seconds
            )
            doorman = Doorman(
                keyring,
                knocking,
                self._policy,
                switchboard.lane_of,
                self._clock,
                allow_public_plain=self._settings.ocpp_allow_public_plain,
            )
            listener = await listen(
                self._settings.ocpp_host, self._settings.ocpp_port, doorman, Limits()
            )

            def on_down(is_down: bool) -> None:
                switchboard.note_closing(is_down)
                self._on_down(listener, is_down)

            archive.on_down = on_down
            encrypted = Encrypted(
                place_of(self._settings), listener, knocking, keyring.expects_certificates
            )
            await encrypted.refresh(await archive.read(kept))
            if archive.is_down:
                self._on_down(listener, True)
            garage = Garage(archive, self._clock, self._feed, switchboard)
            parts = Parts(
                garage=garage,
                switchboard=switchboard,
                keyring=keyring,
                knocking=knocking,
                listener=listener,
                encrypted=encrypted,
            )
            loops = [tasks.create_task(each) for each in self._beside(parts)]
            try:
                await self._serve_web(garage, listener, encrypted, opened)
            finally:
                switchboard.note_closing(True)
                await listener.stop(STOP_SECONDS)
                await switchboard.rest(STOP_SECONDS)
                await garage.background.end(STOP_SECONDS)
                for loop in loops:
                    loop.cancel()

    async def _serve_web(
        self,
        garage: Garage,
        listener: Listener,
        encrypted: Encrypted,
        opened: Callable[[Running], None],
    ) -> None:
        """Open the door for programs and people, tell that all are open, wait for the end."""
        setup_secret = await garage.archive.write(offer_setup)
        watch = Watch(garage)
        async with AsyncExitStack() as doors:
            if ftp := await self._open_ftp(garage):
                doors.push_async_callback(ftp.stop)
            web = self._web = await self._open_web(garage, listener, encrypted, watch, ftp)
            await web.offer_https(self._settings.https_port, encrypted.for_people)
            watching = asyncio.create_task(repeat("live", RETRY_SECONDS, watch.run))
            try:
                opened(Running(garage, listener, web, setup_secret, ftp))
                await self._stopping.wait()
            finally:
                await watch.end()
                watching.cancel()
                await web.stop()

    async def _open_web(
        self,
        garage: Garage,
        listener: Listener,
        encrypted: Encrypted,
        watch: Watch,
        ftp: FtpDoor | None,
    ) -> WebDoors:
        told = Told(self._addresses, encrypted)
        app = application(
            garage,
            told,
            watch,
            lambda: listener.is_open,
            self._settings.data_dir,
            effective(self._settings),
            ftp,
        )
        seen = Gatehouse(with_porter(app, garage), self._front)
        try:
            return await serve_web(self._settings.http_host, self._settings.http_port, seen)
        except OSError as error:
            raise WebDoorFault(error) from None

    async def _open_ftp(self, garage: Garage) -> FtpDoor | None:
        try:
            return await open_ftp(
                ftp_of(self._settings), garage, *drops_in(self._settings.data_dir)
            )
        except OSError as error:
            raise WebDoorFault(error, "FTP") from None

    def _beside(self, parts: Parts) -> list[Coroutine[None, None, None]]:
        """Return all that runs beside the doors."""
        return [
            *loops_of(parts, self._settings),
            reload_keys(parts, self._bells),
            reload_certificates(parts, self._bells, lambda: self._web, self._settings.https_port),
            reopen(parts, self._bells),
        ]

    def _on_down(self, listener: Listener, is_down: bool) -> None:
        """Without a database nothing may be answered: close all sockets, refuse new ones."""
        if is_down:
            listener.refuse_all(True)
            listener.close_now()
            log.error("stations_sent_away")
        else:
            self._bells.up_again.set()

    def _take_facts(self, facts: Sequence[Fact]) -> None:
        kinds = set(map(type, facts))
        if not kinds.isdisjoint((StationChanged, ForeignCommit)):
            self._bells.keys_changed.set()
        if not kinds.isdisjoint((CertificatesChanged, ForeignCommit)):
            self._bells.keys_changed.set()  # one may have been revoked
            self._bells.certificates_changed.set()
        self._feed.publish(facts)

    def _end_fatally(self, reason: str) -> None:
        self._fatal = reason
        self._stopping.set()


def _alone(group: ExceptionGroup[Exception]) -> Exception:
    """Return the one exception of a group, as its raiser meant it."""
    if len(group.exceptions) > 1:
        return group
    (only,) = group.exceptions
    return _alone(only) if isinstance(only, ExceptionGroup) else only
