"""`onetime demo`: the central system with a made-up garage, in a data directory of its own."""

import asyncio
import socket
import sys
from argparse import Namespace
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import uvloop
from msgspec import Struct

from onetime.app import App, Running, policy_of
from onetime.cli import demo_garage
from onetime.cli.addresses import Addresses, setup_url, web_url
from onetime.cli.arguments import Parser
from onetime.cli.desk import every
from onetime.cli.output import times
from onetime.cli.running import (
    RESTART,
    Distrust,
    allow_many_sockets,
    make_data_dir,
    on_signals,
)
from onetime.cli.running import run as run_app
from onetime.cli.screen import Screen
from onetime.cli.serve import command_for
from onetime.cli.serving import alone
from onetime.cli.simulate import add_speed, add_stations
from onetime.garage import Garage
from onetime.kit import logs
from onetime.kit.clock import Clock, ManualClock, SystemClock
from onetime.kit.times import EPOCH
from onetime.kit.units import kwh_text
from onetime.queries.pages import Asked
from onetime.queries.review import review_list
from onetime.queries.sessions import (
    Session,
    Wanted,
    session,
    session_list,
    session_readings,
)
from onetime.queries.stations import station_list
from onetime.settings import DEFAULT_DATA_DIR, FILE_NAME, Settings, load
from onetime.simulator.car import Pattern
from onetime.simulator.garage import Waits
from onetime.simulator.habits import Habits
from onetime.simulator.progress import Progress
from onetime.simulator.run import simulate
from onetime.store.archive import Archive
from onetime.store.database import open_database
from onetime.store.schema import migrate

HOST = "127.0.0.1"
USUAL_PORT = 9000
USUAL_WEB_PORT = 8000
DEFAULT_SPEED = 10.0
FOLDER = "demo"
MARK = "# Written by `onetime demo`: what is in this folder is made up."
DATABASE_NAME = "onetime.db"
LOG_NAME = "demo.log"
LOOK_SECONDS = 2.0
SHOWN = 8
OPENING_SECONDS = 2.0
DRAIN_SECONDS = 1.5
CONNECT_WITHIN_SECONDS = 1.0
AFTER_THE_LAST_RUN = timedelta(minutes=10)
PATTERN = Pattern(first_within=240.0, gap=1_500.0, stay=3_600.0)
POWER = "Power.Active.Import"
LATEST_READINGS = 12
WATTS_PER_KW = 1_000


class Speedy:
    """A clock that starts at some time of day and runs faster; waits are real all the same."""

    def __init__(self, real: Clock, starts_at: datetime, speed: float) -> None:
        self._real = real
        self._starts_at = starts_at
        self._speed = speed
        self._zero = real.monotonic()

    def now(self) -> datetime:
        """Return the garage's time of day."""
        passed = (self._real.monotonic() - self._zero) * self._speed
        return self._starts_at + timedelta(seconds=passed)

    def monotonic(self) -> float:
        """Return real seconds."""
        return self._real.monotonic()


class Prepared(Struct, frozen=True):
    """What is ready when the doors open."""

    settings: Settings
    keys: dict[str, str]
    registers: dict[str, float]
    starts_at: datetime


def add_to(parser: Parser) -> None:
    """Give `onetime demo` what it takes."""
    add_stations(parser, demo_garage.SPOTS)
    add_speed(parser, DEFAULT_SPEED)
    parser.set_defaults(run=demo)


def demo(arguments: Namespace) -> None:
    """Run the garage of the demo until Ctrl-C."""
    data_dir = own_folder(arguments.data_dir)
    make_data_dir(data_dir)
    with (
        alone(data_dir, f"A demo runs in {data_dir} already; one is enough."),
        (data_dir / LOG_NAME).open("a", encoding="utf-8") as log,
    ):
        logs.configure("json", log)
        allow_many_sockets()
        prepared = prepare(data_dir, arguments.stations, SystemClock())
        try:
            uvloop.run(_run(prepared, arguments.speed))
        except Distrust as distrust:
            print(distrust, file=sys.stderr)
            raise SystemExit(RESTART) from None


