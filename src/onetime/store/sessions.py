"""Charging sessions in the database: found, opened, closed; what is right is decided elsewhere."""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct
from sqlalchemy import Executable, RowMapping, and_, bindparam, insert, or_, select, update

from onetime.domain.ids import MAX_TRANSACTION_ID, StationId, TransactionId
from onetime.domain.sessions import EndedBy, Estimate, Mark, Opening, Session, stated_key
from onetime.domain.tokens import Verdict
from onetime.kit.units import kwh
from onetime.store.tables import charging_sessions as table
from onetime.store.transaction import Transaction, Value

c = table.c
COLUMNS = (
    c.id,
    c.transaction_id,
    c.station_id,
    c.connector_id,
    c.token_id,
    c.id_tag,
    c.verdict,
    c.renter_id,
    c.spot_id,
    c.spot_label,
    c.start_time,
    c.end_time,
    c.meter_start,
    c.meter_stop,
    c.energy_wh,
    c.stop_reason,
    c.ended_by,
    c.stated_start,
    c.start_message_id,
    c.stated_stop,
    c.stated_stop_meter,
    c.stop_id_tag,
    c.last_register_wh,
    c.last_register_at,
    c.last_reading_at,
    c.estimated,
    c.marks,
    c.started_at,
)
ANY = select(*COLUMNS)
SAME_CONNECTOR = and_(
    c.station_id == bindparam("station_id"), c.connector_id == bindparam("connector_id")
)
_BY_TRANSACTION = ANY.where(c.transaction_id == bindparam("transaction_id"))
_BY_ID = ANY.where(c.id == bindparam("session_id"))
_LIKE = (
    ANY.where(
        SAME_CONNECTOR,
        c.stated_start == bindparam("stated_start"),
        c.stated_start_meter.is_not_distinct_from(bindparam("meter_start")),
        c.id_tag == bindparam("id_tag"),
        or_(c.ended_by.is_(None), c.ended_by != EndedBy.STATION),
    )
    .order_by(c.id.desc())
    .limit(1)
)
_SAME_TEXT = (
    ANY.where(
        c.station_id == bindparam("station_id"),
        c.stated_start == bindparam("stated_start"),
        c.start_digest == bindparam("digest"),
        or_(c.ended_by.is_(None), c.ended_by != EndedBy.STATION),
    )
    .order_by(c.id.desc())
    .limit(1)
)
_OPEN = ANY.where(c.ended_by.is_(None), c.station_id == bindparam("station_id")).order_by(c.id)
_ALL_OPEN = ANY.where(c.ended_by.is_(None)).order_by(c.id)
_STOPPED_LIKE = (
    ANY.where(
        c.station_id == bindparam("station_id"),
        c.stated_stop == bindparam("stated_stop"),
        c.stated_stop_meter.is_not_distinct_from(bindparam("meter_stop")),
        c.ended_by == EndedBy.STATION,
    )
    .order_by(c.id.desc())
    .limit(1)
)
_OF_ID = update(table).where(c.id == bindparam("session_id")).returning(*COLUMNS)
_CORRECT_START = _OF_ID.values(
    meter_start=bindparam("register_wh"), estimated=bindparam("estimates")
)
_CORRECT_STOP = _OF_ID.values(meter_stop=bindparam("register_wh"))
_MOVE = _OF_ID.values(connector_id=bindparam("connector"))
_MARK = _OF_ID.values(marks=bindparam("remarks"))
_CLOSE = _OF_ID.values(
    ended_by=bindparam("by"),
    end_time=bindparam("at"),
    meter_stop=bindparam("register_wh"),
    stop_reason=bindparam("reason"),
    stated_stop=bindparam("stated"),
    stated_stop_meter=bindparam("stated_wh"),
    stop_id_tag=bindparam("tag"),
    estimated=bindparam("estimates"),
    marks=bindparam("remarks"),
    ended_at=bindparam("now"),
)
_BOOK = _OF_ID.values(
    energy_wh=bindparam("wh"), total_energy_kwh=bindparam("as_kwh"), marks=bindparam("remarks")
)
_INSERT = insert(table).returning(*COLUMNS)
_NOTE_READING = (
    update(table)
    .where(c.id == bindparam("session_id"))
    .values(
        last_register_wh=bindparam("register_wh"),
        last_register_at=bindparam("register_at"),
        last_reading_at=bindparam("reading_at"),
    )
)


