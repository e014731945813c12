"""Meter values in the books: each kept once, with the charge it belongs to, or beside it."""

from datetime import datetime

from msgspec import Struct, structs

from onetime.domain.facts import ReadingsRecorded
from onetime.domain.ids import STATION_LEVEL_CONNECTOR, StationId
from onetime.domain.readings import Sampling, register_wh
from onetime.domain.sessions import (
    EndedBy,
    Estimate,
    Session,
    billing_time,
    is_usable_register,
)
from onetime.domain.tokens import Verdict
from onetime.operations import books
from onetime.operations.authorization import flag_unpermitted_energy
from onetime.operations.orphans import note_foreign
from onetime.operations.reconciliation import revise_estimate
from onetime.store import quirks, readings, sessions
from onetime.store.transaction import Transaction


class Metering(Struct, frozen=True, kw_only=True):
    """A MeterValues message in garage words."""

    station_id: StationId
    connector_id: int
    transaction_id: int | None
    samplings: tuple[Sampling, ...]


def record_readings(tx: Transaction, metering: Metering, raw: str) -> None:
    """Keep all sampled values once, and let the register move the books (promises 2, 3 and 5)."""
    session = _session_of(tx, metering, raw)
    if session is None:
        _record_outside(tx, metering)
    else:
        record_in_session(tx, session, metering.samplings, metering.transaction_id)
    tx.announce(ReadingsRecorded(metering.station_id, metering.connector_id))


def record_in_session(
    tx: Transaction,
    session: Session,
    samplings: tuple[Sampling, ...],
    stated_transaction_id: int | None = None,
) -> Session:
    """Keep sampled values of a charge, and what they tell of its register; return it so changed.

    `stated_transaction_id` is what the station called the charge, if it named it at all.
    """
    origin = readings.Origin(
        station_id=session.station_id,
        connector_id=session.connector_id,
        transaction_id=session.transaction_id,
        stated_transaction_id=(
            None if stated_transaction_id == session.transaction_id else stated_transaction_id
        ),
    )
    newest = _keep(tx, origin, samplings, session.last_reading_at)
    registers = _registers(tx, samplings)
    if session.ended_by is EndedBy.STATION:
        _note_after_end(tx, session, registers)
        return session
    if registers and _lacks_start(session):
        session = sessions.correct_start(tx, session, registers[0][1])
    register = _highest(session, registers)
    sessions.note_reading(tx, session.id, register, newest)
    session = structs.replace(
        session,
        last_register_wh=register[0],
        last_register_at=register[1],
        last_reading_at=newest,
    )
    if register[0] is not None and register[0] > session.meter_start:
        if session.verdict is not Verdict.ACCEPTED:
            flag_unpermitted_energy(tx, session)
        revise_estimate(tx, session)
    return session


def _session_of(tx: Transaction, metering: Metering, raw: str) -> Session | None:
    """Find the charge: by its id, or, without a usable id, by the connector (X07)."""
    stated = metering.transaction_id
    if stated is not None and stated > 0:
        session = sessions.by_transaction(tx, stated)
        if session is None:
            quirks.count_quirk(tx, metering.station_id, "X07")
            return None
        if session.station_id != metering.station_id:
            note_foreign(tx, metering.station_id, session, raw)
            return None
        return session
    if stated is not None:
        quirks.count_quirk(tx, metering.station_id, "X07")
    if metering.connector_id == STATION_LEVEL_CONNECTOR:
        return None
    running = [
        each
        for each in sessions.open_at(tx, metering.station_id)
        if each.connector_id == metering.connector_id
    ]
    return running[-1] if running and _is_within(running[-1], metering, tx.now) else None


def _is_within(session: Session, metering: Metering, now: datetime) -> bool:
    return all(
        billing_time(each.stated_time, now)[0] >= session.start_time for each in metering.samplings
    )


def _record_outside(tx: Transaction, metering: Metering) -> None:
    origin = readings.Origin(
        station_id=metering.station_id,
        connector_id=metering.connector_id,
        transaction_id=None,
        stated_transaction_id=metering.transaction_id,
    )
    _keep(tx, origin, metering.samplings, tx.now)
    if metering.connector_id == STATION_LEVEL_CONNECTOR:
        return  # The station's own meter is never added to its connectors' (M12).
    for at, wh in _registers(tx, metering.samplings):
        books.note_idle_register(tx, metering.station_id, metering.connector_id, at, wh)


def _keep(
    tx: Transaction,
    origin: readings.Origin,
    samplings: tuple[Sampling, ...],
    newest_known: datetime | None,
) -> datetime | None:
    """Keep what is not yet kept; return the newest moment that the books now know.

    What is newer than everything known can not be a repeat, so only the rest is compared.
    """
    newest = newest_known
    for sampling in samplings:
        moment, _ = billing_time(sampling.stated_time, tx.now)
        if newest is not None and moment <= newest:
            fresh = readings.not_yet_kept(tx, origin, moment, sampling)
            readings.append(tx, origin, moment, fresh)
        else:
            readings.append(tx, origin, moment, sampling.samples)
            newest = moment
    return newest


def _registers(tx: Transaction, samplings: tuple[Sampling, ...]) -> list[tuple[datetime, int]]:
    return [
        (billing_time(stated, tx.now)[0], wh)
        for stated, wh in register_wh(samplings)
        if is_usable_register(wh)
    ]


def _lacks_start(session: Session) -> bool:
    return Estimate.METER_START in session.estimated and session.last_register_wh is None


def _highest(
    session: Session, registers: list[tuple[datetime, int]]
) -> tuple[int | None, datetime | None]:
    """Return the highest register of the charge so far: a lower one is late, or was reset."""
    best: tuple[int | None, datetime | None] = (session.last_register_wh, session.last_register_at)
    for at, wh in registers:
        if best[0] is None or wh >= best[0]:
            best = (wh, at)
    return best


def _note_after_end(
    tx: Transaction, session: Session, registers: list[tuple[datetime, int]]
) -> None:
    """A charge that has ended is never reopened; what flows after it belongs to nobody (X09)."""
    assert session.end_time is not None
    for at, wh in registers:
        if at > session.end_time and wh > session.booked_to:
            quirks.count_quirk(tx, session.station_id, "X09")
            books.note_idle_register(tx, session.station_id, session.connector_id, at, wh)
