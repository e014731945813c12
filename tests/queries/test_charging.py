"""A renter sees the own spots and charges, and nothing of anybody else's."""

from onetime.domain.ids import StationId
from onetime.domain.stations import ConnectorReport
from onetime.operations.connectors import note_status
from onetime.operations.spots import assign_spot
from onetime.queries.charging import charging_of
from onetime.store.transaction import Transaction
from tests.garage_makers import OWNER, a_renter, a_session, a_spot, a_station


def say(tx: Transaction, station: str, connector: int, status: str) -> None:
    report = ConnectorReport(
        connector_id=connector,
        status=status,
        error_code="NoError",
        details=None,
        vendor_error_code=None,
        stated_time=tx.now,
    )
    note_status(tx, StationId(station), report)


def test_a_renter_sees_own_spots_with_their_stations_and_own_charges(tx: Transaction) -> None:
    anna, bert = a_renter(tx), a_renter(tx, "Bert")
    for label, station, who in (("B", "CP-2", anna), ("A", "CP-1", anna), ("C", "CP-3", bert)):
        a_station(tx, station)
        a_spot(tx, label, station)
        assign_spot(tx, OWNER, label, who)
        for connector, status in ((0, "Available"), (2, "Available"), (1, "Charging")):
            say(tx, station, connector, status)
    going_on = a_session(tx, 1, station_id="CP-1", renter_id=anna, energy_wh=None)
    a_session(tx, 2, station_id="CP-1", renter_id=anna)
    a_session(tx, 3, station_id="CP-3", renter_id=bert, energy_wh=None)

    seen = charging_of(tx.connection, anna)

    assert [(each.spot_label, each.station_id) for each in seen.spots] == [
        ("A", "CP-1"),
        ("B", "CP-2"),
    ]
    assert [(each.connector_id, each.status) for each in seen.spots[0].connectors] == [
        (1, "Charging"),
        (2, "Available"),
    ]
    assert seen.spots[0].station_is_online is False
    assert [each.session_id for each in seen.charges] == [going_on]
    assert seen.charges[0].energy_so_far_wh == 0


def test_a_renter_without_anything_sees_nothing(tx: Transaction) -> None:
    anna = a_renter(tx)
    a_spot(tx, "EMPTY")
    assign_spot(tx, OWNER, "EMPTY", anna)

    [only] = charging_of(tx.connection, anna).spots
    assert (only.station_id, only.station_is_online, only.connectors) == (None, None, ())
    assert charging_of(tx.connection, a_renter(tx)).charges == ()
