"""A person decides on the command line, once, with a reason."""

from datetime import timedelta

import pytest

from onetime.domain.ids import StationId
from onetime.domain.reviews import AlarmKind, ReviewKind
from onetime.domain.sessions import Opening
from onetime.operations.sessions import start_session
from onetime.operations.stations import register_station
from onetime.store import reviews
from onetime.store.archive import Archive
from onetime.store.transaction import Transaction
from tests.cli.conftest import Run
from tests.databases import NOW
from tests.garage_makers import OWNER

CP = StationId("CP-1")


def a_stranded_charge(tx: Transaction) -> int:
    register_station(tx, OWNER, CP)
    began = NOW - timedelta(hours=2)
    return start_session(
        tx,
        Opening(station_id=CP, connector_id=1, id_tag="04A1", meter_start=1_000, stated_time=began),
    ).session_id


def test_a_charge_is_closed_by_hand(run: Run, books: Archive) -> None:
    number = str(books.perform(a_stranded_charge))

    closing = ("session", "close", number, "--reason", "read at the meter", "--meter-stop", "4500")
    first, again = run(*closing), run(*closing)

    assert first.lines == [
        f"Session {number} is closed with 3.500 kWh, an estimate until its station tells the end."
    ]
    assert (again.code, again.err) == (
        1,
        f"Session {number} was closed by a person already; only its station can tell a better end"
        " now.\n",
    )
    shown = run("--json", "session", "show", number).json
    assert isinstance(shown, dict)
    assert (shown["ended_by"], shown["energy_wh"]) == ("person", 3_500)


def test_closing_as_json_tells_the_session(run: Run, books: Archive) -> None:
    number = str(books.perform(a_stranded_charge))

    closed = run("--json", "session", "close", number, "--reason", "station is dead").json

    assert isinstance(closed, dict)
    assert (closed["id"], closed["ended_by"], closed["meter_stop"]) == (
        int(number),
        "person",
        1_000,
    )


def test_a_finding_is_resolved_and_an_alarm_acknowledged_once(run: Run, books: Archive) -> None:
    def happen(tx: Transaction) -> None:
        finding = reviews.Finding(kind=ReviewKind.REGISTER, key="CP-1:1", evidence="It went back.")
        reviews.open_review(tx, finding)
        reviews.raise_alarm(tx, AlarmKind.TAKEOVERS, "CP-1", "Two share CP-1.", None)

    books.perform(happen)

    resolving = ("review", "resolve", "1", "--reason", "the meter was replaced")
    assert run(*resolving).lines == ["Review 1 is resolved."]
    assert run(*resolving).err.startswith("Review 1 was resolved already, by cli:uid-")
    assert run("review", "list").lines == ["Nothing needs a decision."]
    assert "the meter was replaced" in run("review", "show", "1").out
    assert run("alarm", "acknowledge", "1").lines == ["Alarm 1 is acknowledged."]
    assert run("alarm", "acknowledge", "1").err.startswith("Alarm 1 was acknowledged already, by")
    assert run("alarm", "list").lines == ["No alarms."]


@pytest.mark.parametrize(
    ("command", "code", "sentence"),
    [
        (("session", "close", "7", "--reason", "x"), 1, "There is no session 7.\n"),
        (("review", "resolve", "7", "--reason", "x"), 1, "There is no review 7.\n"),
        (("alarm", "acknowledge", "7"), 1, "There is no alarm 7.\n"),
        (("session", "close", "7"), 2, "--reason"),
        (("review", "resolve", "7"), 2, "--reason"),
        (("alarm", "acknowledge", "x"), 2, "'x' is not a number"),
        (
            ("session", "close", "7", "--reason", "x", "--meter-stop", "1.5"),
            2,
            "is no meter register",
        ),
        (("session", "close", "7", "--reason", "x", "--meter-stop", "-1"), 2, "whole Wh from 0 on"),
    ],
)
def test_what_is_not_there_or_makes_no_sense_is_told(
    run: Run, command: tuple[str, ...], code: int, sentence: str
) -> None:
    ended = run(*command)

    assert ended.code == code
    assert sentence in ended.err
