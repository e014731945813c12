"""Commits of others are seen, one's own are not."""

from onetime.store.database import Database
from onetime.store.foreign import ForeignCommits

WRITE = "UPDATE installation SET transaction_count = transaction_count + 1"


def test_what_others_commit_is_seen_once(database: Database) -> None:
    with database.writer.connect() as mine, database.writer.connect() as theirs:
        watching = ForeignCommits(mine, database.is_sqlite)
        telling = ForeignCommits(theirs, database.is_sqlite)
        assert not watching.seen()

        with mine.begin():
            mine.exec_driver_sql(WRITE)
            watching.tell()
        assert not watching.seen()
        assert telling.seen()

        with theirs.begin():
            theirs.exec_driver_sql(WRITE)
            telling.tell()
            assert not watching.seen()
        assert watching.seen()
        assert not watching.seen()
