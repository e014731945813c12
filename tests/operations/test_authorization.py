"""One decision about a tag for Authorize, Start and Stop."""

from datetime import timedelta

import pytest
from msgspec import structs

from onetime.domain.ids import StationId
from onetime.domain.reviews import AlarmKind, ReviewKind
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
    end,
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
    assert evidence(tx, ReviewKind.UNKNOWN_TAG) == "Card …BEEF was held to station CP-1."


@pytest.mark.parametrize("tag", ["", "\0", "ä" * 20, "x" * 5_000, "%", "'--"])
def test_no_tag_is_too_odd_to_be_ruled_on(tx: Transaction, tag: str) -> None:
    a_garage(tx)

    assert authorize(tx, CP, tag).verdict is Verdict.UNKNOWN
    assert len(findings(tx)) == (1 if tag else 0)


def strict(tx: Transaction) -> StationId:
    """Let a card charge at one station at a time; return a second station."""
    tx.policy = structs.replace(tx.policy, refuse_concurrent_charges=True)
    a_garage(tx)
    return a_station(tx, "CP-2")


def test_a_card_may_charge_at_two_stations_unless_the_owner_forbids_it(tx: Transaction) -> None:
    a_garage(tx)
    other = a_station(tx, "CP-2")
    begin(tx)

    assert authorize(tx, other, TAG).verdict is Verdict.ACCEPTED
    assert begin(tx, station=other).ruling.verdict is Verdict.ACCEPTED


def test_a_card_that_charges_may_not_charge_at_another_station_where_the_owner_wants_it(
    tx: Transaction,
) -> None:
    """S14."""
    other = strict(tx)
    first = begin(tx)
    assert authorize(tx, other, TAG.lower()).verdict is Verdict.CONCURRENT
    assert authorize(tx, CP, TAG).verdict is Verdict.ACCEPTED
    second = begin(tx, station=other)
    wait(tx, hours=1)
    end(tx, second.transaction_id, 5_000, station=other)
    end(tx, first.transaction_id, 3_000)

    assert second.ruling.verdict is Verdict.CONCURRENT
    assert [booked(tx, each).energy_wh for each in (first, second)] == [2_000, 4_000]
    assert booked(tx, second).token_id == TAG
    assert (AlarmKind.CARD_IN_TWO_PLACES, 1) in alarm_kinds(tx)
    assert authorize(tx, other, TAG).verdict is Verdict.ACCEPTED


def test_what_a_station_plays_back_is_refused_only_if_the_card_charged_elsewhere_then(
    tx: Transaction,
) -> None:
    other = strict(tx)
    past = tx.now
    wait(tx, hours=5)
    begin(tx)
    wait(tx, minutes=5)

    assert begin(tx, 1_000, past, station=other).ruling.verdict is Verdict.ACCEPTED


def test_a_person_is_alarmed_once_about_a_charge(tx: Transaction) -> None:
    a_station(tx, CP)
    session = booked(tx, begin(tx, tag="DEADBEEF"))
    flag_unpermitted_energy(tx, session)
    (alarm_id,) = tx.connection.execute(alarms.select().with_only_columns(alarms.c.id)).one()
    reviews.acknowledge_alarm(tx, alarm_id, "cli:uid-0")
    flag_unpermitted_energy(tx, session)

    assert alarm_kinds(tx) == []
