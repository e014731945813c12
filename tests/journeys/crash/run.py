"""One run: stations charge, the central system dies and comes back, and then everything is checked.

A run is told by its plan; a failed one says its plan, the commit, and where its files are.
"""

import asyncio
import logging
import random
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import structlog
import uvloop

from onetime.domain.people import Actor
from onetime.domain.policy import Policy
from onetime.kit.clock import ManualClock
from onetime.operations.renters import create_renter
from onetime.operations.stations import register_station
from onetime.operations.tokens import issue_card
from onetime.simulator.car import Pattern
from onetime.simulator.faults import Fault, FaultKind, FaultPlan, planned_faults
from onetime.simulator.garage import Garage, Layout, Waits
from onetime.simulator.habits import Habits
from onetime.simulator.ledger import Ledger, RunBegan, RunEnded, read
from onetime.store.archive import Archive
from onetime.store.database import open_database
from onetime.store.schema import migrate
from onetime.store.transaction import Transaction
from tests.faults.proxy import Proxy
from tests.house.source import ROOT
from tests.journeys.crash.books import books_of
from tests.journeys.crash.central import END_SECONDS, Central, Holdings, free_port
from tests.journeys.crash.invariants import Breach, breaches, wire
from tests.journeys.crash.paced import SharedPace
from tests.journeys.crash.rival import TOO_MANY_STARTS, starts_beside
from tests.journeys.crash.truth import truth_of

OWNER = Actor("test", "test")
VALID = ("CARD-1", "CARD-2", "CARD-3", "CARD-4", "CARD-5")
EXPIRED = "CARD-OLD"
UNKNOWN = "CARD-WHO"
FURNISHED_AGO = timedelta(days=30)
FAULTS = (
    FaultKind.CUT_LINE,
    FaultKind.HALF_OPEN,
    FaultKind.LOST_ANSWER_SAME_ID,
    FaultKind.LOST_ANSWER_NEW_ID,
    FaultKind.REPEAT_SAME_ID,
    FaultKind.REPEAT_NEW_ID,
    FaultKind.DUPLICATE,
    FaultKind.REORDER,
    FaultKind.POWER_CUT_STOPS,
    FaultKind.POWER_CUT_RESUMES,
    FaultKind.POWER_CUT_FORGETS,
    FaultKind.NO_BOOT,
    FaultKind.NO_SUBPROTOCOL,
    FaultKind.METER_RESET,
    FaultKind.METER_ROLLBACK,
    FaultKind.IDLE_LOAD,
)
CLOCK_FAULTS = (FaultKind.CLOCK_AHEAD, FaultKind.CLOCK_BEHIND, FaultKind.CLOCK_AT_EPOCH)
"""In the long runs only: with a register that is reset meanwhile, a stretch may be booked to nobody
in rare cases, as docs/reference/reliability.md tells."""
HABITS = Habits(
    connectors=2,
    first_wait=0.04,
    longest_wait=0.15,
    connects_within=0.1,
    heeds_retry_after=False,  # half a minute would be ten hours of theirs, and outlast every fault
)
PATTERN = Pattern(first_within=300.0, gap=300.0, stay=1500.0)
MOST_SHOWN = 30
DEATH_SECONDS = 20.0
DISK_EVENTS = frozenset({"database_down", "stations_sent_away", "batch_rolled_back"})
STILLBORN = 0.1
"""How many processes are killed before their doors are open."""
START_SECONDS = 0.1
SPARE_FILES = 16
"""Connections of readers, which are opened on demand and kept."""


