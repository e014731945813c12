"""A person ends a charge whose end no station told; the station's own word still counts more."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from onetime.domain.errors import Conflict, NotFound, Unacceptable
from onetime.domain.facts import SessionEnded
from onetime.domain.ids import StationId
from onetime.domain.readings import Sample, Sampling
from onetime.domain.reviews import ReviewKind
from onetime.domain.sessions import Closing, EndedBy, Estimate, Opening, Session
from onetime.operations.corrections import close_by_person
from onetime.operations.readings import Metering, record_readings
from onetime.operations.reconciliation import close_stale_sessions
from onetime.operations.sessions import Opened, start_session, stop_session
from onetime.store import sessions, stations, unassigned
from onetime.store.tables import audit_entries, review_items
from onetime.store.transaction import Transaction
from tests.garage_makers import OWNER, a_card, a_renter, a_station, audit_trail

CP = StationId("CP-1")
TAG = "04A1B2C3"


def begin(tx: Transaction, meter_start: int = 1_000, at: datetime | None = None) -> Opened:
    """Let a known card begin a charge an hour ago."""
    if stations.find(tx, CP) is None:
        a_station(tx, CP)
        a_card(tx, TAG, a_renter(tx))
    return start_session(
        tx,
        Opening(
            station_id=CP,
            connector_id=1,
            id_tag=TAG,
            meter_start=meter_start,
            stated_time=at or tx.now - timedelta(hours=1),
        ),
    )


def meter(tx: Transaction, opened: Opened, at: datetime, wh: int) -> None:
    sample = Sample(
        "Energy.Active.Import.Register", float(wh), "Wh", None, "Sample.Periodic", "Outlet", None
    )
    metering = Metering(
        station_id=CP,
        connector_id=1,
        transaction_id=opened.transaction_id,
        samplings=(Sampling.of(at, (sample,)),),
    )
    record_readings(tx, metering, "raw")


def stop(tx: Transaction, opened: Opened, meter_stop: int) -> Session:
    stopped = stop_session(
        tx,
        Closing(
            station_id=CP,
            transaction_id=opened.transaction_id,
            id_tag=TAG,
            meter_stop=meter_stop,
            stated_time=tx.now,
            reason="EVDisconnected",
        ),
        (),
        "raw",
    )
    assert stopped is not None
    return stopped


def open_reviews(tx: Transaction) -> list[str]:
    rows = tx.connection.execute(
        select(review_items.c.kind).where(review_items.c.resolved_at.is_(None))
    )
    return list(rows.scalars())


def test_an_open_session_is_closed_at_its_last_reading(tx: Transaction) -> None:
    opened = begin(tx)
    last = tx.now - timedelta(minutes=20)
    meter(tx, opened, last, 4_500)

    closed = close_by_person(tx, OWNER, opened.session_id, "the car was towed away")

    assert closed.ended_by is EndedBy.PERSON
    assert (closed.meter_stop, closed.energy_wh, closed.end_time) == (4_500, 3_500, last)
    assert {*closed.estimated} == {Estimate.END_TIME, Estimate.METER_STOP}
    assert closed.stop_reason == "Other"
    assert SessionEnded(opened.session_id) in tx.facts()


def test_the_audit_says_who_closed_it_why_and_what_changed(tx: Transaction) -> None:
    opened = begin(tx)

    close_by_person(tx, OWNER, opened.session_id, "  read at the\tmeter ", 5_000)

    assert audit_trail(tx)[-1] == (
        "session.closed",
        f"session:{opened.session_id}",
        {"ended_by": None, "end_time": None, "meter_stop": None, "energy_wh": None},
        {
            "ended_by": "person",
            "end_time": "2026-03-01T12:00:00Z",
            "meter_stop": 5_000,
            "energy_wh": 4_000,
        },
    )
    entry = tx.connection.execute(select(audit_entries).order_by(audit_entries.c.id.desc())).first()
    assert entry is not None
    assert (entry.actor, entry.reason) == ("cli:uid-0", "read at the meter")


def test_an_estimate_is_replaced_by_what_a_person_read_and_needs_nobody_any_more(
    tx: Transaction,
) -> None:
    opened = begin(tx)
    tx.now += timedelta(hours=30)
    assert close_stale_sessions(tx) == 1
    assert open_reviews(tx) == [ReviewKind.ESTIMATE]

    closed = close_by_person(tx, OWNER, opened.session_id, "read at the meter", 9_000)

    assert (closed.ended_by, closed.energy_wh) == (EndedBy.PERSON, 8_000)
    assert open_reviews(tx) == []
    by = tx.connection.execute(select(review_items.c.resolved_by, review_items.c.resolution)).one()
    assert tuple(by) == ("cli:uid-0", "read at the meter")


def test_the_real_stop_of_the_station_replaces_what_a_person_booked(tx: Transaction) -> None:
    opened = begin(tx)
    close_by_person(tx, OWNER, opened.session_id, "guessed", 5_000)

    tx.now += timedelta(hours=1)
    stopped = stop(tx, opened, 6_200)

    assert (stopped.ended_by, stopped.energy_wh) == (EndedBy.STATION, 5_200)
    assert stopped.estimated == ()
    assert stopped.stop_reason == "EVDisconnected"
    assert stopped.end_time == tx.now


def test_a_start_that_is_repeated_after_a_person_closed_it_opens_no_second_session(
    tx: Transaction,
) -> None:
    at = tx.now - timedelta(hours=1)
    opened = begin(tx, at=at)
    close_by_person(tx, OWNER, opened.session_id, "station is dead")

    again = begin(tx, at=at)

    assert (again.session_id, again.transaction_id) == (opened.session_id, opened.transaction_id)


def test_energy_that_flows_after_a_person_closed_it_is_not_lost(tx: Transaction) -> None:
    opened = begin(tx)
    close_by_person(tx, OWNER, opened.session_id, "guessed", 5_000)

    tx.now += timedelta(minutes=10)
    meter(tx, opened, tx.now, 6_500)

    session = sessions.by_id(tx, opened.session_id)
    assert session is not None
    assert (session.ended_by, session.energy_wh) == (EndedBy.PERSON, 5_500)
    assert open_reviews(tx) == [ReviewKind.ESTIMATE]
    stop(tx, opened, 6_500)
    assert open_reviews(tx) == []


def test_the_stretch_up_to_the_next_charge_shrinks_when_a_person_books_more(
    tx: Transaction,
) -> None:
    first = begin(tx, 1_000, tx.now - timedelta(hours=3))
    meter(tx, first, tx.now - timedelta(hours=2), 3_000)
    begin(tx, 6_000, tx.now - timedelta(hours=1))
    before = unassigned.after_session(tx, first.session_id)
    assert before is not None
    assert (before.gap.from_wh, before.gap.to_wh) == (3_000, 6_000)

    closed = close_by_person(tx, OWNER, first.session_id, "read at the meter", 5_500)

    after = unassigned.after_session(tx, first.session_id)
    assert after is not None
    assert (closed.energy_wh, after.gap.from_wh, after.gap.to_wh) == (4_500, 5_500, 6_000)
    assert closed.end_time == tx.now - timedelta(hours=1)


def test_a_second_time_is_refused(tx: Transaction) -> None:
    opened = begin(tx)
    close_by_person(tx, OWNER, opened.session_id, "station is dead")

    with pytest.raises(Conflict, match="closed by a person already"):
        close_by_person(tx, OWNER, opened.session_id, "station is dead")


def test_what_the_station_ended_stays(tx: Transaction) -> None:
    opened = begin(tx)
    stop(tx, opened, 2_000)

    with pytest.raises(Conflict, match="was ended by its station"):
        close_by_person(tx, OWNER, opened.session_id, "too much", 1_500)


def test_a_session_that_does_not_exist_is_not_closed(tx: Transaction) -> None:
    with pytest.raises(NotFound, match="There is no session 77"):
        close_by_person(tx, OWNER, 77, "why not")


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501, "a\x00b"])
def test_a_reason_is_needed(tx: Transaction, reason: str) -> None:
    opened = begin(tx)

    with pytest.raises(Unacceptable) as refusal:
        close_by_person(tx, OWNER, opened.session_id, reason)

    assert refusal.value.field == "reason"


@pytest.mark.parametrize(
    ("meter_stop", "sentence"),
    [
        (3_999, "has shown 4000 Wh in this session already"),
        (-1, "is no meter register"),
        (2**41, "is no meter register"),
        (500_000, "given in Wh, not in kWh"),
    ],
)
def test_a_register_that_can_not_be_is_refused(
    tx: Transaction, meter_stop: int, sentence: str
) -> None:
    opened = begin(tx)
    meter(tx, opened, tx.now - timedelta(minutes=5), 4_000)

    with pytest.raises(Unacceptable, match=sentence) as refusal:
        close_by_person(tx, OWNER, opened.session_id, "typed in a hurry", meter_stop)

    assert refusal.value.field == "meter_stop"


def test_energy_of_the_next_charge_is_not_booked_twice(tx: Transaction) -> None:
    first = begin(tx, 1_000, tx.now - timedelta(hours=3))
    begin(tx, 6_000, tx.now - timedelta(hours=1))

    with pytest.raises(Unacceptable, match=r"The next charge .* began at 6000 Wh"):
        close_by_person(tx, OWNER, first.session_id, "typed in a hurry", 6_001)
