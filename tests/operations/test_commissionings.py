"""What is tried with an unknown card off the line, on both databases (C11)."""

from sqlalchemy import select

from onetime.domain.commissioning import LEAST_OFFLINE, Check, Step
from onetime.operations.commissionings import begin_commissioning, begin_offline_test
from onetime.operations.presence import note_connected
from onetime.queries.commissionings import commissioning
from onetime.store.tables import audit_entries
from onetime.store.transaction import Transaction
from tests.charges import CP, a_garage, begin, end, wait
from tests.garage_makers import OWNER

STRANGE = "BADBADBAD"


def tried(tx: Transaction, number: int) -> Check:
    """Return the step that an unknown card off the line is."""
    told = commissioning(tx.connection, number).checks
    return next(each for each in told if each.step is Step.UNKNOWN_CARD_OFFLINE)


def back_after_a_while(tx: Transaction, number: int) -> None:
    """Take the station off its line, and let it come back when that is a test."""
    begin_offline_test(tx, OWNER, number)
    tx.now += LEAST_OFFLINE
    note_connected(tx, CP, ())


def test_a_charge_that_was_not_for_nothing_fails_the_test_and_the_next_one_counts_anew(
    tx: Transaction,
) -> None:
    a_garage(tx)
    number = begin_commissioning(tx, OWNER, CP)
    back_after_a_while(tx, number)
    assert tried(tx, number).done_at == tx.now

    with_a_card = begin(tx, 1_000)
    end(tx, with_a_card.transaction_id, 2_000, wait(tx, minutes=1))
    for_nothing = begin(tx, 2_000, tag=STRANGE)
    end(tx, for_nothing.transaction_id, 2_000, wait(tx, minutes=1), tag=STRANGE)
    assert tried(tx, number).evidence is None

    goes_on = begin(tx, 2_000, tag=STRANGE)
    failed = tried(tx, number)
    assert (failed.done_at, failed.evidence) == (None, f"#{goes_on.session_id}: 0 Wh")
    end(tx, goes_on.transaction_id, 2_300, wait(tx, minutes=1), tag=STRANGE)
    assert tried(tx, number).evidence == f"#{goes_on.session_id}: 300 Wh"

    wait(tx, minutes=1)
    begin_offline_test(tx, OWNER, number)
    note_connected(tx, CP, ())  # too soon
    assert (tried(tx, number).done_at, tried(tx, number).evidence) == (None, None)
    back_after_a_while(tx, number)
    assert tried(tx, number).done_at == tx.now


def test_who_takes_a_station_off_its_line_is_in_the_audit(tx: Transaction) -> None:
    a_garage(tx)
    begin_offline_test(tx, OWNER, begin_commissioning(tx, OWNER, CP))
    tx.flush(audit_entries)
    acts = tx.connection.execute(select(audit_entries.c.act).order_by(audit_entries.c.id))
    assert [*acts.scalars()][-2:] == ["commissioning.begun", "commissioning.offline-test"]