@dataclass(frozen=True)
class Plan:
    """Everything that a run depends on, but the moods of the computer."""

    seed: int
    kills: int = 0
    moments: tuple[str, ...] = ()
    seconds: float = 0.0  # real ones, at least, before the faults stop
    bug: str = ""
    bad_lines: bool = False  # a proxy between stations and central system, see tests/faults
    disk_faults: int = 0  # how often writing fails for a while: the limit of a file's size
    stations: int = 6
    speed: float = 600.0
    hours_ago: float = 480.0  # simulated time begins here; it runs fast
    faults_an_hour: float = 3.0
    faults: tuple[FaultKind, ...] = FAULTS
    longest_life: float = 0.7
    answer_within: float = 10.0
    calm_within: float = 60.0  # I8: after the faults have stopped everything is soon in order
    sample_seconds: int = 60
    aligned_seconds: int = 900

    def __str__(self) -> str:
        """Only what makes this plan differ from every other: enough to write it down again."""
        changed = (
            f"{each.name}={getattr(self, each.name)!r}"
            for each in fields(self)
            if getattr(self, each.name) != each.default
        )
        return f"Plan({', '.join(changed)})"


@dataclass
class Report:
    """What a run has shown."""

    breaches: list[Breach] = field(default_factory=list)
    kills: int = 0
    messages: int = 0
    repeats: int = 0
    charges: int = 0
    faults: int = 0
    disk_faults: int = 0
    resets: int = 0
    downs: int = 0
    slowest_return: float = 0.0
    folder: Path | None = None

    def told(self) -> str:
        """One line for people."""
        return (
            f"{self.kills} kills, {self.charges} charges, {self.messages} messages,"
            f" {self.repeats} repeats, {self.faults} other faults,"
            f" slowest return {self.slowest_return:.2f} s, {len(self.breaches)} breaches"
        )


def carry_out(plan: Plan) -> Report:
    """Do a run and check it; the files of one that finds a bug nobody has put in are kept."""
    folder = Path(tempfile.mkdtemp(prefix="onetime-crash-"))
    with quiet():
        report = uvloop.run(_Run(plan, folder).carry_out())
    if report.breaches and not plan.bug:
        report.folder = folder
    else:
        shutil.rmtree(folder)
    return report


def complaint(plan: Plan, report: Report) -> str:
    """Everything that is needed to look into a failed run, and to repeat it."""
    found = [f"  {each.invariant}: {each.sentence}" for each in report.breaches[:MOST_SHOWN]]
    return "\n".join(
        [report.told(), *found, str(plan), f"commit {commit()}", f"files in {report.folder}"]
    )


