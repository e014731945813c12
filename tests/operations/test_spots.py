"""Whose a spot is and which station stands there, today and on earlier days."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from onetime.domain.errors import Conflict, NotFound, Unacceptable
from onetime.domain.facts import GarageChanged, StationChanged
from onetime.domain.ids import StationId
from onetime.operations.spots import (
    SpotChanges,
    add_spot,
    assign_spot,
    delete_spot,
    edit_spot,
    place_station,
    release_spot,
    remove_station,
)
from onetime.store import spots
from onetime.store.stations import change as change_station
from onetime.store.tables import spot_renters, spot_stations
from onetime.store.transaction import Transaction
from tests.garage_makers import OWNER, a_renter, a_spot, a_station, audit_trail


def test_a_spot_is_added_with_its_station(tx: Transaction) -> None:
    a_station(tx, "CP-1")

    spot_id = add_spot(tx, OWNER, "B2-104", floor_level="Level -2", station_id="CP-1")

    spot = spots.labelled(tx, "B2-104")
    assert spot is not None
    assert (spot.id, spot.floor_level, spot.charging_station_id) == (spot_id, "Level -2", "CP-1")
    assert audit_trail(tx) == [
        ("spot.added", f"spot:{spot_id}", None, {"label": "B2-104", "floor_level": "Level -2"}),
        (
            "spot.station-placed",
            f"spot:{spot_id}",
            {"charging_station_id": None},
            {"charging_station_id": "CP-1"},
        ),
    ]


def test_a_label_that_is_taken_is_refused(tx: Transaction) -> None:
    add_spot(tx, OWNER, "B2-104")
    add_spot(tx, OWNER, "B2-105")

    with pytest.raises(Conflict, match="There is a spot B2-104 already"):
        add_spot(tx, OWNER, "B2-104")
    with pytest.raises(Conflict, match="There is a spot B2-104 already"):
        edit_spot(tx, OWNER, "B2-105", SpotChanges(label="B2-104"))


@pytest.mark.parametrize("label", ["", " B2", "B2 ", "x" * 51, "B2\n", "B\udcff"])
def test_a_label_that_makes_no_sense_is_refused(tx: Transaction, label: str) -> None:
    with pytest.raises(Unacceptable) as refusal:
        add_spot(tx, OWNER, label)

    assert refusal.value.field == "label"


def test_a_rename_keeps_everything_else(tx: Transaction) -> None:
    renter = a_renter(tx)
    spot_id = add_spot(tx, OWNER, "B2-104", floor_level="-2")
    assign_spot(tx, OWNER, "B2-104", renter)

    edit_spot(tx, OWNER, "B2-104", SpotChanges(label="P-4"))

    spot = spots.find(tx, spot_id)
    assert spot is not None
    assert (spot.label, spot.floor_level, spot.renter_id) == ("P-4", "-2", renter)
    assert audit_trail(tx)[-1] == (
        "spot.edited",
        f"spot:{spot_id}",
        {"label": "B2-104"},
        {"label": "P-4"},
    )


def test_a_spot_goes_from_renter_to_renter_with_dated_intervals(tx: Transaction) -> None:
    anna, bob = a_renter(tx, "Anna"), a_renter(tx, "Bob")
    spot_id = a_spot(tx, "B1-1")
    began = tx.now

    assert assign_spot(tx, OWNER, "B1-1", anna) is None
    assert assign_spot(tx, OWNER, "B1-1", anna) == anna
    tx.now = moved = began + timedelta(days=30)
    assert assign_spot(tx, OWNER, spot_id, bob) == anna
    tx.now = ended = began + timedelta(days=60)
    assert release_spot(tx, OWNER, spot_id) == bob

    intervals = tx.connection.execute(
        select(spot_renters.c.renter_id, spot_renters.c.valid_from, spot_renters.c.valid_to)
    ).all()
    assert sorted(tuple(each) for each in intervals) == [
        (anna, began, moved),
        (bob, moved, ended),
    ]
    assert [act for act, *_ in audit_trail(tx)] == [
        "spot.assigned",
        "spot.assigned",
        "spot.released",
    ]


def test_a_past_renter_gets_no_spot(tx: Transaction) -> None:
    a_spot(tx, "B1-1")
    past = a_renter(tx, is_active=False)

    with pytest.raises(Conflict, match=f"Renter {past} is not active any more"):
        assign_spot(tx, OWNER, "B1-1", past)


def test_a_charger_swap_leaves_dated_intervals(tx: Transaction) -> None:
    for name in ("OLD", "NEW"):
        a_station(tx, name)
    spot_id = a_spot(tx, "B1-1")
    began = tx.now
    place_station(tx, OWNER, "B1-1", "OLD")
    tx.now = swapped = began + timedelta(days=30)

    assert place_station(tx, OWNER, "B1-1", "NEW") == "OLD"

    intervals = tx.connection.execute(
        select(spot_stations.c.station_id, spot_stations.c.valid_from, spot_stations.c.valid_to)
    ).all()
    assert {tuple(each) for each in intervals} == {
        ("OLD", began, swapped),
        ("NEW", swapped, None),
    }
    assert spots.place_of(tx, "OLD", swapped) is None
    assert spots.place_of(tx, "NEW", swapped) == (spot_id, "B1-1")
    assert tx.facts()[-3:] == [
        GarageChanged(),
        StationChanged(StationId("OLD")),
        StationChanged(StationId("NEW")),
    ]


def test_a_station_stands_at_one_spot_only(tx: Transaction) -> None:
    a_station(tx, "CP-1")
    a_spot(tx, "B1-1", "CP-1")
    a_spot(tx, "B1-2")

    with pytest.raises(Conflict, match=r"Station CP-1 stands at spot B1-1; remove it there first"):
        place_station(tx, OWNER, "B1-2", "CP-1")

    remove_station(tx, OWNER, "B1-1")
    place_station(tx, OWNER, "B1-2", "CP-1")
    found = spots.with_station(tx, "CP-1")
    assert found is not None
    assert found.label == "B1-2"


def test_a_retired_station_gets_no_spot(tx: Transaction) -> None:
    a_station(tx, "CP-1")
    change_station(tx, "CP-1", {"retired_at": tx.now})
    a_spot(tx, "B1-1")

    with pytest.raises(Conflict, match="Station CP-1 is retired"):
        place_station(tx, OWNER, "B1-1", "CP-1")


def test_a_spot_that_was_never_used_can_be_deleted(tx: Transaction) -> None:
    add_spot(tx, OWNER, "B1-1")

    delete_spot(tx, OWNER, "B1-1")

    assert spots.labelled(tx, "B1-1") is None


def test_a_spot_with_history_stays(tx: Transaction) -> None:
    add_spot(tx, OWNER, "B1-1")
    assign_spot(tx, OWNER, "B1-1", a_renter(tx))
    release_spot(tx, OWNER, "B1-1")

    with pytest.raises(Conflict, match="Spot B1-1 has a history"):
        delete_spot(tx, OWNER, "B1-1")


def test_unknown_names_are_repeated_in_the_refusal(tx: Transaction) -> None:
    a_spot(tx, "B1-1")

    with pytest.raises(NotFound, match=r"There is no spot 'B9'\."):
        release_spot(tx, OWNER, "B9")
    with pytest.raises(NotFound, match=r"There is no spot 404\."):
        release_spot(tx, OWNER, 404)
    with pytest.raises(NotFound, match=r"There is no renter 404\."):
        assign_spot(tx, OWNER, "B1-1", 404)
    with pytest.raises(NotFound, match=r"There is no station 'CP-9'\."):
        place_station(tx, OWNER, "B1-1", "CP-9")
