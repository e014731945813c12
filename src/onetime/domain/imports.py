"""Tables of renters, spots, cards and stations that a person brings: what their lines mean.

Knows the columns and what lines say about each other; never where the table came from, nor how what
it says is kept. All faults of a table are found at once.
"""

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum

from msgspec import Struct

from onetime.domain.import_lines import (
    Asked,
    Fault,
    Known,
    New,
    NewRenter,
    NewSpot,
    NewToken,
    Reader,
    read_renters,
    read_spots,
    read_stations,
    read_tokens,
)
from onetime.domain.tokens import token_key
from onetime.kit.sheets import Line
from onetime.kit.texts import one_line

MAX_LINES = 5_000


class Noun(StrEnum):
    """What a table can be of."""

    RENTERS = "renters"
    SPOTS = "spots"
    TOKENS = "tokens"
    STATIONS = "stations"


class Columns(Struct, frozen=True):
    """Columns by name: one of each needed group must be there; told ones are shown, never taken."""

    needed: tuple[tuple[str, ...], ...]
    possible: tuple[str, ...]
    told: tuple[str, ...]


COLUMNS: dict[Noun, Columns] = {
    Noun.RENTERS: Columns(
        (("name",), ("contact_email",)),
        ("phone_number",),
        ("id", "is_active", "created_at", "spots", "token_count"),
    ),
    Noun.SPOTS: Columns(
        (("label",),),
        ("floor_level", "renter_id", "renter_email", "charging_station_id"),
        ("id", "renter_name", "station_is_online"),
    ),
    Noun.TOKENS: Columns(
        (("token",), ("renter_id", "renter_email")),
        ("status", "expiry_date", "description", "parent_id_tag"),
        ("created_at", "renter_name", "renter_is_active"),
    ),
    Noun.STATIONS: Columns(
        (("id",),),
        ("security_profile", "password", "power_limit_watts"),
        (
            *("is_online", "last_heartbeat", "model", "vendor", "firmware_version"),
            *("serial_number", "is_enabled", "times_with_fraction", "register_factor"),
            *("clock_drift_seconds", "times_are_local", "connected_since", "last_seen_at"),
            *("last_boot_at", "deaf_since", "created_at", "retired_at", "spot_id", "spot_label"),
            *("certificate_name", "is_kept_in_step", "connector_count"),
        ),
    ),
}


class Plan(Struct, frozen=True):
    """What a table asks for: what is new, how many lines are there already, and all its faults."""

    new: tuple[New, ...]
    unchanged: int
    faults: tuple[Fault, ...]


class Draft(Struct, frozen=True, kw_only=True):
    """A table that was read, and what it asked for while `audit_head` was the last act."""

    noun: Noun
    lines: Sequence[Line]
    plan: Plan
    audit_head: str


def plan(noun: Noun, lines: Sequence[Line], known: Known) -> Plan:
    """Work out what the lines of a table ask for, beside what is known.

    A line that says nothing else than what is there is left alone, so that a table can be brought
    twice; one that contradicts what is there is a fault, since an import changes nothing.
    """
    faults: list[Fault] = []
    new: list[New] = []
    unchanged = 0
    seen: dict[str, int] = {}
    read = _READERS[noun](known)
    for asked in _asked(noun, lines, faults):
        thing = read(asked)
        if thing is None or not asked.is_sound:
            continue
        key = key_of(thing)
        before = seen.setdefault(key, asked.number)
        if before != asked.number:
            asked.blame(None, f"Line {before} says the same {_WORDS[noun]} already.")
        elif (there := known.there.get(key)) is None:
            new.append(thing)
        elif differing := [each for each in _said(asked, thing) if _differs(each, thing, there)]:
            asked.blame(
                differing[0],
                f"This {_WORDS[noun]} is there already with another value; an import changes"
                " nothing, so change it by itself or take the line out.",
            )
        else:
            unchanged += 1
    return Plan(tuple(new) if not faults else (), unchanged, tuple(sorted(faults, key=_by_line)))


def key_of(thing: New) -> str:
    """Return by what a thing is recognised when it comes again."""
    if isinstance(thing, NewRenter):
        return f"{thing.contact_email.casefold()}\n{thing.name.casefold()}"
    if isinstance(thing, NewToken):
        return token_key(thing.token)
    return thing.label if isinstance(thing, NewSpot) else thing.id


def _asked(noun: Noun, lines: Sequence[Line], faults: list[Fault]) -> Iterator[Asked]:
    """Yield the lines behind the header; nothing when the header can not be used."""
    if not lines:
        faults.append(Fault(1, None, "The table is empty: its first line names the columns."))
        return
    header = [one_line(each).casefold().replace(" ", "_") for each in lines[0].cells]
    faults.extend(_faults_of_header(COLUMNS[noun], lines[0].number, header))
    if len(lines) - 1 > MAX_LINES:
        sentence = f"A table has at most {MAX_LINES:,} lines; divide this one."
        faults.append(Fault(lines[MAX_LINES + 1].number, None, sentence))
    if faults:
        return
    for line in lines[1:]:
        cells = {name: one_line(text) for name, text in zip(header, line.cells, strict=False)}
        asked = Asked(line.number, cells, faults)
        if len(line.cells) > len(header) and any(line.cells[len(header) :]):
            asked.blame(None, f"{len(line.cells)} cells, but {len(header)} columns.")
        yield asked


def _faults_of_header(columns: Columns, number: int, header: Sequence[str]) -> Iterator[Fault]:
    possible = {each for group in columns.needed for each in group} | {*columns.possible}
    for at, name in enumerate(header):
        if name and name not in possible and name not in columns.told:
            names = ", ".join(sorted(possible))
            yield Fault(number, name, f"There is no column {name!r}; there are {names}.")
        elif name and name in header[:at]:
            yield Fault(number, name, f"The column {name!r} is there twice.")
    for group in columns.needed:
        if not any(name in header for name in group):
            wanted = " or ".join(repr(name) for name in group)
            yield Fault(number, group[0], f"The column {wanted} is missing.")


_READERS: dict[Noun, Callable[[Known], Reader]] = {
    Noun.RENTERS: read_renters,
    Noun.SPOTS: read_spots,
    Noun.TOKENS: read_tokens,
    Noun.STATIONS: read_stations,
}
_WORDS = {
    Noun.RENTERS: "renter",
    Noun.SPOTS: "spot",
    Noun.TOKENS: "card",
    Noun.STATIONS: "station",
}


def _said(asked: Asked, thing: New) -> list[str]:
    """Return the fields about which a line says something; a renter can be named in two ways."""
    names = [each for each in thing.__struct_fields__ if asked.says(each)]
    if asked.says("renter_email") and "renter_id" not in names:
        names.append("renter_id")
    return [each for each in names if each != "password"]


def _differs(field: str, thing: New, there: New) -> bool:
    mine, theirs = getattr(thing, field), getattr(there, field)
    if field in ("name", "contact_email", "token"):
        return False  # by these it was recognised
    return bool(mine != theirs)


def _by_line(fault: Fault) -> int:
    return fault.line