class _Run:
    """The state of one run."""

    def __init__(self, plan: Plan, folder: Path) -> None:
        self.plan = plan
        self.folder = folder
        self.report = Report()
        self.rng = random.Random(f"run {plan.seed}")
        self.port = free_port()
        self.stations = [f"CRASH-{number:02}" for number in range(1, plan.stations + 1)]
        self.is_calm = False

    async def carry_out(self) -> Report:
        self.central = await Central.prepare(self.folder, self.port)
        try:
            await self._live()
        finally:
            await self.central.leave()
        self._check()
        return self.report

    async def _live(self) -> None:
        """Let stations and central systems live together, until all have gone."""
        _furnish(self.folder, self.stations)
        ledger = self._ledger()
        async with Proxy(self.port, self.plan.seed) as proxy:
            self.proxy = proxy
            await self._live_together(ledger)

    async def _live_together(self, ledger: Ledger) -> None:
        garage = self._garage(ledger)
        over = asyncio.Event()
        await self._start()
        empty = await self.central.holdings()  # before anybody knocks
        waits = Waits(opening=2.0, drain=self.plan.calm_within)
        stay = asyncio.create_task(garage.run(self._faults(), over, waits, None))
        try:
            await self._reign()
            self.is_calm = self.proxy.is_calm = True
            await self._calm(garage)
            over.set()
            ledger.note("", RunEnded(await stay))
        finally:
            stay.cancel()
            ledger.close()
        await self._leave(empty)

    def _ledger(self) -> Ledger:
        plan = self.plan
        starts_at = datetime.now(UTC) - timedelta(hours=plan.hours_ago)
        self.pace = SharedPace(self.folder, plan.speed, starts_at)
        ledger = Ledger(self.folder / "ledger.jsonl", self.pace)
        ledger.note("", RunBegan(plan.seed, plan.speed, "", plan.stations, self.pace.starts_at))
        return ledger

    def _garage(self, ledger: Ledger) -> Garage:
        plan = self.plan
        habits = replace(HABITS, answer_within=plan.answer_within)
        tags = (*VALID, EXPIRED, UNKNOWN)
        port = self.proxy.port if plan.bad_lines else self.port
        url = f"ws://127.0.0.1:{port}/ocpp"
        layout = Layout(url, self.stations, tags, plan.seed, pattern=PATTERN, habits=habits)
        garage = Garage(layout, self.pace, ledger)
        for station in garage.stations:
            changed = {
                "AllowOfflineTxForUnknownId": "true",
                "AuthorizationCacheEnabled": "false",
                "ClockAlignedDataInterval": str(plan.aligned_seconds),
                "MeterValueSampleInterval": str(plan.sample_seconds),
                "StopTxnSampledData": "Energy.Active.Import.Register",
                "TransactionMessageAttempts": "1000",
            }
            station.configuration.values.update(changed)
        return garage

    def _faults(self) -> Iterator[Fault]:
        plan = self.plan
        wish = FaultPlan(plan.faults_an_hour, plan.faults, shortest=5.0, longest=600.0)
        for fault in planned_faults(plan.seed, plan.stations, wish):
            if self.is_calm:
                return
            yield fault

    async def _reign(self) -> None:
        """Let one process after another serve and die; the last one lives on."""
        began = asyncio.get_running_loop().time()
        for moment in self.plan.moments:
            await self._kill()
            await self._start("--die-at", moment)
            if not await self.central.died(within=DEATH_SECONDS):
                self.report.breaches.append(Breach("moment", f"nobody died at {moment}"))
        for _ in range(self.plan.kills):
            await asyncio.sleep(self.rng.uniform(0.0, self.plan.longest_life))
            await self._kill()
            while self.rng.random() < STILLBORN:
                await self.central.start(*self._bug())
                await asyncio.sleep(self.rng.uniform(0.0, START_SECONDS))
                await self._kill()
            await self._start()
        if self.plan.moments:
            await self._kill()
            await self._start()
        for _ in range(self.plan.disk_faults):
            await asyncio.sleep(self.rng.uniform(0.2, self.plan.longest_life))
            await self._fill_disk()
        left = self.plan.seconds - (asyncio.get_running_loop().time() - began)
        await asyncio.sleep(max(0.0, left))

    async def _kill(self) -> None:
        await self.central.kill()
        self.report.kills += 1

    async def _fill_disk(self) -> None:
        """Let no file grow beyond what the log of the database has, or a little more, for a while.

        A write past that fails in the middle; it is the operating system that refuses it.
        """
        log = self.folder / "onetime.db-wal"
        limit = log.stat().st_size + self.rng.choice((0, 1, 30, 5_000, 60_000))
        with self.central.file_limit(limit):
            await asyncio.sleep(self.rng.uniform(0.2, 1.0))
        self.report.disk_faults += 1

    async def _start(self, *arguments: str) -> None:
        """Start a process; one that follows another takes no longer than plain starts do (I9)."""
        if not self.report.kills:
            await self._opened(*arguments)
            return
        async with asyncio.TaskGroup() as both:
            opening = both.create_task(self._opened(*arguments))
            beside = both.create_task(starts_beside(opening))
        if beside.result() >= TOO_MANY_STARTS:
            sentence = f"{opening.result():.1f} s went by, and {beside.result()} plain starts"
            self.report.breaches.append(Breach("I9", sentence))
        self.report.slowest_return = max(self.report.slowest_return, opening.result())

    async def _opened(self, *arguments: str) -> float:
        """Start a process and wait for its open doors; return how many seconds it took."""
        since = asyncio.get_running_loop().time()
        await self.central.start(*self._bug(), *arguments)
        await self.central.opened()
        return asyncio.get_running_loop().time() - since

    def _bug(self) -> tuple[str, ...]:
        return ("--bug", self.plan.bug) if self.plan.bug else ()

    async def _calm(self, garage: Garage) -> None:
        """I8: soon after the faults have stopped all are connected; `_check` sees the answers."""
        progress = garage.progress
        try:
            async with asyncio.timeout(self.plan.calm_within):
                while progress.connected < self.plan.stations:
                    await asyncio.sleep(0.01)
        except TimeoutError:
            self.report.breaches.append(Breach("I8", f"{progress.connected} are connected"))

    async def _leave(self, empty: Holdings) -> None:
        """I7: when all guests have gone, everything that they took up is given back."""
        try:
            async with asyncio.timeout(min(self.plan.calm_within, END_SECONDS)):
                while not _is_given_back(held := await self.central.holdings(), empty):
                    await asyncio.sleep(0.05)
        except TimeoutError:
            self.report.breaches.append(Breach("I7", f"{held} are held, {empty} before"))
        if (code := await self.central.end()) != 0:
            self.report.breaches.append(Breach("I7", f"it ended with {code}"))

    def _check(self) -> None:
        truth = truth_of(read(self.folder / "ledger.jsonl"))
        books = books_of(self.folder / "onetime.db")
        report = self.report
        report.breaches += breaches(truth, books, VALID)
        report.breaches += [Breach("I7", each) for each in _complaints(self.folder / "server.log")]
        report.breaches += [Breach("I8", each) for each in wire(truth, "no answer in time")]
        if truth.unanswered:
            report.breaches.append(Breach("I8", f"never answered: {truth.unanswered}"))
        report.messages = len(truth.messages)
        report.repeats = sum(each.sendings - 1 for each in truth.messages.values())
        report.charges = len(truth.charges)
        report.faults = truth.faults
        report.resets = self.proxy.resets
        report.downs = (self.folder / "server.log").read_text("utf-8").count('"database_down"')


