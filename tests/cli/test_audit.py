"""Who changed what, and whether the record of it is whole."""

from sqlalchemy import text

from onetime.operations.spots import add_spot
from onetime.store.archive import Archive
from tests.cli.conftest import Run
from tests.garage_makers import OWNER


def test_acts_are_listed_newest_first(run: Run, books: Archive) -> None:
    assert run("audit", "list").out == "Nobody has changed anything.\n"
    books.perform(add_spot, OWNER, "B-1")
    books.perform(add_spot, OWNER, "B-2")

    assert run("audit", "list", "--limit", "1").lines == [
        "ID  WHEN              WHO        DID         TO      BEFORE  AFTER"
        "                               WHY",
        " 2  2026-03-01 12:00  cli:uid-0  spot.added  spot:2  -       "
        '{"label":"B-2","floor_level":null}  -',
    ]
    as_json = run("audit", "list", "--subject", "spot:1", "--json").json
    assert isinstance(as_json, list)
    assert [each["subject"] for each in as_json] == ["spot:1"]


def test_a_record_that_was_tampered_with_is_told_by_its_first_broken_entry(
    run: Run, books: Archive
) -> None:
    for label in ("B-1", "B-2", "B-3"):
        books.perform(add_spot, OWNER, label)
    whole = run("audit", "verify")
    known = whole.lines[-1].rpartition(" ")[2]

    assert (whole.code, whole.lines[0]) == (0, "The audit is whole: 3 entries.")
    assert run("audit", "verify", "--known", known).code == 0

    with books.database.writer.connect() as connection, connection.begin():
        connection.execute(text("DROP TRIGGER audit_entries_are_not_changed"))
        connection.execute(text("UPDATE audit_entries SET actor = 'cli:uid-1' WHERE id = 2"))
    broken = run("audit", "verify")

    assert (broken.code, broken.lines) == (
        1,
        ["The audit is broken at entry 2: it was changed, or one before it was removed or put in."],
    )
    as_json = run("audit", "verify", "--json").json
    assert isinstance(as_json, dict)
    assert as_json["broken_id"] == 2


def test_what_is_no_entry_is_refused(run: Run) -> None:
    assert run("audit", "verify", "--known", "7").code == 2
