"""What can be wrong around a central system, each check with what to do about it.

Knows the computer: folders, disk, clock, ports. What stands in the database is handed in.
"""

import ctypes
import os
import socket
import stat
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from msgspec import Struct

from onetime.cli.output import local, times
from onetime.cli.running import STATIONS, WEB, address_of, port_fault
from onetime.queries.growth import Growth
from onetime.queries.knocks import Knocking
from onetime.queries.stations import Station
from onetime.settings import Settings

LEAST_FREE_BYTES = 1_000_000_000
LEAST_YEARS = 1.0
DAYS_PER_YEAR = 365.25
GIGABYTE = 1_000_000_000
OLDEST_CLOCK = 2025
CLOCK_TOLERANCE = timedelta(minutes=5)
EXPECTED_WITHIN = timedelta(hours=1)
KNOCKS_COUNT_FOR = timedelta(days=1)
CONNECT_SECONDS = 2.0
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}
UNSYNCHRONISED = 5  # TIME_ERROR of adjtimex(2)
CHECKS_OF_DOORS = {STATIONS: "port", WEB: "web-port"}
TIMEX_BYTES = 512  # more than struct timex has anywhere


class Finding(Struct, frozen=True, kw_only=True):
    """One thing that was looked at; a remedy says what to do when it is wrong."""

    check: str
    is_wrong: bool
    sentence: str
    remedy: str | None = None


def fine(check: str, sentence: str) -> Finding:
    """Tell that all is well."""
    return Finding(check=check, is_wrong=False, sentence=sentence)


def wrong(check: str, sentence: str, remedy: str) -> Finding:
    """Tell what is wrong and what to do."""
    return Finding(check=check, is_wrong=True, sentence=sentence, remedy=remedy)


def data_dir(path: Path) -> Finding:
    """Look whether the data directory can be written, and by its owner alone."""
    if not path.is_dir():
        return fine("data-dir", f"{path} does not exist yet; `onetime serve` makes it.")
    if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        return wrong(
            "data-dir",
            f"This user may not write in {path}.",
            "Run commands as the user of the server, or give it the directory with chown.",
        )
    exposed = path.stat().st_mode & (stat.S_IROTH | stat.S_IXOTH)
    if exposed == stat.S_IROTH | stat.S_IXOTH:
        return wrong(
            "data-dir",
            f"Every user of this computer can read {path}, and with it names, cards and keys.",
            f"chmod 700 {path}",
        )
    return fine("data-dir", f"{path} can be written, and not read by everybody.")


def port(settings: Settings, is_serving: bool, door: str = STATIONS) -> Finding:
    """Look whether a door of the server is reached, or whether its port could be had."""
    name = CHECKS_OF_DOORS[door]
    host, number = address_of(settings, door)
    place = f"{host}, port {number}"
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        if not is_serving:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, number))
            except OSError as error:
                sentence = port_fault(error, settings, door) or f"{place} can not be had: {error}."
                return wrong(name, sentence, f"See docs/reference/settings.md for {door}_PORT.")
            return fine(name, f"The central system does not run; {place} is free for it.")
        if number == 0:
            return fine(name, "The central system runs on a port of its own choice.")
        probe.settimeout(CONNECT_SECONDS)
        try:
            probe.connect((EVERYWHERE.get(host, host), number))
        except OSError:
            return wrong(
                name,
                f"The central system runs, but nothing answers at {place}.",
                "It was started with other settings: restart it.",
            )
    return fine(name, f"The central system runs, and answers at {place}.")


def disk(settings: Settings, free_bytes: int, grown: Growth) -> Finding:
    """Look how long the disk lasts at the present rate."""
    free = f"{free_bytes / GIGABYTE:.1f} GB are free, the database has"
    told = f"{free} {grown.total_bytes / GIGABYTE:.2f} GB"
    a_day = 0.0
    if settings.readings_retention_days is None:
        a_day += grown.readings_bytes_per_day or 0.0
    if settings.ocpp_log_retention_days is None:
        a_day += grown.log_bytes_per_day or 0.0
    if free_bytes < LEAST_FREE_BYTES:
        return wrong("disk", f"Only {told}.", "Free some space; with a full disk nobody charges.")
    if a_day == 0:
        return fine("disk", f"{told}; it is too early to say how fast it grows, or it does not.")
    years = free_bytes / a_day / DAYS_PER_YEAR
    told += f" and grows by {a_day / 1_000_000:.1f} MB a day: {_lasting(years)}"
    if years < LEAST_YEARS:
        return wrong(
            "disk", f"{told}.", "Set READINGS_RETENTION_DAYS, or give the database a larger disk."
        )
    return fine("disk", f"{told}.")


def clock(now: datetime, is_synchronised: bool | None, grown: Growth) -> Finding:
    """Look whether the time of day can be believed; charges are dated by it."""
    if now.year < OLDEST_CLOCK:
        return wrong(
            "clock", f"The clock says {now:%Y-%m-%d}, which is past.", "timedatectl set-ntp true"
        )
    if grown.newest_at is not None and grown.newest_at > now + CLOCK_TOLERANCE:
        return wrong(
            "clock",
            f"The clock says {local(now)}, but the last message came {local(grown.newest_at)}:"
            " it went back.",
            "Put it right before charges are dated wrongly: timedatectl set-ntp true",
        )
    if is_synchronised is False:
        return wrong(
            "clock",
            "The clock is not synchronised and will drift.",
            "timedatectl set-ntp true, or install chrony; in a container, do it on the host.",
        )
    how = "synchronised" if is_synchronised else "plausible; whether it is synchronised is unknown"
    return fine("clock", f"The clock is {how}.")


def silent_stations(stations: Sequence[Station], now: datetime) -> list[Finding]:
    """Look for stations that were registered and never came."""
    silent = [
        each
        for each in stations
        if each.is_enabled
        and each.retired_at is None
        and each.last_seen_at is None
        and now - each.created_at > EXPECTED_WITHIN
    ]
    if not silent:
        seen = sum(each.last_seen_at is not None for each in stations)
        return [fine("stations", f"Stations that have connected: {seen} of {len(stations)}.")]
    return [
        wrong(
            "stations",
            f"Station {each.id} was registered {local(each.created_at)} and never connected.",
            f"Check its address, identity and key: onetime station show {each.id};"
            " onetime station knocking",
        )
        for each in silent
    ]


def knocks(
    knocking: Sequence[Knocking], stations: Sequence[Station], now: datetime
) -> list[Finding]:
    """Look for identities that were refused of late, and have not been let in since."""
    seen = {each.id: each.last_seen_at for each in stations if each.last_seen_at is not None}
    late = [
        each
        for each in knocking
        if now - each.last_at < KNOCKS_COUNT_FOR
        and not (each.identity in seen and seen[each.identity] >= each.last_at)
    ]
    if not late:
        return [fine("knocking", "Nobody knocked in vain since yesterday.")]
    return [
        wrong(
            "knocking",
            f"{each.identity or 'Somebody without identity'} knocked {times(each.count, 'time')}"
            f" from {each.ip_address}, last {local(each.last_at)}: {each.reason}.",
            each.remedy,
        )
        for each in late
    ]


def is_clock_synchronised() -> bool | None:
    """Ask the kernel whether something keeps its clock right; None when it does not say."""
    try:
        state = int(ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(TIMEX_BYTES)))
    except (AttributeError, OSError):
        return None
    return None if state < 0 else state != UNSYNCHRONISED


def _lasting(years: float) -> str:
    return "it lasts for decades" if years > 30 else f"it lasts {years:.1f} years"
