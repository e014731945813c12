"""One line of a table that a person brings: what it says, and every rule that it has to obey.

Knows things as they are brought; never a table as a whole, nor how what it says is kept.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeAlias

from msgspec import Struct

from onetime.domain.people import (
    MAX_FLOOR_LENGTH,
    email_fault,
    label_fault,
    name_fault,
    phone_fault,
)
from onetime.domain.stations import (
    MAX_POWER_WATTS,
    WITH_PASSWORD,
    SecurityProfile,
    password_fault,
    station_id_fault,
)
from onetime.domain.tokens import MAX_DESCRIPTION_LENGTH, TokenStatus, token_fault
from onetime.kit.texts import is_writable
from onetime.kit.times import parse_time

MAX_DIGITS = 18


class Fault(Struct, frozen=True):
    """What is wrong with a line, or with one of its fields."""

    line: int
    field: str | None
    sentence: str


class NewRenter(Struct, frozen=True, kw_only=True):
    """A renter to be entered, or one that is there."""

    name: str
    contact_email: str
    phone_number: str | None


class NewSpot(Struct, frozen=True, kw_only=True):
    """A spot to be entered, or one that is there."""

    label: str
    floor_level: str | None
    renter_id: int | None
    charging_station_id: str | None


class NewToken(Struct, frozen=True, kw_only=True):
    """A card to be issued, or one that is there."""

    token: str
    renter_id: int
    status: TokenStatus
    expiry_date: datetime | None
    description: str | None
    parent_id_tag: str | None


class NewStation(Struct, frozen=True, kw_only=True):
    """A station to be registered, or one that is there; without password it gets a key."""

    id: str
    security_profile: int
    power_limit_watts: int | None
    password: str | None = None


New: TypeAlias = NewRenter | NewSpot | NewToken | NewStation


class RenterThere(Struct, frozen=True):
    """A renter to whom a line can refer."""

    id: int
    contact_email: str
    is_active: bool


class Known(Struct, frozen=True):
    """What is there already: things by the key under which a line names them."""

    there: dict[str, New]
    renters: Sequence[RenterThere] = ()
    working_stations: frozenset[str] = frozenset()
    retired_stations: frozenset[str] = frozenset()


class Asked:
    """One line while it is read: its cells by column, and what is wrong with them."""

    def __init__(self, number: int, cells: dict[str, str], faults: list[Fault]) -> None:
        self.number = number
        self._cells = cells
        self._faults = faults
        self.is_sound = True

    def says(self, field: str) -> bool:
        """Say whether there is something in this field."""
        return bool(self._cells.get(field))

    def blame(self, field: str | None, sentence: str) -> None:
        """Note a fault."""
        self.is_sound = False
        self._faults.append(Fault(self.number, field, sentence))

    def text(self, field: str, fault: Callable[[str], str | None]) -> str:
        """Return what a field says, in one line; notes what is wrong with it."""
        text = self._cells.get(field, "")
        if not is_writable(text):
            self.blame(field, "Control characters and broken letters can not be stored.")
        elif sentence := fault(text):
            self.blame(field, sentence)
        return text

    def optional(self, field: str, fault: Callable[[str], str | None]) -> str | None:
        """Return what a field says, or None when it is empty."""
        return self.text(field, fault) if self.says(field) else None

    def number_in(self, field: str, smallest: int, largest: int) -> int | None:
        """Return the whole number that a field says, or None when it is empty or wrong."""
        text = self._cells.get(field, "")
        if not text:
            return None
        if text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS:
            number = int(text)
            if smallest <= number <= largest:
                return number
        self.blame(field, f"{text[:40]!r} is no whole number from {smallest} to {largest}.")
        return None


Reader: TypeAlias = Callable[[Asked], New | None]


def read_renters(known: Known) -> Reader:
    """Return what reads lines of renters."""

    def read(asked: Asked) -> NewRenter:
        return NewRenter(
            name=asked.text("name", name_fault),
            contact_email=asked.text("contact_email", email_fault),
            phone_number=asked.optional("phone_number", phone_fault),
        )

    return read


def read_spots(known: Known) -> Reader:
    """Return what reads lines of spots."""
    renter_of = _renter_finder(known)
    standing = {
        each.charging_station_id: each.label
        for each in known.there.values()
        if isinstance(each, NewSpot) and each.charging_station_id is not None
    }

    def read(asked: Asked) -> NewSpot:
        label = asked.text("label", label_fault)
        station_id = asked.optional("charging_station_id", station_id_fault)
        if station_id is not None and asked.is_sound:
            if station_id not in known.working_stations:
                is_retired = station_id in known.retired_stations
                asked.blame(
                    "charging_station_id",
                    f"Station {station_id} is {'retired' if is_retired else 'not registered'}.",
                )
            elif (elsewhere := standing.setdefault(station_id, label)) != label:
                asked.blame(
                    "charging_station_id", f"Station {station_id} stands at spot {elsewhere}."
                )
        return NewSpot(
            label=label,
            floor_level=asked.optional("floor_level", _longest(MAX_FLOOR_LENGTH)),
            renter_id=renter_of(asked),
            charging_station_id=station_id,
        )

    return read


def read_tokens(known: Known) -> Reader:
    """Return what reads lines of cards."""
    renter_of = _renter_finder(known)

    def read(asked: Asked) -> NewToken | None:
        token = asked.text("token", token_fault)
        renter_id = renter_of(asked)
        if renter_id is None and asked.is_sound:
            asked.blame("renter_id", "A card has a renter: give renter_id or renter_email.")
        status = asked.optional("status", _status_fault)
        expiry = asked.optional("expiry_date", _time_fault)
        description = asked.optional("description", _longest(MAX_DESCRIPTION_LENGTH))
        parent = asked.optional("parent_id_tag", token_fault)
        if renter_id is None or not asked.is_sound:
            return None
        return NewToken(
            token=token,
            renter_id=renter_id,
            status=TokenStatus(status or TokenStatus.ACCEPTED),
            expiry_date=parse_time(expiry) if expiry else None,
            description=description,
            parent_id_tag=parent,
        )

    return read


def read_stations(known: Known) -> Reader:
    """Return what reads lines of stations."""

    def read(asked: Asked) -> NewStation:
        station_id = asked.text("id", station_id_fault)
        if station_id in known.retired_stations:
            asked.blame("id", f"Station {station_id} is retired; register it again by itself.")
        profile = asked.number_in("security_profile", 0, int(max(SecurityProfile)))
        profile = int(SecurityProfile.BASIC) if profile is None else profile
        password = asked.optional("password", password_fault)
        if password is not None and profile not in WITH_PASSWORD:
            asked.blame("password", f"A station of security profile {profile} has no password.")
        return NewStation(
            id=station_id,
            security_profile=profile,
            power_limit_watts=asked.number_in("power_limit_watts", 1, MAX_POWER_WATTS),
            password=password,
        )

    return read


def _renter_finder(known: Known) -> Callable[[Asked], int | None]:
    """Return what finds the active renter whom a line names, by number or by e-mail address."""
    by_id = {each.id: each for each in known.renters}
    by_email: dict[str, list[RenterThere]] = {}
    for each in known.renters:
        by_email.setdefault(each.contact_email.casefold(), []).append(each)

    def find(asked: Asked) -> int | None:
        found: list[RenterThere] = []
        field = "renter_id" if asked.says("renter_id") else "renter_email"
        if not asked.says(field):
            return None
        if field == "renter_id":
            number = asked.number_in(field, 1, 10**MAX_DIGITS)
            if number is None:
                return None
            found = [by_id[number]] if number in by_id else []
        else:
            found = by_email.get(asked.text(field, email_fault).casefold(), [])
            found = [each for each in found if each.is_active] or found[:1]
        if len(found) != 1:
            asked.blame(
                field,
                f"There is {'more than one' if found else 'no'} renter with this"
                f" {field.removeprefix('renter_')}.",
            )
            return None
        if not found[0].is_active:
            asked.blame(field, f"Renter {found[0].id} is not active any more; reactivate first.")
        return found[0].id

    return find


def _longest(largest: int) -> Callable[[str], str | None]:
    def fault(text: str) -> str | None:
        return f"At most {largest} characters are kept here." if len(text) > largest else None

    return fault


def _status_fault(text: str) -> str | None:
    words = [each.value for each in TokenStatus]
    return None if text in words else f"{text!r} is none of {', '.join(words)}."


def _time_fault(text: str) -> str | None:
    try:
        parse_time(text)
    except ValueError as fault:
        return f"{fault}."
    return None
