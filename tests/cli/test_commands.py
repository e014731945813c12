"""What a station was asked can be looked up without the server."""

import pytest

from onetime.domain.commands import CommandStatus
from onetime.operations.commands import Asking, Ending, end_command, note_command
from onetime.operations.harm import note_deaf, note_death
from onetime.store.archive import Archive
from onetime.store.transaction import Transaction
from tests.charges import CP
from tests.cli.conftest import Run
from tests.garage_makers import a_station

RESPONSE = '{"status":"UnlockFailed"}'


@pytest.fixture
def asked(books: Archive) -> None:
    """A station that was asked three things."""

    def fill(tx: Transaction) -> None:
        a_station(tx, CP)
        ends = {
            "UnlockConnector": Ending(
                status=CommandStatus.ANSWERED, latency_ms=48, response=RESPONSE
            ),
            "ClearCache": Ending(
                status=CommandStatus.CALL_ERROR, latency_ms=5, code="NotSupported"
            ),
            "Reset": Ending(status=CommandStatus.UNKNOWN),
        }
        for action, end in ends.items():
            asking = Asking(station_id=CP, action=action, asked_by="cli:uid-0", payload="{}")
            end_command(tx, note_command(tx, asking), CP, end)

    books.perform(fill)


def test_the_newest_comes_first_with_what_the_words_mean(run: Run, asked: None) -> None:
    shown = run("station", "commands", "CP-1").lines

    assert shown[0].split() == ["ID", "ASKED", "BY", "COMMAND", "END", "MS", "IT", "SAID"]
    assert [line.split()[4:] for line in shown[1:4]] == [
        ["Reset", "unknown", "-", "-"],
        ["ClearCache", "call-error", "5", "NotSupported"],
        ["UnlockConnector", "answered", "48", "UnlockFailed"],
    ]
    assert shown[5:] == [
        "unknown: the central system ended before the answer; what the station did is not known.",
        "call-error: the station refused it with an error code.",
    ]


def test_json_is_that_of_the_api_and_can_be_narrowed(run: Run, asked: None) -> None:
    shown = run("station", "commands", "CP-1", "--action", "UnlockConnector", "--json").json

    assert isinstance(shown, list)
    (only,) = shown
    assert (only["status"], only["response"], only["payload"]) == (
        "answered",
        {"status": "UnlockFailed"},
        {},
    )
    limited = run("station", "commands", "CP-1", "--limit", "1", "--json").json
    assert isinstance(limited, list)
    assert [each["action"] for each in limited] == ["Reset"]


def test_a_station_that_was_asked_nothing_or_is_none(run: Run, books: Archive) -> None:
    books.perform(a_station, "CP-2")

    assert run("station", "commands", "CP-2").out == "Station CP-2 was asked nothing.\n"
    refused = run("station", "commands", "CP-9")
    assert (refused.code, refused.err) == (1, "There is no station 'CP-9'.\n")


def test_a_deaf_station_and_what_is_withheld_from_it_are_shown(run: Run, books: Archive) -> None:
    def harm(tx: Transaction) -> None:
        a_station(tx, CP)
        note_deaf(tx, CP)
        for _ in range(2):
            note_death(tx, CP, "SendLocalList")

    books.perform(harm)
    shown = run("station", "show", "CP-1").out

    assert "Deaf since" in shown
    assert "SendLocalList is not sent to it any more by itself" in shown
