"""Where on a connector something belongs of which clock and register contradict each other (L14).

A clock may be hours behind and look like a message that is late. A register is not: it does not run
ahead, and where it is lower than before, it began anew.
"""

from datetime import datetime, timedelta

from onetime.domain.ids import StationId
from onetime.domain.sessions import (
    Mark,
    Opening,
    Session,
    is_implausible,
    is_usable_register,
    last_register,
)
from onetime.store import chain, presence, unassigned
from onetime.store.transaction import Transaction

STRETCHES_SEARCHED = 20
"""How often a register may have begun anew since the time that a clock tells."""
_MOMENT = timedelta(microseconds=1)
_AHEAD = timedelta(days=1)
_NO_FIT = 2**63


def passed_link(
    tx: Transaction,
    place: tuple[StationId, int],
    at: datetime,
    register_wh: int,
) -> Session | None:
    """Return the charge that had begun by what the register shows, though not by the clock (T04).

    None when both agree, and where the register was reset before the first charge.
    """
    following = chain.link_from(tx, *place, at)
    if following is None:
        return None
    return _passed(tx, place, at, following, register_wh, is_start=False)


def start_by_register(tx: Transaction, opening: Opening, start_time: datetime) -> datetime | None:
    """Return when a charge began at the earliest, where its register contradicts its clock (T04).

    A register that is past the start of charges which the clock calls later ones tells that the
    clock is behind: the charge began no earlier than the last of them ended. So does one that is
    lower than all around: it began anew, and comes after all that is known. None when both agree.
    """
    if opening.meter_start is None or not is_usable_register(opening.meter_start):
        return None
    place = (opening.station_id, opening.connector_id)
    following = chain.link_from(tx, *place, start_time)
    if following is None:
        return None
    after = _passed(tx, place, start_time, following, opening.meter_start, is_start=True)
    if after is None and _began_anew(tx, place, start_time, following, opening.meter_start):
        after = chain.link_at(tx, *place, tx.now)
    if after is None or (Mark.SCALED in after.marks) is not opening.is_scaled:
        return None
    return min(after.end_time or after.start_time, tx.now)


def _passed(
    tx: Transaction,
    place: tuple[StationId, int],
    at: datetime,
    following: Session,
    register_wh: int,
    *,
    is_start: bool,
) -> Session | None:
    """Return the charge that had begun by what the register shows, of those from `following` on."""
    is_scaled = Mark.SCALED in following.marks
    end = tx.now + _AHEAD
    barrier = chain.barrier_from(tx, place, at, is_scaled=is_scaled)
    until = barrier.start_time if barrier is not None else end
    passed = chain.last_begun_below(tx, place, (at, until), register_wh, is_start=is_start)
    before = chain.link_at(tx, *place, at)
    if passed is not None and before is None and _is_reset_before_all(tx, place):
        return None
    misfit = _misfit(before if passed is None else passed, register_wh)
    for _ in range(STRETCHES_SEARCHED):
        if barrier is None or Mark.REGISTER_BACK not in barrier.marks:
            break
        since = barrier.start_time - _MOMENT
        barrier = chain.barrier_from(tx, place, barrier.start_time, is_scaled=is_scaled)
        until = barrier.start_time if barrier is not None else end
        begun = chain.last_begun_below(tx, place, (since, until), register_wh, is_start=is_start)
        if _misfit(begun, register_wh) < misfit:
            passed, misfit = begun, _misfit(begun, register_wh)
    return passed


def _misfit(before: Session | None, register_wh: int) -> int:
    """Return how much (Wh) would have flowed unseen between a charge and this register.

    A register below what an ended charge reached contradicts it by as much.
    """
    if before is None or register_wh < before.meter_start:
        return _NO_FIT
    if before.is_open:
        return max(register_wh - last_register(before), 0)
    return abs(register_wh - before.booked_to)


def _is_reset_before_all(tx: Transaction, place: tuple[StationId, int]) -> bool:
    stretch, first = unassigned.before_all(tx, *place), chain.first_link(tx, *place)
    return stretch is not None and first is not None and stretch.gap.to_wh > first.meter_start


def _began_anew(
    tx: Transaction,
    place: tuple[StationId, int],
    at: datetime,
    following: Session,
    register_wh: int,
) -> bool:
    if register_wh >= following.meter_start:
        return False
    before = chain.link_at(tx, *place, at)
    if before is None:
        return chain.has_gone_back(tx, *place)
    if register_wh >= before.meter_start:
        return False
    if Mark.REGISTER_BACK not in following.marks:
        return True
    limit = presence.power_limit_watts(tx, place[0])
    unseen_wh = following.meter_start - register_wh
    return is_implausible(unseen_wh, at, following.start_time, limit)
