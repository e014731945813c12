"""What lies between charges belongs to nobody, and nothing is booked twice."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test as run
from sqlalchemy import select, update

from onetime.domain.reviews import ReviewKind
from onetime.domain.sessions import Estimate, Mark
from onetime.kit.times import EPOCH
from onetime.operations.books import note_idle_register, settle
from onetime.operations.reconciliation import close_stale_sessions
from onetime.operations.reviews import resolve_review
from onetime.store.database import Database
from onetime.store.tables import charging_stations, review_items
from onetime.store.transaction import Transaction
from tests.charges import (
    CP,
    a_garage,
    begin,
    booked,
    end,
    evidence,
    findings,
    gaps,
    meter,
    quirks,
    wait,
)
from tests.garage_makers import OWNER
from tests.operations.books_model import Station


def open_evidence(tx: Transaction) -> list[str]:
    c = review_items.c
    return [*tx.connection.execute(select(c.evidence).where(c.resolved_at.is_(None))).scalars()]


def resolve_all(tx: Transaction) -> None:
    c = review_items.c
    for review_id in [
        *tx.connection.execute(select(c.id).where(c.resolved_at.is_(None))).scalars()
    ]:
        resolve_review(tx, OWNER, review_id, "seen to")


def charge(tx: Transaction, from_wh: int, to_wh: int, *, connector: int = 1) -> int:
    """Let a charge of an hour begin now; return its transaction id."""
    opened = begin(tx, from_wh, connector=connector)
    wait(tx, hours=1)
    end(tx, opened.transaction_id, to_wh)
    return opened.transaction_id


def test_what_flowed_between_two_charges_is_nobodys(tx: Transaction) -> None:
    """M11: the register moves after meterStop."""
    a_garage(tx)
    charge(tx, 1_000, 5_000)
    wait(tx, hours=3)
    charge(tx, 5_250, 7_000)

    assert gaps(tx) == [(5_000, 5_250)]
    assert quirks(tx) == {"M11": 1}
    assert findings(tx) == [ReviewKind.UNASSIGNED_ENERGY]
    assert "0.250 kWh" in evidence(tx, ReviewKind.UNASSIGNED_ENERGY)
    assert "from 5.000 kWh to 5.250 kWh" in evidence(tx, ReviewKind.UNASSIGNED_ENERGY)


def test_what_a_station_itself_uses_is_a_row_and_no_finding(tx: Transaction) -> None:
    a_garage(tx)
    charge(tx, 1_000, 5_000)
    wait(tx, hours=12)
    charge(tx, 5_099, 7_000)

    assert gaps(tx) == [(5_000, 5_099)]
    assert findings(tx) == []


def test_what_flows_after_a_person_resolved_is_shown_again_unless_it_is_little(
    tx: Transaction,
) -> None:
    a_garage(tx)
    charge(tx, 1_000, 5_000)
    for wh, is_shown in ((5_500, True), (5_550, False), (5_599, False), (5_600, True)):
        wait(tx, hours=1)
        meter(tx, wh)
        assert findings(tx) == [ReviewKind.UNASSIGNED_ENERGY] * is_shown
        resolve_all(tx)
    wait(tx, hours=10)
    meter(tx, 43_000)

    assert gaps(tx) == [(5_000, 43_000)]
    assert len(open_evidence(tx)) == 1
    assert "38.000 kWh flowed" in open_evidence(tx)[0]


def test_a_step_back_of_a_register_after_a_person_resolved_one_is_shown_again(
    tx: Transaction,
) -> None:
    """M10."""
    a_garage(tx)
    charge(tx, 9_000, 9_500)
    charge(tx, 100, 3_000)
    resolve_all(tx)
    charge(tx, 500, 900)

    assert findings(tx) == [ReviewKind.REGISTER]
    assert "ended at 3.000 kWh" in open_evidence(tx)[0]
    charge(tx, 20, 100)
    assert findings(tx) == [ReviewKind.REGISTER]
    assert "ended at 0.900 kWh" in open_evidence(tx)[0]


def test_readings_outside_of_charges_show_what_flows_before_the_next_charge(
    tx: Transaction,
) -> None:
    """M15, M11."""
    a_garage(tx)
    charge(tx, 1_000, 5_000)
    for wh in (5_000, 5_060, 5_180):
        wait(tx, minutes=15)
        meter(tx, wh)

    assert gaps(tx) == [(5_000, 5_180)]
    assert findings(tx) == [ReviewKind.UNASSIGNED_ENERGY]
    assert quirks(tx) == {"M11": 1}
    wait(tx, minutes=15)
    charge(tx, 5_200, 6_000)
    assert gaps(tx) == [(5_000, 5_200)]


def test_connectors_do_not_share_their_registers(tx: Transaction) -> None:
    a_garage(tx)
    charge(tx, 1_000, 5_000)
    charge(tx, 80_000, 81_000, connector=2)
    charge(tx, 5_000, 6_000)
    charge(tx, 81_400, 82_000, connector=2)

    assert gaps(tx) == []
    assert gaps(tx, connector=2) == [(81_000, 81_400)]


def test_what_flowed_before_the_first_charge_is_nobodys(tx: Transaction) -> None:
    a_garage(tx)
    for wh in (1_000, 1_100, 1_300):
        meter(tx, wh)
        wait(tx, minutes=15)
    assert gaps(tx) == [(1_000, 1_300)]
    charge(tx, 1_350, 5_000)

    assert gaps(tx) == [(1_000, 1_350)]
    assert findings(tx) == [ReviewKind.UNASSIGNED_ENERGY]
    assert "before its first charge" in evidence(tx, ReviewKind.UNASSIGNED_ENERGY)


def test_a_late_reading_from_before_a_charge_does_not_reach_into_it(tx: Transaction) -> None:
    a_garage(tx)
    charge(tx, 1_000, 5_000)
    between = wait(tx, minutes=30)
    wait(tx, minutes=30)
    charge(tx, 5_200, 9_000)
    for wh in (5_100, 5_400):
        meter(tx, wh, between)

    assert gaps(tx) == [(5_000, 5_200)]


def test_readings_that_came_before_a_charge_of_an_earlier_time_was_told_are_not_lost(
    tx: Transaction,
) -> None:
    a_garage(tx)
    began = tx.now
    ended = wait(tx, hours=1)
    for wh in (1_000, 1_200):
        wait(tx, minutes=15)
        meter(tx, wh)
    opened = begin(tx, 400, began)
    end(tx, opened.transaction_id, 900, ended)

    assert booked(tx, opened).energy_wh == 500
    assert gaps(tx) == [(900, 1_200)]


def test_a_gap_goes_when_the_charge_that_filled_it_is_told_late(tx: Transaction) -> None:
    """X21: an offline charge, played back when the next one is over."""
    a_garage(tx)
    charge(tx, 1_000, 5_000)
    began = wait(tx, hours=1)
    ended = wait(tx, hours=1)
    wait(tx, hours=1)
    charge(tx, 8_000, 9_000)
    assert gaps(tx) == [(5_000, 8_000)]
    opened = begin(tx, 5_000, began)
    end(tx, opened.transaction_id, 7_950, ended)

    assert booked(tx, opened).energy_wh == 2_950
    assert gaps(tx) == [(7_950, 8_000)]
    assert findings(tx) == []


def test_a_gap_comes_back_with_its_finding_when_its_charge_turns_out_to_be_nothing(
    tx: Transaction,
) -> None:
    a_garage(tx)
    charge(tx, 1_000, 5_000)
    began = wait(tx, hours=1)
    wait(tx, hours=2)
    charge(tx, 8_000, 9_000)
    opened = begin(tx, 5_000, began)
    meter(tx, 8_000, began + timedelta(hours=1), transaction_id=opened.transaction_id)
    begin(tx, 9_000)
    assert booked(tx, opened).energy_wh == 3_000
    assert gaps(tx) == []
    end(tx, opened.transaction_id, 5_000, began + timedelta(minutes=1))

    assert booked(tx, opened).energy_wh == 0
    assert gaps(tx) == [(5_000, 8_000)]
    assert findings(tx) == [ReviewKind.UNASSIGNED_ENERGY]


# Registers that go back (M10).


def test_a_register_that_begins_anew_makes_nothing_negative_and_is_shown_once(
    tx: Transaction,
) -> None:
    """M10: the meter counts each charge from zero."""
    a_garage(tx)
    ids = [charge(tx, 0, energy) for energy in (5_000, 3_000, 4_000)]

    assert len(set(ids)) == 3
    assert gaps(tx) == []
    assert findings(tx) == [ReviewKind.REGISTER]
    assert quirks(tx) == {"M10": 2}


def test_each_charge_after_a_register_went_back_is_marked_and_booked_in_full(
    tx: Transaction,
) -> None:
    a_garage(tx)
    charge(tx, 50_000, 55_000)
    second = begin(tx, 120)
    wait(tx, hours=1)
    end(tx, second.transaction_id, 3_120)

    session = booked(tx, second)
    assert (session.energy_wh, session.marks) == (3_000, (Mark.REGISTER_BACK,))
    assert "meter was reset or replaced" in evidence(tx, ReviewKind.REGISTER)
    assert "ended at 55.000 kWh" in evidence(tx, ReviewKind.REGISTER)


def test_what_had_flowed_before_a_register_went_back_stays_in_the_books(tx: Transaction) -> None:
    a_garage(tx)
    charge(tx, 1_000, 5_000)
    wait(tx, minutes=15)
    meter(tx, 5_600)
    wait(tx, minutes=15)
    charge(tx, 100, 2_000)

    assert gaps(tx) == [(5_000, 5_600)]


def test_what_had_flowed_before_the_first_charge_stays_when_its_register_went_back(
    tx: Transaction,
) -> None:
    a_garage(tx)
    for wh in (7_000, 7_400):
        meter(tx, wh)
        wait(tx, minutes=15)
    charge(tx, 100, 2_000)

    assert gaps(tx) == [(7_000, 7_400)]


def test_readings_of_zero_outside_of_charges_take_nothing_away(tx: Transaction) -> None:
    """M10: ABB shows 0 outside of charges."""
    a_garage(tx)
    charge(tx, 1_000, 5_000)
    for wh in (0, 5_200, 0):
        wait(tx, minutes=15)
        meter(tx, wh)

    assert gaps(tx) == [(5_000, 5_200)]
    assert quirks(tx)["M10"] == 2


def test_a_late_stop_above_the_next_start_is_shown(tx: Transaction) -> None:
    """The end of the lost charge and the start of the next one can not both be right."""
    a_garage(tx)
    older = begin(tx, 1_000)
    ended = wait(tx, hours=1)
    wait(tx, hours=1)
    newer = begin(tx, 5_200, tag="FFFF0002")
    end(tx, older.transaction_id, 5_300, ended)

    assert booked(tx, older).energy_wh == 4_300
    assert booked(tx, newer).marks == (Mark.REFUSED_TAG, Mark.REGISTER_BACK)
    assert ReviewKind.REGISTER in findings(tx)


# Charges of the same time.


def test_two_charges_of_the_same_time_never_share_energy(tx: Transaction) -> None:
    """A station that starts twice for one car, and ends both with all of it."""
    a_garage(tx)
    first = begin(tx, 1_000)
    wait(tx, minutes=10)
    second = begin(tx, 1_500, tag="FFFF0002")
    at = wait(tx, hours=1)
    end(tx, first.transaction_id, 9_000, at)
    end(tx, second.transaction_id, 9_000, at)

    assert booked(tx, first).energy_wh == 500
    assert booked(tx, second).energy_wh == 7_500
    assert booked(tx, first).marks == (Mark.OVERLAP,)
    assert findings(tx) == [ReviewKind.UNKNOWN_TAG, ReviewKind.OVERLAP]
    assert gaps(tx) == []


def test_a_charge_gets_its_energy_back_when_the_later_one_moved_nothing(tx: Transaction) -> None:
    """A Start that was sent twice with another time; only the first one is ever ended."""
    a_garage(tx)
    first = begin(tx, 1_000)
    wait(tx, minutes=1)
    second = begin(tx, 1_000, tag="FFFF0002")
    wait(tx, hours=1)
    end(tx, first.transaction_id, 5_000)
    assert booked(tx, first).energy_wh == 0
    end(tx, second.transaction_id, 1_000)

    assert booked(tx, first).energy_wh == 4_000
    assert booked(tx, first).marks == ()
    assert ReviewKind.OVERLAP not in findings(tx)
    assert gaps(tx) == []


def test_what_a_shortened_charge_claims_beyond_the_next_one_is_nobodys(tx: Transaction) -> None:
    a_garage(tx)
    first = begin(tx, 1_000)
    wait(tx, minutes=10)
    second = begin(tx, 3_000, tag="FFFF0002")
    wait(tx, minutes=10)
    end(tx, second.transaction_id, 5_000)
    wait(tx, minutes=40)
    end(tx, first.transaction_id, 9_000)

    assert [booked(tx, each).energy_wh for each in (first, second)] == [2_000, 2_000]
    assert gaps(tx) == [(5_000, 9_000)]


def test_a_late_stop_without_a_clock_takes_no_energy_of_a_meter_that_began_anew(
    tx: Transaction,
) -> None:
    """The samples show that the register went back before the next charge began."""
    a_garage(tx)
    older = begin(tx, 0)
    wait(tx, minutes=30)
    meter(tx, 4_800, transaction_id=older.transaction_id)
    wait(tx, hours=1)
    newer = begin(tx, 0, tag="FFFF0002")
    wait(tx, hours=1)
    end(tx, older.transaction_id, 5_000, EPOCH)

    session = booked(tx, older)
    assert (session.energy_wh, session.end_time) == (5_000, booked(tx, newer).start_time)
    assert Estimate.END_TIME in session.estimated


def test_what_an_unnamed_value_showed_after_the_next_charge_began_is_not_booked_twice(
    tx: Transaction,
) -> None:
    """A Stop was lost and the next Start comes late: until then the open charge got its values."""
    a_garage(tx)
    first = begin(tx, 1_000)
    began = wait(tx, hours=2)
    meter(tx, 3_000, wait(tx, hours=1))
    second = begin(tx, 1_200, began, tag="FFFF0002")

    assert booked(tx, first).energy_wh == 200
    end(tx, second.transaction_id, 2_900)
    assert [booked(tx, each).energy_wh for each in (first, second)] == [200, 1_700]
    assert gaps(tx) == [(2_900, 3_000)]


def test_what_idle_readings_showed_is_kept_when_an_ended_charge_before_them_turns_out_to_be_one(
    tx: Transaction,
) -> None:
    """Its late values make it a link; before, the stretch went from the charge before it."""
    a_garage(tx)
    charge(tx, 1_000, 2_000)
    began = wait(tx, hours=1)
    empty = begin(tx, 2_000, began)
    at = wait(tx, hours=1)
    wait(tx, hours=25)
    assert close_stale_sessions(tx) == 1
    meter(tx, 5_000)
    assert gaps(tx) == [(2_000, 5_000)]
    meter(tx, 3_500, at, transaction_id=empty.transaction_id)

    assert booked(tx, empty).energy_wh == 1_500
    assert gaps(tx) == [(3_500, 5_000)]


# Estimated starts, charges without energy, jumps.


def test_an_estimated_start_follows_the_real_end_before_it(tx: Transaction) -> None:
    a_garage(tx)
    older = begin(tx, 1_000)
    wait(tx, minutes=30)
    meter(tx, 4_000, transaction_id=older.transaction_id)
    ended = wait(tx, minutes=20)
    wait(tx, minutes=10)
    newer = begin(tx, None)
    assert booked(tx, newer).meter_start == 4_000
    wait(tx, hours=1)
    end(tx, newer.transaction_id, 9_000)
    end(tx, older.transaction_id, 4_600, ended)

    assert [booked(tx, each).energy_wh for each in (older, newer)] == [3_600, 4_400]
    assert gaps(tx) == []


def test_charges_that_moved_nothing_still_tell_where_the_register_stood(tx: Transaction) -> None:
    a_garage(tx)
    charge(tx, 1_000, 1_000)
    wait(tx, hours=1)
    charge(tx, 1_400, 1_400)
    wait(tx, hours=1)
    charge(tx, 1_500, 3_000)
    charge(tx, 3_000, 3_000)
    wait(tx, hours=1)
    charge(tx, 3_200, 3_200)

    assert gaps(tx) == [(1_000, 1_500), (3_000, 3_200)]


def test_a_reading_that_jumps_is_shown_and_books_nothing_until_a_charge_confirms_it(
    tx: Transaction,
) -> None:
    """M14."""
    a_garage(tx)
    charge(tx, 1_000, 5_000)
    for wh in (90_000_000, 90_000_000, 5_000):
        wait(tx, minutes=15)
        meter(tx, wh)

    assert gaps(tx) == []
    assert findings(tx) == [ReviewKind.IMPLAUSIBLE]
    assert "from 5.000 kWh to 90000.000 kWh" in evidence(tx, ReviewKind.IMPLAUSIBLE)
    charge(tx, 90_000_000, 90_001_000)
    assert gaps(tx) == [(5_000, 90_000_000)]


def test_what_is_a_jump_depends_on_what_the_station_can_deliver(tx: Transaction) -> None:
    a_garage(tx)
    tx.connection.execute(update(charging_stations).values(power_limit_watts=3_700))
    meter(tx, 1_000)
    wait(tx, minutes=15)
    meter(tx, 4_000)

    assert gaps(tx) == []
    assert findings(tx) == [ReviewKind.IMPLAUSIBLE]


@pytest.mark.parametrize("register_wh", [-1, 2**60])
def test_a_register_that_no_meter_shows_books_nothing(tx: Transaction, register_wh: int) -> None:
    a_garage(tx)
    note_idle_register(tx, CP, 1, tx.now, register_wh)
    charge(tx, 1_000, 5_000)
    note_idle_register(tx, CP, 1, wait(tx, hours=1), register_wh)

    assert gaps(tx) == []


def test_settling_again_changes_nothing(tx: Transaction) -> None:
    a_garage(tx)
    charge(tx, 1_000, 5_000)
    wait(tx, hours=1)
    opened = begin(tx, 5_300)
    wait(tx, hours=1)
    end(tx, opened.transaction_id, 7_000)
    before = booked(tx, opened), gaps(tx), findings(tx), quirks(tx)
    settle(tx, booked(tx, opened))

    assert (booked(tx, opened), gaps(tx), findings(tx), quirks(tx)) == before


# All of it at once.


def test_the_books_hold_whatever_a_station_does_with_its_messages(
    shared_sqlite: Database,
) -> None:
    """The laws stand in `books_model.py`."""

    class Here(Station):
        def __init__(self) -> None:
            super().__init__(shared_sqlite)

    run(
        Here,
        settings=settings(
            max_examples=120,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
