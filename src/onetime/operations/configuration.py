"""What a station reports of its configuration (specification, section 8), and what it should be.

Reported and wanted are kept apart: a wish never changes what a station has said.
"""

from collections.abc import Sequence

from msgspec import Struct

from onetime.domain.configuration import (
    ANSWERS,
    MAX_ATTEMPTS,
    NUMBER_OF_CONNECTORS,
    Rule,
    Wish,
    WishSource,
    WishState,
    commissioning,
    is_due,
    is_same,
    plausible_connectors,
    state_now,
)
from onetime.domain.facts import ConfigurationChanged, StationChanged
from onetime.domain.ids import StationId
from onetime.domain.people import Actor
from onetime.store import configuration, quirks, wishes
from onetime.store.configuration import ReportedKey
from onetime.store.transaction import Transaction
from onetime.store.wishes import Standing

__all__ = [
    "ReportedKey",
    "Wanted",
    "keep_configuration",
    "keep_keys",
    "note_change_answer",
    "note_change_asked",
    "note_configuration_refused",
    "note_not_shown",
    "plan_changes",
    "wish_for",
]


class Wanted(Struct, frozen=True):
    """A key that a station has to be asked to change now."""

    key: str
    value: str


def keep_configuration(
    tx: Transaction, station_id: StationId, reported: Sequence[ReportedKey]
) -> None:
    """Keep exactly the keys that a station reported."""
    _note_garbage(tx, station_id, reported)
    configuration.replace_all(tx, station_id, reported)
    tx.announce(StationChanged(station_id))


def keep_keys(tx: Transaction, station_id: StationId, reported: Sequence[ReportedKey]) -> None:
    """Keep what a station reported of some of its keys, and see what that means for our wishes."""
    _note_garbage(tx, station_id, reported)
    configuration.merge(tx, station_id, reported)
    _compare(tx, station_id)
    tx.announce(ConfigurationChanged(station_id))


def note_configuration_refused(tx: Transaction, station_id: StationId) -> None:
    """Note that a station does not tell its configuration; it is asked again after a boot."""
    quirks.count_quirk(tx, station_id, "C05")
    configuration.note_read(tx, station_id)


def wish_for(tx: Transaction, actor: Actor, station_id: StationId, key: str, value: str) -> None:
    """Note that a person wants a value of a key; it goes before what we want of every station."""
    wishes.put(tx, station_id, key, value, WishSource.PERSON, WishState.PENDING, str(actor))
    tx.announce(ConfigurationChanged(station_id))


def plan_changes(tx: Transaction, station_id: StationId) -> list[Wanted]:
    """Compare what a station reports with what is wanted; return what to ask it for now.

    Of what we want of every station, only keys count that it reports as writable. Each key is asked
    for at most once a boot, and not more often than its rule allows.
    """
    standing = wishes.standing(tx.connection, station_id)
    if standing is None or not (standing.is_kept_in_step and tx.policy.keep_stations_in_step):
        return []
    rules = {rule.key: rule for rule in commissioning(tx.policy.heartbeat_interval_seconds)}
    _adopt(tx, station_id, rules)
    _compare(tx, station_id)
    return [
        Wanted(wish.key, wish.value)
        for wish in wishes.of_station(tx.connection, station_id)
        if is_due(
            wish,
            rules[wish.key].attempts if wish.key in rules else MAX_ATTEMPTS,
            is_tried_since_boot=_is_tried(wish, standing),
        )
    ]


def note_change_asked(tx: Transaction, station_id: StationId, key: str) -> None:
    """Note that a station is about to be asked to change a key, before it is."""
    wishes.note_tried(tx, station_id, key)


def note_change_answer(tx: Transaction, station_id: StationId, key: str, word: str) -> None:
    """Note a station's word on a change."""
    wishes.set_state(tx, station_id, key, ANSWERS[word])
    tx.announce(ConfigurationChanged(station_id))


def note_not_shown(tx: Transaction, station_id: StationId) -> None:
    """Note that a station was asked to show what it accepted, and did not."""
    for wish in wishes.of_station(tx.connection, station_id):
        if wish.state is WishState.ACCEPTED:
            quirks.count_quirk(tx, station_id, "C09")
            wishes.set_state(tx, station_id, wish.key, WishState.DIFFERS)
    tx.announce(ConfigurationChanged(station_id))


def _adopt(tx: Transaction, station_id: StationId, rules: dict[str, Rule]) -> None:
    """Enter wishes for the rules that a station can follow, and drop those that hold no more."""
    known = {wish.key: wish for wish in wishes.of_station(tx.connection, station_id)}
    reported = configuration.of_station(tx.connection, station_id)
    for rule in rules.values():
        found, wish = reported.get(rule.key), known.get(rule.key)
        if found is None or found.readonly:
            continue
        if wish is None or (wish.source is WishSource.COMMISSIONING and wish.value != rule.value):
            state = WishState.APPLIED if rule.is_met(found.value) else WishState.PENDING
            wishes.put(
                tx,
                station_id,
                rule.key,
                rule.value,
                WishSource.COMMISSIONING,
                state,
                "clock:commissioning",
            )


def _compare(tx: Transaction, station_id: StationId) -> None:
    """Bring the state of each wish up to what the station reports."""
    standing = wishes.standing(tx.connection, station_id)
    if standing is None:
        return
    rules = {rule.key: rule for rule in commissioning(tx.policy.heartbeat_interval_seconds)}
    reported = configuration.of_station(tx.connection, station_id)
    for wish in wishes.of_station(tx.connection, station_id):
        found = reported.get(wish.key)
        if found is None:
            continue
        is_ours = wish.source is WishSource.COMMISSIONING and wish.key in rules
        is_met = (
            rules[wish.key].is_met(found.value) if is_ours else is_same(wish.value, found.value)
        )
        is_read = wish.tried_at is not None and configuration.reported_since(
            tx.connection, station_id, wish.key, wish.tried_at
        )
        state = state_now(
            wish,
            is_met=is_met,
            is_tried_since_boot=_is_tried(wish, standing),
            is_read_since_tried=is_read,
        )
        if state is not wish.state:
            wishes.set_state(tx, station_id, wish.key, state)
            if state is WishState.DIFFERS:
                quirks.count_quirk(tx, station_id, "C09")


def _is_tried(wish: Wish, standing: Standing) -> bool:
    """Say whether a station was asked for this since it booted."""
    if wish.tried_at is None:
        return False
    return standing.last_boot_at is None or wish.tried_at >= standing.last_boot_at


def _note_garbage(tx: Transaction, station_id: StationId, reported: Sequence[ReportedKey]) -> None:
    """Count a number of connectors that no station has (C06), when it is told for the first time.

    It is kept as told, and not used.
    """
    for each in reported:
        if each.key != NUMBER_OF_CONNECTORS or plausible_connectors(each.value) is not None:
            continue
        known = configuration.of_station(tx.connection, station_id).get(each.key)
        if known is None or known.value != each.value:
            quirks.count_quirk(tx, station_id, "C06")
