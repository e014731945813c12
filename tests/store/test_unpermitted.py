"""Charges with a refused card are found by one statement, with the state of their connector."""

from datetime import timedelta

from onetime.store import presence
from onetime.store.transaction import Transaction
from onetime.store.unpermitted import refused_charges
from tests.charges import CP, a_garage, begin, wait
from tests.operations.test_connectors import say


def test_only_refused_open_charges_with_a_card_since_before_the_moment_are_found(
    tx: Transaction,
) -> None:
    a_garage(tx)
    presence.set_online(tx, CP)
    begin(tx)
    begin(tx, tag="", connector=2)
    bad = begin(tx, tag="BADBADBAD", connector=3)
    say(tx, "Finishing", connector=3)

    assert refused_charges(tx, tx.now - timedelta(seconds=1)) == []
    wait(tx, minutes=1)
    (found,) = refused_charges(tx, tx.now)
    assert (found.id, found.transaction_id, found.verdict, found.status) == (
        bad.session_id,
        bad.transaction_id,
        "Unknown",
        "Finishing",
    )