def own_folder(asked_for: Path) -> Path:
    """Return the folder of the demo: the one asked for, or one below it if that is a real garage's.

    What is not marked as made up is never touched.
    """
    holds_something = any((asked_for / name).exists() for name in (FILE_NAME, DATABASE_NAME))
    is_usual = asked_for == Path(DEFAULT_DATA_DIR)
    if is_usual or (holds_something and not _is_marked(asked_for)):
        return asked_for / FOLDER
    return asked_for


def prepare(data_dir: Path, count: int, clock: Clock) -> Prepared:
    """Make the garage, unless it stands already, and give each station a new key."""
    ports = [each if _is_free(each) else _free_port() for each in (USUAL_PORT, USUAL_WEB_PORT)]
    (data_dir / FILE_NAME).write_text(
        f'{MARK}\nOCPP_HOST = "{HOST}"\nOCPP_PORT = {ports[0]}\n'
        f'HTTP_HOST = "{HOST}"\nHTTP_PORT = {ports[1]}\n'
        # Its clock runs fast; nobody should have to sign in again every few minutes.
        "SIGN_IN_IDLE_MINUTES = 1440\nSIGN_IN_LONGEST_HOURS = 720\n"
    )
    settings = load(data_dir, {})
    database = open_database(settings.database_url)
    migrate(database, clock.now())
    manual = ManualClock(clock.now())
    archive = Archive(database, manual, policy_of(settings))
    archive.start()
    try:
        if not archive.perform(demo_garage.is_furnished):
            print("Making the garage and its history ...", flush=True)
            archive.perform(demo_garage.furnish, clock.now())
            for portion in demo_garage.past_visits(clock.now()):
                archive.perform(demo_garage.relive, portion)
        starts_at = max(clock.now(), _latest(archive) + AFTER_THE_LAST_RUN)
        manual.set(starts_at)
        names = demo_garage.station_ids(count)
        keys = archive.perform(demo_garage.hand_out_keys, names)
        registers = archive.perform(demo_garage.registers, names)
    finally:
        archive.stop()
    return Prepared(settings, keys, registers, starts_at)


async def _run(prepared: Prepared, speed: float) -> None:
    """Open the doors, let stations charge until Ctrl-C, close the doors."""
    clock = Speedy(SystemClock(), prepared.starts_at, speed)
    app = App(prepared.settings, clock, addresses=Addresses(prepared.settings))
    over = asyncio.Event()
    on_signals(over.set)
    opened = asyncio.Event()
    running: list[Running] = []

    def note_opened(one: Running) -> None:
        running.append(one)
        opened.set()

    def note_ended(_: asyncio.Task[None]) -> None:
        opened.set()
        over.set()

    serving = asyncio.create_task(run_app(app, prepared.settings, note_opened))
    serving.add_done_callback(note_ended)
    await opened.wait()
    try:
        for one in running:
            await _live(prepared, one, clock, speed, over)
    finally:
        app.stop()
        await serving


async def _live(
    prepared: Prepared, running: Running, clock: Clock, speed: float, over: asyncio.Event
) -> None:
    """Let stations charge, and show who charges where."""
    _greet(prepared, speed, setup_url(prepared.settings, running.setup_secret))
    onlooker = Onlooker(running.garage, Screen(clock.monotonic))
    async with asyncio.TaskGroup() as tasks:
        looking = tasks.create_task(onlooker.look_on(clock))
        progress = await simulate(
            f"ws://{HOST}:{prepared.settings.ocpp_port}/ocpp",
            list(prepared.keys),
            demo_garage.tags(len(prepared.keys)),
            speed=speed,
            seed=int(prepared.starts_at.timestamp()),
            passwords=prepared.keys,
            watch=onlooker.remember,
            waits=Waits(OPENING_SECONDS, DRAIN_SECONDS),
            stop=over,
            pattern=PATTERN,
            habits=Habits(connects_within=CONNECT_WITHIN_SECONDS),
            starts_at=clock.now(),
            registers=prepared.registers,
        )
        looking.cancel()
    print(
        f"The demo is over: {times(progress.charges_ended, 'charge')},"
        f" {kwh_text(int(progress.energy_wh))}. Called again, it goes on from here."
    )


