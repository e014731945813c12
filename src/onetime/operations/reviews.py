"""What a person decides about what was kept aside, and that an alarm was seen."""

from onetime.domain.errors import Conflict, NotFound
from onetime.domain.facts import AlarmAcknowledged, ReviewResolved
from onetime.domain.people import Actor
from onetime.operations.subjects import the_reason
from onetime.store import audit, reviews
from onetime.store.transaction import Transaction


def resolve_review(tx: Transaction, actor: Actor, review_id: int, reason: str) -> None:
    """Note a person's decision about a finding; what is in the books is not changed by it.

    Raises NotFound, Unacceptable, and Conflict when it is resolved already.
    """
    why = the_reason(reason)
    known = reviews.find_review(tx, review_id)
    if known is None:
        raise NotFound(f"There is no review {review_id}.", "review_id")
    if known.at is not None:
        raise Conflict(f"Review {review_id} was resolved already, by {known.by}.", "review_id")
    reviews.resolve_review(tx, review_id, str(actor), why)
    audit.record(
        tx,
        actor,
        "review.resolved",
        f"review:{review_id}",
        {"resolved_at": None},
        {"resolved_at": tx.now},
        why,
    )
    tx.announce(ReviewResolved(review_id))


def acknowledge_alarm(tx: Transaction, actor: Actor, alarm_id: int) -> None:
    """Note that a person has seen an alarm; it comes back when its cause does.

    Raises NotFound, and Conflict when it is acknowledged already.
    """
    known = reviews.find_alarm(tx, alarm_id)
    if known is None:
        raise NotFound(f"There is no alarm {alarm_id}.", "alarm_id")
    if known.at is not None:
        raise Conflict(f"Alarm {alarm_id} was acknowledged already, by {known.by}.", "alarm_id")
    reviews.acknowledge_alarm(tx, alarm_id, str(actor))
    audit.record(
        tx,
        actor,
        "alarm.acknowledged",
        f"alarm:{alarm_id}",
        {"acknowledged_at": None},
        {"acknowledged_at": tx.now},
    )
    tx.announce(AlarmAcknowledged(alarm_id))
