"""Where a station stood at a moment, and what a spot keeps."""

from datetime import timedelta

from onetime.store.spots import find, has_history, place_of, set_renter, set_station, with_station
from onetime.store.transaction import Transaction
from tests.garage_makers import a_renter, a_spot, a_station


def test_the_place_of_a_station_is_where_it_stood_at_that_moment(tx: Transaction) -> None:
    a_station(tx, "CP-1")
    first, second = a_spot(tx, "B1-1"), a_spot(tx, "B1-2")
    set_station(tx, first, "CP-1")
    moved = tx.now + timedelta(days=30)
    before = tx.now - timedelta(days=1)
    tx.now = moved
    set_station(tx, first, None)
    set_station(tx, second, "CP-1")

    assert place_of(tx, "CP-1", before) is None
    assert place_of(tx, "CP-1", moved - timedelta(seconds=1)) == (first, "B1-1")
    assert place_of(tx, "CP-1", moved) == (second, "B1-2")


def test_a_charge_that_begins_as_its_station_is_placed_has_a_place(tx: Transaction) -> None:
    a_station(tx, "CP-1")
    spot = a_spot(tx, "B1-1")
    set_station(tx, spot, "CP-1")

    assert place_of(tx, "CP-1", tx.now - timedelta(seconds=1)) == (spot, "B1-1")
    assert place_of(tx, "CP-1", tx.now - timedelta(minutes=14)) == (spot, "B1-1")
    assert place_of(tx, "CP-1", tx.now - timedelta(minutes=16)) is None


def test_a_spot_shows_its_station_and_its_renter_of_today(tx: Transaction) -> None:
    a_station(tx, "CP-1")
    renter = a_renter(tx)
    spot = a_spot(tx, "B1-1", "CP-1")
    set_renter(tx, spot, renter)

    found = find(tx, spot)

    assert found is not None
    assert (found.renter_id, found.charging_station_id) == (renter, "CP-1")
    assert with_station(tx, "CP-1") == found


def test_a_spot_keeps_its_history_after_it_is_empty_again(tx: Transaction) -> None:
    spot = a_spot(tx, "B1-1")
    assert not has_history(tx, spot)

    set_renter(tx, spot, a_renter(tx))
    set_renter(tx, spot, None)

    assert has_history(tx, spot)
