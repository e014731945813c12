"""What needs a decision is shown in words."""

from onetime.domain.ids import StationId
from onetime.domain.reviews import ReviewKind
from onetime.operations.authorization import note_unknown_tag
from onetime.store import reviews
from onetime.store.archive import Archive
from onetime.store.transaction import Transaction
from tests.cli.conftest import Run
from tests.garage_makers import a_station


def findings(tx: Transaction) -> None:
    """A card that nobody knows, held up twice, and a frame that could not be read."""
    cp_1 = a_station(tx)
    frame_id = reviews.keep_frame(tx, cp_1, "MeterValues", '[2,"1",\x1b[31m', "no JSON")
    reviews.open_review(
        tx,
        reviews.Finding(
            kind=ReviewKind.QUARANTINE,
            key="1",
            evidence="MeterValues: no JSON",
            station_id=cp_1,
            frame_id=frame_id,
        ),
    )
    for _ in range(2):
        note_unknown_tag(tx, StationId("CP-1"), "04A2B3C4")


def test_nothing_to_decide(run: Run) -> None:
    assert run("review", "list").out == "Nothing needs a decision.\n"
    assert run("review", "list", "--json").json == []


def test_findings_are_told_with_what_to_do(run: Run, books: Archive) -> None:
    books.perform(findings)

    assert run("review", "list").lines == [
        "2  2026-03-01 12:00  CP-1  2 x",
        "    A card that nobody was given was held to a station.",
        "    Card …B3C4 was held to station CP-1.",
        "    What to do: Issue the card, if you know whose it is.",
        "    Issue it: onetime card issue 04a2b3c4 --renter ID",
        "1  2026-03-01 12:00  CP-1",
        "    A message was not clear, and was kept as it came.",
        "    MeterValues: no JSON",
        "    What to do: Show the message to an electrician or to the vendor of the station.",
    ]
    as_json = run("review", "list", "--json").json
    assert isinstance(as_json, list)
    assert [each["kind"] for each in as_json] == ["unknown-tag", "quarantine"]


def test_a_card_number_can_not_be_a_command(run: Run, books: Archive) -> None:
    def hostile(tx: Transaction) -> None:
        a_station(tx)
        for id_tag in ("$(reboot)", "a;reboot", "--help", "\x1b[2jgone", "x" * 30):
            note_unknown_tag(tx, StationId("CP-1"), id_tag)

    books.perform(hostile)

    listed = run("review", "list")
    assert [line for line in listed.lines if "onetime card issue" in line] == [
        "    Issue it: onetime card issue 'a;reboot' --renter ID",
        "    Issue it: onetime card issue '$(reboot)' --renter ID",
    ]
    assert "\x1b" not in listed.out


def test_a_finding_is_shown_with_its_frame_made_harmless(run: Run, books: Archive) -> None:
    books.perform(findings)

    shown = run("review", "show", "1")

    assert 'Frame     [2,"1",\N{REPLACEMENT CHARACTER}[31m\n' in shown.out
    assert "Decided   not yet\n" in shown.out


def test_what_was_issued_needs_no_decision_any_more(run: Run, books: Archive) -> None:
    books.perform(findings)
    run("renter", "add", "Anna", "--email", "anna@example.org")
    run("card", "issue", "04A2B3C4", "--renter", "1")

    assert "…B3C4" not in run("review", "list").out
    assert "by onetime: The card was issued." in run("review", "list", "--all").out


def test_an_unknown_finding_is_named(run: Run) -> None:
    ended = run("review", "show", "404")

    assert (ended.code, ended.err) == (1, "There is no review 404.\n")
