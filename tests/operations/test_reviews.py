"""What a person decides is decided once, with who and why."""

import pytest
from sqlalchemy import select

from onetime.domain.errors import Conflict, NotFound, Unacceptable
from onetime.domain.facts import AlarmAcknowledged, AlarmRaised, ReviewOpened, ReviewResolved
from onetime.domain.reviews import AlarmKind, ReviewKind
from onetime.operations.reviews import acknowledge_alarm, resolve_review
from onetime.store import reviews
from onetime.store.tables import alarms, audit_entries, review_items
from onetime.store.transaction import Transaction
from tests.garage_makers import OWNER, audit_trail


def a_finding(tx: Transaction) -> int:
    reviews.open_review(
        tx, reviews.Finding(kind=ReviewKind.REGISTER, key="CP-1:1", evidence="It went back.")
    )
    (fact,) = [each for each in tx.facts() if isinstance(each, ReviewOpened)]
    return fact.review_id


def an_alarm(tx: Transaction) -> int:
    reviews.raise_alarm(tx, AlarmKind.TAKEOVERS, "CP-1", "Two devices share CP-1.", None)
    (fact,) = [each for each in tx.facts() if isinstance(each, AlarmRaised)]
    return fact.alarm_id


def test_a_review_is_resolved_with_who_and_why(tx: Transaction) -> None:
    review_id = a_finding(tx)

    resolve_review(tx, OWNER, review_id, " meter was\nreplaced ")

    row = tx.connection.execute(select(review_items).where(review_items.c.id == review_id)).one()
    assert (row.resolved_at, row.resolved_by, row.resolution) == (
        tx.now,
        "cli:uid-0",
        "meter was replaced",
    )
    assert audit_trail(tx)[-1] == (
        "review.resolved",
        f"review:{review_id}",
        {"resolved_at": None},
        {"resolved_at": "2026-03-01T12:00:00Z"},
    )
    reasons = tx.connection.execute(select(audit_entries.c.reason)).scalars().all()
    assert reasons == ["meter was replaced"]
    assert tx.facts()[-1] == ReviewResolved(review_id)


def test_a_review_is_resolved_only_once(tx: Transaction) -> None:
    review_id = a_finding(tx)
    resolve_review(tx, OWNER, review_id, "meter was replaced")

    with pytest.raises(Conflict, match="resolved already, by cli:uid-0"):
        resolve_review(tx, OWNER, review_id, "again")


def test_a_review_needs_a_reason_and_has_to_exist(tx: Transaction) -> None:
    review_id = a_finding(tx)

    with pytest.raises(Unacceptable, match="A reason has"):
        resolve_review(tx, OWNER, review_id, " ")
    with pytest.raises(NotFound, match="There is no review 999999"):
        resolve_review(tx, OWNER, 999_999, "why not")


def test_an_alarm_is_acknowledged_once_and_audited(tx: Transaction) -> None:
    alarm_id = an_alarm(tx)

    acknowledge_alarm(tx, OWNER, alarm_id)

    row = tx.connection.execute(select(alarms).where(alarms.c.id == alarm_id)).one()
    assert (row.acknowledged_at, row.acknowledged_by) == (tx.now, "cli:uid-0")
    assert audit_trail(tx)[-1][:2] == ("alarm.acknowledged", f"alarm:{alarm_id}")
    assert tx.facts()[-1] == AlarmAcknowledged(alarm_id)
    with pytest.raises(Conflict, match="acknowledged already, by cli:uid-0"):
        acknowledge_alarm(tx, OWNER, alarm_id)
    with pytest.raises(NotFound, match="There is no alarm 999999"):
        acknowledge_alarm(tx, OWNER, 999_999)


def test_an_alarm_whose_cause_comes_back_can_be_acknowledged_again(tx: Transaction) -> None:
    alarm_id = an_alarm(tx)
    acknowledge_alarm(tx, OWNER, alarm_id)
    reviews.raise_alarm(tx, AlarmKind.TAKEOVERS, "CP-1", "Two devices share CP-1.", None)

    acknowledge_alarm(tx, OWNER, alarm_id)

    assert [act for act, *_ in audit_trail(tx)] == ["alarm.acknowledged"] * 2
