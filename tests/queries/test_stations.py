"""Stations, their connectors and deviations, and who knocked in vain."""

import pytest
from sqlalchemy import insert

from onetime.domain.errors import NotFound
from onetime.operations.stations import register_station, retire_station
from onetime.queries.pages import Asked
from onetime.queries.stations import (
    connectors,
    logins,
    quirks,
    station,
    station_list,
)
from onetime.store.message_tables import quirk_counts
from onetime.store.tables import station_connectors
from onetime.store.transaction import Transaction
from tests.garage_makers import OWNER, a_spot, a_station


def test_a_station_comes_with_its_place(tx: Transaction) -> None:
    a_station(tx, "CP-1")
    spot_id = a_spot(tx, "B1-1", "CP-1")

    found = station(tx.connection, "CP-1")

    assert (found.spot_id, found.spot_label) == (spot_id, "B1-1")
    assert (found.is_online, found.model, found.last_heartbeat) == (False, None, None)
    assert found.security_profile == 1


def test_retired_stations_are_listed_only_when_asked_for(tx: Transaction) -> None:
    for name in ("CP-1", "CP-2"):
        register_station(tx, OWNER, name)
    retire_station(tx, OWNER, "CP-1")

    assert [each.id for each in station_list(tx.connection).items] == ["CP-2"]
    everything = station_list(tx.connection, with_retired=True)
    assert [each.id for each in everything.items] == ["CP-2", "CP-1"]
    assert station(tx.connection, "CP-1").retired_at == tx.now


def test_stations_of_one_moment_come_in_pages(tx: Transaction) -> None:
    for n in range(3):
        a_station(tx, f"CP-{n}")

    page = station_list(tx.connection, asked=Asked(2))
    rest = station_list(tx.connection, asked=Asked(2, page.next_cursor))

    assert [each.id for each in page.items + rest.items] == ["CP-2", "CP-1", "CP-0"]


def test_connectors_are_listed_with_the_station_itself_first(tx: Transaction) -> None:
    a_station(tx, "CP-1")
    for number, status in ((1, "Charging"), (0, "Available")):
        tx.connection.execute(
            insert(station_connectors).values(
                station_id="CP-1",
                connector_id=number,
                status=status,
                error_code="NoError",
                last_updated=tx.now,
                received_at=tx.now,
                status_since=tx.now,
            )
        )

    assert [(each.connector_id, each.status) for each in connectors(tx.connection, "CP-1")] == [
        (0, "Available"),
        (1, "Charging"),
    ]


def test_deviations_are_told_in_words(tx: Transaction) -> None:
    a_station(tx, "CP-1")
    for quirk, count in (("K01", 2), ("X02", 5)):
        tx.connection.execute(
            insert(quirk_counts).values(
                {
                    "station_id": "CP-1",
                    "quirk": quirk,
                    "count": count,
                    "first_at": tx.now,
                    "last_at": tx.now,
                }
            )
        )

    assert [(each.quirk, each.count, each.meaning) for each in quirks(tx.connection, "CP-1")] == [
        ("X02", 5, "repeats a StartTransaction under a new message id"),
        ("K01", 2, "connects without naming the subprotocol ocpp1.6"),
    ]


def test_logins_hold_all_that_the_door_needs(tx: Transaction) -> None:
    register_station(tx, OWNER, "CP-1")

    found = logins(tx.connection)

    assert list(found.credentials) == ["CP-1"]
    assert len(found.secret) == 32


@pytest.mark.parametrize("station_id", ["CP-9", "CP\0", "\udcff"])
def test_an_unknown_station_is_named(tx: Transaction, station_id: str) -> None:
    with pytest.raises(NotFound, match="There is no station"):
        station(tx.connection, station_id)
