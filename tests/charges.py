"""A station that begins, measures and ends charges, and looks into the books that come of it."""

from datetime import datetime, timedelta

from sqlalchemy import select

from onetime.domain.ids import StationId
from onetime.domain.readings import REGISTER, Sample, Sampling
from onetime.domain.reviews import ReviewKind
from onetime.domain.sessions import Closing, Opening, Session
from onetime.operations.readings import Metering, record_readings
from onetime.operations.sessions import Opened, start_session, stop_session
from onetime.store import sessions
from onetime.store.message_tables import quirk_counts
from onetime.store.tables import (
    alarms,
    charging_sessions,
    meter_readings,
    review_items,
    unassigned_energy,
)
from onetime.store.transaction import Transaction
from tests.garage_makers import a_card, a_renter, a_station

CP = StationId("CP-1")
TAG = "04A1B2C3"
RAW = '[2,"1","Any",{}]'


def a_garage(tx: Transaction) -> int:
    """Enter a station, a renter and a card; return the renter's id."""
    a_station(tx, CP)
    renter_id = a_renter(tx)
    a_card(tx, TAG, renter_id)
    return renter_id


def wait(tx: Transaction, *, minutes: float = 0, hours: float = 0, days: float = 0) -> datetime:
    """Let time pass; return what time it is then."""
    tx.now += timedelta(minutes=minutes, hours=hours, days=days)
    return tx.now


def begin(
    tx: Transaction,
    meter_start: int | None = 1_000,
    at: datetime | None = None,
    *,
    connector: int = 1,
    tag: str = TAG,
    station: StationId = CP,
    message_id: str | None = None,
    digest: str | None = None,
    reservation: int | None = None,
) -> Opened:
    """Say that a charge began."""
    return start_session(
        tx,
        Opening(
            station_id=station,
            connector_id=connector,
            id_tag=tag,
            meter_start=meter_start,
            stated_time=at or tx.now,
            message_id=message_id,
            digest=digest,
            reservation_id=reservation,
        ),
        RAW,
    )


def end(
    tx: Transaction,
    transaction_id: int,
    meter_stop: int | None,
    at: datetime | None = None,
    *,
    tag: str | None = TAG,
    reason: str = "EVDisconnected",
    samplings: tuple[Sampling, ...] = (),
    station: StationId = CP,
) -> Session | None:
    """Say that a charge ended."""
    closing = Closing(
        station_id=station,
        transaction_id=transaction_id,
        id_tag=tag,
        meter_stop=meter_stop,
        stated_time=at or tx.now,
        reason=reason,
    )
    return stop_session(tx, closing, samplings, RAW)


def sample(
    value: float | None,
    *,
    unit: str = "Wh",
    measurand: str = REGISTER,
    phase: str | None = None,
    context: str = "Sample.Periodic",
    location: str = "Outlet",
    raw: str | None = None,
    form: str | None = None,
) -> Sample:
    """Return one value, by default of the energy register."""
    return Sample(measurand, value, unit, phase, context, location, raw, form)


def meter(
    tx: Transaction,
    wh: float | Sample,
    at: datetime | None = None,
    *,
    transaction_id: int | None = None,
    connector: int = 1,
    station: StationId = CP,
) -> None:
    """Say what the register shows, or something else."""
    value = wh if isinstance(wh, Sample) else sample(wh)
    samplings = (Sampling.of(at or tx.now, (value,)),)
    metering = Metering(
        station_id=station,
        connector_id=connector,
        transaction_id=transaction_id,
        samplings=samplings,
    )
    record_readings(tx, metering, RAW)


def booked(tx: Transaction, opened: Opened) -> Session:
    """Return a charge as the books hold it."""
    session = sessions.by_id(tx, opened.session_id)
    assert session is not None
    return session


def count_sessions(tx: Transaction) -> int:
    return len(tx.connection.execute(select(charging_sessions.c.id)).all())


def gaps(tx: Transaction, connector: int = 1) -> list[tuple[int, int]]:
    """Return the stretches of a register that belong to no charge."""
    c = unassigned_energy.c
    rows = tx.connection.execute(
        select(c.from_wh, c.to_wh)
        .where(c.connector_id == connector, c.energy_wh > 0)
        .order_by(c.from_wh)
    )
    return [(row.from_wh, row.to_wh) for row in rows]


def kept(tx: Transaction) -> list[tuple[float | None, int | None]]:
    """Return value and transaction id of all readings, in the order in which they came."""
    tx.flush(meter_readings)
    c = meter_readings.c
    rows = tx.connection.execute(select(c.value, c.transaction_id).order_by(c.id))
    return [(row.value, row.transaction_id) for row in rows]


def quirks(tx: Transaction) -> dict[str, int]:
    """Return how often stations deviated, by the id of the deviation."""
    c = quirk_counts.c
    return {row[0]: row[1] for row in tx.connection.execute(select(c.quirk, c.count))}


def findings(tx: Transaction) -> list[ReviewKind]:
    """Return what waits for a person, in the order in which it was found."""
    c = review_items.c
    rows = tx.connection.execute(select(c.kind).where(c.resolved_at.is_(None)).order_by(c.id))
    return [ReviewKind(kind) for kind in rows.scalars()]


def evidence(tx: Transaction, kind: ReviewKind) -> str:
    """Return the evidence of the only open finding of a kind."""
    c = review_items.c
    found = tx.connection.execute(
        select(c.evidence).where(c.kind == kind.value, c.resolved_at.is_(None))
    )
    return str(found.scalar_one())


def alarm_kinds(tx: Transaction) -> list[tuple[str, int]]:
    """Return the kinds of the alarms that wait, and how often each was raised."""
    c = alarms.c
    rows = tx.connection.execute(
        select(c.kind, c.count).where(c.acknowledged_at.is_(None)).order_by(c.id)
    )
    return [(row[0], row[1]) for row in rows]
