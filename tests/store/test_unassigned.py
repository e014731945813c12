"""Stretches between two charges: one row for each."""

from onetime.domain.energy import Gap
from onetime.store import unassigned
from onetime.store.transaction import Transaction
from tests.charges import CP, a_garage, begin, end, wait

PLACE = (CP, 1)


def gap(tx: Transaction, from_wh: int, to_wh: int) -> Gap:
    return Gap(from_wh=from_wh, to_wh=to_wh, from_time=tx.now, to_time=tx.now)


def test_a_stretch_after_a_charge_is_written_once_and_then_changed(tx: Transaction) -> None:
    a_garage(tx)
    session_id = begin(tx).session_id

    assert unassigned.write(tx, PLACE, (session_id, None), gap(tx, 100, 200), 200)
    assert not unassigned.write(tx, PLACE, (session_id, None), gap(tx, 100, 250), 250)

    stretch = unassigned.after_session(tx, session_id)
    assert stretch is not None
    assert (stretch.gap.from_wh, stretch.gap.to_wh, stretch.idle_to_wh) == (100, 250, 250)
    assert unassigned.before_all(tx, *PLACE) is None


def test_what_flowed_before_the_first_charge_is_a_row_of_each_connector(tx: Transaction) -> None:
    a_garage(tx)
    unassigned.write(tx, (CP, 1), (None, None), gap(tx, 100, 200), None)
    unassigned.write(tx, (CP, 2), (None, None), gap(tx, 5, 7), None)

    first = unassigned.before_all(tx, CP, 2)

    assert first is not None
    assert (first.gap.from_wh, first.connector_id, first.after_session_id) == (5, 2, None)


def test_a_stretch_that_is_gone_is_gone(tx: Transaction) -> None:
    a_garage(tx)
    opened = begin(tx)
    unassigned.write(tx, PLACE, (opened.session_id, None), gap(tx, 100, 200), 200)

    assert unassigned.remove_after(tx, opened.session_id)
    assert not unassigned.remove_after(tx, opened.session_id)
    assert unassigned.after_session(tx, opened.session_id) is None


def test_a_stretch_knows_both_of_its_neighbours(tx: Transaction) -> None:
    a_garage(tx)
    first = begin(tx, 1_000)
    wait(tx, hours=1)
    end(tx, first.transaction_id, 2_000)
    wait(tx, hours=1)
    second = begin(tx, 2_300)

    stretch = unassigned.after_session(tx, first.session_id)
    assert stretch is not None
    assert stretch.before_session_id == second.session_id
    assert (stretch.gap.from_wh, stretch.gap.to_wh) == (2_000, 2_300)
