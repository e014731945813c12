"""What the figures mean: medians, ratios of figures of one round, and targets met or missed."""

import os
import platform
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from msgspec import Struct

from bench.misbehaving import FRAMES
from bench.processes import Figures

Rounds = dict[str, list[Figures]]

SPEED = "messages_per_second"


class Target(Struct, frozen=True):
    """A figure, what it should be, and whether it is."""

    name: str
    figure: float
    unit: str
    wanted: str
    is_met: bool


class Result(Struct, frozen=True, kw_only=True):
    """All that a run measured, on which machine, and when."""

    at: datetime
    machine: dict[str, str]
    rounds: Rounds
    targets: tuple[Target, ...]


def result_of(rounds: Rounds, sync_ms: float) -> Result:
    """Judge the measured figures; `sync_ms` is how long this disk takes to keep a block."""
    return Result(
        at=datetime.now(UTC),
        machine=_machine() | {"sync": f"{sync_ms} ms"},
        rounds=rounds,
        targets=tuple(_targets(rounds, sync_ms)),
    )


def _machine() -> dict[str, str]:
    described = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    models = [line.partition(": ")[2] for line in described if line.startswith("model name")]
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "processor": models[0] if models else platform.machine(),
        "cores": str(len(os.sched_getaffinity(0))),
        "memory": f"{memory / 2**30:.0f} GiB",
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
    }


def middle(rounds: Rounds, line: str, figure: str) -> float:
    """Return the median of a figure."""
    return round(median(each[figure] for each in rounds[line]), 2)


def ratio(rounds: Rounds, line: str, other: str, figure: str) -> float:
    """Return the median of a figure's ratio to that of another line in the same round."""
    pairs = zip(rounds[line], rounds[other], strict=True)
    return round(median(one[figure] / two[figure] for one, two in pairs), 3)


def _targets(rounds: Rounds, sync_ms: float) -> Iterator[Target]:
    def of(line: str, figure: str) -> float:
        return middle(rounds, line, figure)

    def times(other: str) -> float:
        return ratio(rounds, "onetime_200", other, SPEED)

    yield _at_least(6_000, "messages/s", "200 stations", of("onetime_200", SPEED))
    yield _at_least(12, "x", "against the plain peer", times("plain_peer"))
    where = f"group commit, {sync_ms} ms a sync"
    yield _at_least(6, "x", where, times("no_group_commit"))
    yield _at_least(15, "%", "share of the limit", 100 * times("limit"))
    yield _at_most(250, "ms", "p99 at 60 messages/s", of("paced", "p99_ms"))
    yield _at_most(250, "ms", "the same beside programs", of("beside_programs", "p99_ms"))
    yield _at_most(200, "ms", "p99 of lists", of("beside_programs", "list_p99_ms"))
    yield _at_most(40, "KiB", "an idle connection", of("idle", "kib_per_connection"))
    yield _at_most(150, "MiB", "memory at 200 stations", of("onetime_200", "memory_mib"))
    cost = ratio(rounds, "onetime_2000", "onetime_200", "cpu_us")
    yield _at_most(1.3, "x", "cost at 2,000 against 200", cost)
    yield _at_most(60, "s", "reconnect storm", of("storm", "seconds"))
    yield _at_most(5_000, "ms", "Start p99 in the storm", of("storm", "start_p99_ms"))
    worst = max(of("bad_input", kind) for kind in FRAMES)
    yield _at_most(1.5, "x", "p99 beside bad input", worst)
    yield _at_most(5, "ms", "a renter's month", of("history", "statement_p50_ms"))
    yield _at_most(5, "ms", "a day's load", of("history", "load_p50_ms"))


def _at_least(bound: float, unit: str, name: str, figure: float) -> Target:
    return Target(name, figure, unit, f"at least {bound:,g}", figure >= bound)


def _at_most(bound: float, unit: str, name: str, figure: float) -> Target:
    return Target(name, figure, unit, f"at most {bound:,g}", figure <= bound)


_COLUMNS: tuple[tuple[str, str], ...] = (
    (SPEED, "messages/s"),
    ("cpu_us", "CPU us each"),
    ("p50_ms", "p50 ms"),
    ("p99_ms", "p99 ms"),
    ("memory_mib", "MiB"),
)
_ROWS: tuple[tuple[str, str], ...] = (
    ("limit", "limit: bare sqlite3, batches of 2,000"),
    ("onetime_20", "onetime, 20 stations"),
    ("onetime_200", "onetime, 200 stations"),
    ("onetime_2000", "onetime, 2,000 stations"),
    ("no_group_commit", "onetime, 200, a commit per message"),
    ("plain_peer", "plain peer, 200, a commit per message"),
    ("paced", "onetime, 200 stations at 60 messages/s"),
    ("beside_programs", "the same beside 20 clients at 50 lists/s"),
    ("ssd", "onetime, 200, 1 ms more per commit"),
    ("ssd_no_group_commit", "the same, a commit per message"),
    ("sd_card", "onetime, 200, 15 ms more per commit"),
    ("sd_card_no_group_commit", "the same, a commit per message"),
    ("tls_200", "onetime, 200 stations over TLS"),
    ("storm", "storm: 200 stations, 4,800 messages"),
    ("storm_sd_card", "the same, 15 ms more per commit"),
    ("storm_tls", "storm over TLS"),
)


