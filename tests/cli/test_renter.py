"""An owner enters renters, changes them, and ends tenancies."""

import zipfile
from pathlib import Path

from tests.cli.conftest import Run

ANNA = ("renter", "add", "Anna Example", "--email", "anna@example.org")


def test_entering_a_renter(run: Run) -> None:
    assert run(*ANNA).out == "Renter 1 is entered.\n"
    run("renter", "add", "Bob", "--email", "bob@example.org", "--phone", "+49 89 123")

    assert run("renter", "list").lines == [
        "ID  NAME          EMAIL             PHONE       SPOTS  CARDS",
        " 2  Bob           bob@example.org   +49 89 123  -          0",
        " 1  Anna Example  anna@example.org  -           -          0",
    ]


def test_a_renter_as_json_has_the_fields_of_the_specification(run: Run) -> None:
    entered = run(*ANNA, "--json").json

    assert isinstance(entered, dict)
    assert list(entered)[:6] == [
        "id",
        "name",
        "contact_email",
        "phone_number",
        "is_active",
        "created_at",
    ]
    assert run("--json", "renter", "list").json == [entered]
    assert run("renter", "show", "1", "--json").json == entered


def test_an_empty_list_says_what_to_do_next(run: Run) -> None:
    assert "onetime renter add NAME --email ADDRESS" in run("renter", "list").out
    assert run("renter", "list", "--json").json == []
    assert run("renter", "list", "--past").out == "No past renters.\n"


def test_showing_a_renter(run: Run) -> None:
    run(*ANNA)
    run("spot", "add", "B1-1")
    run("spot", "assign", "B1-1", "--renter", "1")

    shown = run("renter", "show", "1").out

    assert "Name     Anna Example\n" in shown
    assert "Spots    B1-1\n" in shown
    assert "Charged  0.000 kWh in 0 sessions\n" in shown


def test_editing_a_renter(run: Run) -> None:
    run(*ANNA)

    assert run("renter", "edit", "1", "--name", "Anna B.", "--phone", "123456").code == 0

    shown = run("renter", "show", "1", "--json").json
    assert isinstance(shown, dict)
    assert (shown["name"], shown["phone_number"]) == ("Anna B.", "123456")
    assert shown["contact_email"] == "anna@example.org"


def test_ending_a_tenancy_and_taking_it_up_again(run: Run) -> None:
    run(*ANNA)
    run("spot", "add", "B1-1")
    run("spot", "assign", "B1-1", "--renter", "1")

    assert run("renter", "deactivate", "1").out == (
        "Renter 1 is not active any more; cards charge no longer. Released: B1-1.\n"
    )
    assert run("renter", "list", "--past").lines[1].endswith("past renter")
    assert run("renter", "reactivate", "1").out == "Renter 1 is active; cards charge.\n"


def test_what_makes_no_sense_is_refused_in_one_sentence(run: Run) -> None:
    run(*ANNA)
    for argv, code, sentence in (
        (("renter", "show", "404"), 1, "There is no renter 404."),
        (("renter", "edit", "404", "--name", "X"), 1, "There is no renter 404."),
        (("renter", "add", "X", "--email", "x"), 1, "'x' is not an e-mail address."),
        (("renter", "add", " ", "--email", "x@y"), 1, "A name has 1 to 200 characters."),
        (("renter", "add", "X"), 2, "the following arguments are required: --email"),
        (("renter", "edit", "1"), 2, "Nothing to change: give --name, --email or --phone."),
        (("renter", "show", "one"), 2, "'one' is not a number"),
        (("renter", "show", "-1"), 2, "see onetime renter show --help"),
        (("renter", "show", "9" * 30), 2, "is not a number"),
    ):
        ended = run(*argv)

        assert (ended.code, ended.out) == (code, ""), argv
        assert sentence in ended.err
        assert ended.err.count("\n") == 1
    everybody = run("renter", "list", "--json").json
    assert isinstance(everybody, list)
    assert len(everybody) == 1


def test_a_person_is_erased_when_the_name_is_typed(run: Run) -> None:
    run("renter", "add", "Anna Example", "--email", "anna@example.org")

    wrong = run("renter", "erase", "1", "--confirm", "Anna")
    done = run("renter", "erase", "1", "--confirm", "Anna Example")

    assert (wrong.code, "can not be undone" in wrong.err) == (1, True)
    assert done.out == "Renter 1 is erased for good.\n"
    assert "Anna" not in run("renter", "show", "1").out
    assert run("audit", "verify").code == 0


def test_all_about_a_renter_goes_into_a_file_that_was_not_there(run: Run, tmp_path: Path) -> None:
    run(*ANNA)
    file = tmp_path / "anna.zip"

    assert run("renter", "export", "1", str(file)).code == 0
    again = run("renter", "export", "1", str(file))
    unknown = run("renter", "export", "404", str(tmp_path / "none.zip"))

    assert b"Anna Example" in zipfile.ZipFile(file).read("renter.json")
    assert file.stat().st_mode & 0o777 == 0o600
    assert (again.code, unknown.code) == (1, 1)
    assert not (tmp_path / "none.zip").exists()
