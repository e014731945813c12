"""The day's load profile: evenly within a charge, and together exactly what was booked."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from onetime.queries.load import LONGEST, QUARTERS, _spread, load_profile
from onetime.store.tables import charging_sessions
from onetime.store.transaction import Transaction
from tests.garage_makers import a_session, a_station

DAY = date(2026, 2, 3)
MIDNIGHT = datetime(2026, 2, 3, tzinfo=UTC)


def end(tx: Transaction, session_id: int, at: datetime) -> None:
    table = charging_sessions
    tx.connection.execute(update(table).where(table.c.id == session_id).values(end_time=at))


def test_a_charge_is_spread_evenly_over_its_time(tx: Transaction) -> None:
    a_station(tx)
    a_session(tx, 1, start=MIDNIGHT + timedelta(hours=6, minutes=5), energy_wh=6_000)

    profile = load_profile(tx.connection, DAY)

    assert profile.energy_wh[23:30] == (0, 1_000, 1_500, 1_500, 1_500, 500, 0)
    assert profile.total_wh == 6_000


def test_a_charge_over_midnight_is_split_without_loss(tx: Transaction) -> None:
    a_station(tx)
    a_session(tx, 1, start=MIDNIGHT - timedelta(minutes=40), energy_wh=1_001)

    before = load_profile(tx.connection, date(2026, 2, 2))
    after = load_profile(tx.connection, DAY)

    assert (before.total_wh, after.total_wh) == (667, 334)
    assert after.energy_wh[:3] == (250, 84, 0)


def test_charges_at_the_same_time_add_up(tx: Transaction) -> None:
    for number in (1, 2):
        a_station(tx, f"CP-{number}")
        a_session(tx, number, station_id=f"CP-{number}", start=MIDNIGHT, energy_wh=4_000)

    assert load_profile(tx.connection, DAY).energy_wh[:5] == (2_000, 2_000, 2_000, 2_000, 0)


def test_a_charge_that_goes_on_counts_up_to_its_last_register(tx: Transaction) -> None:
    a_station(tx)
    table = charging_sessions
    session_id = a_session(tx, 1, start=MIDNIGHT, energy_wh=None)
    tx.connection.execute(
        update(table)
        .where(table.c.id == session_id)
        .values(last_register_wh=1_900, last_register_at=MIDNIGHT + timedelta(minutes=45))
    )

    assert load_profile(tx.connection, DAY).energy_wh[:4] == (300, 300, 300, 0)


def test_a_charge_without_any_register_yet_counts_nothing(tx: Transaction) -> None:
    a_station(tx)
    a_session(tx, 1, start=MIDNIGHT, energy_wh=None)

    assert load_profile(tx.connection, DAY).total_wh == 0


def test_a_charge_of_a_single_moment_is_in_its_quarter(tx: Transaction) -> None:
    a_station(tx)
    began = MIDNIGHT + timedelta(hours=1)
    end(tx, a_session(tx, 1, start=began, energy_wh=70), began)

    assert load_profile(tx.connection, DAY).energy_wh[4] == 70


def test_a_charge_that_was_plugged_in_for_weeks_reaches_each_day(tx: Transaction) -> None:
    a_station(tx)
    began = MIDNIGHT - LONGEST + timedelta(hours=1)
    end(tx, a_session(tx, 1, start=began, energy_wh=40 * 9_600), began + timedelta(days=40))

    assert load_profile(tx.connection, DAY).energy_wh == (100,) * QUARTERS


def test_a_quiet_day_has_quarters_of_nothing(tx: Transaction) -> None:
    assert load_profile(tx.connection, DAY).energy_wh == (0,) * QUARTERS


@given(
    start=st.integers(-200_000, 86_399),
    span=st.integers(0, 200_000),
    energy_wh=st.integers(1, 100_000),
)
def test_the_days_of_a_charge_add_up_to_its_energy(start: int, span: int, energy_wh: int) -> None:
    days = range(-3, 5)
    shares = [
        wh
        for day in days
        for _, wh in _spread(start - day * 86_400, start + span - day * 86_400, energy_wh)
    ]

    assert sum(shares) == energy_wh
    assert min(shares) >= 0
