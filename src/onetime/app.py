"""The only wiring: settings become a garage, the garage gets its doors."""

import asyncio
import gc
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from datetime import UTC, timedelta
from typing import Final

from msgspec import Struct

from onetime.api.application import application, with_porter
from onetime.api.proxies import Gatehouse, front_of
from onetime.api.server import WebDoors, serve_web
from onetime.api.watching import Watch
from onetime.domain.errors import StoreDown
from onetime.domain.facts import CertificatesChanged, Fact, ForeignCommit, StationChanged
from onetime.domain.policy import AuthorizationReply, Policy, UnknownStations, hosts_of
from onetime.garage import Garage
from onetime.gateway.doorman import Doorman
from onetime.gateway.encryption import Announced, Encrypted, Nowhere, Place, Told
from onetime.gateway.keyring import Keyring
from onetime.gateway.knocking import KnockingList
from onetime.gateway.server import Limits, Listener, listen
from onetime.gateway.switchboard import Switchboard
from onetime.kit.broadcast import Broadcast
from onetime.kit.clock import Clock, SystemClock
from onetime.kit.logs import get_log
from onetime.kit.times import zone_of
from onetime.loops.boots import ask_for_boots
from onetime.loops.certificates import keep_certificates
from onetime.loops.commissioning import keep_configured
from onetime.loops.configuration import keep_configurations_read
from onetime.loops.deadlines import mind_deadlines
from onetime.loops.erasure import erase
from onetime.loops.errands import renew_station_certificates, run_errands, settle_keys
from onetime.loops.knocks import write_knocks
from onetime.loops.local_lists import keep_lists
from onetime.loops.pace import attempt, repeat
from onetime.loops.permissions import stop_unpermitted
from onetime.loops.reconciliation import reconcile
from onetime.loops.retention import retain
from onetime.loops.revocations import spread_revocations
from onetime.loops.server_clock import watch_clock
from onetime.operations.commands import end_open_commands
from onetime.operations.presence import note_all_disconnected
from onetime.operations.sign_ins import offer_setup
from onetime.queries.certificates import kept
from onetime.settings import Settings, paths_of
from onetime.store.archive import Archive, no_fault
from onetime.store.certificates import revoked_fingerprints
from onetime.store.database import Database, Trouble, down_is_no_bug, open_database, trouble
from onetime.store.schema import migrate
from onetime.store.stations import credentials, secret
from onetime.store.writer import BATCH_LIMIT, Phase

STOP_SECONDS: Final = 3.0
LOOK_AROUND_SECONDS: Final = 5.0
KNOCKS_SECONDS: Final = 2.0
RETRY_SECONDS: Final = 1.0
CERTIFICATES_SECONDS: Final = 60.0
GC_THRESHOLD: Final = 50_000
"""Connections are many small objects that live long: looking through them often is waste."""

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


class WebDoorFault(Exception):
    """The address for programs and people can not be had; the cause is what the system said."""

    def __init__(self, cause: OSError) -> None:
        super().__init__(str(cause))
        self.cause = cause


def policy_of(settings: Settings) -> Policy:
    """Return the rules that operations go by."""
    return Policy(
        heartbeat_interval_seconds=settings.heartbeat_interval_seconds,
        authorization_reply=AuthorizationReply(settings.authorization_reply),
        refuse_concurrent_charges=settings.refuse_concurrent_charges,
        unknown_stations=UnknownStations(settings.unknown_stations),
        takeover_hold=timedelta(seconds=settings.takeover_hold_seconds),
        site_timezone=zone_of(settings.site_timezone) or UTC,
        keep_stations_in_step=settings.keep_stations_in_step,
        sign_in_idle=timedelta(minutes=settings.sign_in_idle_minutes),
        sign_in_longest=timedelta(hours=settings.sign_in_longest_hours),
        second_factor_required=settings.second_factor == "required",
        files_url=settings.files_url.rstrip("/"),
        file_hosts=hosts_of(settings.file_hosts),
    )


