"""What a station has to have shown before a spot is handed over, and what it has shown.

Knows the steps and what counts as done; never where that is read, nor who stands at the station.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

MAX_CLOCK_DRIFT_SECONDS = 60
MAX_NOTE_LENGTH = 2_000
LEAST_OFFLINE = timedelta(seconds=20)
"""A line that comes back sooner was no time to hold a card to the reader."""


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
    UNKNOWN_CARD_OFFLINE = "unknown-card-offline"
    RESTART = "restart"


class Check(Struct, frozen=True, kw_only=True):
    """One step: when the station showed it, and what it showed; None while it has not."""

    step: Step
    done_at: datetime | None
    evidence: str | None


class Shown(Struct, frozen=True, kw_only=True):
    """What a station has done since its commissioning began.

    What it charged although the card was unknown is told in words, as evidence.
    """

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
    charged_all_the_same: str | None
    back_from_offline_at: datetime | None
    charged_offline: str | None
    restarted_at: datetime | None


def checks(shown: Shown) -> tuple[Check, ...]:
    """Return all steps in order, each with what shows that it was taken.

    An unknown card may not charge, be the station online or offline (C11).
    """
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
        Step.UNKNOWN_CARD_REFUSED: _unless(shown.charged_all_the_same, shown.card_refused_at),
        Step.UNKNOWN_CARD_OFFLINE: _unless(shown.charged_offline, shown.back_from_offline_at),
        Step.RESTART: (shown.restarted_at, None),
    }
    return tuple(Check(step=each, done_at=told[each][0], evidence=told[each][1]) for each in Step)


def _unless(charged: str | None, shown_at: datetime | None) -> tuple[datetime | None, str | None]:
    """Return when something was shown, or what shows the contrary."""
    return (shown_at if charged is None else None), charged
