"""Figures of the garage for a program that watches over it: counts, and room on the disk."""

import os
import shutil
from pathlib import Path

from msgspec import Struct
from sqlalchemy import Connection, func, select

from onetime.queries.growth import size_of
from onetime.store.message_tables import quirk_counts
from onetime.store.tables import alarms, charging_sessions, charging_stations, review_items


class Figures(Struct, frozen=True, kw_only=True):
    """What is counted when somebody asks; the disk is None where it is not ours to see."""

    stations: int
    stations_online: int
    open_sessions: int
    open_alarms: int
    open_reviews: int
    quirks: dict[str, int]
    database_bytes: int
    disk_free_bytes: int | None


_STATIONS = select(
    func.count(), func.count().filter(charging_stations.c.is_online.is_(True))
).where(charging_stations.c.retired_at.is_(None))
_SESSIONS = select(func.count()).where(charging_sessions.c.ended_by.is_(None))
_ALARMS = select(func.count()).where(alarms.c.acknowledged_at.is_(None))
_REVIEWS = select(func.count()).where(review_items.c.resolved_at.is_(None))
_QUIRKS = select(quirk_counts.c.quirk, func.sum(quirk_counts.c["count"])).group_by(
    quirk_counts.c.quirk
)


def figures(connection: Connection) -> Figures:
    """Count; nothing that grows with the years is read through."""
    stations, online = connection.execute(_STATIONS).one()
    return Figures(
        stations=stations,
        stations_online=online,
        open_sessions=connection.execute(_SESSIONS).scalar_one(),
        open_alarms=connection.execute(_ALARMS).scalar_one(),
        open_reviews=connection.execute(_REVIEWS).scalar_one(),
        quirks={quirk: int(count) for quirk, count in connection.execute(_QUIRKS)},
        database_bytes=size_of(connection),
        disk_free_bytes=_free(connection.engine.url.database or ""),
    )


def _free(database: str) -> int | None:
    folder = Path(database).parent
    if not (os.path.isabs(database) and folder.is_dir()):
        return None
    return shutil.disk_usage(folder).free
