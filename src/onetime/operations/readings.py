"""Meter values in the books: each kept once, with the charge it belongs to, or beside it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from msgspec import Struct

from onetime.domain.facts import ReadingsRecorded
from onetime.domain.ids import STATION_LEVEL_CONNECTOR, StationId
from onetime.domain.readings import Sample, Sampling, is_flowing, registers_of, unusable
from onetime.domain.sessions import (
    REGISTER_TOLERANCE_WH,
    EndedBy,
    Estimate,
    Mark,
    Session,
    billing_time,
    clock_quirk,
    fell_below,
    is_implausible,
    is_usable_register,
    last_register,
    stated_key,
)
from onetime.domain.tokens import Verdict
from onetime.kit.times import EPOCH
from onetime.operations import books
from onetime.operations.authorization import flag_unpermitted_energy
from onetime.operations.clocks import is_before_our_time
from onetime.operations.judgement import (
    judge,
    note_jump,
    note_register_back_within,
    note_unusable,
)
from onetime.operations.order import passed_link
from onetime.operations.orphans import note_foreign
from onetime.operations.reconciliation import place, revise_estimate
from onetime.store import chain, presence, quirks, readings, sessions
from onetime.store.transaction import Transaction

BELIEVED_STEP_WH = 1_000
"""A register that rises by no more is believed without asking what the station can deliver."""
ROUNDED_TO_WH = 100
LATE_AFTER = timedelta(minutes=1)
"""How long after its end a charge may still be named: its last values are on their way."""


STOPS_WITHIN = timedelta(minutes=1)
METER_VALUES = "MeterValues"


class Metering(Struct, frozen=True, kw_only=True):
    """A MeterValues message in garage words."""

    station_id: StationId
    connector_id: int
    transaction_id: int | None
    samplings: tuple[Sampling, ...]


class Seen(NamedTuple):
    """What the register (Wh) showed, when, and whether a clock told that."""

    at: datetime
    is_clock_off: bool
    wh: int
    is_begin: bool


def record_readings(tx: Transaction, metering: Metering, raw: str) -> None:
    """Keep all sampled values once, and let the register move the books (promises 2, 3 and 5)."""
    session = _session_of(tx, metering, raw)
    if session is None:
        _record_outside(tx, metering)
    else:
        record_in_session(
            tx,
            place(tx, session, metering.connector_id),
            metering.samplings,
            metering.transaction_id or 0,
            is_station_meter=metering.connector_id == STATION_LEVEL_CONNECTOR,
        )
    tx.announce(ReadingsRecorded(metering.station_id, metering.connector_id))


def record_in_session(
    tx: Transaction,
    session: Session,
    samplings: tuple[Sampling, ...],
    stated_transaction_id: int | None = None,
    *,
    is_station_meter: bool = False,
) -> Session:
    """Keep sampled values of a charge, and what they tell of its register; return it so changed.

    `stated_transaction_id` is what the station called the charge, 0 if it should have, but did not.
    What the meter of the whole station shows moves no books (M12).
    """
    if not samplings:
        return session
    origin = readings.Origin(
        station_id=session.station_id,
        connector_id=session.connector_id,
        transaction_id=session.transaction_id,
        stated_transaction_id=(
            None if stated_transaction_id == session.transaction_id else stated_transaction_id
        ),
    )
    is_clock_right = session.stated_start == stated_key(session.start_time)
    known = session.last_reading_at if is_clock_right else tx.now
    newest, kept = _keep(tx, origin, samplings, known)
    if stated_transaction_id is not None:
        _note_if_repeated(tx, origin, samplings, kept)
    seen = [] if is_station_meter else _registers(tx, samplings)
    session = _told_start(tx, session, seen)
    if session.ended_by is EndedBy.STATION:
        return _note_after_end(tx, session, seen)
    seen = [each for each in seen if not each.is_begin and _is_of(tx, session, each)]
    session = _note_steps_back(tx, session, seen)
    register = _highest(session, [] if Mark.RELATIVE_SAMPLES in session.marks else seen)
    newest = max(newest, session.last_reading_at) if session.last_reading_at else newest
    session = sessions.note_reading(tx, session, register, newest)
    has_moved = register[0] is not None and register[0] > session.meter_start
    if session.verdict is not Verdict.ACCEPTED and (has_moved or _flows_on(tx, session, kept)):
        flag_unpermitted_energy(tx, session)
    return revise_estimate(tx, session) if has_moved else session


def _flows_on(tx: Transaction, session: Session, kept: list[Sampling]) -> bool:
    """Say whether energy flows, after a minute in which a refused charge should end (X18)."""
    return tx.now - session.started_at >= STOPS_WITHIN and any(
        is_flowing(each) for sampling in kept for each in sampling.samples()
    )


def _session_of(tx: Transaction, metering: Metering, raw: str) -> Session | None:
    """Find the charge: by its id, or, without a usable id, by connector and time (X07)."""
    stated = metering.transaction_id
    if stated is not None and stated > 0:
        session = sessions.by_transaction(tx, stated)
        if session is None:
            quirks.count_quirk(tx, metering.station_id, "X07")
            return None
        if session.station_id != metering.station_id:
            note_foreign(tx, metering.station_id, session, raw, METER_VALUES)
            return None
        return session
    session = _running(tx, metering)
    if session is not None or stated is not None:
        quirks.count_quirk(tx, metering.station_id, "X07")
    return session


def _running(tx: Transaction, metering: Metering) -> Session | None:
    """Return the charge of the connector during which all of this was sampled."""
    moments = [billing_time(each.stated_time, tx.now)[0] for each in metering.samplings]
    if metering.connector_id == STATION_LEVEL_CONNECTOR or not moments:
        return None
    place = (metering.station_id, metering.connector_id)
    highest = max((each.wh for each in _registers(tx, metering.samplings)), default=0)
    passed = passed_link(tx, place, max(moments), highest)
    if passed is not None:  # The clock is behind: only what still goes on can be meant (T04).
        return passed if passed.is_open else None
    session = chain.latest_at(tx, *place, min(moments))
    if session is None or session.end_time is None:
        return session
    return session if max(moments) <= session.end_time else None


def _record_outside(tx: Transaction, metering: Metering) -> None:
    origin = readings.Origin(
        station_id=metering.station_id,
        connector_id=metering.connector_id,
        transaction_id=None,
        stated_transaction_id=metering.transaction_id,
    )
    _, kept = _keep(tx, origin, metering.samplings, tx.now)
    _note_if_repeated(tx, origin, metering.samplings, kept)
    if metering.connector_id == STATION_LEVEL_CONNECTOR:
        return  # The station's own meter is never added to its connectors' (M12).
    place = (metering.station_id, metering.connector_id)
    shown = [books.Shown(each.at, each.wh) for each in _registers(tx, metering.samplings)]
    for at, wh in books.telling(tx, place, shown):
        if is_before_our_time(tx, metering.station_id, at) and not _is_news(tx, place, wh):
            quirks.count_quirk(tx, metering.station_id, "T05")
        else:
            books.note_idle_register(tx, *place, at, wh)


def _is_news(tx: Transaction, place: tuple[StationId, int], register_wh: int) -> bool:
    """Say whether a register shows more than the last charge: then it is no history (T05)."""
    last = chain.link_at(tx, *place, tx.now)
    return last is not None and not last.is_open and register_wh > last.booked_to


def _keep(
    tx: Transaction,
    origin: readings.Origin,
    samplings: tuple[Sampling, ...],
    newest_known: datetime | None,
) -> tuple[datetime, list[Sampling]]:
    """Keep what is not yet kept; return it, and the newest moment that the books now know.

    What is newer than everything known can not be a repeat, so only the rest is compared. A time
    that can not be believed is no proof: there all values of the moment have to be the same. A
    time that is a little ahead counts as what it says, or its repeat would look newer later on.
    """
    newest = newest_known or EPOCH
    kept: list[Sampling] = []
    for sampling in _by_moment(samplings):
        at, is_clock_off = billing_time(sampling.stated_time, tx.now)
        stated = stated_key(sampling.stated_time) if at != sampling.stated_time else None
        newest, newest_before = (
            max(at if is_clock_off else sampling.stated_time, at, newest),
            newest,
        )
        is_newer = stated is None and at > newest_before
        fresh = sampling if is_newer else _fresh(tx, origin, sampling, stated)
        if not fresh.kinds:
            continue
        readings.append(tx, origin, readings.Moment(at, stated), fresh)
        kept.append(fresh)
        if is_clock_off:
            quirks.count_quirk(tx, origin.station_id, clock_quirk(sampling.stated_time, tx.now))
    note_unusable(tx, (origin.station_id, origin.connector_id), unusable(kept))
    return newest, kept


def _by_moment(samplings: tuple[Sampling, ...]) -> Iterable[Sampling]:
    """Put together what a message says of one moment in several places: it is compared once."""
    if len({each.stated_time for each in samplings}) == len(samplings):
        return samplings
    samples: dict[datetime, list[Sample]] = {}
    for each in samplings:
        samples.setdefault(each.stated_time, []).extend(each.samples())
    return [Sampling.of(at, of_moment) for at, of_moment in samples.items()]


def _note_if_repeated(
    tx: Transaction,
    origin: readings.Origin,
    samplings: tuple[Sampling, ...],
    kept: list[Sampling],
) -> None:
    if not kept and any(each.kinds for each in samplings):
        quirks.count_quirk(tx, origin.station_id, "X01")
        tx.note_repeat()


def _fresh(
    tx: Transaction, origin: readings.Origin, sampling: Sampling, stated: str | None
) -> Sampling:
    """Return what is not kept yet of a sampling that may be a repeat."""
    if readings.is_stated(tx, origin, stated_key(sampling.stated_time), sampling):
        return Sampling(sampling.stated_time, (), ())
    if stated is not None:
        return sampling
    return readings.not_yet_kept(tx, origin, sampling.stated_time, sampling)


def _registers(tx: Transaction, samplings: tuple[Sampling, ...]) -> list[Seen]:
    """Return what the register showed, in the order of time."""
    found = [
        Seen(*billing_time(each.stated_time, tx.now), each.wh, each.is_begin)
        for each in registers_of(samplings)
        if is_usable_register(each.wh)
    ]
    return sorted(found, key=lambda each: each.at)


def _told_start(tx: Transaction, session: Session, seen: list[Seen]) -> Session:
    """Give a charge that began without register (X14) the one that it is said to have begun with.

    Until that is told, if ever, the first one that was seen stands in.
    """
    if Estimate.METER_START not in session.estimated or not seen:
        return session
    told = next((each for each in seen if each.is_begin), None)
    if told is not None:
        estimated = {*session.estimated} - {Estimate.METER_START}
        changed = sessions.correct_start(tx, session, told.wh, estimated)
    elif session.last_register_wh is None and session.ended_by is not EndedBy.STATION:
        changed = sessions.correct_start(tx, session, seen[0].wh, session.estimated)
    else:
        return session
    settled = books.settle(tx, changed)
    return settled if settled.is_open else judge(tx, settled)


def _is_of(tx: Transaction, session: Session, seen: Seen) -> bool:
    """Say whether a register can be believed to be this charge's.

    It is not when the next charge had begun, nor when the station can not have delivered so much.
    """
    if session.end_time is not None:
        later = chain.link_after(tx, session)
        if later is not None and seen.at > later.start_time and seen.wh > later.meter_start:
            return False
    step_wh = seen.wh - last_register(session)
    if step_wh <= BELIEVED_STEP_WH or seen.is_clock_off or _is_start_unsure(session):
        return True
    limit = presence.power_limit_watts(tx, session.station_id)
    energy_wh = seen.wh - session.meter_start
    if not is_implausible(energy_wh, session.start_time, seen.at, limit):
        return True
    place = (session.station_id, session.connector_id)
    note_jump(tx, place, session.id, last_register(session), seen.wh)
    return False


def _is_start_unsure(session: Session) -> bool:
    return bool({Estimate.START_TIME, Estimate.METER_START} & {*session.estimated})


def _note_steps_back(tx: Transaction, session: Session, seen: list[Seen]) -> Session:
    """Count samples that begin from zero in each charge (M09), and a register that went back."""
    for each in seen:
        is_newer = session.last_register_at is None or each.at > session.last_register_at
        if not is_newer or not fell_below(each.wh, session):
            continue
        if Mark.RELATIVE_SAMPLES in session.marks:
            break
        if (session.last_register_wh or 0) <= session.meter_start:
            if each.wh == 0:
                continue  # A meter that has nothing to show yet says so too.
            quirks.count_quirk(tx, session.station_id, "M09")
            session = sessions.mark(tx, session, Mark.RELATIVE_SAMPLES)
            break
        session = note_register_back_within(tx, session, last_register(session), each.wh)
    return session


def _highest(session: Session, seen: list[Seen]) -> tuple[int | None, datetime | None]:
    """Return the highest register of the charge so far: a lower one is late, or was reset."""
    best: tuple[int | None, datetime | None] = (session.last_register_wh, session.last_register_at)
    for each in seen:
        if best[0] is None or each.wh >= best[0]:
            best = (each.wh, each.at)
    return best


def _note_after_end(tx: Transaction, session: Session, seen: list[Seen]) -> Session:
    """A charge that has ended is never reopened; what flows after it belongs to nobody (X09).

    Where its end was told without a register, a late value from before the end is a better one.
    """
    end_time = session.end_time
    assert end_time is not None
    assert session.meter_stop is not None
    if Mark.RELATIVE_SAMPLES in session.marks:
        return session
    in_time = [each.wh for each in seen if each.at <= end_time]
    if Estimate.METER_STOP in session.estimated and max(in_time, default=0) > session.meter_stop:
        better = sessions.correct_stop(tx, session, max(in_time))
        session = judge(tx, books.settle(tx, better))
    late = [_after_end(tx, session, each) for each in seen if _is_after_end(session, each)]
    if any(each.at - end_time > LATE_AFTER for each in late):
        quirks.count_quirk(tx, session.station_id, "X09")
    for each in late:
        if each.wh > session.booked_to:
            books.note_idle_register(tx, session.station_id, session.connector_id, each.at, each.wh)
    return session


def _is_after_end(session: Session, seen: Seen) -> bool:
    """Say whether a register was seen after the end of a charge: by the clock, or by itself (T04).

    What is rounded to a tenth of a kWh may be a little more than the charge ended with.
    """
    assert session.end_time is not None
    assert session.meter_stop is not None
    if seen.at > session.end_time:
        return True
    if Estimate.METER_STOP in session.estimated:
        return False
    blur_wh = REGISTER_TOLERANCE_WH if seen.wh % ROUNDED_TO_WH == 0 else 0
    return seen.wh > session.meter_stop + blur_wh


def _after_end(tx: Transaction, session: Session, seen: Seen) -> Seen:
    assert session.end_time is not None
    return seen if seen.at > session.end_time else seen._replace(at=tx.now)