@contextmanager
def quiet() -> Iterator[None]:
    """Spare the reader the stations' complaints about a central system that is often away."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    try:
        yield
    finally:
        structlog.configure(**before)


class _Line(msgspec.Struct):
    """One line of the server's log."""

    level: str
    event: str
    exception: str = ""


def _complaints(log: Path) -> Iterator[str]:
    """I7: what the log tells that should not have happened; whoever is killed says nothing."""
    for line in log.read_text("utf-8", "replace").splitlines():
        try:
            told = msgspec.json.decode(line, type=_Line)
        except msgspec.DecodeError:
            yield line
        else:
            is_of_disk = told.event in DISK_EVENTS
            if told.level not in ("debug", "info", "warning") and not is_of_disk:
                yield f"{told.event} {told.exception[-500:]}"


def _is_given_back(held: Holdings, empty: Holdings) -> bool:
    return (
        held.sockets == empty.sockets
        and held.tasks <= empty.tasks
        and held.files <= empty.files + SPARE_FILES
        and held.threads <= empty.threads + SPARE_FILES
    )


def _furnish(folder: Path, stations: Sequence[str]) -> None:
    """Make a garage in an empty folder: one renter, good cards and an old one, the stations.

    It was furnished before the charges begin: a station's history before that raises no alarm.
    """
    clock = ManualClock(datetime.now(UTC) - FURNISHED_AGO)
    database = open_database(f"sqlite:///{folder}/onetime.db")
    migrate(database, clock.now())
    archive = Archive(database, clock, Policy())
    archive.start()
    archive.perform(_fill, stations)
    archive.stop()
    database.close()


def _fill(tx: Transaction, stations: Sequence[str]) -> None:
    renter_id = create_renter(tx, OWNER, name="Renter", contact_email="renter@example.org")
    for tag in VALID:
        issue_card(tx, OWNER, tag, renter_id)
    issue_card(tx, OWNER, EXPIRED, renter_id, expiry_date=tx.now - timedelta(days=1))
    for station in stations:
        register_station(tx, OWNER, station, 0)


def commit() -> str:
    """Return what is checked out, as far as it can be known."""
    git = shutil.which("git")
    if git is None:
        return "unknown"
    asked = subprocess.run(
        [git, "describe", "--always", "--dirty"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return asked.stdout.strip() or "unknown"
