"""`onetime database`: bring up to date, check, back up, restore."""

import os
from argparse import Namespace
from pathlib import Path

from msgspec import Struct, structs

from onetime.app import policy_of
from onetime.cli.arguments import Parser, add_verb, verbs_of
from onetime.cli.desk import open_desk
from onetime.cli.output import local, print_json, times
from onetime.cli.serving import alone
from onetime.domain.people import Actor
from onetime.kit.clock import SystemClock
from onetime.kit.units import kwh_text
from onetime.operations.backups import note_restored
from onetime.queries.audit import Chain, audit_chain
from onetime.queries.books import audit_books
from onetime.queries.pages import Asked
from onetime.queries.sessions import session_list, session_sums
from onetime.settings import Settings, load
from onetime.store import backup
from onetime.store.archive import Archive
from onetime.store.database import open_database
from onetime.store.schema import migrate, newest_version

WRONG = 1
MEGABYTE = 1_000_000
RUNNING = "The central system runs on {}; stop it first."


class Checked(Struct, frozen=True):
    """What `database check` found; nothing wrong means no faults."""

    schema: str
    sessions: int
    open_sessions: int
    energy_wh: int
    unassigned_wh: int
    faults: tuple[str, ...]


class Restored(Struct, frozen=True):
    """What is in place after a restore, and where the database before it is kept."""

    schema: str
    sessions: int
    total_energy_kwh: float
    kept: str | None


def add_to(parser: Parser) -> None:
    """Give `onetime database` its verbs."""
    verbs = verbs_of(parser)
    add_verb(verbs, "migrate", bring_up_to_date, "create the database, or bring it up to date")
    add_verb(verbs, "check", check, "look for damage, and work out the energy books anew")
    saving = add_verb(verbs, "backup", back_up, "write a backup, also while the server runs")
    saving.add_argument("file", metavar="FILE", type=Path, help="a file that does not exist yet")
    restoring = add_verb(verbs, "restore", restore, "put a backup in place; the server is stopped")
    restoring.add_argument("file", metavar="FILE", type=Path, help="what `backup` wrote")


def bring_up_to_date(arguments: Namespace) -> None:
    """Create or migrate the database."""
    settings = load(arguments.data_dir, os.environ)
    with alone(arguments.data_dir, RUNNING.format(arguments.data_dir)):
        database = open_database(settings.database_url)
        try:
            before, after = migrate(database, SystemClock().now())
        finally:
            database.close()
    if arguments.json:
        print_json({"before": before, "after": after})
    elif before == after:
        print(f"The database is up to date (schema {after}).")
    elif before is None:
        print(f"The database is created (schema {after}).")
    else:
        print(f"The database is brought up to date (schema {before} to {after}).")


def check(arguments: Namespace) -> None:
    """Look for damage."""
    with open_desk(arguments) as desk:
        damage = backup.faults(desk.settings.database_url)
        books = desk.archive.ask(audit_books)
        chain = desk.archive.ask(audit_chain)
    found = Checked(
        newest_version(),
        books.sessions,
        books.open_sessions,
        books.energy_wh,
        books.unassigned_wh,
        (*damage, *books.faults, *_faults_of(chain)),
    )
    if arguments.json:
        print_json(found)
    else:
        print(
            f"Schema {found.schema}; {times(found.sessions, 'session')},"
            f" {found.open_sessions:,} open; {kwh_text(found.energy_wh)} booked,"
            f" {kwh_text(found.unassigned_wh)} unassigned."
        )
        for fault in found.faults:
            print(fault)
        print(f"{times(len(found.faults), 'fault')}." if found.faults else "Nothing is wrong.")
    if found.faults:
        raise SystemExit(WRONG)


def _faults_of(chain: Chain) -> list[str]:
    if chain.fault is None:
        return []
    return [f"the audit is broken at entry {chain.broken_id}: {chain.fault}"]


def back_up(arguments: Namespace) -> None:
    """Write a backup."""
    settings = load(arguments.data_dir, os.environ)
    target = arguments.file.absolute()
    size = backup.save(settings.database_url, target)
    if arguments.json:
        print_json({"file": str(target), "bytes": size})
    else:
        print(f"{target} holds a checked backup of {size / MEGABYTE:.1f} MB.")
        print("It holds what keys are checked with: keep it as safe as the database itself.")


def restore(arguments: Namespace) -> None:
    """Put a backup in place of the database."""
    settings = load(arguments.data_dir, os.environ)
    source = arguments.file.absolute()
    with alone(arguments.data_dir, RUNNING.format(arguments.data_dir)):
        backup.verify(settings.database_url, source)
        restored, newest = _exchange(settings, source)
    if arguments.json:
        print_json(restored)
        return
    last = f", the newest of {newest}" if newest else ""
    print(f"Restored: {times(restored.sessions, 'session')}{last}.")
    if restored.kept is not None:
        print(f"What was there before is kept as {restored.kept}")
    print("Charges since the backup are not in it; stations send again what they still hold.")


def _exchange(settings: Settings, source: Path) -> tuple[Restored, str]:
    """Make a copy ready and put it in place; whatever goes wrong, the present one stays."""
    staged = backup.stage(settings.database_url, source)
    is_in_place = False
    try:
        restored, newest = _made_ready(settings, staged, source.name)
        kept = backup.swap(settings.database_url, staged, SystemClock().now())
        is_in_place = True
    finally:
        if not is_in_place:
            backup.discard(staged)
    return structs.replace(restored, kept=kept), newest


def _made_ready(settings: Settings, staged: str, name: str) -> tuple[Restored, str]:
    """Bring the staged database up to date, and let its transaction ids go on where none was."""
    clock = SystemClock()
    issued = backup.transactions_issued(settings.database_url)
    database = open_database(staged)
    archive = Archive(database, clock, policy_of(settings))
    try:
        migrate(database, clock.now())
        archive.start()
        archive.perform(note_restored, Actor("cli", f"uid-{os.getuid()}"), name, issued)
        sums = archive.ask(session_sums)
        newest = archive.ask(session_list, asked=Asked(1)).items
    finally:
        archive.stop()
    restored = Restored(newest_version(), sums.sessions, sums.total_energy_kwh, None)
    return restored, local(newest[0].start_time) if newest else ""