class Entry(Struct, frozen=True, kw_only=True):
    """What is written when a session is opened."""

    transaction_id: TransactionId
    opening: Opening
    meter_start: int
    token_id: str | None
    verdict: Verdict
    renter_id: int | None
    spot_id: int | None
    spot_label: str | None
    start_time: datetime
    estimated: tuple[Estimate, ...]
    marks: tuple[Mark, ...]


class Closure(Struct, frozen=True, kw_only=True):
    """What is written when a session is closed, or closed anew with better values."""

    ended_by: EndedBy
    end_time: datetime
    meter_stop: int
    stop_reason: str | None
    stated_stop: str | None
    stated_stop_meter: int | None
    stop_id_tag: str | None
    estimated: tuple[Estimate, ...]
    marks: tuple[Mark, ...]


def by_transaction(tx: Transaction, transaction_id: int) -> Session | None:
    """Return the session with this transaction id, which may be any number."""
    if not 0 < transaction_id <= MAX_TRANSACTION_ID:
        return None
    return one(tx, _BY_TRANSACTION, transaction_id=transaction_id)


def by_id(tx: Transaction, session_id: int) -> Session | None:
    """Return the session with this id of the database."""
    return one(tx, _BY_ID, session_id=session_id)


def unended_like(tx: Transaction, opening: Opening) -> Session | None:
    """Return the session that this Start repeats: equal in content, not ended by its own Stop.

    One that lacks what tells charges apart repeats only what was the same to the letter.
    """
    if opening.digest is not None:
        return one(
            tx,
            _SAME_TEXT,
            station_id=opening.station_id,
            stated_start=stated_key(opening.stated_time),
            digest=opening.digest,
        )
    return one(
        tx,
        _LIKE,
        station_id=opening.station_id,
        connector_id=opening.connector_id,
        stated_start=stated_key(opening.stated_time),
        meter_start=opening.meter_start,
        id_tag=opening.id_tag,
    )


def stopped_like(
    tx: Transaction, station_id: StationId, stated_stop: str, meter_stop: int | None
) -> Session | None:
    """Return the session of this station that a Stop with this content has already ended."""
    return one(
        tx, _STOPPED_LIKE, station_id=station_id, stated_stop=stated_stop, meter_stop=meter_stop
    )


def open_at(tx: Transaction, station_id: StationId) -> list[Session]:
    """Return the open sessions of a station, oldest first."""
    return [session_of(row) for row in tx.all(_OPEN, station_id=station_id)]


def all_open(tx: Transaction) -> list[Session]:
    """Return all open sessions, oldest first."""
    return [session_of(row) for row in tx.all(_ALL_OPEN)]


def insert_session(tx: Transaction, entry: Entry) -> Session:
    """Open a session."""
    opening = entry.opening
    return _written(
        tx,
        _INSERT,
        transaction_id=entry.transaction_id,
        station_id=opening.station_id,
        connector_id=opening.connector_id,
        token_id=entry.token_id,
        id_tag=opening.id_tag,
        verdict=entry.verdict.value,
        renter_id=entry.renter_id,
        spot_id=entry.spot_id,
        spot_label=entry.spot_label,
        start_time=entry.start_time,
        meter_start=entry.meter_start,
        stated_start=stated_key(opening.stated_time),
        stated_start_meter=opening.meter_start,
        start_message_id=opening.message_id,
        start_digest=opening.digest,
        reservation_id=opening.reservation_id,
        estimated=words(entry.estimated),
        marks=words(entry.marks),
        started_at=tx.now,
    )


def correct_start(
    tx: Transaction, session: Session, register_wh: int, estimated: Iterable[Estimate]
) -> Session:
    """Set the register at the start of a charge that began without one, and what is unsure."""
    return _written(
        tx,
        _CORRECT_START,
        session_id=session.id,
        register_wh=register_wh,
        estimates=words(estimated),
    )


