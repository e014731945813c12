"""An owner adds spots, assigns them, and moves chargers."""

from tests.cli.conftest import Run


def test_a_spot_from_bare_floor_to_rented_charger(run: Run) -> None:
    run("renter", "add", "Anna", "--email", "anna@example.org")
    run("station", "add", "CP-1")

    assert run("spot", "add", "B2-104", "--floor", "Level -2").out == "Spot B2-104 is added.\n"
    assert run("spot", "station", "B2-104", "--station", "CP-1").out == (
        "Station CP-1 stands at spot B2-104.\n"
    )
    assert run("spot", "assign", "B2-104", "--renter", "1").out == (
        "Spot B2-104 is rented by renter 1.\n"
    )
    assert run("spot", "list").lines == [
        "SPOT    FLOOR     RENTER    STATION",
        "B2-104  Level -2  Anna (1)  CP-1     offline",
    ]


def test_a_spot_as_json_has_the_fields_of_the_specification(run: Run) -> None:
    added = run("spot", "add", "B2-104", "--json").json

    assert isinstance(added, dict)
    assert list(added)[:5] == ["id", "label", "floor_level", "renter_id", "charging_station_id"]
    assert run("spot", "list", "--json").json == [added]


def test_a_change_of_renter_or_charger_says_who_went(run: Run) -> None:
    for name in ("Anna", "Bob"):
        run("renter", "add", name, "--email", "x@example.org")
    for station in ("OLD", "NEW"):
        run("station", "add", station)
    run("spot", "add", "B1", "--station", "OLD")
    run("spot", "assign", "B1", "--renter", "1")

    assert run("spot", "assign", "B1", "--renter", "2").out == (
        "Spot B1 is rented by renter 2, no longer by renter 1.\n"
    )
    assert run("spot", "release", "B1").out == ("Spot B1 is free, no longer rented by renter 2.\n")
    assert run("spot", "station", "B1", "--station", "NEW").out == (
        "Station NEW stands at spot B1, OLD does no longer.\n"
    )
    assert run("spot", "station", "B1", "--none").out == (
        "No station stands at spot B1, NEW does no longer.\n"
    )


def test_renaming_and_removing(run: Run) -> None:
    run("spot", "add", "B1")

    assert run("spot", "edit", "B1", "--label", "P-7", "--floor", "-1").code == 0
    assert run("spot", "list").lines[1].split() == ["P-7", "-1", "-", "-"]
    assert run("spot", "remove", "P-7").out == "Spot P-7 is deleted.\n"
    assert run("spot", "list").out == "No spots yet. Add one: onetime spot add LABEL\n"


def test_spots_are_listed_by_floor_and_label(run: Run) -> None:
    for label, floor in (("B", "2"), ("A", "2"), ("Z", "1")):
        run("spot", "add", label, "--floor", floor)

    assert [line.split()[0] for line in run("spot", "list").lines[1:]] == ["Z", "A", "B"]


def test_what_makes_no_sense_is_refused_in_one_sentence(run: Run) -> None:
    run("station", "add", "CP-1")
    run("spot", "add", "B1", "--station", "CP-1")
    run("spot", "add", "B2")
    before = run("spot", "list", "--json").out
    for argv, code, sentence in (
        (("spot", "add", "B1"), 1, "There is a spot B1 already."),
        (("spot", "add", ""), 1, "A spot's label has 1 to 50 characters"),
        (("spot", "add", "B3", "--station", "CP-9"), 1, "There is no station 'CP-9'."),
        (("spot", "add", "B3", "--station", "CP-1"), 1, "Station CP-1 stands at spot B1; remove"),
        (("spot", "station", "B2", "--station", "CP-1"), 1, "Station CP-1 stands at spot B1;"),
        (("spot", "assign", "B1", "--renter", "9"), 1, "There is no renter 9."),
        (("spot", "assign", "B9", "--renter", "9"), 1, "There is no "),
        (("spot", "release", "B9"), 1, "There is no spot 'B9'."),
        (("spot", "remove", "B1"), 1, "Spot B1 has a history"),
        (("spot", "station", "B1"), 2, "one of the arguments --station --none is required"),
        (("spot", "station", "B1", "--none", "--station", "X"), 2, "not allowed with"),
        (("spot", "edit", "B1"), 2, "Nothing to change: give --label or --floor."),
    ):
        ended = run(*argv)

        assert (ended.code, ended.out) == (code, ""), argv
        assert sentence in ended.err
        assert ended.err.count("\n") == 1
    assert run("spot", "list", "--json").out == before
