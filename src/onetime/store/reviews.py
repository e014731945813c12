"""What waits for a person: findings with their evidence, quarantined frames, alarms."""

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct, convert
from sqlalchemy import bindparam, func, insert, select, update

from onetime.domain.facts import AlarmRaised, ReviewOpened
from onetime.domain.ids import StationId
from onetime.domain.reviews import AlarmKind, ReviewKind
from onetime.store.message_tables import quarantined_frames
from onetime.store.tables import alarms, review_items
from onetime.store.transaction import Transaction, Value

_FIND_REVIEW = select(
    review_items.c.id,
    review_items.c.resolved_by,
    review_items.c.evidence,
    review_items.c.count,
).where(review_items.c.key == bindparam("finding"))
_FIND_FRAME = (
    select(quarantined_frames.c.id)
    .where(
        quarantined_frames.c.station_id == bindparam("station"),
        quarantined_frames.c.frame == bindparam("content"),
    )
    .limit(1)
)
_FIND_ALARM = select(alarms.c.id, alarms.c.acknowledged_at).where(
    alarms.c.key == bindparam("cause")
)
_SETTLE = (
    update(review_items)
    .where(review_items.c.key == bindparam("finding"), review_items.c.resolved_at.is_(None))
    .values(resolved_at=bindparam("now"), resolved_by=bindparam("by"), resolution=bindparam("why"))
)
SYSTEM = "onetime"


class Finding(Struct, frozen=True, kw_only=True):
    """Something a person has to decide; the same key is the same finding."""

    kind: ReviewKind
    key: str
    evidence: str
    station_id: StationId | None = None
    connector_id: int | None = None
    session_id: int | None = None
    frame_id: int | None = None


class Closed(Struct, frozen=True):
    """Whether somebody has dealt with a finding or an alarm, when, and who."""

    at: datetime | None
    by: str | None


def open_review(
    tx: Transaction, finding: Finding, is_decided: Callable[[str], bool] | None = None
) -> None:
    """Open a finding, or bring its evidence up to date.

    What had answered itself is open again. What a person resolved stays resolved with what was
    known then; other evidence opens a finding of its own. `is_decided` is handed the evidence that
    a person decided about and says whether that covers what is found now; if it is left out, only
    the very same evidence is covered.
    """
    key = f"{finding.kind}:{finding.key}"[:300]
    row = tx.first(_FIND_REVIEW, finding=key)
    if row is None:
        _insert_review(tx, key, finding)
        return
    changes: dict[str, Value] = {"updated_at": tx.now}
    if row["resolved_by"] in (None, SYSTEM):
        changes["evidence"] = finding.evidence
    elif not (is_decided or finding.evidence.__eq__)(row["evidence"]):
        # No key of a finding begins like this: a kind has no such sign.
        past_key = f"{finding.kind}/{row['id']}:{finding.key}"[:300]
        tx.connection.execute(
            update(review_items).where(review_items.c.id == row["id"]).values(key=past_key)
        )
        _insert_review(tx, key, finding)
        return
    if row["resolved_by"] == SYSTEM:
        changes |= {"resolved_at": None, "resolved_by": None, "resolution": None}
        tx.announce(ReviewOpened(row["id"]))
    tx.connection.execute(
        update(review_items)
        .where(review_items.c.id == row["id"])
        .values(count=review_items.c.count + 1, **changes)
    )


def settle_review(
    tx: Transaction, kind: ReviewKind, key: str, resolution: str, by: str = SYSTEM
) -> None:
    """Close a finding that has answered itself, or that somebody's act has answered, if open."""
    finding = f"{kind}:{key}"[:300]
    tx.run(_SETTLE, finding=finding, now=tx.now, by=by, why=resolution)


def open_keys(tx: Transaction, kind: ReviewKind) -> set[str]:
    """Return the keys of the open findings of one kind."""
    found = tx.connection.execute(
        select(review_items.c.key).where(
            review_items.c.kind == kind.value, review_items.c.resolved_at.is_(None)
        )
    )
    return {key.removeprefix(f"{kind}:") for key in found.scalars()}


def find_review(tx: Transaction, review_id: int) -> Closed | None:
    """Return whether a finding is resolved; None when there is no such finding."""
    row = tx.connection.execute(
        select(
            review_items.c.resolved_at.label("at"), review_items.c.resolved_by.label("by")
        ).where(review_items.c.id == review_id)
    )
    found = row.mappings().first()
    return convert(found, Closed) if found else None


def resolve_review(tx: Transaction, review_id: int, by: str, resolution: str) -> None:
    """Note that somebody has decided about a finding."""
    tx.connection.execute(
        update(review_items)
        .where(review_items.c.id == review_id)
        .values(resolved_at=tx.now, resolved_by=by, resolution=resolution)
    )


