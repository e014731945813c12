"""An owner issues cards, blocks them and hands them over."""

from tests.cli.conftest import Run


def test_a_card_from_issue_to_block(run: Run) -> None:
    run("renter", "add", "Anna", "--email", "anna@example.org")

    issued = run("card", "issue", "04A2B3C4", "--renter", "1", "--description", "Main Driver")
    assert issued.out == "Card 04A2B3C4 is issued to renter 1.\n"
    assert run("card", "list").lines == [
        "CARD      RENTER                EXPIRES  DESCRIPTION",
        "04A2B3C4  Anna (1)  may charge  -        Main Driver",
    ]
    assert run("card", "block", "04a2b3c4").code == 0
    assert "blocked" in run("card", "list").out
    assert run("card", "unblock", "04:A2:B3:C4").out == (
        "Card 04:A2:B3:C4 is not blocked any more.\n"
    )
    assert "may charge" in run("card", "list").out


def test_a_card_as_json_has_the_fields_of_the_specification(run: Run) -> None:
    run("renter", "add", "Anna", "--email", "anna@example.org")

    issued = run("card", "issue", "CARD", "--renter", "1", "--expires", "2026-01-31", "--json").json

    assert isinstance(issued, dict)
    assert list(issued)[:5] == ["token", "renter_id", "status", "expiry_date", "description"]
    assert issued["expiry_date"] == "2026-01-31T00:00:00Z"
    assert run("card", "list", "--json").json == [issued]


def test_a_card_that_has_expired_is_issued_with_a_warning(run: Run) -> None:
    run("renter", "add", "Anna", "--email", "anna@example.org")

    issued = run("card", "issue", "CARD", "--renter", "1", "--expires", "2020-01-01T18:00:00+02:00")

    assert issued.out.endswith("It has expired and can not charge.\n")
    assert "expired     2020-01-01 16:00" in run("card", "list").out.replace("  2020", "     2020")


def test_editing_changes_only_what_was_given(run: Run) -> None:
    for name in ("Anna", "Bob"):
        run("renter", "add", name, "--email", "x@example.org")
    run("card", "issue", "CARD", "--renter", "1", "--expires", "2036-01-31", "--parent", "GROUP")

    edited = run("card", "edit", "card", "--renter", "2", "--description", "Spouse", "--json").json
    assert isinstance(edited, dict)
    assert (edited["renter_id"], edited["description"]) == (2, "Spouse")
    assert (edited["expiry_date"], edited["parent_id_tag"]) == ("2036-01-31T00:00:00Z", "GROUP")
    edited = run("card", "edit", "CARD", "--expires", "never", "--parent", "", "--json").json
    assert isinstance(edited, dict)
    assert (edited["expiry_date"], edited["parent_id_tag"]) == (None, None)


def test_cards_of_one_renter(run: Run) -> None:
    for name in ("Anna", "Bob"):
        run("renter", "add", name, "--email", "x@example.org")
    run("card", "issue", "CARD-1", "--renter", "1")
    run("card", "issue", "CARD-2", "--renter", "2")

    assert [line.split()[0] for line in run("card", "list", "--renter", "2").lines] == [
        "CARD",
        "CARD-2",
    ]


def test_a_card_of_a_past_renter_stays_blocked_in_effect(run: Run) -> None:
    run("renter", "add", "Anna", "--email", "anna@example.org")
    run("card", "issue", "CARD", "--renter", "1")
    run("renter", "deactivate", "1")

    assert run("card", "unblock", "CARD").out == (
        "Card CARD is not blocked any more, but can not charge: past renter.\n"
    )


def test_what_makes_no_sense_is_refused_in_one_sentence(run: Run) -> None:
    run("renter", "add", "Anna", "--email", "anna@example.org")
    run("card", "issue", "04A2B3C4", "--renter", "1")
    before = run("card", "list", "--json").out
    for argv, code, sentence in (
        (("card", "issue", "04a2b3c4", "--renter", "1"), 1, "Card …B3C4 is issued already, to"),
        (("card", "issue", "x" * 21, "--renter", "1"), 1, "A card number has 1 to 20 characters"),
        (("card", "issue", "CARD", "--renter", "9"), 1, "There is no renter 9."),
        (("card", "block", "12345678"), 1, "There is no card …5678."),
        (("card", "list", "--renter", "9"), 1, "There is no renter 9."),
        (("card", "edit", "04A2B3C4", "--renter", "9"), 1, "There is no renter 9."),
        (("card", "edit", "04A2B3C4"), 2, "Nothing to change: give --renter, --expires,"),
        (("card", "issue", "CARD"), 2, "required: --renter"),
        (
            ("card", "issue", "CARD", "--renter", "1", "--expires", "tomorrow"),
            2,
            "'tomorrow' is not a time; write it like 2026-01-31T18:00:00Z or 2026-01-31",
        ),
        (("card", "issue", "CARD", "--renter", "1", "--expires", "2026-02-30"), 2, "not a time"),
    ):
        ended = run(*argv)

        assert (ended.code, ended.out) == (code, ""), argv
        assert sentence in ended.err
        assert ended.err.count("\n") == 1
    assert run("card", "list", "--json").out == before


def test_a_card_is_shown_with_who_knows_that_it_was_revoked(run: Run) -> None:
    run("renter", "add", "Anna", "--email", "anna@example.org")
    run("station", "add", "CP-1")
    run("card", "issue", "CARD", "--renter", "1", "--parent", "GROUP")
    assert run("card", "show", "card").lines == [
        "Card         CARD",
        "Renter       Anna (1)",
        "State        may charge",
        "Expires      -",
        "Group        GROUP",
        "Description  -",
    ]

    run("card", "block", "CARD")
    shown = run("card", "show", "CARD")
    assert "State         blocked" in shown.lines
    assert "Station CP-1  waits for its return (cache waiting, list waiting)" in shown.lines
    told = run("card", "show", "CARD", "--json").json
    assert isinstance(told, dict)
    assert (told["token"], told["status"], told["verdict"]) == ("CARD", "Blocked", "Blocked")
    revoked = told["revocation"]
    assert (revoked["reason"], revoked["is_confirmed"]) == ("blocked", False)
    assert [each["station_id"] for each in revoked["stations"]] == ["CP-1"]


def test_a_card_that_nobody_issued_is_not_shown(run: Run) -> None:
    assert run("card", "show", "CARD").code == 1
