"""Whole tables from a file: entered, tried, or refused with every fault."""

from pathlib import Path

from tests.cli.conftest import Run

RENTERS = "name;contact_email;phone_number\r\nAnna;anna@example.org;+49 30 1234\r\n"


def test_a_table_is_tried_and_then_entered(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "renters.csv"
    file.write_text(RENTERS, "utf-8-sig", newline="")

    tried = run("import", "renters", str(file), "--dry-run")
    before = run("renter", "list", "--json").json
    done = run("import", "renters", str(file))
    again = run("import", "renters", str(file), "--json")

    assert (tried.out, before) == ("1 would be entered, 0 there already.\n", [])
    assert done.out == "1 entered, 0 there already.\n"
    assert again.json == {
        "noun": "renters",
        "created": 0,
        "unchanged": 1,
        "faults": [],
        "keys": [],
    }
    renters = run("renter", "list", "--json").json
    assert isinstance(renters, list)
    assert [each["phone_number"] for each in renters] == ["+49 30 1234"]


def test_every_fault_is_told_and_nothing_is_entered(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "cards.csv"
    file.write_text("token,renter_id\n04A1B2C3,7\n,7\n")

    ended = run("import", "cards", str(file))

    assert (ended.code, ended.out) == (1, "")
    assert ended.err.splitlines() == [
        "Line 2, renter_id: There is no renter with this id.",
        "Line 3, token: A card number has 1 to 20 characters; this one has 0.",
        "Line 3, renter_id: There is no renter with this id.",
        "3 faults; nothing was entered.",
    ]


def test_keys_that_were_made_are_shown(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "stations.csv"
    file.write_text("id\nCP-1\n")

    lines = run("import", "stations", str(file)).lines

    assert lines[1] == "Keys that were made, shown only this once:"
    assert [len(each) for each in lines[3].split()] == [4, 40]


def test_a_file_that_is_not_there_or_another_noun_is_refused(run: Run, tmp_path: Path) -> None:
    missing = run("import", "renters", str(tmp_path / "none.csv"))

    assert (missing.code, missing.err) == (1, f"There is no file {tmp_path}/none.csv.\n")
    assert run("import", "cars", "x.csv").code == 2
