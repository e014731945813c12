"""Where a command works: settings read, database opened and brought up to date.

Knows how a database is opened from the command line, beside a server that may be running.
"""

import logging
import os
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from msgspec import Struct

from onetime.domain.people import Actor
from onetime.domain.policy import Policy
from onetime.kit import logs
from onetime.kit.clock import Clock, SystemClock
from onetime.queries.pages import MAX_LIMIT, Asked, Page
from onetime.settings import Settings, SettingsFault, load
from onetime.store.archive import Archive
from onetime.store.database import Database, open_database
from onetime.store.schema import migrate, newest_version, version_of

T = TypeVar("T")


class Desk(Struct, frozen=True):
    """What a command works with."""

    settings: Settings
    archive: Archive
    clock: Clock
    actor: Actor


@contextmanager
def open_desk(arguments: Namespace) -> Iterator[Desk]:
    """Open the database of the data directory, created and migrated if need be.

    Raises SettingsFault, Conflict when the database is newer than this program, OSError, and the
    errors of the database.
    """
    # A command answers with a sentence; what went wrong inside is told by `mishaps`.
    logs.configure("json", sys.stderr, logging.CRITICAL)
    settings = load(arguments.data_dir, os.environ)
    clock = SystemClock()
    database = _opened(settings)
    # Acts of people go by no rule of the policy; those of stations do, and none is done here.
    archive = Archive(database, clock, Policy())
    try:
        _bring_up_to_date(database, clock)
        archive.start()
        yield Desk(settings, archive, clock, Actor("cli", f"uid-{os.getuid()}"))
    finally:
        archive.stop()


def every(fetch: Callable[[Asked], Page[T]]) -> Iterator[T]:
    """Return all items of a list, page after page."""
    asked = Asked(MAX_LIMIT)
    while True:
        page = fetch(asked)
        yield from page.items
        if page.next_cursor is None:
            return
        asked = Asked(MAX_LIMIT, page.next_cursor)


def _opened(settings: Settings) -> Database:
    try:
        return open_database(settings.database_url)
    except ValueError as fault:
        raise SettingsFault(f"{fault}.") from None


def _bring_up_to_date(database: Database, clock: Clock) -> None:
    """Look first, so that a command that only reads does not wait for whoever writes."""
    with database.reader.connect() as connection:
        version = version_of(connection)
    if version != newest_version():
        migrate(database, clock.now())
