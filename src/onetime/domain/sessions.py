"""Charging sessions: how one begins and ends, and how much energy is booked.

Pure arithmetic over what stations reported; knows neither OCPP messages nor the database.
Energy is integer Wh throughout.
"""

from datetime import UTC, datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from onetime.domain.ids import StationId, TransactionId
from onetime.domain.tokens import Verdict
from onetime.kit.times import to_text

OLDEST_PLAUSIBLE = datetime(2020, 1, 1, tzinfo=UTC)
FUTURE_TOLERANCE = timedelta(days=1)
DEFAULT_POWER_LIMIT_WATTS = 50_000
"""More than any three-phase connection of a garage gives (63 A at 400 V is 43.6 kW)."""
TIME_TOLERANCE = timedelta(minutes=15)
"""How far a station's clock and its sampling may blur the duration of a charge."""
REGISTER_TOLERANCE_WH = 100
"""How far rounding may blur a register: samples in kWh have one decimal, often."""
MAX_REGISTER_WH = 2**40
"""A register past this is no register: 1.1 million MWh."""


class EndedBy(StrEnum):
    """Who closed a session: promise 6 of the garage."""

    STATION = "station"
    RECONCILIATION = "reconciliation"
    PERSON = "person"


class Estimate(StrEnum):
    """Which column of a session is not what a station reported."""

    START_TIME = "start_time"
    METER_START = "meter_start"
    END_TIME = "end_time"
    METER_STOP = "meter_stop"


class Mark(StrEnum):
    """What is remarkable about a session."""

    REFUSED_TAG = "refused-tag"
    SUPERSEDED = "superseded"
    IMPLAUSIBLE = "implausible"
    OVERLAP = "overlap"
    REGISTER_BACK = "register-back"
    MATCHED_STOP = "matched-stop"
    OTHER_STOPPER = "other-stopper"
    RELATIVE_SAMPLES = "relative-samples"
    SCALED = "scaled"


class Opening(Struct, frozen=True, kw_only=True):
    """A StartTransaction in garage words; `meter_start` is None when no register value came.

    `is_scaled`: a person decided that the register is not read as the station calls it (M02).
    `digest`: by what a Start is known again that lacks its connector, its tag or its time (K19).
    """

    station_id: StationId
    connector_id: int
    id_tag: str
    meter_start: int | None
    stated_time: datetime
    reservation_id: int | None = None
    message_id: str | None = None
    digest: str | None = None
    is_scaled: bool = False


class Closing(Struct, frozen=True, kw_only=True):
    """A StopTransaction in garage words; `meter_stop` is None when no register value came."""

    station_id: StationId
    transaction_id: int
    id_tag: str | None
    meter_stop: int | None
    stated_time: datetime
    reason: str


class Session(Struct, frozen=True, kw_only=True, array_like=True):
    """A charging session as the books hold it, its fields in the order of the columns read."""

    id: int
    transaction_id: TransactionId
    station_id: StationId
    connector_id: int
    token_id: str | None
    id_tag: str
    verdict: Verdict
    renter_id: int | None
    spot_id: int | None
    spot_label: str | None
    start_time: datetime
    end_time: datetime | None
    meter_start: int
    meter_stop: int | None
    energy_wh: int | None
    stop_reason: str | None
    ended_by: EndedBy | None
    stated_start: str
    start_message_id: str | None
    stated_stop: str | None
    stated_stop_meter: int | None
    stop_id_tag: str | None
    last_register_wh: int | None
    last_register_at: datetime | None
    last_reading_at: datetime | None
    estimated: tuple[Estimate, ...]
    marks: tuple[Mark, ...]
    started_at: datetime

    @property
    def is_open(self) -> bool:
        """A session is open from its Start until something closes it; never by a status (N05)."""
        return self.ended_by is None

    @property
    def booked_to(self) -> int:
        """The register value up to which energy is booked to this session."""
        return self.meter_start + (self.energy_wh or 0)


def is_plausible_time(stated: datetime, arrived: datetime) -> bool:
    """Say whether a station's clock can be believed (T01): not before 2020, not in the future."""
    return OLDEST_PLAUSIBLE <= stated <= arrived + FUTURE_TOLERANCE


def billing_time(stated: datetime, arrived: datetime) -> tuple[datetime, bool]:
    """Return the time to book, and whether it is an estimate: the arrival, if the clock is off.

    A few minutes that a clock is ahead are cut without a word: nothing arrives before it is sent.
    """
    if OLDEST_PLAUSIBLE <= stated <= arrived + TIME_TOLERANCE:
        return min(stated, arrived), False
    return arrived, True


def clock_quirk(stated: datetime, arrived: datetime) -> str:
    """Return how a clock is off that gave no time to book: ahead (T04), or of no use (T01)."""
    return "T04" if is_plausible_time(stated, arrived) else "T01"


def stated_key(stated: datetime) -> str:
    """Return a station's own time as text, the form in which repeats are recognised."""
    return to_text(stated)


def is_usable_register(register_wh: int | None) -> bool:
    """Say whether a number can be a meter register at all (M14)."""
    return register_wh is not None and 0 <= register_wh <= MAX_REGISTER_WH


def final_register(session: Session, reported_wh: int | None) -> tuple[int, bool]:
    """Return the register at the end of a charge, and whether it is an estimate (X14, M10).

    What the station reports counts, unless it is missing, or lies below the start, or is zero
    although the charge has moved the register: then the last sample stands in, at least the start.
    """
    last = last_register(session)
    if reported_wh is None or not is_usable_register(reported_wh):
        return last, True
    if reported_wh < session.meter_start or (reported_wh == 0 and last > 0):
        return last, True
    return reported_wh, False


def stop_quirk(reported_wh: int | None) -> str | None:
    """Return how a register at the end of a charge that was not booked deviates.

    None for a value that is missing: that was counted where the message was read.
    """
    if reported_wh is None:
        return None
    if not is_usable_register(reported_wh):
        return "M14"
    return "M10" if reported_wh > 0 else "X14"


def last_register(session: Session) -> int:
    """Return the best known register of a session: the last sample, at least the start."""
    if session.last_register_wh is None:
        return session.meter_start
    return max(session.last_register_wh, session.meter_start)


def fell_below(register_wh: int, session: Session) -> bool:
    """Say whether a register is lower than one that this charge has shown already (M10)."""
    return register_wh + REGISTER_TOLERANCE_WH < last_register(session)


def is_implausible(
    energy_wh: int, start: datetime, end: datetime, power_limit_watts: int | None
) -> bool:
    """Say whether a station can not have delivered this energy (Wh) in this time."""
    hours = (max(end - start, timedelta(0)) + TIME_TOLERANCE) / timedelta(hours=1)
    return energy_wh > hours * (power_limit_watts or DEFAULT_POWER_LIMIT_WATTS)
