"""Who is connected, and what a station said of itself."""

from datetime import timedelta

from sqlalchemy import select

from onetime.domain.ids import StationId
from onetime.domain.stations import Identification
from onetime.store import presence
from onetime.store.tables import boot_logs, charging_stations
from onetime.store.transaction import Transaction
from tests.charges import CP
from tests.garage_makers import a_station

OTHER = StationId("CP-2")
BOOT = Identification(
    model="M1", vendor="V", firmware_version="1.2", serial_number=None, ip_address="10.0.0.7"
)


def test_a_station_is_online_from_its_connection_to_its_end(tx: Transaction) -> None:
    a_station(tx, CP)
    assert presence.online_since(tx, CP) is None

    presence.set_online(tx, CP)
    assert presence.online_since(tx, CP) == tx.now

    heard = tx.now + timedelta(minutes=3)
    presence.set_offline(tx, CP, heard)
    assert presence.online_since(tx, CP) is None
    assert presence.last_seen(tx, CP) == heard


def test_after_a_crash_nobody_is_connected(tx: Transaction) -> None:
    a_station(tx, CP)
    a_station(tx, OTHER)
    presence.set_online(tx, CP)

    assert presence.set_all_offline(tx) == 1
    assert presence.set_all_offline(tx) == 0
    assert presence.online_since(tx, CP) is None


def test_a_heartbeat_and_any_other_sign_of_life_are_told_apart(tx: Transaction) -> None:
    a_station(tx, CP)
    beat, seen = tx.now, tx.now + timedelta(minutes=1)
    presence.note_heartbeat(tx, CP, beat)
    presence.note_seen(tx, CP, seen)

    row = tx.connection.execute(select(charging_stations)).one()
    assert (row.last_heartbeat, row.last_seen_at) == (beat, seen)


def test_a_boot_is_written_to_the_station_and_to_its_history(tx: Transaction) -> None:
    a_station(tx, CP)
    assert presence.last_boot(tx, CP) is None
    presence.write_boot(tx, CP, BOOT)
    presence.write_boot(tx, CP, BOOT)

    station = tx.connection.execute(select(charging_stations)).one()
    assert (station.model, station.vendor, station.firmware_version) == ("M1", "V", "1.2")
    assert station.configuration_read_at is None
    assert presence.last_boot(tx, CP) == tx.now
    boots = tx.connection.execute(select(boot_logs)).all()
    assert [(row.station_id, row.boot_time, row.ip_address) for row in boots] == [
        ("CP-1", tx.now, "10.0.0.7")
    ] * 2


def test_what_a_station_can_deliver_is_what_a_person_entered(tx: Transaction) -> None:
    a_station(tx, CP)
    assert presence.power_limit_watts(tx, CP) is None

    tx.connection.execute(charging_stations.update().values(power_limit_watts=11_000))

    assert presence.power_limit_watts(tx, CP) == 11_000