def place_of(settings: Settings) -> Place:
    """Return where encrypted stations are awaited, and where certificates lie."""
    return Place(
        host=settings.ocpp_tls_host,
        port=settings.ocpp_tls_port,
        certificates=paths_of(settings, settings.ocpp_tls_certificate),
        keys=paths_of(settings, settings.ocpp_tls_key),
        client_authorities=paths_of(settings, settings.ocpp_tls_client_ca),
        rsa_key_exchange=settings.ocpp_tls_rsa_key_exchange,
    )


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
        self._keys_changed = asyncio.Event()
        self._certificates_changed = asyncio.Event()
        self._front = front_of(settings.trusted_proxies, settings.public_url)
        self._web: WebDoors | None = None
        self._up_again = asyncio.Event()

    def reload(self) -> None:
        """Read certificates again, from files too, without waiting for the clock."""
        self._certificates_changed.set()

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
            loops = [
                tasks.create_task(each)
                for each in self._loops(garage, switchboard, keyring, knocking, listener, encrypted)
            ]
            try:
                await self._serve_web(garage, listener, encrypted, opened)
            finally:
                switchboard.note_closing(True)
                await listener.stop(STOP_SECONDS)
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
        web = self._web = await self._open_web(garage, listener, encrypted, watch)
        await web.offer_https(self._settings.https_port, encrypted.for_people)
        watching = asyncio.create_task(repeat("live", RETRY_SECONDS, watch.run))
        gc.collect()
        gc.freeze()
        gc.set_threshold(GC_THRESHOLD)
        try:
            opened(Running(garage, listener, web, setup_secret))
            await self._stopping.wait()
        finally:
            await watch.end()
            watching.cancel()
            await web.stop()

    async def _open_web(
        self, garage: Garage, listener: Listener, encrypted: Encrypted, watch: Watch
    ) -> WebDoors:
        told = Told(self._addresses, encrypted)
        app = application(garage, told, watch, lambda: listener.is_open, self._settings.data_dir)
        seen = Gatehouse(with_porter(app, garage), self._front)
        try:
            return await serve_web(self._settings.http_host, self._settings.http_port, seen)
        except OSError as error:
            raise WebDoorFault(error) from None

    def _loops(
        self,
        garage: Garage,
        switchboard: Switchboard,
        keyring: Keyring,
        knocking: KnockingList,
        listener: Listener,
        encrypted: Encrypted,
    ) -> list[Coroutine[None, None, None]]:
        async def look_around() -> None:
            switchboard.look_around()

        chosen = self._settings
        return [
            repeat("look-around", LOOK_AROUND_SECONDS, look_around),
            write_knocks(garage, knocking.take, KNOCKS_SECONDS),
            self._reload_keys(garage, switchboard, keyring),
            self._reload_certificates(garage, encrypted),
            keep_certificates(garage, lambda: encrypted.pairs),
            run_errands(garage),
            settle_keys(garage),
            renew_station_certificates(garage),
            self._reopen(garage, listener),
            reconcile(garage),
            erase(garage),
            watch_clock(garage),
            keep_configurations_read(garage),
            ask_for_boots(garage, switchboard.take_unbooted),
            keep_configured(garage, is_on=chosen.keep_stations_in_step),
            *([keep_lists(garage)] if chosen.keep_stations_in_step else []),
            spread_revocations(garage),
            mind_deadlines(garage),
            stop_unpermitted(garage),
            retain(garage, chosen.ocpp_log_retention_days, chosen.readings_retention_days),
        ]

    async def _reload_keys(
        self, garage: Garage, switchboard: Switchboard, keyring: Keyring
    ) -> None:
        """Take over changed credentials, and end connections that they no longer allow."""

        async def reload() -> None:
            fresh = await garage.archive.read(credentials)
            revoked = await garage.archive.read(revoked_fingerprints)
            known = [each for each in switchboard.connected() if keyring.knows(each)]
            asked_before = keyring.expects_certificates()
            keyring.load(fresh, revoked)
            if keyring.expects_certificates() != asked_before:
                self._certificates_changed.set()
            switchboard.hang_up(
                each
                for each in known
                if (came := switchboard.came_with(each)) and not keyring.still_admits(each, *came)
            )

        while True:
            await self._keys_changed.wait()
            self._keys_changed.clear()
            while not await attempt("credentials", reload):
                await asyncio.sleep(RETRY_SECONDS)

    async def _reload_certificates(self, garage: Garage, encrypted: Encrypted) -> None:
        """Show the newest certificates: when they changed here, and once a minute for files."""

        async def reload() -> None:
            await encrypted.refresh(await garage.archive.read(kept))
            if self._web is not None and encrypted.pairs:
                await self._web.offer_https(self._settings.https_port, encrypted.for_people)

        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(CERTIFICATES_SECONDS):
                    await self._certificates_changed.wait()
            self._certificates_changed.clear()
            await attempt("certificates", reload)

    async def _reopen(self, garage: Garage, listener: Listener) -> None:
        """Let stations in again after the database was down; none of them is connected then."""

        async def reopen() -> None:
            await garage.archive.write(note_all_disconnected)
            self._up_again.clear()
            if not garage.archive.is_down:
                listener.refuse_all(False)
                log.info("stations_let_in_again")

        while True:
            await self._up_again.wait()
            while not await attempt("reopening", reopen):
                await asyncio.sleep(RETRY_SECONDS)

    def _on_down(self, listener: Listener, is_down: bool) -> None:
        """Without a database nothing may be answered: close all sockets, refuse new ones."""
        if is_down:
            listener.refuse_all(True)
            listener.close_now()
            log.error("stations_sent_away")
        else:
            self._up_again.set()

    def _take_facts(self, facts: Sequence[Fact]) -> None:
        if any(isinstance(fact, StationChanged | ForeignCommit) for fact in facts):
            self._keys_changed.set()
        if any(isinstance(fact, CertificatesChanged | ForeignCommit) for fact in facts):
            self._keys_changed.set()  # one may have been revoked
            self._certificates_changed.set()
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
