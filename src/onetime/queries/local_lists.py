"""Which cards each station should have in its list, which it has, and what to do about it."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

import msgspec
from msgspec import Struct
from sqlalchemy import Connection

from onetime.domain.ids import StationId
from onetime.domain.local_lists import Entry, Fitted, Limits, Update, fitted, limits_of, updates
from onetime.kit.logs import masked
from onetime.queries.stations import require_station
from onetime.store import abilities, configuration, local_lists
from onetime.store.configuration import ReportedKey
from onetime.store.local_lists import LocalList, RankedCard
from onetime.store.wishes import Standing

ENABLED = "LocalAuthListEnabled"
PROFILES = "SupportedFeatureProfiles"
PROFILE = "LocalAuthListManagement"
LENGTH = "LocalAuthListMaxLength"
CHUNK = "SendLocalListMaxLength"


class Step(StrEnum):
    """What a station's list needs next."""

    NOTHING = "nothing"
    CHECK = "check"
    SEND = "send"
    WAIT = "wait"


class Work(Struct, frozen=True, kw_only=True):
    """What a station's list needs next, and the cards that it has no room for."""

    step: Step
    update: Update | None = None
    left_out: tuple[str, ...] = ()


class EntryState(StrEnum):
    """How a card stands between what is wanted and what a station has."""

    IN_STEP = "in-step"
    WAITING = "waiting"
    TO_BE_REMOVED = "to-be-removed"
    NO_ROOM = "no-room"


class ListedCard(Struct, frozen=True, kw_only=True):
    """A card of a station's list, by its last four characters."""

    card: str
    state: EntryState


class StationList(Struct, frozen=True, kw_only=True):
    """A station's list as a whole; `is_kept` says whether the station keeps one at all."""

    station_id: str
    is_kept: bool
    desired_version: int | None
    acknowledged_version: int | None
    reported_version: int | None
    checked_at: datetime | None
    retry_at: datetime | None
    max_length: int
    cards: tuple[ListedCard, ...]


class GarageCards(Struct, frozen=True):
    """The cards that may charge now and who rents where, with a stamp that changes as they do."""

    cards: list[RankedCard]
    renters: dict[StationId, int]
    stamp: str


def cards_of_garage(connection: Connection, now: datetime) -> GarageCards:
    """Return what all lists are made of."""
    cards = local_lists.cards(connection, now)
    renters = local_lists.renters_at(connection)
    text = msgspec.json.encode([cards, sorted(renters.items())])
    return GarageCards(cards, renters, sha256(text).hexdigest())


def lists(connection: Connection) -> dict[StationId, LocalList]:
    """Return how far the lists of all stations are."""
    return local_lists.find_all(connection)


def list_work(
    connection: Connection, station: Standing, garage: GarageCards, now: datetime
) -> Work:
    """Say what a station's list needs next: nothing, a look at its version, or a message.

    Its version is asked for once after each boot, and before its first list.
    """
    station_id = station.station_id
    reported = configuration.of_station(connection, station_id)
    if not (station.is_kept_in_step and _is_kept(connection, station_id, reported)):
        return Work(step=Step.NOTHING)
    known = local_lists.find(connection, station_id)
    if known is not None and known.retry_at is not None and known.retry_at > now:
        return Work(step=Step.WAIT)
    if known is None or _is_unchecked(known, station.last_boot_at):
        return Work(step=Step.CHECK)
    limits = _limits(reported, known.attempts)
    wanted = _wanted(garage, station_id, limits)
    held = local_lists.entries_of(connection, station_id) if known.is_certain else None
    messages = updates(held, wanted.entries, limits)
    left_out = tuple(each.id_tag for each in wanted.left_out)
    if not messages:
        return Work(step=Step.NOTHING, left_out=left_out)
    return Work(step=Step.SEND, update=messages[0], left_out=left_out)


def list_state(connection: Connection, station_id: str, now: datetime) -> StationList:
    """Show a station's list beside what it should be; raises NotFound."""
    require_station(connection, station_id)
    name = StationId(station_id)
    reported = configuration.of_station(connection, name)
    known = local_lists.find(connection, name)
    limits = _limits(reported, 0)
    is_kept = _is_kept(connection, name, reported)
    wanted = _wanted(cards_of_garage(connection, now), name, limits)
    held = local_lists.entries_of(connection, name)
    if not is_kept:
        wanted = Fitted((), ())
    return StationList(
        station_id=station_id,
        is_kept=is_kept,
        desired_version=known.desired_version if known else None,
        acknowledged_version=known.acknowledged_version if known else None,
        reported_version=known.reported_version if known else None,
        checked_at=known.checked_at if known else None,
        retry_at=known.retry_at if known else None,
        max_length=limits.length,
        cards=_listed(wanted, held, known is not None and known.is_certain),
    )


def _listed(wanted: Fitted, held: Mapping[str, Entry], is_certain: bool) -> tuple[ListedCard, ...]:
    found = []
    for each in wanted.entries:
        is_there = is_certain and held.get(each.key) == each
        state = EntryState.IN_STEP if is_there else EntryState.WAITING
        found.append(ListedCard(card=masked(each.id_tag), state=state))
    keys = {each.key for each in wanted.entries}
    found += [
        ListedCard(card=masked(each.id_tag), state=EntryState.TO_BE_REMOVED)
        for key, each in held.items()
        if key not in keys
    ]
    found += [
        ListedCard(card=masked(each.id_tag), state=EntryState.NO_ROOM) for each in wanted.left_out
    ]
    return tuple(found)


def _wanted(garage: GarageCards, station_id: StationId, limits: Limits) -> Fitted:
    """Whoever rents the spot comes first, then whose card is the oldest."""
    own = garage.renters.get(station_id)
    ranked = sorted(garage.cards, key=lambda each: each.renter_id != own)
    return fitted([each.entry for each in ranked], limits)


def _limits(reported: Mapping[str, ReportedKey], failures: int) -> Limits:
    def told(key: str) -> str | None:
        found = reported.get(key)
        return found.value if found else None

    return limits_of(told(LENGTH), told(CHUNK), failures)


def _is_kept(
    connection: Connection, station_id: StationId, reported: Mapping[str, ReportedKey]
) -> bool:
    """Say whether a station keeps a list: it says so, and has not shown the contrary."""
    enabled, profiles = reported.get(ENABLED), reported.get(PROFILES)
    has_profile = profiles is not None and PROFILE in (profiles.value or "")
    if enabled is None and not has_profile:
        return False
    if enabled is not None and (enabled.value or "").strip().lower() != "true":
        return False
    actions = ("SendLocalList", "GetLocalListVersion")
    return all(abilities.find(connection, station_id, each) is not False for each in actions)


def _is_unchecked(known: LocalList, last_boot_at: datetime | None) -> bool:
    if known.checked_at is None:
        return True
    return last_boot_at is not None and known.checked_at < last_boot_at
