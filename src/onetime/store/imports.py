"""What an import is held against, and many rows at once: each kind of row in one statement.

Knows rows; never which of them a table may bring.
"""

from collections.abc import Iterable, Sequence

from msgspec import Struct, convert
from sqlalchemy import Connection, Table, insert, select

from onetime.domain.import_lines import (
    Known,
    New,
    NewRenter,
    NewSpot,
    NewStation,
    NewToken,
    RenterThere,
)
from onetime.domain.imports import Noun, key_of
from onetime.domain.reviews import ReviewKind
from onetime.domain.tokens import bare_hex, token_key
from onetime.store import knocks, reviews
from onetime.store.tables import (
    authorization_tokens,
    charging_stations,
    parking_spots,
    renters,
    spot_renters,
    spot_stations,
    station_credentials,
    token_renters,
)
from onetime.store.transaction import Row, Transaction

_FORMS: dict[Noun, tuple[Table, type[New]]] = {
    Noun.RENTERS: (renters, NewRenter),
    Noun.SPOTS: (parking_spots, NewSpot),
    Noun.TOKENS: (authorization_tokens, NewToken),
    Noun.STATIONS: (charging_stations, NewStation),
}
_RENTERS = select(renters.c.id, renters.c.contact_email, renters.c.is_active)
_STATIONS = select(charging_stations.c.id, charging_stations.c.retired_at.is_not(None))


class Lock(Struct, frozen=True):
    """The keyed hash of a station's key."""

    station_id: str
    salt: bytes
    digest: bytes


def known(connection: Connection, noun: Noun) -> Known:
    """Return what lines of a table are held against."""
    table, form = _FORMS[noun]
    named = {str(column.name) for column in table.columns}
    columns = [table.c[each] for each in form.__struct_fields__ if each in named]
    rows = connection.execute(select(*columns)).mappings()
    there: dict[str, New] = {}
    for row in rows:
        thing = convert(row, form)
        there[key_of(thing)] = thing
    if noun is Noun.RENTERS:
        return Known(there)
    stations = connection.execute(_STATIONS).all()
    return Known(
        there,
        tuple(convert(row, RenterThere) for row in connection.execute(_RENTERS).mappings()),
        working_stations=frozenset(each for each, is_retired in stations if not is_retired),
        retired_stations=frozenset(each for each, is_retired in stations if is_retired),
    )


def insert_renters(tx: Transaction, new: Sequence[NewRenter]) -> list[int]:
    """Enter active renters; return the numbers given, in order."""
    return _numbered(
        tx,
        renters,
        [
            {
                "name": each.name,
                "contact_email": each.contact_email,
                "phone_number": each.phone_number,
                "is_active": True,
                "created_at": tx.now,
            }
            for each in new
        ],
    )


def insert_spots(tx: Transaction, new: Sequence[NewSpot]) -> list[int]:
    """Enter spots, each with its renter and its station from now on; return their numbers."""
    numbers = _numbered(
        tx,
        parking_spots,
        [
            {
                "label": each.label,
                "floor_level": each.floor_level,
                "renter_id": each.renter_id,
                "charging_station_id": each.charging_station_id,
            }
            for each in new
        ],
    )
    spots = list(zip(numbers, new, strict=True))
    _insert(
        tx,
        spot_renters,
        (
            {"spot_id": spot_id, "renter_id": each.renter_id, "valid_from": tx.now}
            for spot_id, each in spots
            if each.renter_id is not None
        ),
    )
    _insert(
        tx,
        spot_stations,
        (
            {"spot_id": spot_id, "station_id": each.charging_station_id, "valid_from": tx.now}
            for spot_id, each in spots
            if each.charging_station_id is not None
        ),
    )
    return numbers


def insert_tokens(tx: Transaction, new: Sequence[NewToken]) -> None:
    """Enter cards, held by their renters from now on; whoever asked whose they are is answered."""
    _insert(
        tx,
        authorization_tokens,
        (
            {
                "token": each.token,
                "renter_id": each.renter_id,
                "status": each.status.value,
                "expiry_date": each.expiry_date,
                "description": each.description,
                "parent_id_tag": each.parent_id_tag,
                "token_key": token_key(each.token),
                "bare_hex": bare_hex(each.token),
                "created_at": tx.now,
            }
            for each in new
        ),
    )
    _insert(
        tx,
        token_renters,
        ({"token": each.token, "renter_id": each.renter_id, "valid_from": tx.now} for each in new),
    )
    asked = reviews.open_keys(tx, ReviewKind.UNKNOWN_TAG)
    for key in asked & {token_key(each.token) for each in new}:
        reviews.settle_review(tx, ReviewKind.UNKNOWN_TAG, key, "The card was issued.")


def insert_stations(tx: Transaction, new: Sequence[NewStation], locks: Sequence[Lock]) -> None:
    """Enter stations, enabled and never seen yet, with the hashes of their keys."""
    _insert(
        tx,
        charging_stations,
        (
            {
                "id": each.id,
                "is_online": False,
                "security_profile": each.security_profile,
                "is_enabled": True,
                "power_limit_watts": each.power_limit_watts,
                "created_at": tx.now,
            }
            for each in new
        ),
    )
    _insert(
        tx,
        station_credentials,
        (
            {
                "station_id": each.station_id,
                "salt": each.salt,
                "digest": each.digest,
                "changed_at": tx.now,
            }
            for each in locks
        ),
    )
    for identity in knocks.identities(tx) & {each.id for each in new}:
        knocks.forget(tx, identity)


def _numbered(tx: Transaction, table: Table, rows: Sequence[Row]) -> list[int]:
    statement = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    return list(tx.connection.execute(statement, [dict(row) for row in rows]).scalars())


def _insert(tx: Transaction, table: Table, rows: Iterable[Row]) -> None:
    if values := [dict(row) for row in rows]:
        tx.connection.execute(insert(table), values)
