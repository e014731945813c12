"""Sessions as the books hold them, made without any database."""

from datetime import UTC, datetime, timedelta

from msgspec import structs

from onetime.domain.ids import StationId, TransactionId
from onetime.domain.sessions import EndedBy, Session
from onetime.domain.tokens import Verdict

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def at(minutes: float) -> datetime:
    """Return so many minutes after noon."""
    return NOON + timedelta(minutes=minutes)


def a_session(start_wh: int = 1_000, start: float = 0) -> Session:
    """Return an open session that began so many minutes after noon."""
    return Session(
        id=1,
        transaction_id=TransactionId(1),
        station_id=StationId("CP-1"),
        connector_id=1,
        token_id=None,
        id_tag="04A1B2C3",
        verdict=Verdict.ACCEPTED,
        renter_id=None,
        spot_id=None,
        spot_label=None,
        start_time=at(start),
        end_time=None,
        meter_start=start_wh,
        meter_stop=None,
        energy_wh=None,
        stop_reason=None,
        ended_by=None,
        stated_start="",
        start_message_id=None,
        stated_stop=None,
        stated_stop_meter=None,
        stop_id_tag=None,
        last_register_wh=None,
        last_register_at=None,
        last_reading_at=None,
        estimated=(),
        marks=(),
        started_at=at(start),
    )


def closed(start_wh: int, stop_wh: int, start: float = 0, end: float = 60) -> Session:
    """Return a session that its station ended, booked in full."""
    return structs.replace(
        a_session(start_wh, start),
        meter_stop=stop_wh,
        end_time=at(end),
        energy_wh=max(stop_wh - start_wh, 0),
        ended_by=EndedBy.STATION,
    )


def shown(session: Session, wh: int, minutes: float) -> Session:
    """Return a session of which the meter showed this at that time."""
    return structs.replace(session, last_register_wh=wh, last_register_at=at(minutes))
