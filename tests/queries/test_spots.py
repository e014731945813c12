"""Spots with their renter and station of today."""

import pytest

from onetime.domain.errors import NotFound
from onetime.operations.spots import assign_spot
from onetime.queries.pages import Asked
from onetime.queries.spots import spot, spot_list
from onetime.store.transaction import Transaction
from tests.garage_makers import OWNER, a_renter, a_spot, a_station


def test_a_spot_shows_who_has_it_and_what_stands_there(tx: Transaction) -> None:
    anna = a_renter(tx, "Anna")
    a_station(tx, "CP-1")
    spot_id = a_spot(tx, "B1-1", "CP-1")
    assign_spot(tx, OWNER, spot_id, anna)
    a_spot(tx, "B1-2")

    [empty, taken] = spot_list(tx.connection).items

    assert (taken.renter_id, taken.renter_name) == (anna, "Anna")
    assert (taken.charging_station_id, taken.station_is_online) == ("CP-1", False)
    assert (empty.renter_name, empty.charging_station_id) == (None, None)
    assert (empty.station_is_online, empty.floor_level) == (None, None)
    assert spot(tx.connection, "B1-1") == spot(tx.connection, spot_id) == taken


def test_spots_come_in_pages(tx: Transaction) -> None:
    ids = [a_spot(tx, f"B1-{n}") for n in range(3)]

    page = spot_list(tx.connection, asked=Asked(2))
    rest = spot_list(tx.connection, asked=Asked(2, page.next_cursor))

    assert [each.id for each in page.items + rest.items] == ids[::-1]


@pytest.mark.parametrize("name", ["B9", 404, "B\0", "\udcff"])
def test_an_unknown_spot_is_named(tx: Transaction, name: int | str) -> None:
    with pytest.raises(NotFound, match="There is no spot "):
        spot(tx.connection, name)
