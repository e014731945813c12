"""Reservations are listed with what became of them."""

from datetime import timedelta

from onetime.domain.ids import StationId
from onetime.domain.reservations import Wish
from onetime.operations.reservations import ask_reservation, note_reserved
from onetime.store.archive import Archive
from onetime.store.transaction import Transaction
from tests.cli.conftest import Run
from tests.garage_makers import OWNER, a_station


def _reserve(tx: Transaction) -> None:
    a_station(tx)
    for number in (7, 8):
        wish = Wish(
            station_id=StationId("CP-1"),
            reservation_id=number,
            connector_id=number - 7,
            id_tag="CARD",
            parent_id_tag=None,
            expiry_date=tx.now + timedelta(hours=1),
        )
        ask_reservation(tx, OWNER, wish, number)
    note_reserved(tx, 8, "Accepted")


def test_reservations_are_listed_by_station_and_status(run: Run, books: Archive) -> None:
    assert "No reservations." in run("reservation", "list").out
    books.perform(_reserve)

    lines = run("reservation", "list").lines
    assert lines[0].split() == [
        *("RESERVATION", "STATION", "CONNECTOR", "CARD", "UNTIL", "STATUS", "CHARGE")
    ]
    assert [line.split()[:4] for line in lines[1:]] == [
        ["8", "CP-1", "1", "CARD"],
        ["7", "CP-1", "any", "CARD"],
    ]
    active = run("reservation", "list", "--status", "active", "--json").json
    assert isinstance(active, list)
    assert [each["reservation_id"] for each in active] == [8]
    assert run("reservation", "list", "--station", "CP-9", "--json").json == []
    assert run("reservation", "list", "--status", "odd").code == 2