def is_known(tx: Transaction, kind: ReviewKind, key: str) -> bool:
    """Say whether this finding was made before, open or resolved."""
    return tx.first(_FIND_REVIEW, finding=f"{kind}:{key}"[:300]) is not None


def count_since(tx: Transaction, kind: ReviewKind, station_id: StationId, since: datetime) -> int:
    """Return how many findings of a kind were made, or made again, at a station since then."""
    found: int = tx.connection.execute(
        select(func.count())
        .select_from(review_items)
        .where(
            review_items.c.kind == kind.value,
            review_items.c.station_id == station_id,
            review_items.c.updated_at >= since,
        )
    ).scalar_one()
    return found


def open_count(tx: Transaction, kind: ReviewKind, key: str) -> int:
    """Return how often an open finding was made; 0 when there is none, or it is resolved."""
    row = tx.first(_FIND_REVIEW, finding=f"{kind}:{key}"[:300])
    return row["count"] if row is not None and row["resolved_by"] is None else 0


def is_kept(tx: Transaction, station_id: StationId, frame: str) -> bool:
    """Say whether the very same frame of this station was kept before."""
    return tx.first(_FIND_FRAME, station=station_id, content=frame) is not None


def keep_frame(
    tx: Transaction, station_id: StationId, action: str | None, frame: str, reason: str
) -> int:
    """Keep a frame as it came, with the reason; return its id, for a finding to point at."""
    frame_id: int = tx.connection.execute(
        insert(quarantined_frames).returning(quarantined_frames.c.id),
        {
            "station_id": station_id,
            "at": tx.now,
            "action": action,
            "frame": frame,
            "reason": reason,
        },
    ).scalar_one()
    return frame_id


def is_raised(tx: Transaction, kind: AlarmKind, key: str) -> bool:
    """Say whether this alarm was raised before, acknowledged or not."""
    return tx.first(_FIND_ALARM, cause=f"{kind}:{key}"[:300]) is not None


def raise_alarm(
    tx: Transaction, kind: AlarmKind, key: str, sentence: str, station_id: StationId | None
) -> None:
    """Raise an alarm, or count it again; it is new again once a person has acknowledged it."""
    full_key = f"{kind}:{key}"[:300]
    known = tx.first(_FIND_ALARM, cause=full_key)
    if known is not None:
        tx.connection.execute(
            update(alarms)
            .where(alarms.c.id == known["id"])
            .values(
                count=alarms.c.count + 1,
                last_at=tx.now,
                sentence=sentence,
                acknowledged_at=None,
                acknowledged_by=None,
            )
        )
        if known["acknowledged_at"] is not None:
            tx.announce(AlarmRaised(known["id"]))
        return
    alarm_id = tx.connection.execute(
        insert(alarms).returning(alarms.c.id),
        {
            "key": full_key,
            "kind": kind.value,
            "station_id": station_id,
            "sentence": sentence,
            "count": 1,
            "raised_at": tx.now,
            "last_at": tx.now,
        },
    ).scalar_one()
    tx.announce(AlarmRaised(alarm_id))


def is_waiting(tx: Transaction, kind: AlarmKind, key: str) -> bool:
    """Say whether this alarm was raised and nobody has acknowledged it."""
    known = tx.first(_FIND_ALARM, cause=f"{kind}:{key}"[:300])
    return known is not None and known["acknowledged_at"] is None


def is_alarmed(tx: Transaction, kind: AlarmKind, key: str) -> bool:
    """Say whether this alarm was raised before, acknowledged or not."""
    return tx.first(_FIND_ALARM, cause=f"{kind}:{key}"[:300]) is not None


def find_alarm(tx: Transaction, alarm_id: int) -> Closed | None:
    """Return whether an alarm is acknowledged; None when there is no such alarm."""
    row = tx.connection.execute(
        select(alarms.c.acknowledged_at.label("at"), alarms.c.acknowledged_by.label("by")).where(
            alarms.c.id == alarm_id
        )
    )
    found = row.mappings().first()
    return convert(found, Closed) if found else None


def acknowledge_alarm(tx: Transaction, alarm_id: int, by: str) -> None:
    """Note that somebody has seen an alarm."""
    tx.connection.execute(
        update(alarms)
        .where(alarms.c.id == alarm_id)
        .values(acknowledged_at=tx.now, acknowledged_by=by)
    )


def _insert_review(tx: Transaction, key: str, finding: Finding) -> None:
    review_id = tx.connection.execute(
        insert(review_items).returning(review_items.c.id),
        {
            "key": key,
            "kind": finding.kind.value,
            "station_id": finding.station_id,
            "connector_id": finding.connector_id,
            "session_id": finding.session_id,
            "frame_id": finding.frame_id,
            "evidence": finding.evidence,
            "count": 1,
            "created_at": tx.now,
            "updated_at": tx.now,
        },
    ).scalar_one()
    tx.announce(ReviewOpened(review_id))
