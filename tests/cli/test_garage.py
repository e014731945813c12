"""The garage as a whole, on the command line."""

from tests.cli.conftest import Run


def test_a_garage_is_named_locked_and_unlocked(run: Run) -> None:
    assert run("garage", "show").lines == [
        "Name    -",
        "Locked  no: whoever has a valid card may charge",
    ]
    run("garage", "name", "Lindenhof")
    run("garage", "lock", "--reason", "smoke")
    locked = run("garage", "show", "--json").json

    assert isinstance(locked, dict)
    assert (locked["name"], locked["lock_reason"]) == ("Lindenhof", "smoke")
    assert str(locked["locked_by"]).startswith("cli:uid-")
    assert run("garage", "lock", "--reason", "smoke").code == 1
    assert run("garage", "unlock").lines[1].startswith("Locked  no")