def correct_stop(tx: Transaction, session: Session, register_wh: int) -> Session:
    """Set the register at the end of a charge that ended without one."""
    return _written(tx, _CORRECT_STOP, session_id=session.id, register_wh=register_wh)


def move(tx: Transaction, session: Session, connector_id: int) -> Session:
    """Set the connector of a charge that began without one."""
    return _written(tx, _MOVE, session_id=session.id, connector=connector_id)


def close_session(tx: Transaction, session: Session, closure: Closure) -> Session:
    """Write how a session ended; its energy is booked separately."""
    return _written(
        tx,
        _CLOSE,
        session_id=session.id,
        by=closure.ended_by.value,
        at=closure.end_time,
        register_wh=closure.meter_stop,
        reason=closure.stop_reason,
        stated=closure.stated_stop,
        stated_wh=closure.stated_stop_meter,
        tag=closure.stop_id_tag,
        estimates=words(closure.estimated),
        remarks=words(closure.marks),
        now=tx.now,
    )


def book_energy(
    tx: Transaction, session: Session, energy_wh: int, marks: Iterable[Mark]
) -> Session:
    """Write the energy (Wh) and the marks of a closed session."""
    return _written(
        tx,
        _BOOK,
        session_id=session.id,
        wh=energy_wh,
        as_kwh=kwh(energy_wh),
        remarks=words(marks),
    )


def mark(tx: Transaction, session: Session, *marks: Mark) -> Session:
    """Add to what is remarkable about a session."""
    return _written(tx, _MARK, session_id=session.id, remarks=words({*session.marks, *marks}))


def note_reading(
    tx: Transaction,
    session_id: int,
    register: tuple[int | None, datetime | None],
    reading_at: datetime | None,
) -> None:
    """Remember a session's last register (Wh, and when) and its newest reading."""
    tx.run(
        _NOTE_READING,
        session_id=session_id,
        register_wh=register[0],
        register_at=register[1],
        reading_at=reading_at,
    )


def words(values: Iterable[Estimate | Mark]) -> str:
    """Return a set of words as they are stored."""
    return ",".join(sorted({each.value for each in values}))


def session_of(row: RowMapping) -> Session:
    """Turn a row of `COLUMNS` into a session."""
    ended_by = row["ended_by"]
    return Session(
        id=row["id"],
        transaction_id=row["transaction_id"],
        station_id=row["station_id"],
        connector_id=row["connector_id"],
        token_id=row["token_id"],
        id_tag=row["id_tag"],
        verdict=Verdict(row["verdict"]),
        renter_id=row["renter_id"],
        spot_id=row["spot_id"],
        spot_label=row["spot_label"],
        start_time=row["start_time"],
        end_time=row["end_time"],
        meter_start=row["meter_start"],
        meter_stop=row["meter_stop"],
        energy_wh=row["energy_wh"],
        stop_reason=row["stop_reason"],
        ended_by=EndedBy(ended_by) if ended_by else None,
        stated_start=row["stated_start"],
        start_message_id=row["start_message_id"],
        stated_stop=row["stated_stop"],
        stated_stop_meter=row["stated_stop_meter"],
        stop_id_tag=row["stop_id_tag"],
        last_register_wh=row["last_register_wh"],
        last_register_at=row["last_register_at"],
        last_reading_at=row["last_reading_at"],
        estimated=tuple(Estimate(each) for each in row["estimated"].split(",") if each),
        marks=tuple(Mark(each) for each in row["marks"].split(",") if each),
        started_at=row["started_at"],
    )


def _written(tx: Transaction, statement: Executable, **values: Value) -> Session:
    session = one(tx, statement, **values)
    assert session is not None
    return session


def one(tx: Transaction, statement: Executable, **values: Value) -> Session | None:
    """Return the session that a statement over `COLUMNS` finds first, if any."""
    row = tx.first(statement, **values)
    return None if row is None else session_of(row)
