"""Charging sessions in the database: found, opened, closed; what is right is decided elsewhere."""

from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

from msgspec import Struct, structs
from sqlalchemy import (
    Executable,
    and_,
    bindparam,
    insert,
    or_,
    select,
    type_coerce,
    update,
)

from onetime.domain.ids import MAX_TRANSACTION_ID, StationId, TransactionId
from onetime.domain.sessions import EndedBy, Estimate, Mark, Opening, Session, stated_key
from onetime.domain.tokens import Verdict
from onetime.kit.times import utc
from onetime.kit.units import kwh
from onetime.store.columns import Said, Words
from onetime.store.tables import charging_sessions as table
from onetime.store.transaction import Transaction, Value

WordT = TypeVar("WordT", Estimate, Mark)

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
    type_coerce(c.estimated, Words).label("estimated"),
    type_coerce(c.marks, Words).label("marks"),
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
_OPEN_WITH = ANY.where(c.ended_by.is_(None), c.token_id == bindparam("token")).order_by(c.id)
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
_OF_ID = update(table).where(c.id == bindparam("session_id"))
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
_INSERT = insert(table).returning(c.id)
_SAID = {column.name: column.type for column in c if isinstance(column.type, Said)}
_NOTE_READING = _OF_ID.values(
    last_register_wh=bindparam("register_wh"),
    last_register_at=bindparam("register_at"),
    last_reading_at=bindparam("reading_at"),
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
    return tx.every(_OPEN, Session, station_id=station_id)


def open_with(tx: Transaction, token: str) -> list[Session]:
    """Return the open sessions of a card, oldest first."""
    return tx.every(_OPEN_WITH, Session, token=token)


def all_open(tx: Transaction) -> list[Session]:
    """Return all open sessions, oldest first."""
    return tx.every(_ALL_OPEN, Session)


# What is written is returned as it would be read again, so that nobody has to.


def insert_session(tx: Transaction, entry: Entry) -> Session:
    """Open a session."""
    opening = entry.opening
    id_tag = _kept("id_tag", opening.id_tag)
    message_id = _kept("start_message_id", opening.message_id)
    stated_start = stated_key(opening.stated_time)
    row = tx.first(
        _INSERT,
        transaction_id=entry.transaction_id,
        station_id=opening.station_id,
        connector_id=opening.connector_id,
        token_id=entry.token_id,
        id_tag=id_tag,
        verdict=entry.verdict.value,
        renter_id=entry.renter_id,
        spot_id=entry.spot_id,
        spot_label=entry.spot_label,
        start_time=entry.start_time,
        meter_start=entry.meter_start,
        stated_start=stated_start,
        stated_start_meter=opening.meter_start,
        start_message_id=message_id,
        start_digest=opening.digest,
        reservation_id=opening.reservation_id,
        estimated=words(entry.estimated),
        marks=words(entry.marks),
        started_at=tx.now,
    )
    assert row is not None
    return Session(
        id=row["id"],
        transaction_id=entry.transaction_id,
        station_id=opening.station_id,
        connector_id=opening.connector_id,
        token_id=entry.token_id,
        id_tag=id_tag or "",
        verdict=entry.verdict,
        renter_id=entry.renter_id,
        spot_id=entry.spot_id,
        spot_label=entry.spot_label,
        start_time=utc(entry.start_time),
        end_time=None,
        meter_start=entry.meter_start,
        meter_stop=None,
        energy_wh=None,
        stop_reason=None,
        ended_by=None,
        stated_start=stated_start,
        start_message_id=message_id,
        stated_stop=None,
        stated_stop_meter=None,
        stop_id_tag=None,
        last_register_wh=None,
        last_register_at=None,
        last_reading_at=None,
        estimated=_in_order(entry.estimated),
        marks=_in_order(entry.marks),
        started_at=tx.now,
    )


def correct_start(
    tx: Transaction, session: Session, register_wh: int, estimated: Iterable[Estimate]
) -> Session:
    """Set the register at the start of a charge that began without one, and what is unsure."""
    unsure = _in_order(estimated)
    tx.run(_CORRECT_START, session_id=session.id, register_wh=register_wh, estimates=words(unsure))
    return structs.replace(session, meter_start=register_wh, estimated=unsure)


def correct_stop(tx: Transaction, session: Session, register_wh: int) -> Session:
    """Set the register at the end of a charge that ended without one."""
    tx.run(_CORRECT_STOP, session_id=session.id, register_wh=register_wh)
    return structs.replace(session, meter_stop=register_wh)


def move(tx: Transaction, session: Session, connector_id: int) -> Session:
    """Set the connector of a charge that began without one."""
    tx.run(_MOVE, session_id=session.id, connector=connector_id)
    return structs.replace(session, connector_id=connector_id)


def close_session(tx: Transaction, session: Session, closure: Closure) -> Session:
    """Write how a session ended; its energy is booked separately."""
    reason = _kept("stop_reason", closure.stop_reason)
    id_tag = _kept("stop_id_tag", closure.stop_id_tag)
    unsure, remarks = _in_order(closure.estimated), _in_order(closure.marks)
    tx.run(
        _CLOSE,
        session_id=session.id,
        by=closure.ended_by.value,
        at=closure.end_time,
        register_wh=closure.meter_stop,
        reason=reason,
        stated=closure.stated_stop,
        stated_wh=closure.stated_stop_meter,
        tag=id_tag,
        estimates=words(unsure),
        remarks=words(remarks),
        now=tx.now,
    )
    return structs.replace(
        session,
        ended_by=closure.ended_by,
        end_time=utc(closure.end_time),
        meter_stop=closure.meter_stop,
        stop_reason=reason,
        stated_stop=closure.stated_stop,
        stated_stop_meter=closure.stated_stop_meter,
        stop_id_tag=id_tag,
        estimated=unsure,
        marks=remarks,
    )


def book_energy(
    tx: Transaction, session: Session, energy_wh: int, marks: Iterable[Mark]
) -> Session:
    """Write the energy (Wh) and the marks of a closed session."""
    remarks = _in_order(marks)
    tx.run(
        _BOOK, session_id=session.id, wh=energy_wh, as_kwh=kwh(energy_wh), remarks=words(remarks)
    )
    return structs.replace(session, energy_wh=energy_wh, marks=remarks)


def mark(tx: Transaction, session: Session, *marks: Mark) -> Session:
    """Add to what is remarkable about a session."""
    remarks = _in_order({*session.marks, *marks})
    tx.run(_MARK, session_id=session.id, remarks=words(remarks))
    return structs.replace(session, marks=remarks)


def note_reading(
    tx: Transaction,
    session: Session,
    register: tuple[int | None, datetime | None],
    reading_at: datetime | None,
) -> Session:
    """Remember a session's last register (Wh, and when) and its newest reading."""
    tx.run(
        _NOTE_READING,
        session_id=session.id,
        register_wh=register[0],
        register_at=register[1],
        reading_at=reading_at,
    )
    return structs.replace(
        session,
        last_register_wh=register[0],
        last_register_at=register[1],
        last_reading_at=reading_at,
    )


def words(values: Iterable[Estimate | Mark]) -> str:
    """Return a set of words as they are stored."""
    return ",".join(sorted(set(values)))


def one(tx: Transaction, statement: Executable, **values: Value) -> Session | None:
    """Return the session that a statement over `COLUMNS` finds first, if any."""
    return tx.one(statement, Session, **values)


def _in_order(values: Iterable[WordT]) -> tuple[WordT, ...]:
    """Return a set of words in the order in which they are stored."""
    return tuple(sorted(set(values)))


def _kept(column: str, text: str | None) -> str | None:
    return _SAID[column].kept(text)
