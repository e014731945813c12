"""Notices that another process has changed the database; never what it changed.

SQLite counts the commits of other connections; PostgreSQL tells them by NOTIFY.
"""

import uuid
from collections.abc import Iterator
from typing import Protocol, cast

from sqlalchemy import Connection, text

CHANNEL = "onetime_commit"


class _Notification(Protocol):
    payload: str


class _Listening(Protocol):
    """What is used of psycopg's connection, so that SQLite installations need no psycopg."""

    def notifies(self, *, timeout: float) -> Iterator[_Notification]:
        """Yield what other connections told since the last time."""
        ...


class ForeignCommits:
    """Watches on behalf of the writing connection."""

    def __init__(self, connection: Connection, is_sqlite: bool) -> None:
        self._connection = connection
        self._is_sqlite = is_sqlite
        self._me = uuid.uuid4().hex
        if is_sqlite:
            self._version = self._data_version()
        else:
            with connection.begin():
                connection.execute(text(f"LISTEN {CHANNEL}"))

    def seen(self) -> bool:
        """Say whether somebody else has committed since the last call."""
        if not self._is_sqlite:
            return self._was_notified()
        before, self._version = self._version, self._data_version()
        return self._version != before

    def tell(self) -> None:
        """Let the others know, with the commit of the open transaction."""
        if not self._is_sqlite:
            self._connection.execute(
                text("SELECT pg_notify(:channel, :me)"), {"channel": CHANNEL, "me": self._me}
            )

    def _data_version(self) -> int:
        raw = self._connection.connection.dbapi_connection
        assert raw is not None
        cursor = raw.cursor()
        cursor.execute("PRAGMA data_version")
        row = cursor.fetchone()
        cursor.close()
        assert row is not None
        return int(row[0])

    def _was_notified(self) -> bool:
        raw = cast(_Listening, self._connection.connection.dbapi_connection)
        return any(each.payload != self._me for each in list(raw.notifies(timeout=0)))
