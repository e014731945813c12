"""`onetime simulate`: stations that only know the wire, at whichever central system."""

import argparse
import asyncio
import sys
from argparse import Namespace
from pathlib import Path
from urllib.parse import urlsplit

import uvloop
from msgspec import Struct

from onetime.cli.arguments import Parser, row_number
from onetime.cli.output import print_json, times
from onetime.cli.running import allow_many_sockets, on_signals
from onetime.cli.screen import Screen
from onetime.domain.errors import Conflict
from onetime.domain.tokens import token_fault
from onetime.kit import logs
from onetime.kit.clock import SystemClock
from onetime.kit.units import kwh_text
from onetime.simulator.car import Pattern
from onetime.simulator.garage import Waits
from onetime.simulator.moods import Mood, read_mood
from onetime.simulator.progress import Progress
from onetime.simulator.run import identities, simulate

STATIONS = 4
MOST_STATIONS = 20_000
SLOWEST, FASTEST = 0.01, 3_600.0
TAGS = "04A1B2C3D4E5F6,04B2C3D4E5F6A1,04C3D4E5F6A1B2"
OPENING_SECONDS = 2.0
DRAIN_SECONDS = 2.5
UNREACHED = 0


class Ended(Struct, frozen=True):
    """What came of a run."""

    stations: int
    charges_begun: int
    charges_ended: int
    energy_wh: int
    sent: int
    answered: int
    call_errors: int
    violations: int
    unanswered: int
    refusals: dict[str, int]


def add_to(parser: Parser) -> None:
    """Give `onetime simulate` what it takes."""
    parser.add_argument("url", metavar="URL", type=address, help="such as ws://127.0.0.1:9000/ocpp")
    add_stations(parser, STATIONS)
    add_speed(parser, 1.0)
    parser.add_argument("--password", metavar="TEXT", help="what all of them show at the door")
    parser.add_argument(
        "--tags", metavar="A,B", type=tags, default=tags(TAGS), help="the cards of their drivers"
    )
    parser.add_argument(
        "--prefix", metavar="TEXT", default="SIM", help="identities are SIM-0001, SIM-0002, ..."
    )
    parser.add_argument(
        "--duration", metavar="SECONDS", type=seconds, help="until Ctrl-C if left out"
    )
    parser.add_argument(
        "--ledger", metavar="FILE", type=Path, help="write down all that truly happened"
    )
    parser.add_argument(
        "--tls-url",
        metavar="URL",
        type=secure_address,
        help="where they go when they are told to speak TLS, such as wss://127.0.0.1:9443/ocpp",
    )
    parser.add_argument(
        "--mood",
        metavar="[ACTION=]MOOD",
        type=mood,
        action="append",
        default=[],
        help=f"how they take what they are asked: {', '.join(Mood)}; can be given again",
    )
    parser.set_defaults(run=run)


def add_stations(parser: Parser, default: int) -> None:
    """Let a command take how many stations there are."""
    parser.add_argument("--stations", metavar="N", type=stations, default=default)


def add_speed(parser: Parser, default: float) -> None:
    """Let a command take how many times faster than real its garage lives."""
    parser.add_argument(
        "--speed",
        metavar="X",
        type=speed,
        default=default,
        help=f"how many times faster than real time; {default:g} if left out",
    )


def run(arguments: Namespace) -> None:
    """Let stations charge, and show how it goes."""
    logs.configure("auto", sys.stderr)
    allow_many_sockets()
    progress = uvloop.run(_simulate(arguments))
    ended = ended_with(progress)
    if arguments.json:
        print_json(ended)
    else:
        print(summary_of(progress))
    if not progress.sent:
        raise Conflict(unheard(progress, arguments.url))


async def _simulate(arguments: Namespace) -> Progress:
    clock = SystemClock()
    screen = Screen(clock.monotonic)
    over = asyncio.Event()
    on_signals(over.set)
    names = identities(arguments.stations, arguments.prefix)
    passwords = dict.fromkeys(names, arguments.password) if arguments.password else {}
    try:
        return await simulate(
            arguments.url,
            names,
            arguments.tags,
            speed=arguments.speed,
            ledger_path=arguments.ledger,
            passwords=passwords,
            watch=None if arguments.json else lambda progress: screen.show([line_of(progress)]),
            duration=arguments.duration,
            waits=Waits(OPENING_SECONDS, DRAIN_SECONDS),
            stop=over,
            pattern=Pattern(first_within=120.0, gap=1_800.0),
            secure_url=arguments.tls_url,
            moods={name: dict(arguments.mood) for name in names},
        )
    except FileExistsError:
        raise Conflict(f"{arguments.ledger} exists already; a ledger overwrites nothing.") from None


