"""Commits of others are seen, one's own are not."""

import time
from collections.abc import Callable

from onetime.store.database import Database
from onetime.store.foreign import ForeignCommits

WRITE = "UPDATE installation SET transaction_count = transaction_count + 1"


def soon(condition: Callable[[], bool]) -> bool:
    """PostgreSQL tells a commit a moment later."""
    deadline = time.monotonic() + 5
    while not condition():
        if time.monotonic() > deadline:
            return False
    return True


def test_what_others_commit_is_seen_once(database: Database) -> None:
    with database.writer.connect() as mine, database.writer.connect() as theirs:
        watching = ForeignCommits(mine, database.is_sqlite)
        telling = ForeignCommits(theirs, database.is_sqlite)
        assert not watching.seen()

        with mine.begin():
            mine.exec_driver_sql(WRITE)
            watching.tell()
        assert not watching.seen()
        assert soon(telling.seen)

        with theirs.begin():
            theirs.exec_driver_sql(WRITE)
            telling.tell()
            assert not watching.seen()
        assert soon(watching.seen)
        assert not watching.seen()
