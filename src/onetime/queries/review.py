"""What waits for a person's decision, in words, with its evidence and the frame as it came."""

from datetime import datetime

from msgspec import Struct, convert
from sqlalchemy import Connection, RowMapping, Select, select

from onetime.domain.errors import NotFound
from onetime.domain.reviews import REVIEW_ADVICE, REVIEW_WORDS, ReviewKind
from onetime.queries.pages import FIRST, Asked, Page, after_id, fetch_limit, page_of, widened
from onetime.store.message_tables import quarantined_frames
from onetime.store.tables import review_items

FRAMES_SHOWN = 100
"""No more of a group are kept."""


class ReviewItem(Struct, frozen=True, kw_only=True):
    """A finding. `id_tag` is the unknown card's number, in small letters, for whoever issues it."""

    id: int
    kind: ReviewKind
    sentence: str
    advice: str
    evidence: str
    station_id: str | None
    connector_id: int | None
    session_id: int | None
    id_tag: str | None
    frame: str | None
    frame_reason: str | None
    count: int
    created_at: datetime
    updated_at: datetime
    resolved_at: datetime | None
    resolved_by: str | None
    resolution: str | None


def review_list(
    connection: Connection, *, is_open: bool | None = True, asked: Asked = FIRST
) -> Page[ReviewItem]:
    """List what waits for a decision, what was decided (False), or both (None)."""
    statement = _statement().where(*after_id(asked, review_items.c.id))
    if is_open is not None:
        waits = review_items.c.resolved_at.is_(None)
        statement = statement.where(waits if is_open else ~waits)
    rows = connection.execute(
        statement.order_by(review_items.c.id.desc()).limit(fetch_limit(asked))
    )
    found = [_item(row) for row in rows.mappings()]
    return page_of(found, asked, lambda each: (each.id,))


def review_item(connection: Connection, review_id: int) -> ReviewItem:
    """Return one finding; raises NotFound."""
    row = connection.execute(_statement().where(review_items.c.id == review_id)).mappings().first()
    if row is None:
        raise NotFound(f"There is no review {review_id}.", "review_id")
    return _item(row)


def frames_of(connection: Connection, review_id: int) -> list[str]:
    """Return the frames that were kept for a finding, as they came: one, or those of a group."""
    kept = quarantined_frames.c
    found = connection.execute(
        select(review_items.c.key, review_items.c.updated_at, quarantined_frames)
        .join(quarantined_frames, kept.id == review_items.c.frame_id)
        .where(review_items.c.id == review_id)
    ).one_or_none()
    if found is None:
        return []
    _, _, cause = found.key.partition(":")
    if not f"{found.station_id}:{found.action}:{found.reason}".startswith(cause):
        return [found.frame]
    of_group = (
        select(kept.frame)
        .where(
            kept.station_id == found.station_id,
            kept.action == found.action,
            kept.reason == found.reason,
            kept.id >= found.id,
            kept.at <= found.updated_at,
        )
        .order_by(kept.id)
        .limit(FRAMES_SHOWN)
    )
    return list(connection.execute(of_group).scalars())


def _statement() -> Select[*tuple[object, ...]]:
    return select(
        *review_items.c,
        quarantined_frames.c.frame,
        quarantined_frames.c.reason.label("frame_reason"),
    ).outerjoin(quarantined_frames, quarantined_frames.c.id == review_items.c.frame_id)


def _item(row: RowMapping) -> ReviewItem:
    kind = ReviewKind(row["kind"])
    _, _, cause = row["key"].partition(":")
    id_tag = cause if kind is ReviewKind.UNKNOWN_TAG else None
    return convert(
        widened(row, sentence=REVIEW_WORDS[kind], advice=REVIEW_ADVICE[kind], id_tag=id_tag),
        ReviewItem,
    )
