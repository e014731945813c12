"""The garage as a whole: its name, and the lock under which nobody begins to charge."""

import pytest

from onetime.domain.errors import Conflict, Unacceptable
from onetime.domain.tokens import Verdict
from onetime.operations.authorization import authorize, rule
from onetime.operations.site import lock_garage, name_garage, unlock_garage
from onetime.queries.site import site
from onetime.store.transaction import Transaction
from tests.charges import CP, TAG, a_garage, alarm_kinds, begin, booked, end
from tests.garage_makers import OWNER, audit_trail


def test_while_the_garage_is_locked_no_card_may_charge(tx: Transaction) -> None:
    a_garage(tx)
    lock_garage(tx, OWNER, "smoke on level 2")

    assert authorize(tx, CP, TAG).verdict is Verdict.LOCKED
    assert authorize(tx, CP, "nobody's").verdict is Verdict.UNKNOWN
    unlock_garage(tx, OWNER)
    assert rule(tx, TAG).verdict is Verdict.ACCEPTED


def test_energy_that_flows_although_the_garage_is_locked_is_booked(tx: Transaction) -> None:
    a_garage(tx)
    lock_garage(tx, OWNER, "smoke")
    opened = begin(tx, meter_start=1_000)
    end(tx, opened.transaction_id, 4_000)

    assert opened.ruling.verdict is Verdict.LOCKED
    assert booked(tx, opened).energy_wh == 3_000
    assert alarm_kinds(tx) != []


def test_a_charge_that_goes_on_is_not_ended_by_the_lock(tx: Transaction) -> None:
    a_garage(tx)
    opened = begin(tx, meter_start=1_000)
    lock_garage(tx, OWNER, "smoke")

    session = booked(tx, opened)
    assert (session.ended_by, session.verdict) == (None, Verdict.ACCEPTED)


def test_who_locked_the_garage_and_why_is_known_and_in_the_audit(tx: Transaction) -> None:
    lock_garage(tx, OWNER, "  smoke\non level 2 ")
    found = site(tx.connection)

    assert (found.locked_at, found.locked_by) == (tx.now, "cli:uid-0")
    assert found.lock_reason == "smoke on level 2"
    unlock_garage(tx, OWNER)
    assert site(tx.connection).locked_at is None
    assert [each[0] for each in audit_trail(tx)] == ["garage.locked", "garage.unlocked"]


def test_a_lock_needs_a_reason_and_is_put_on_once(tx: Transaction) -> None:
    with pytest.raises(Unacceptable, match="A reason has"):
        lock_garage(tx, OWNER, " ")
    with pytest.raises(Conflict, match="not locked"):
        unlock_garage(tx, OWNER)
    lock_garage(tx, OWNER, "smoke")
    with pytest.raises(Conflict, match="locked already"):
        lock_garage(tx, OWNER, "smoke")


def test_a_garage_has_a_name(tx: Transaction) -> None:
    assert site(tx.connection).name == ""
    name_garage(tx, OWNER, " Lindenhof ")

    assert site(tx.connection).name == "Lindenhof"
    with pytest.raises(Unacceptable, match="at most 100 characters"):
        name_garage(tx, OWNER, "x" * 101)
