"""Guided operations are begun, listed and ended from the command line."""

from tests.cli.conftest import Run


def test_errands_are_begun_listed_and_ended(run: Run) -> None:
    run("station", "add", "CP-1")
    assert run("errand", "list").out == "No errands yet.\n"
    begun = run("errand", "rotate-key", "CP-1")
    assert begun.lines[0].startswith("Errand 1 is begun")
    assert "does not run" in begun.out
    assert run("errand", "rotate-key", "CP-1").code == 1
    assert run("errand", "upgrade", "CP-1", "--security-profile", "2", "--root-known").code == 0
    listed = run("errand", "list", "--json").json
    assert isinstance(listed, list)
    assert [(each["kind"], each["goal"]) for each in listed] == [
        ("upgrade", "2 root-known"),
        ("rotate-key", None),
    ]
    assert "ended" in run("errand", "cancel", "1").out
    assert run("errand", "cancel", "1").err == "Errand 1 has ended already: cancelled.\n"
    assert "cancelled" in run("errand", "list", "--station", "CP-1").out


def test_what_can_not_be_begun_is_told(run: Run) -> None:
    run("station", "add", "CP-1")
    assert "no authority" in run("errand", "install-root", "CP-1").err
    assert "There is no station" in run("errand", "read-roots", "NOBODY").err
    unknown = run("errand", "delete-root", "CP-1", "--serial", "1").err
    assert unknown.endswith("let it tell which it has: onetime errand read-roots CP-1.\n")
    assert "has told of none" in run("errand", "roots", "CP-1").out
