"""The list of cards that each station keeps, as it acknowledged it; and which cards there are."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct, convert
from sqlalchemy import Connection, delete, insert, or_, select, update

from onetime.domain.ids import StationId
from onetime.domain.local_lists import Entry
from onetime.domain.tokens import TokenStatus
from onetime.store.command_tables import local_list_entries as entries_table
from onetime.store.command_tables import local_lists as table
from onetime.store.tables import authorization_tokens, parking_spots, renters
from onetime.store.transaction import Transaction

c = table.c
e = entries_table.c
COLUMNS = (
    c.station_id,
    c.desired_version,
    c.acknowledged_version,
    c.reported_version,
    c.checked_at,
    c.attempts,
    c.retry_at,
)


class LocalList(Struct, frozen=True, kw_only=True):
    """How far a station's list is.

    What was sent last and what it acknowledged are the same version when nothing is in doubt.
    """

    station_id: StationId
    desired_version: int
    acknowledged_version: int | None
    reported_version: int | None
    checked_at: datetime | None
    attempts: int
    retry_at: datetime | None

    @property
    def is_certain(self) -> bool:
        """Say whether what the station has is known."""
        return self.acknowledged_version == self.desired_version


class RankedCard(Struct, frozen=True):
    """A card that may charge, and whose spot's renter holds it."""

    entry: Entry
    renter_id: int


def find(connection: Connection, station_id: StationId) -> LocalList | None:
    """Return how far a station's list is; None when it never had one of ours."""
    row = connection.execute(select(*COLUMNS).where(c.station_id == station_id)).mappings().first()
    return convert(row, LocalList) if row else None


def find_all(connection: Connection) -> dict[StationId, LocalList]:
    """Return how far the lists of all stations are."""
    rows = connection.execute(select(*COLUMNS)).mappings()
    return {row["station_id"]: convert(row, LocalList) for row in rows}


def entries_of(connection: Connection, station_id: StationId) -> dict[str, Entry]:
    """Return the cards that a station has acknowledged, by the form in which tags compare."""
    rows = connection.execute(
        select(e.token_key, e.id_tag, e.status, e.expiry_date, e.parent_id_tag).where(
            e.station_id == station_id
        )
    ).mappings()
    return {row["token_key"]: convert(row, Entry) for row in rows}


def cards(connection: Connection, now: datetime) -> list[RankedCard]:
    """Return the cards that may charge at this moment, the oldest first."""
    t = authorization_tokens.c
    rows = connection.execute(
        select(t.token.label("id_tag"), t.expiry_date, t.parent_id_tag, t.renter_id)
        .join(renters, renters.c.id == t.renter_id)
        .where(
            t.status == TokenStatus.ACCEPTED.value,
            renters.c.is_active.is_(True),
            t.is_remote.is_(False),
            or_(t.expiry_date.is_(None), t.expiry_date > now),
        )
        .order_by(t.created_at, t.token)
    ).mappings()
    return [RankedCard(convert(row, Entry), row["renter_id"]) for row in rows]


def renters_at(connection: Connection) -> dict[StationId, int]:
    """Return who rents the spot where each station stands."""
    p = parking_spots.c
    rows = connection.execute(
        select(p.charging_station_id, p.renter_id).where(
            p.charging_station_id.is_not(None), p.renter_id.is_not(None)
        )
    )
    return {StationId(row[0]): row[1] for row in rows}


def put(tx: Transaction, station_id: StationId, **values: object) -> None:
    """Set these columns of a station's row, which is made if there is none."""
    changed = {**values, "changed_at": tx.now}
    if tx.connection.execute(update(table).where(c.station_id == station_id), changed).rowcount:
        return
    tx.connection.execute(
        insert(table),
        {"station_id": station_id, "desired_version": 0, "attempts": 0, **changed},
    )


def count_failure(tx: Transaction, station_id: StationId) -> None:
    """Count a message that a station did not take."""
    tx.connection.execute(
        update(table).where(c.station_id == station_id).values(attempts=c.attempts + 1)
    )


def put_entries(
    tx: Transaction, station_id: StationId, wanted: Mapping[str, Entry], version: int
) -> None:
    """Let a station's list hold exactly these cards; those that are new have this version."""
    known = entries_of(tx.connection, station_id)
    gone = [key for key, each in known.items() if wanted.get(key) != each]
    for key in gone:
        tx.connection.execute(
            delete(entries_table).where(e.station_id == station_id, e.token_key == key)
        )
    rows = [
        {
            "station_id": station_id,
            "token_key": key,
            "id_tag": each.id_tag,
            "status": each.status,
            "expiry_date": each.expiry_date,
            "parent_id_tag": each.parent_id_tag,
            "acknowledged_version": version,
        }
        for key, each in wanted.items()
        if known.get(key) != each
    ]
    if rows:
        tx.connection.execute(insert(entries_table), rows)


def forget(tx: Transaction, station_id: StationId) -> None:
    """Forget the list of a station that is out of use: should it come back, it gets a new one."""
    tx.connection.execute(delete(entries_table).where(e.station_id == station_id))
    tx.connection.execute(delete(table).where(c.station_id == station_id))
