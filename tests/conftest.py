"""Options and fixtures that all rooms share. What one room needs stands beside its tests."""

from collections.abc import Iterator

import pytest
import structlog
from hypothesis import settings

from onetime.kit import garbage
from tests.databases import (
    archive,
    clock,
    database,
    database_url,
    migrated_postgres,
    migrated_sqlite,
    postgres,
    shared_postgres,
    shared_sqlite,
    sqlite_url,
    tx,
)

__all__ = [
    "archive",
    "clock",
    "database",
    "database_url",
    "migrated_postgres",
    "migrated_sqlite",
    "postgres",
    "shared_postgres",
    "shared_sqlite",
    "sqlite_url",
    "tx",
]

# The same examples every time, so that a merge is never held up by luck; `soak` looks further.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.register_profile("soak", deadline=None, max_examples=5_000)
settings.load_profile("steady")


def pytest_collection_finish() -> None:
    """Do not look through thousands of tests again whenever one leaves garbage."""
    garbage.settle()


@pytest.fixture(autouse=True)
def _logs_as_they_were() -> Iterator[None]:
    """Let no test's choice of log lines, such as a command's, hide them from the next."""
    yield
    structlog.reset_defaults()
