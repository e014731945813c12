"""A station is unknown until it has booted once."""

from onetime.queries.boots import never_booted_stations
from onetime.store import presence
from onetime.store.transaction import Transaction
from tests.charges import CP
from tests.garage_makers import a_station
from tests.store.test_presence import BOOT


def test_a_station_that_has_booted_is_known(tx: Transaction) -> None:
    a_station(tx, CP)
    presence.set_online(tx, CP)
    assert never_booted_stations(tx.connection, "Trigger") == {CP}

    presence.write_boot(tx, CP, BOOT)
    assert never_booted_stations(tx.connection, "Trigger") == frozenset()
