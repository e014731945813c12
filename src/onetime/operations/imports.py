"""Enters a whole table of renters, spots, cards or stations, or nothing of it.

What the lines mean is worked out before the writer is asked, and here once more only if anybody has
changed anything since; what is new is written by a few statements, so that no station waits long.
"""

import secrets
from collections.abc import Callable, Sequence

from msgspec import Struct

from onetime.domain.facts import GarageChanged, StationChanged
from onetime.domain.ids import StationId
from onetime.domain.import_lines import Fault, NewRenter, NewSpot, NewStation, NewToken
from onetime.domain.imports import Draft, Noun, Plan, plan
from onetime.domain.people import Actor
from onetime.domain.stations import WITH_PASSWORD, password_digest
from onetime.kit.logs import masked
from onetime.operations.stations import KEY_BYTES, SALT_BYTES
from onetime.store import audit, imports, stations
from onetime.store.audit import Change
from onetime.store.imports import Lock
from onetime.store.transaction import Transaction


class StationKey(Struct, frozen=True):
    """The key that was made for a station; it is told only this once."""

    id: str
    key: str


class Imported(Struct, frozen=True, kw_only=True):
    """What became of a table: with faults nothing of it was entered."""

    noun: Noun
    created: int
    unchanged: int
    faults: tuple[Fault, ...] = ()
    keys: tuple[StationKey, ...] = ()


def import_lines(tx: Transaction, actor: Actor, draft: Draft) -> Imported:
    """Enter what a table brings that is not there yet, all of it or nothing.

    What was worked out before holds as long as nobody has changed anything since.
    """
    noun, asked = draft.noun, draft.plan
    if draft.audit_head != audit.head(tx.connection):
        asked = plan(noun, draft.lines, imports.known(tx.connection, noun))
    keys = _ENTER[noun](tx, actor, asked) if asked.new else ()
    return Imported(
        noun=noun,
        created=len(asked.new),
        unchanged=asked.unchanged,
        faults=asked.faults,
        keys=keys,
    )


def _enter_renters(tx: Transaction, actor: Actor, asked: Plan) -> tuple[StationKey, ...]:
    new = [each for each in asked.new if isinstance(each, NewRenter)]
    numbers = imports.insert_renters(tx, new)
    changes = [Change(f"renter:{number}", None, {"is_active": True}) for number in numbers]
    audit.record_all(tx, actor, "renter.created", changes, _reason(new))
    tx.announce(GarageChanged())
    return ()


def _enter_spots(tx: Transaction, actor: Actor, asked: Plan) -> tuple[StationKey, ...]:
    new = [each for each in asked.new if isinstance(each, NewSpot)]
    numbers = imports.insert_spots(tx, new)
    changes = [
        Change(
            f"spot:{number}",
            None,
            {
                "label": each.label,
                "floor_level": each.floor_level,
                "renter_id": each.renter_id,
                "charging_station_id": each.charging_station_id,
            },
        )
        for number, each in zip(numbers, new, strict=True)
    ]
    audit.record_all(tx, actor, "spot.added", changes, _reason(new))
    tx.announce(GarageChanged())
    for each in new:
        if each.charging_station_id is not None:
            tx.announce(StationChanged(StationId(each.charging_station_id)))
    return ()


def _enter_tokens(tx: Transaction, actor: Actor, asked: Plan) -> tuple[StationKey, ...]:
    new = [each for each in asked.new if isinstance(each, NewToken)]
    imports.insert_tokens(tx, new)
    changes = [
        Change(
            f"card:{masked(each.token)}",
            None,
            {
                "renter_id": each.renter_id,
                "status": each.status.value,
                "expiry_date": each.expiry_date,
            },
        )
        for each in new
    ]
    audit.record_all(tx, actor, "card.issued", changes, _reason(new))
    tx.announce(GarageChanged())
    return ()


def _enter_stations(tx: Transaction, actor: Actor, asked: Plan) -> tuple[StationKey, ...]:
    new = [each for each in asked.new if isinstance(each, NewStation)]
    secret = stations.secret(tx.connection)
    keys, locks = [], []
    for each in new:
        if each.security_profile in WITH_PASSWORD:
            word = each.password or secrets.token_hex(KEY_BYTES)
            if each.password is None:
                keys.append(StationKey(each.id, word))
            salt = secrets.token_bytes(SALT_BYTES)
            locks.append(Lock(each.id, salt, password_digest(secret, salt, word.encode())))
    imports.insert_stations(tx, new, locks)
    changes = [
        Change(
            f"station:{each.id}",
            None,
            {
                "security_profile": each.security_profile,
                "power_limit_watts": each.power_limit_watts,
            },
        )
        for each in new
    ]
    audit.record_all(tx, actor, "station.registered", changes, _reason(new))
    for each in new:
        tx.announce(StationChanged(StationId(each.id)))
    return tuple(keys)


_ENTER: dict[Noun, Callable[[Transaction, Actor, Plan], tuple[StationKey, ...]]] = {
    Noun.RENTERS: _enter_renters,
    Noun.SPOTS: _enter_spots,
    Noun.TOKENS: _enter_tokens,
    Noun.STATIONS: _enter_stations,
}


def _reason(new: Sequence[Struct]) -> str:
    return f"Imported with a table of {len(new):,}."
