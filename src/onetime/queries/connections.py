"""What is wrong with a station's connection, in plain words, and what helps: all of it at once.

Read from what was kept: refusals at the door, silence, the clock, and alarms that nobody has seen.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct
from sqlalchemy import Connection, select

from onetime.domain.reviews import AlarmKind
from onetime.kit.times import to_words
from onetime.queries.commands import withheld_actions
from onetime.queries.knocks import knocking_of
from onetime.queries.stations import Station, station
from onetime.store.tables import alarms

SILENT_AFTER: Final = timedelta(minutes=10)
CLOCK_FINE_SECONDS: Final = 60

REMEDIES: Final[dict[AlarmKind, str]] = {
    AlarmKind.TAKEOVERS: "Find the second device with this identity and give it one of its own; if"
    " there is none, look at the line.",
    AlarmKind.FLOOD: "Restart the station; if it goes on, ask its vendor.",
    AlarmKind.MESSAGE_TOO_LARGE: "Restart the station; if it comes again, ask its vendor.",
    AlarmKind.CERTIFICATE_ENDS: "Let it have another: onetime certificate station issue {id}.",
    AlarmKind.CERTIFICATE_TROUBLE: "Look at what it asked for: onetime certificate request list.",
    AlarmKind.KEY_NOT_TAKEN: "Enter the key at the station by hand: onetime station rotate-key {id}"
    " prints another.",
    AlarmKind.UPGRADE_STALLED: "See what it waits for: onetime errand list; it can be called off.",
    AlarmKind.LOGIN_GUESSING: "Put the key right at the station; if the address is none of yours,"
    " shut it out in the network.",
}
"""The alarms that are about a connection, and what helps against each; `{id}` is the station's."""


class Trouble(Struct, frozen=True, kw_only=True):
    """Something that troubles a connection; `kind` is for programs, the rest for people."""

    kind: str
    sentence: str
    remedy: str
    since: datetime | None


def troubles_of(connection: Connection, station_id: str, now: datetime) -> tuple[Trouble, ...]:
    """List what troubles a station's connection, the plainest first. Raises NotFound."""
    found = station(connection, station_id)
    return (
        *_presence(found, now),
        *_refusals(connection, found.id),
        *_alarms(connection, found.id),
        *_clock(found),
        *_withheld(connection, found.id),
    )


def _presence(found: Station, now: datetime) -> Iterator[Trouble]:
    if found.retired_at is not None:
        why = f"Station {found.id} is retired and is not let in."
        remedy = f"If it is to charge again: onetime station add {found.id}"
        yield Trouble(kind="retired", sentence=why, remedy=remedy, since=found.retired_at)
    elif not found.is_enabled:
        why = f"Station {found.id} is disabled and is not let in."
        remedy = f"If it may charge again: onetime station enable {found.id}"
        yield Trouble(kind="disabled", sentence=why, remedy=remedy, since=None)
    elif found.last_seen_at is None and not found.is_online:
        yield Trouble(
            kind="never-seen",
            sentence=f"Station {found.id} has never connected.",
            remedy="Enter the address at the station exactly as it stands here, and its key.",
            since=found.created_at,
        )
    elif not found.is_online:
        yield Trouble(
            kind="offline",
            sentence=f"Station {found.id} is not connected.",
            remedy="See whether it has power and network; it comes back by itself.",
            since=found.last_seen_at,
        )
    elif found.last_seen_at is not None and now - found.last_seen_at > SILENT_AFTER:
        yield Trouble(
            kind="silent",
            sentence=f"Station {found.id} is connected, and says nothing.",
            remedy="Restart it; the line may be half open.",
            since=found.last_seen_at,
        )
    if found.deaf_since is not None:
        yield Trouble(
            kind="deaf",
            sentence=f"Station {found.id} talks, but answers nothing that it is asked.",
            remedy="Restart it at the station or by its fuse; commands do not reach it.",
            since=found.deaf_since,
        )


def _refusals(connection: Connection, station_id: str) -> Iterator[Trouble]:
    for each in knocking_of(connection, station_id):
        yield Trouble(
            kind=each.kind,
            sentence=f"From {each.ip_address} it was refused, the last time"
            f" {to_words(each.last_at)}: {each.reason}.",
            remedy=each.remedy,
            since=each.first_at,
        )


def _alarms(connection: Connection, station_id: str) -> Iterator[Trouble]:
    c = alarms.c
    rows = connection.execute(
        select(c.kind, c.sentence, c.raised_at)
        .where(
            c.station_id == station_id,
            c.acknowledged_at.is_(None),
            c.kind.in_([each.value for each in REMEDIES]),
        )
        .order_by(c.id.desc())
    )
    for row in rows:
        remedy = REMEDIES[AlarmKind(row.kind)]
        yield Trouble(
            kind=row.kind,
            sentence=row.sentence,
            remedy=remedy.format(id=station_id),
            since=row.raised_at,
        )


def _clock(found: Station) -> Iterator[Trouble]:
    drift = found.clock_drift_seconds
    if drift is None or abs(drift) < CLOCK_FINE_SECONDS:
        return
    yield Trouble(
        kind="clock",
        sentence=f"Its clock is {abs(drift)} seconds {'ahead' if drift > 0 else 'behind'}.",
        remedy="Nothing is billed wrongly for that; let it take its time from here (Heartbeat), or"
        " give it a time server.",
        since=None,
    )


def _withheld(connection: Connection, station_id: str) -> Iterator[Trouble]:
    for each in withheld_actions(connection, station_id):
        yield Trouble(
            kind="withheld",
            sentence=f"{each.action} is not sent to it any more by itself: its connection broke"
            f" {each.count} times over that.",
            remedy="Update its firmware; a person can still send the command.",
            since=each.withheld_since,
        )
