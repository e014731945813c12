"""Findings and alarms come once, however often their cause comes."""

from datetime import timedelta

from sqlalchemy import select

from onetime.domain.facts import AlarmRaised, ReviewOpened
from onetime.domain.reviews import AlarmKind, ReviewKind
from onetime.store import reviews
from onetime.store.message_tables import quarantined_frames
from onetime.store.reviews import Finding
from onetime.store.tables import alarms, review_items
from onetime.store.transaction import Transaction
from tests.charges import CP, findings
from tests.garage_makers import a_station


def finding(evidence: str = "It went back.", key: str = "CP-1:1") -> Finding:
    return Finding(kind=ReviewKind.REGISTER, key=key, evidence=evidence)


def test_the_same_finding_is_counted_and_shows_its_newest_evidence(tx: Transaction) -> None:
    reviews.open_review(tx, finding())
    tx.now += timedelta(hours=1)
    reviews.open_review(tx, finding("It went back again."))

    row = tx.connection.execute(select(review_items)).mappings().one()
    assert (row["count"], row["evidence"]) == (2, "It went back again.")
    assert row["updated_at"] - row["created_at"] == timedelta(hours=1)
    assert tx.facts() == [ReviewOpened(row["id"])]


def test_what_a_person_resolved_stays_resolved(tx: Transaction) -> None:
    reviews.open_review(tx, finding())
    reviews.settle_review(tx, ReviewKind.REGISTER, "CP-1:1", "meter replaced", "cli:uid-0")
    reviews.open_review(tx, finding())

    assert findings(tx) == []
    assert reviews.is_known(tx, ReviewKind.REGISTER, "CP-1:1")


def test_other_evidence_than_what_a_person_resolved_is_a_finding_of_its_own(
    tx: Transaction,
) -> None:
    long = "x" * 400
    for key in ("CP-1:1", long):
        for wh in (500, 700, 700, 900):
            reviews.open_review(tx, finding(f"{wh} Wh", key))
            reviews.settle_review(tx, ReviewKind.REGISTER, key, f"seen {wh}", "cli:uid-0")
        reviews.open_review(tx, finding("1000 Wh", key))

    c = review_items.c
    rows = tx.connection.execute(select(c.evidence, c.resolution, c.count).order_by(c.id))
    of_one = [
        ("500 Wh", "seen 500", 1),
        ("700 Wh", "seen 700", 2),
        ("900 Wh", "seen 900", 1),
        ("1000 Wh", None, 1),
    ]
    assert [(*row,) for row in rows] == of_one * 2
    assert findings(tx) == [ReviewKind.REGISTER] * 2
    assert len(tx.facts()) == 8


def test_who_opens_a_finding_may_say_what_a_decision_covers(tx: Transaction) -> None:
    reviews.open_review(tx, finding("500 Wh"))
    reviews.settle_review(tx, ReviewKind.REGISTER, "CP-1:1", "seen", "cli:uid-0")
    reviews.open_review(tx, finding("501 Wh"), lambda before: before == "500 Wh")
    assert findings(tx) == []

    reviews.open_review(tx, finding("500 Wh"), lambda before: before == "501 Wh")
    assert findings(tx) == [ReviewKind.REGISTER]


def test_what_had_answered_itself_is_open_again_when_it_comes_back(tx: Transaction) -> None:
    reviews.open_review(tx, finding())
    reviews.settle_review(tx, ReviewKind.REGISTER, "CP-1:1", "the real value left no gap")
    assert findings(tx) == []

    reviews.open_review(tx, finding())

    assert findings(tx) == [ReviewKind.REGISTER]
    row = tx.connection.execute(select(review_items)).one()
    assert (row.resolved_by, row.resolution) == (None, None)
    assert tx.facts() == [ReviewOpened(row.id)] * 2


def test_a_finding_that_does_not_exist_can_be_settled_without_effect(tx: Transaction) -> None:
    reviews.settle_review(tx, ReviewKind.ESTIMATE, "7", "the station told the real end")

    assert not reviews.is_known(tx, ReviewKind.ESTIMATE, "7")


def test_a_key_that_a_station_made_too_long_is_still_one_finding(tx: Transaction) -> None:
    long = "x\0" * 500
    reviews.open_review(tx, finding(key=long))
    reviews.open_review(tx, finding(key=long))

    assert findings(tx) == [ReviewKind.REGISTER]
    assert reviews.is_known(tx, ReviewKind.REGISTER, long)


def test_a_frame_is_kept_as_it_came(tx: Transaction) -> None:
    a_station(tx, CP)
    frame = '[2,"1","StopTransaction",{"x": "\ud7ff ü"}]'

    frame_id = reviews.keep_frame(tx, CP, "StopTransaction", frame, "because")

    row = tx.connection.execute(select(quarantined_frames)).one()
    assert (row.id, row.frame, row.reason) == (frame_id, frame, "because")


def test_an_alarm_is_raised_once_and_again_when_it_was_acknowledged(tx: Transaction) -> None:
    def raise_it() -> None:
        reviews.raise_alarm(tx, AlarmKind.TAKEOVERS, CP, "Two of them.", CP)

    raise_it()
    raise_it()
    alarm_id = tx.connection.execute(select(alarms.c.id)).scalar_one()
    assert tx.facts() == [AlarmRaised(alarm_id)]

    reviews.acknowledge_alarm(tx, alarm_id, "cli:uid-0")
    raise_it()

    row = tx.connection.execute(select(alarms)).mappings().one()
    assert (row["count"], row["acknowledged_at"]) == (3, None)
    assert tx.facts() == [AlarmRaised(alarm_id)] * 2
    assert reviews.is_alarmed(tx, AlarmKind.TAKEOVERS, CP)
    assert not reviews.is_alarmed(tx, AlarmKind.TAKEOVERS, "CP-2")
