"""One decision about a tag for Authorize, Start and Stop."""

from datetime import timedelta

import pytest

from onetime.domain.reviews import ReviewKind
from onetime.domain.tokens import TokenStatus, Verdict
from onetime.operations.authorization import authorize, flag_unpermitted_energy, rule
from onetime.store import reviews, tokens
from onetime.store.tables import alarms
from onetime.store.transaction import Transaction
from tests.charges import (
    CP,
    TAG,
    a_garage,
    alarm_kinds,
    begin,
    booked,
    evidence,
    findings,
    wait,
)
from tests.garage_makers import a_station


def test_a_known_card_may_charge_at_any_station(tx: Transaction) -> None:
    a_garage(tx)
    tokens.change(tx, TAG, {"parent_id_tag": "FAMILY", "expiry_date": tx.now + timedelta(days=1)})
    ruling = authorize(tx, CP, TAG.lower())

    assert (ruling.verdict, ruling.token) == (Verdict.ACCEPTED, TAG)
    assert ruling.parent_id_tag == "FAMILY"
    assert ruling.expiry_date == tx.now + timedelta(days=1)
    assert findings(tx) == []


def test_a_card_is_expired_from_its_expiry_date_on(tx: Transaction) -> None:
    a_garage(tx)
    tokens.change(tx, TAG, {"expiry_date": tx.now + timedelta(minutes=1)})
    assert rule(tx, TAG).verdict is Verdict.ACCEPTED

    wait(tx, minutes=1)
    assert rule(tx, TAG).verdict is Verdict.EXPIRED


def test_a_blocked_card_is_no_finding_and_an_unknown_one_is_one(tx: Transaction) -> None:
    a_garage(tx)
    tokens.change(tx, TAG, {"status": TokenStatus.BLOCKED.value})
    assert authorize(tx, CP, TAG).verdict is Verdict.BLOCKED
    assert findings(tx) == []

    for tag in ("deadbeef", "DEADBEEF"):
        assert authorize(tx, CP, tag).verdict is Verdict.UNKNOWN
    assert findings(tx) == [ReviewKind.UNKNOWN_TAG]
    assert "CP-1" in evidence(tx, ReviewKind.UNKNOWN_TAG)


@pytest.mark.parametrize("tag", ["", "\0", "ä" * 20, "x" * 5_000, "%", "'--"])
def test_no_tag_is_too_odd_to_be_ruled_on(tx: Transaction, tag: str) -> None:
    a_garage(tx)

    assert authorize(tx, CP, tag).verdict is Verdict.UNKNOWN
    assert len(findings(tx)) == (1 if tag else 0)


def test_a_person_is_alarmed_once_about_a_charge(tx: Transaction) -> None:
    a_station(tx, CP)
    session = booked(tx, begin(tx, tag="DEADBEEF"))
    flag_unpermitted_energy(tx, session)
    (alarm_id,) = tx.connection.execute(alarms.select().with_only_columns(alarms.c.id)).one()
    reviews.acknowledge_alarm(tx, alarm_id, "cli:uid-0")
    flag_unpermitted_energy(tx, session)

    assert alarm_kinds(tx) == []
