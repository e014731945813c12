"""A demo comes only into an empty garage, and goes without a trace; what is real stays."""

import pytest
from sqlalchemy import func, insert, select

from onetime.domain.errors import Conflict
from onetime.operations.demo import build_demo, demo_keys, end_demo, remove_demo, tag_of
from onetime.operations.spots import add_spot, assign_spot
from onetime.queries.demo import demo_stations, has_demo, may_have_demo
from onetime.store import demo
from onetime.store.schema import metadata
from onetime.store.transaction import Transaction
from tests.garage_makers import OWNER, a_renter, a_session, a_station

REMEMBERED = {"audit_entries", "installation", "number_series"}
"""What happened stays in the audit, and numbers that were given out do not come again."""


def first_renter(tx: Transaction) -> int:
    return demo.listed(tx)[0].renter_id


def counted(tx: Transaction) -> dict[str, int]:
    """How many rows each table has."""
    return {
        table.name: tx.connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in metadata.sorted_tables
        if table.name not in REMEMBERED
    }


def test_a_demo_is_removed_from_every_table(tx: Transaction) -> None:
    before = counted(tx)
    build_demo(tx, OWNER)
    assert (has_demo(tx.connection), may_have_demo(tx.connection)) == (True, False)
    assert demo_stations(tx.connection)[0] == "DEMO-01"
    assert set(demo_keys(tx, OWNER)) == set(demo_stations(tx.connection))
    a_session(tx, 1, station_id="DEMO-01", token_id=tag_of(1), renter_id=first_renter(tx))
    of_no_charge = metadata.tables["meter_readings"]
    tx.connection.execute(
        insert(of_no_charge).values(
            timestamp=tx.now,
            measurand="Voltage",
            value=230.0,
            unit="V",
            station_id="DEMO-01",
            connector_id=1,
        )
    )
    assert counted(tx)["charging_sessions"] == 1

    assert end_demo(tx, OWNER)[0] == "DEMO-01"
    assert demo_stations(tx.connection) == ()
    remove_demo(tx, OWNER)
    assert counted(tx) == before
    assert may_have_demo(tx.connection)


def test_what_is_real_stays_and_points_nowhere(tx: Transaction) -> None:
    build_demo(tx, OWNER)
    a_station(tx, "CP-1")
    add_spot(tx, OWNER, "B1-01", station_id="CP-1")
    assign_spot(tx, OWNER, "B1-01", first_renter(tx))
    renter_id = a_renter(tx, "Anna Example")
    a_session(tx, 1, station_id="CP-1", token_id=tag_of(1), renter_id=first_renter(tx))
    remove_demo(tx, OWNER)

    left = counted(tx)
    assert (left["parking_spots"], left["renters"], left["charging_stations"]) == (1, 1, 1)
    assert left["charging_sessions"] == 1
    sessions = metadata.tables["charging_sessions"]
    told = tx.connection.execute(select(sessions.c.renter_id, sessions.c.token_id)).one()
    assert tuple(told) == (None, None)
    assert renter_id == tx.connection.execute(select(metadata.tables["renters"].c.id)).scalar()


def test_a_demo_is_for_an_empty_garage(tx: Transaction) -> None:
    with pytest.raises(Conflict, match="There is no demo garage"):
        remove_demo(tx, OWNER)
    a_renter(tx)
    with pytest.raises(Conflict, match="for an empty garage"):
        build_demo(tx, OWNER)