def ended_with(progress: Progress) -> Ended:
    """Sum up a run."""
    return Ended(
        stations=progress.stations,
        charges_begun=progress.charges_begun,
        charges_ended=progress.charges_ended,
        energy_wh=int(progress.energy_wh),
        sent=progress.sent,
        answered=progress.answered,
        call_errors=progress.failed,
        violations=progress.violations,
        unanswered=progress.unanswered,
        refusals={str(status): count for status, count in progress.refusals.items()},
    )


def summary_of(progress: Progress) -> str:
    """Say in a line what came of a run."""
    return (
        f"Over after {_time(progress)}: {times(progress.stations, 'station')},"
        f" {times(progress.charges_ended, 'charge')}, {kwh_text(int(progress.energy_wh))};"
        f" {progress.sent:,} messages, {progress.answered:,} answered, {progress.failed:,}"
        f" CALLERRORs, {times(progress.violations, 'violation')}, {progress.unanswered:,} open."
    )


def line_of(progress: Progress) -> str:
    """Say in a line how a run goes."""
    told = [
        _time(progress),
        f"{progress.connected} of {times(progress.stations, 'station')} connected",
        f"{progress.charging} charging",
        f"{times(progress.charges_ended, 'charge')} ended",
        kwh_text(int(progress.energy_wh)),
        f"{progress.answered:,} answers",
    ]
    if progress.failed:
        told.append(f"{progress.failed:,} CALLERRORs")
    if progress.violations:
        told.append(f"{progress.violations:,} violations")
    if progress.refusals:
        told.append(f"refused: {_refusals(progress)}")
    return ", ".join(told)


def unheard(progress: Progress, url: str) -> str:
    """Say why no station ever got a word in."""
    if progress.refusals:
        return f"No station was let in at {url}: {_refusals(progress)}."
    return f"No station said a word at {url}; give it more time."


def address(text: str) -> str:
    """Read the base address of a central system."""
    try:
        parts = urlsplit(text)
        is_fine = parts.scheme in ("ws", "wss") and bool(parts.hostname) and parts.port != UNREACHED
    except ValueError:
        is_fine = False
    if not is_fine:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no address; write it like ws://127.0.0.1:9000/ocpp"
        )
    return text


def secure_address(text: str) -> str:
    """Read the base address at which a central system speaks TLS."""
    if not address(text).startswith("wss:"):
        raise argparse.ArgumentTypeError(f"{text!r} is not for TLS; it begins with wss://")
    return text


def mood(text: str) -> tuple[str, Mood]:
    """Read how stations take an action, or all of them."""
    try:
        return read_mood(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no mood; write one of {', '.join(Mood)}, or as in Reset=silent"
        ) from None


def tags(text: str) -> tuple[str, ...]:
    """Read card numbers with commas between them."""
    found = tuple(part.strip() for part in text.split(",") if part.strip())
    if not found:
        raise argparse.ArgumentTypeError("at least one card is needed")
    for each in found:
        if fault := token_fault(each):
            raise argparse.ArgumentTypeError(fault)
    return found


def stations(text: str) -> int:
    """Read how many stations there are."""
    number = row_number(text)
    if not 1 <= number <= MOST_STATIONS:
        raise argparse.ArgumentTypeError(f"there can be 1 to {MOST_STATIONS} stations")
    return number


def speed(text: str) -> float:
    """Read how fast time runs."""
    return _number(text, SLOWEST, FASTEST)


def seconds(text: str) -> float:
    """Read for how long."""
    return _number(text, 0.0, 10.0**8)


def _number(text: str, smallest: float, largest: float) -> float:
    try:
        number = float(text)
    except ValueError:
        number = smallest - 1
    if not smallest <= number <= largest:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a number from {smallest:g} to {largest:g}"
        )
    return number


def _time(progress: Progress) -> str:
    minutes = int(progress.simulated_seconds // 60)
    return f"{minutes // 60}:{minutes % 60:02} h"


def _refusals(progress: Progress) -> str:
    return ", ".join(
        f"{count:,} x {status or 'nobody answered'}"
        for status, count in sorted(progress.refusals.items())
    )
