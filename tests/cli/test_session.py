"""The owner asks where a renter charged."""

from datetime import timedelta

import pytest
from sqlalchemy import insert

from onetime.domain.people import Actor
from onetime.operations.spots import SpotChanges, edit_spot
from onetime.store.archive import Archive
from onetime.store.tables import meter_readings
from onetime.store.transaction import Transaction
from tests.cli.conftest import Run
from tests.garage_makers import a_card, a_renter, a_session, a_spot, a_station

OWNER = Actor("cli", "uid-0")


def a_history(tx: Transaction) -> None:
    """Two charges of Anna at a spot that was renamed since, one that goes on, one of nobody."""
    anna = a_renter(tx, "Anna")
    a_renter(tx, "Bob")
    a_card(tx, "04A2B3C4", anna)
    a_station(tx, "CP-1")
    spot = a_spot(tx, "B1-1", "CP-1")
    edit_spot(tx, OWNER, "B1-1", SpotChanges(label="P-7"))
    day = timedelta(days=1)

    def of_anna(number: int, place: tuple[int, str], days: int, estimated: str = "") -> None:
        start = tx.now - days * day
        energy_wh = {1: 7_500, 2: 12_345}.get(number)
        a_session(
            tx,
            number,
            token_id="04A2B3C4",
            renter_id=anna,
            place=place,
            start=start,
            energy_wh=energy_wh,
            estimated=estimated,
        )

    of_anna(1, (spot, "B1-1"), 3)
    of_anna(2, (spot, "P-7"), 2, estimated="end_time")
    of_anna(3, (spot, "P-7"), 1)
    a_session(tx, 4, start=tx.now - 4 * day, energy_wh=500, marks="refused-tag")
    for minute, raw in ((0, None), (1, "many")):
        tx.connection.execute(
            insert(meter_readings).values(
                transaction_id=1,
                timestamp=tx.now - 3 * day + timedelta(minutes=minute),
                measurand="Energy.Active.Import.Register",
                value=None if raw else 1_234.5,
                raw_value=raw,
                stated_time=None,
                stated_transaction_id=None,
                unit="Wh",
                context="Sample.Periodic",
                station_id="CP-1",
                connector_id=1,
            )
        )


@pytest.fixture
def history(books: Archive) -> None:
    books.perform(a_history)


@pytest.mark.usefixtures("history")
def test_where_did_a_renter_charge(run: Run) -> None:
    lines = run("session", "list", "--renter", "1", "--to", "2026-02-28").lines

    assert lines == [
        "ID  BEGAN             LASTED      ENERGY  SPOT            STATION  RENTER    CARD",
        " 2  2026-02-27 12:00  1:00 h  12.345 kWh  P-7             CP-1     Anna (1)  …B3C4"
        "  estimated",
        " 1  2026-02-26 12:00  1:00 h   7.500 kWh  B1-1 (now P-7)  CP-1     Anna (1)  …B3C4",
        "",
        "2 sessions, 19.845 kWh; 1 with estimates.",
    ]


@pytest.mark.usefixtures("history")
def test_everything_with_its_sum(run: Run) -> None:
    lines = run("session", "list").lines

    assert [line.split()[0] for line in lines[1:5]] == ["3", "2", "1", "4"]
    assert lines[1].endswith("goes on")
    assert lines[4].endswith("refused-tag")
    assert lines[-1] == (
        "4 sessions, 20.345 kWh; 1 still going on and not in the sum; 1 with estimates."
    )


@pytest.mark.usefixtures("history")
def test_filters_narrow_the_list(run: Run) -> None:
    def ids(*argv: str) -> list[int]:
        found = run("session", "list", "--json", *argv).json
        assert isinstance(found, list)
        return [each["id"] for each in found]

    assert ids() == [3, 2, 1, 4]
    assert ids("--open") == [3]
    assert ids("--card", "04a2b3c4") == [3, 2, 1]
    assert ids("--card", "FFFFFFFF") == [4]
    assert ids("--station", "CP-1", "--from", "2026-02-27") == [3, 2]
    assert ids("--renter", "2") == []
    assert ids("--limit", "1") == [3]


@pytest.mark.usefixtures("history")
def test_a_shortened_list_says_so_and_still_sums_everything(run: Run) -> None:
    lines = run("session", "list", "--limit", "1").lines

    assert lines[-2].startswith("4 sessions, 20.345 kWh")
    assert lines[-1] == "The newest 1 are shown; --limit 0 shows all."


@pytest.mark.usefixtures("history")
def test_a_charge_in_full(run: Run) -> None:
    shown = run("session", "show", "1").out

    for line in (
        "Renter       Anna (1)",
        "Card         04A2B3C4",
        "Spot         B1-1 (now P-7)",
        "Station      CP-1, connector 1",
        "Began        2026-02-26 12:00:00 UTC",
        "Meter        1,000 to 8,500 Wh",
        "Energy       7.500 kWh",
        "Stop reason  Local",
    ):
        assert f"{line}\n" in shown
    as_json = run("session", "show", "1", "--json").json
    assert isinstance(as_json, dict)
    assert list(as_json)[:10] == [
        "id",
        "transaction_id",
        "station_id",
        "token_id",
        "start_time",
        "end_time",
        "meter_start",
        "meter_stop",
        "total_energy_kwh",
        "stop_reason",
    ]
    assert "Ended        goes on\n" in run("session", "show", "3").out


@pytest.mark.usefixtures("history")
def test_the_readings_of_a_charge(run: Run) -> None:
    lines = run("session", "readings", "1").lines

    assert lines[1].split()[:6] == [
        "2026-02-26",
        "12:01:00",
        "UTC",
        "Energy.Active.Import.Register",
        "many",
        "Wh",
    ]
    assert lines[2].split()[4] == "1234.5"
    as_json = run("session", "readings", "1", "--json").json
    assert isinstance(as_json, list)
    assert [each["value"] for each in as_json] == [None, 1234.5]
    assert run("session", "readings", "4").out == (
        "The station sent no meter values during session 4.\n"
    )


def test_an_empty_list_says_what_to_do_next(run: Run) -> None:
    run("renter", "add", "Anna", "--email", "anna@example.org")

    assert run("session", "list").out.startswith("No charges yet. What stations report")
    assert run("session", "list", "--renter", "1").out == "No charges like that.\n"
    assert run("session", "list", "--json").out == "[]\n"


def test_what_makes_no_sense_is_refused_in_one_sentence(run: Run) -> None:
    for argv, code, sentence in (
        (("session", "show", "404"), 1, "There is no session 404."),
        (("session", "readings", "404"), 1, "There is no session 404."),
        (("session", "list", "--renter", "404"), 1, "There is no renter 404."),
        (("session", "list", "--station", "CP-9"), 1, "There is no station 'CP-9'."),
        (("session", "list", "--from", "yesterday"), 2, "'yesterday' is not a time; write it"),
        (("session", "list", "--from", "0001-01-01T00:00:00+14:00"), 2, "outside the calendar"),
        (
            ("session", "list", "--from", "2026-02-01", "--to", "2026-01-01"),
            2,
            "--from is later than --to",
        ),
        (("session", "list", "--limit", "-1"), 2, "see onetime session list --help"),
    ):
        ended = run(*argv)

        assert (ended.code, ended.out) == (code, ""), argv
        assert sentence in ended.err
        assert ended.err.count("\n") == 1
