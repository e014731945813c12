"""The garage at this moment: what is in it, and which power is believed."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from onetime.operations.site import lock_garage, name_garage
from onetime.queries.live import Charging, LiveGarage, live
from onetime.store.tables import charging_sessions, meter_readings
from onetime.store.transaction import Transaction
from tests.garage_makers import OWNER, a_renter, a_session, a_spot, a_station

POWER = "Power.Active.Import"


def charging(tx: Transaction) -> int:
    """A charge that was heard of a minute ago."""
    renter = a_renter(tx)
    a_station(tx)
    spot = a_spot(tx, "B-1", "CP-1")
    session = a_session(tx, 7, renter_id=renter, place=(spot, "B-1"), energy_wh=None)
    tx.connection.execute(
        update(charging_sessions).values(last_register_wh=3_500, last_reading_at=tx.now)
    )
    return session


def reading(
    tx: Transaction, value: float | None, unit: str, phase: str | None, minutes: int
) -> None:
    tx.connection.execute(
        insert(meter_readings).values(
            transaction_id=7,
            timestamp=tx.now - timedelta(minutes=minutes),
            measurand=POWER,
            value=value,
            unit=unit,
            phase=phase,
            station_id="CP-1",
            connector_id=1,
        )
    )


def test_an_open_charge_is_shown_with_its_place_and_its_energy_so_far(tx: Transaction) -> None:
    session_id = charging(tx)
    a_session(tx, 8)

    found = live(tx.connection, {})

    (session,) = found.sessions
    assert (session.id, session.energy_wh, session.power_w) == (session_id, 2_500, None)
    assert (session.renter_name, session.spot_label) == ("Anna Example", "B-1")
    assert [each.id for each in found.stations] == ["CP-1"]
    assert not found.garage.is_locked
    assert [(each.label, each.charging_station_id) for each in found.spots] == [("B-1", "CP-1")]


def test_a_garage_that_is_locked_is_shown_so(tx: Transaction) -> None:
    name_garage(tx, OWNER, "Sun Street")
    lock_garage(tx, OWNER, "There is smoke.")

    assert live(tx.connection, {}).garage == LiveGarage(name="Sun Street", is_locked=True)


@pytest.mark.parametrize(
    ("readings", "power"),
    [
        ([(7_200, "W", None, 0)], 7_200),
        ([(7.25, "kW", None, 0)], 7_250),
        ([(2_300, "W", "L1", 0), (2_400, "W", "L2", 0), (2.5, "kW", "L3", 0)], 7_200),
        ([(7_000, "W", None, 0), (2_300, "W", "L1", 0)], 7_000),
        ([(7_000, "W", None, 1), (0, "W", None, 0)], 0),
        ([(7_000, "W", None, 20)], None),
        ([(50, "Celsius", None, 0)], None),
        ([(None, "W", None, 0)], None),
    ],
)
def test_power_is_that_of_the_newest_moment(
    tx: Transaction, readings: list, power: int | None
) -> None:
    charging(tx)
    for each in readings:
        reading(tx, *each)

    assert live(tx.connection, {}).sessions[0].power_w == power


def test_power_is_looked_up_once_for_each_reading(tx: Transaction) -> None:
    charging(tx)
    known: dict[Charging, int | None] = {Charging(7, tx.now): 4_321, Charging(6, tx.now): 1}

    assert live(tx.connection, known).sessions[0].power_w == 4_321
    assert known == {Charging(7, tx.now): 4_321}
