"""What somebody should know soon."""

from onetime.domain.reviews import AlarmKind
from onetime.store import reviews
from onetime.store.archive import Archive
from onetime.store.transaction import Transaction
from tests.cli.conftest import Run
from tests.garage_makers import a_station


def an_alarm(tx: Transaction) -> None:
    reviews.raise_alarm(tx, AlarmKind.TAKEOVERS, "CP-1", "Somebody took over.", a_station(tx))


def test_alarms_are_listed(run: Run, books: Archive) -> None:
    assert run("alarm", "list").out == "No alarms.\n"
    books.perform(an_alarm)

    assert run("alarm", "list").lines == [
        "ID  LAST              TIMES  STATION  WHAT HAPPENED        SEEN BY",
        " 1  2026-03-01 12:00      1  CP-1     Somebody took over.  -",
    ]
    as_json = run("alarm", "list", "--all", "--json").json
    assert isinstance(as_json, list)
    assert as_json[0]["kind"] == "takeovers"