class Onlooker:
    """Tells who charges where; on a terminal as a picture of now, elsewhere as events."""

    def __init__(self, garage: Garage, screen: Screen) -> None:
        self._archive = garage.archive
        self._screen = screen
        self._progress = Progress()
        self._seen: dict[int, Session] = {}

    def remember(self, progress: Progress) -> None:
        """Take what the simulator counted."""
        self._progress = progress

    async def look_on(self, clock: Clock) -> None:
        """Look again and again until cancelled."""
        while True:
            page = await self._archive.read(session_list, Wanted(is_open=True))
            flows = [(each, await self._watts(each)) for each in page.items]
            await self._tell_changes({each.id: each for each in page.items})
            waiting = await self._archive.read(review_list)
            self._screen.show(self._picture(clock, flows, len(waiting.items)))
            await asyncio.sleep(LOOK_SECONDS)

    def _picture(
        self, clock: Clock, flows: Sequence[tuple[Session, float]], waiting: int
    ) -> list[str]:
        kw = sum(watts for _, watts in flows) / WATTS_PER_KW
        progress = self._progress
        head = (
            f"{clock.now().astimezone():%a %H:%M}  {len(flows)} of {progress.stations} charge"
            f" with {kw:.1f} kW; so far {kwh_text(int(progress.energy_wh))},"
            f" {times(progress.charges_ended, 'charge')} ended"
        )
        lines = [
            f"   {each.spot_label or each.station_id:<8}{name_of(each):<20}"
            f"{watts / WATTS_PER_KW:>6.1f} kW {kwh_text(each.energy_so_far_wh):>12}"
            for each, watts in flows[:SHOWN]
        ]
        if len(flows) > SHOWN:
            lines.append(f"   and {len(flows) - SHOWN} more")
        if waiting:
            lines.append(f"   {times(waiting, 'finding')} for a person to decide")
        return [head, *lines]

    async def _tell_changes(self, now_open: dict[int, Session]) -> None:
        for number in now_open.keys() - self._seen.keys():
            began = now_open[number]
            self._screen.note(f"  {began.spot_label or began.station_id}: {name_of(began)} charges")
        for number in self._seen.keys() - now_open.keys():
            ended = await self._archive.read(session, number)
            self._screen.note(
                f"  {ended.spot_label or ended.station_id}: {name_of(ended)} has"
                f" {kwh_text(ended.energy_so_far_wh)}"
            )
        self._seen = now_open

    async def _watts(self, each: Session) -> float:
        page = await self._archive.read(session_readings, each.id, Asked(LATEST_READINGS))
        powers = [reading.value for reading in page.items if reading.measurand == POWER]
        return powers[0] or 0.0 if powers else 0.0


def name_of(each: Session) -> str:
    """Name who charges."""
    return each.renter_name or "somebody unknown"


def _greet(prepared: Prepared, speed: float, link: str | None) -> None:
    command = command_for(prepared.settings.data_dir)
    print(f"A made-up garage charges at ws://{HOST}:{prepared.settings.ocpp_port}/ocpp/IDENTITY.")
    print(f"Its API is described at {web_url(prepared.settings)}api/docs.")
    if link is not None:
        print(f"Nobody has an account in it yet. Make the first: {link}")
    if speed != 1:
        print(f"Its clock runs {speed:g} times as fast as yours.")
    print("Ask it from a second terminal:")
    for verb, what in (
        ("session list --renter 3", "where did renter 3 charge?"),
        ("session list --open", "who charges now?"),
        ("station list", "what do the stations say?"),
        ("review list", "what needs a person?"),
    ):
        print(f"  {command} {verb:<24} {what}")
    print("Ctrl-C ends it.\n", flush=True)


def _latest(archive: Archive) -> datetime:
    """Return the latest moment that the garage knows of."""
    found = every(lambda asked: archive.ask(station_list, asked=asked))
    moments = [each.last_seen_at for each in found if each.last_seen_at is not None]
    newest = archive.ask(session_list, asked=Asked(1)).items
    return max([*moments, *(each.end_time or each.start_time for each in newest), EPOCH])


def _is_marked(data_dir: Path) -> bool:
    try:
        with (data_dir / FILE_NAME).open(encoding="utf-8", errors="replace") as file:
            return file.readline().rstrip("\n") == MARK
    except FileNotFoundError:
        return False


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
