"""Lists as tables for a spreadsheet."""

from pathlib import Path

from onetime.store.archive import Archive
from onetime.store.transaction import Transaction
from tests.cli.conftest import Run
from tests.garage_makers import a_card, a_renter, a_session, a_spot, a_station


def garage(tx: Transaction) -> None:
    renter = a_renter(tx, "=Änne")
    a_station(tx)
    spot = a_spot(tx, "B-1", "CP-1")
    card = a_card(tx, "04A1B2C3", renter)
    a_session(tx, 7, token_id=card, renter_id=renter, place=(spot, "B-1"))
    a_session(tx, 8)


def test_each_list_is_a_table_with_a_line_for_each_thing(run: Run, books: Archive) -> None:
    books.perform(garage)

    counts = {
        noun: len(run("export", noun).lines)
        for noun in ("renters", "spots", "cards", "tokens", "stations", "sessions")
    }

    assert counts == {
        "renters": 2,
        "spots": 2,
        "cards": 2,
        "tokens": 2,
        "stations": 2,
        "sessions": 3,
    }
    assert run("export", "renters").lines == [
        "id,name,contact_email,phone_number,is_active,created_at,spots,token_count",
        "1,'=Änne,anna@example.org,,true,2026-03-01T12:00:00Z,,1",
    ]
    assert run("export", "renters", "--excel").out[0] == "\ufeff"


def test_sessions_can_be_chosen(run: Run, books: Archive) -> None:
    books.perform(garage)

    chosen = run("export", "sessions", "--renter", "1", "--json").json

    assert isinstance(chosen, list)
    assert [each["transaction_id"] for each in chosen] == [7]
    assert run("export", "spots", "--renter", "1").code == 2
    assert run("export", "sessions", "--renter", "9").err == "There is no renter 9.\n"


def test_what_was_exported_can_be_brought_again(run: Run, books: Archive, tmp_path: Path) -> None:
    books.perform(garage)

    for noun in ("renters", "stations", "spots", "cards"):
        file = tmp_path / f"{noun}.csv"
        file.write_text(run("export", noun, "--excel").out, newline="")
        done = run("import", noun, str(file))
        assert done.err == ""
        assert done.out == "0 entered, 1 there already.\n"
