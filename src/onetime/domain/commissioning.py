"""What a station has to have shown before a spot is handed over, and what it has shown.

Knows the steps and what counts as done; never where that is read, nor who stands at the station.
"""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

MAX_CLOCK_DRIFT_SECONDS = 60
MAX_NOTE_LENGTH = 2_000


class Step(StrEnum):
    """A step of the hand-over, in the order in which an electrician takes them."""

    CONNECTED = "connected"
    IDENTIFIED = "identified"
    CLOCK = "clock"
    CARD_READ = "card-read"
    START = "start"
    METER = "meter"
    STOP = "stop"
    UNKNOWN_CARD_REFUSED = "unknown-card-refused"
    RESTART = "restart"


class Check(Struct, frozen=True, kw_only=True):
    """One step: when the station showed it, and what it showed; None while it has not."""

    step: Step
    done_at: datetime | None
    evidence: str | None


class Shown(Struct, frozen=True, kw_only=True):
    """What a station has done since its commissioning began."""

    connected_at: datetime | None
    ip_address: str | None
    booted_at: datetime | None
    introduced_as: str | None
    clock_drift_seconds: int | None
    seen_at: datetime | None
    card_accepted_at: datetime | None
    session_began_at: datetime | None
    read_at: datetime | None
    session_ended_at: datetime | None
    energy_wh: int | None
    card_refused_at: datetime | None
    restarted_at: datetime | None


def checks(shown: Shown) -> tuple[Check, ...]:
    """Return all steps in order, each with what shows that it was taken."""
    drift = shown.clock_drift_seconds
    is_right = drift is not None and abs(drift) <= MAX_CLOCK_DRIFT_SECONDS
    told: dict[Step, tuple[datetime | None, str | None]] = {
        Step.CONNECTED: (shown.connected_at, shown.ip_address),
        Step.IDENTIFIED: (shown.booted_at, shown.introduced_as),
        Step.CLOCK: (shown.seen_at if is_right else None, None if drift is None else f"{drift} s"),
        Step.CARD_READ: (shown.card_accepted_at, None),
        Step.START: (shown.session_began_at, None),
        Step.METER: (shown.read_at, None),
        Step.STOP: (
            shown.session_ended_at,
            None if shown.energy_wh is None else f"{shown.energy_wh} Wh",
        ),
        Step.UNKNOWN_CARD_REFUSED: (shown.card_refused_at, None),
        Step.RESTART: (shown.restarted_at, None),
    }
    return tuple(Check(step=each, done_at=told[each][0], evidence=told[each][1]) for each in Step)
