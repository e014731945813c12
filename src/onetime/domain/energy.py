"""The energy books of one connector: what a charge gets, and what lies between two charges.

Sessions that are open or have moved the register form a chain in the order of their start. A charge
is booked from its first register value to its last, but never a stretch that a later charge of the
same time has: nothing is booked twice. What the register moved between two links is unassigned.
"""

from datetime import datetime

from msgspec import Struct

from onetime.domain.sessions import Estimate, Mark, Session


class Gap(Struct, frozen=True, kw_only=True):
    """A stretch of a register (Wh) that belongs to no charge."""

    from_wh: int
    to_wh: int
    from_time: datetime
    to_time: datetime


def is_link(session: Session) -> bool:
    """Say whether a session is part of the chain: open, or closed after the register moved.

    A charge of which later ones took everything stays a link: its claim may come back.
    """
    return session.is_open or (session.meter_stop or 0) > session.meter_start


def booked_energy(session: Session, later: Session | None) -> tuple[int, bool]:
    """Return the Wh to book to a closed session, and whether a later one took a part of it.

    Only charges of the same time can share a stretch: where one ended before the next began, or had
    shown more before that, a lower register was reset (M10). An end that is a guess can hold what
    was seen after the next began, before that was told.
    """
    assert session.meter_stop is not None
    assert session.end_time is not None
    energy_wh = max(session.meter_stop - session.meter_start, 0)
    if (
        later is not None
        and (later.start_time < session.end_time or _holds_values_after(session, later))
        and session.meter_start <= later.meter_start < session.meter_stop
        and not showed_more_before(session, later)
    ):
        return later.meter_start - session.meter_start, True
    return energy_wh, False


def _holds_values_after(session: Session, later: Session) -> bool:
    if Estimate.METER_STOP not in session.estimated or session.last_register_at is None:
        return False
    return session.last_register_at > later.start_time


def showed_more_before(session: Session, later: Session) -> bool:
    """Say whether a charge had shown more than the next began with, before that began."""
    shown, at = session.last_register_wh, session.last_register_at
    if shown is None or at is None:
        return False
    return shown > later.meter_start and at <= later.start_time


def estimated_end(
    session: Session, at: datetime, meter_stop: int, later: Session | None
) -> datetime:
    """Return when a charge ended whose end no clock told: not before its start, at `at` at latest.

    A connector has one charge at a time, so the start of the next is the limit, unless the register
    says that both went on.
    """
    if later is not None and (
        meter_stop <= later.meter_start or showed_more_before(session, later)
    ):
        at = min(at, later.start_time)
    return max(at, session.start_time)


def gap_between(earlier: Session, later: Session) -> Gap | None:
    """Return what the register moved between two links; None if it did not, or went back."""
    if earlier.is_open or earlier.end_time is None or later.meter_start <= earlier.booked_to:
        return None
    if is_rescaled(earlier, later):
        return None
    return Gap(
        from_wh=earlier.booked_to,
        to_wh=later.meter_start,
        from_time=earlier.end_time,
        to_time=max(later.start_time, earlier.end_time),
    )


def gap_after(earlier: Session, idle_wh: int, at: datetime) -> Gap | None:
    """Return what the register moved since the last charge, by a reading outside of charges."""
    if earlier.is_open or earlier.end_time is None or idle_wh <= earlier.booked_to:
        return None
    return Gap(
        from_wh=earlier.booked_to,
        to_wh=idle_wh,
        from_time=earlier.end_time,
        to_time=max(at, earlier.end_time),
    )


def went_back(earlier: Session, later: Session) -> bool:
    """Say whether the register was lower at a start than at the end before it (M10)."""
    if is_rescaled(earlier, later):
        return False
    return not earlier.is_open and later.meter_start < earlier.booked_to


def is_rescaled(earlier: Session, later: Session) -> bool:
    """Say whether a person changed how the register is read between two charges (M02)."""
    return (Mark.SCALED in earlier.marks) is not (Mark.SCALED in later.marks)