def text_of(result: Result) -> str:
    """Write the result for people."""
    rounds = result.rounds
    lines = ["; ".join(f"{name} {value}" for name, value in result.machine.items()), ""]
    lines.append(" " * 42 + "".join(f"{title:>12}" for _, title in _COLUMNS))
    for line, title in _ROWS:
        cells = (_cell(rounds, line, figure) for figure, _ in _COLUMNS)
        lines.append(f"{title:42}" + "".join(f"{cell:>12}" for cell in cells))
    lines.append("")
    lines.extend(f"{title}: {told(rounds)}" for title, told in _BESIDES)
    lines.append("")
    lines.extend(_verdict(target) for target in result.targets)
    return "\n".join(lines)


def _cell(rounds: Rounds, line: str, figure: str) -> str:
    if figure not in rounds[line][0]:
        return "-"
    value = middle(rounds, line, figure)
    return f"{value:,.0f}" if value >= 1_000 else f"{value:,.1f}"


def _of_group_commit(rounds: Rounds) -> str:
    return ", ".join(
        f"x {ratio(rounds, line, f'{without}no_group_commit', SPEED):.1f} {where}"
        for line, without, where in (
            ("onetime_200", "", "on this disk"),
            ("ssd", "ssd_", "with 1 ms more per commit"),
            ("sd_card", "sd_card_", "with 15 ms more"),
        )
    )


def _of_idle(rounds: Rounds) -> str:
    return f"{middle(rounds, 'idle', 'kib_per_connection')} KiB each, of 2,000"


def _of_tls(rounds: Rounds) -> str:
    """Compare, plain first: processor time of a message and a login, memory of a connection."""

    def both(plain: str, encrypted: str, figure: str) -> str:
        return f"{middle(rounds, plain, figure):g} and {middle(rounds, encrypted, figure):g}"

    return (
        f"{both('onetime_200', 'tls_200', 'cpu_us')} us a message,"
        f" {both('handshake', 'handshake_tls', 'cpu_us')} us a login with its boot"
        f" ({both('handshake', 'handshake_tls', 'p50_ms')} ms until it is open),"
        f" {both('idle', 'idle_tls', 'kib_per_connection')} KiB a connection,"
        f" {both('storm', 'storm_tls', 'seconds')} s a storm"
    )


def _of_storm(rounds: Rounds) -> str:
    return ", ".join(
        f"{middle(rounds, line, 'seconds')} s and Start p99 {middle(rounds, line, 'start_p99_ms')}"
        f" ms {where}"
        for line, where in (("storm", "on this disk"), ("storm_sd_card", "with 15 ms more"))
    )


def _of_history(rounds: Rounds) -> str:
    return ", ".join(
        f"{name} p50 {middle(rounds, 'history', f'{question}_p50_ms')} ms,"
        f" p99 {middle(rounds, 'history', f'{question}_p99_ms')} ms"
        for question, name in (("statement", "a renter's month"), ("load", "a day's load"))
    )


def _of_writer(rounds: Rounds) -> str:
    (costs,) = rounds["writer"]
    return ", ".join(f"{work} {cost:.0f} us" for work, cost in costs.items())


def _of_bad_input(rounds: Rounds) -> str:
    told = ", ".join(f"{kind} x {middle(rounds, 'bad_input', kind)}" for kind in FRAMES)
    return f"{told} of {middle(rounds, 'bad_input', 'alone_p99_ms')} ms alone"


_BESIDES: tuple[tuple[str, Callable[[Rounds], str]], ...] = (
    ("group commit", _of_group_commit),
    ("idle connections", _of_idle),
    ("plain and TLS", _of_tls),
    ("storm", _of_storm),
    ("700,000 sessions", _of_history),
    ("p99 of 50 stations beside bad input", _of_bad_input),
    ("in the writer, median per message", _of_writer),
)


def _verdict(target: Target) -> str:
    mark = "met   " if target.is_met else "MISSED"
    return f"{mark}  {target.name:32}{target.figure:>10,.2f} {target.unit:12}{target.wanted}"
