"""What can hardly be right is shown with its evidence, and withdrawn when it is put right."""

from datetime import timedelta

import pytest

from onetime.domain.readings import POWER
from onetime.domain.reviews import ReviewKind
from onetime.domain.sessions import Mark
from onetime.operations.judgement import judge, note_jump, note_unusable
from onetime.store import sessions
from onetime.store.transaction import Transaction
from tests.charges import (
    CP,
    a_garage,
    begin,
    booked,
    end,
    evidence,
    findings,
    meter,
    quirks,
    sample,
    wait,
)


def test_a_plausible_charge_is_nothing_to_show(tx: Transaction) -> None:
    a_garage(tx)
    opened = begin(tx)
    wait(tx, hours=1)
    end(tx, opened.transaction_id, 40_000)
    session = booked(tx, opened)

    assert judge(tx, session) == session
    assert findings(tx) == []


def test_a_judgement_that_holds_no_more_is_withdrawn(tx: Transaction) -> None:
    a_garage(tx)
    opened = begin(tx)
    end(tx, opened.transaction_id, 40_000)
    assert findings(tx) == [ReviewKind.IMPLAUSIBLE]

    session = sessions.book_energy(tx, booked(tx, opened), 4_000, booked(tx, opened).marks)
    assert judge(tx, session).marks == ()
    assert findings(tx) == []


def test_a_charge_of_which_no_clock_told_the_length_may_have_lasted_a_day(tx: Transaction) -> None:
    a_garage(tx)
    long = begin(tx, 1_000, tx.now + timedelta(hours=3))
    end(tx, long.transaction_id, 1_100_000)
    endless = begin(tx, 1_100_000, tx.now + timedelta(hours=3))
    end(tx, endless.transaction_id, 3_000_000)

    assert Mark.IMPLAUSIBLE not in booked(tx, long).marks
    assert Mark.IMPLAUSIBLE in booked(tx, endless).marks


def test_a_jump_is_shown_once_and_says_from_where_to_where(tx: Transaction) -> None:
    a_garage(tx)
    note_jump(tx, (CP, 1), None, 1_000, 9_000_000)
    note_jump(tx, (CP, 1), None, 1_000, 9_000_500)

    assert "from 1.000 kWh to 9000.000 kWh" in evidence(tx, ReviewKind.IMPLAUSIBLE)
    assert quirks(tx) == {"M14": 1}


def test_values_that_make_no_sense_are_one_finding_for_each_measurand(tx: Transaction) -> None:
    a_garage(tx)
    note_unusable(tx, (CP, 1), [])
    for raw in ("NaN", "9" * 5_000):
        note_unusable(tx, (CP, 1), [sample(None, raw=raw), sample(-5)])
    assert len(evidence(tx, ReviewKind.IMPLAUSIBLE)) < 200
    note_unusable(tx, (CP, 1), [sample(None, measurand="SoC", raw="full\0")])

    assert findings(tx) == [ReviewKind.IMPLAUSIBLE] * 2
    assert quirks(tx) == {"M14": 3}


@pytest.mark.parametrize(
    ("watts", "moved_wh", "is_shown"),
    [(7_000, 7, True), (7_000, 7_000, False), (7_000, 0, False), (20, 7, False)],
)
def test_kwh_that_are_called_wh_are_shown_by_the_power_that_was_drawn(
    tx: Transaction, watts: int, moved_wh: int, is_shown: bool
) -> None:
    """M02."""
    a_garage(tx)
    opened = begin(tx, 1_000)
    power = sample(watts, unit="W", measurand=POWER)
    for _ in range(7):
        meter(tx, power, transaction_id=opened.transaction_id)
        wait(tx, minutes=10)
    end(tx, opened.transaction_id, 1_000 + moved_wh)

    assert ("M02" in quirks(tx)) is is_shown
    assert (ReviewKind.IMPLAUSIBLE in findings(tx)) is is_shown
    assert booked(tx, opened).energy_wh == moved_wh
