"""What did harm is counted by station and action, and can be asked for in one statement."""

from onetime.domain.ids import StationId
from onetime.store import harm, presence
from onetime.store.transaction import Transaction
from tests.charges import CP
from tests.garage_makers import a_station
from tests.store.test_presence import BOOT

TRIGGER = "TriggerMessage(BootNotification)"


def test_each_action_of_each_station_is_counted_by_itself(tx: Transaction) -> None:
    other = a_station(tx, "CP-2")
    a_station(tx, CP)

    counts = [
        harm.count_harm(tx, *each) for each in ((CP, "A"), (CP, "A"), (CP, "B"), (other, "A"))
    ]
    assert counts == [1, 2, 1, 1]
    assert harm.withhold(tx, CP, "A")
    assert not harm.withhold(tx, CP, "A")
    assert harm.withheld_since(tx, CP, "A") == tx.now
    assert harm.withheld_since(tx, CP, "B") is None
    harm.forget_harm(tx, CP, "A")
    assert harm.withheld_since(tx, CP, "A") is None


def test_connected_stations_without_a_boot_are_listed_unless_that_harms_them(
    tx: Transaction,
) -> None:
    for name in ("CP-1", "CP-2", "CP-3", "CP-4"):
        a_station(tx, name)
    for name in ("CP-1", "CP-2", "CP-3"):
        presence.set_online(tx, StationId(name))
    presence.write_boot(tx, StationId("CP-2"), BOOT)
    harm.count_harm(tx, StationId("CP-3"), TRIGGER)
    harm.withhold(tx, StationId("CP-3"), TRIGGER)

    assert harm.never_booted(tx.connection, TRIGGER) == [CP]
    assert harm.never_booted(tx.connection, "Other") == [CP, "CP-3"]
