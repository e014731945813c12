"""Stations come, boot, beat and go."""

from datetime import timedelta

from msgspec import structs
from sqlalchemy import RowMapping, select

from onetime.domain.facts import (
    StationBooted,
    StationChanged,
    StationConnected,
    StationDisconnected,
)
from onetime.domain.ids import StationId
from onetime.domain.stations import Identification
from onetime.operations import presence
from onetime.store import knocks
from onetime.store.message_tables import knocks as knock_table
from onetime.store.tables import boot_logs, charging_stations
from onetime.store.transaction import Transaction
from tests.charges import CP, alarm_kinds, quirks, wait
from tests.garage_makers import a_station

BOOT = Identification(
    model="Wall\0box",
    vendor="x" * 500,
    firmware_version=None,
    serial_number="SN-1",
    ip_address="10.0.0.7",
)


def station(tx: Transaction, station_id: str = CP) -> RowMapping:
    c = charging_stations.c
    statement = select(charging_stations).where(c.id == station_id)
    return tx.connection.execute(statement).mappings().one()


def test_a_station_is_online_while_its_connection_is_open(tx: Transaction) -> None:
    a_station(tx, CP)
    presence.note_connected(tx, CP, ("K01", "K03"))
    assert (station(tx)["is_online"], station(tx)["connected_since"]) == (True, tx.now)
    heard = tx.now
    wait(tx, minutes=5)
    presence.note_disconnected(tx, CP, heard)

    row = station(tx)
    assert (row["is_online"], row["connected_since"]) == (False, None)
    assert row["last_seen_at"] == heard
    assert quirks(tx) == {"K01": 1, "K03": 1}
    assert tx.facts() == [StationConnected(CP), StationDisconnected(CP)]


def test_a_station_that_is_let_in_knocks_no_longer(tx: Transaction) -> None:
    a_station(tx, CP)
    for identity in (CP, "CP-OTHER"):
        knocks.note(
            tx,
            knocks.Knock(
                identity=identity, ip_address="::1", reason="unknown", count=1, last_at=tx.now
            ),
        )
    presence.note_connected(tx, CP, ())

    left = tx.connection.execute(select(knock_table.c.identity)).scalars().all()
    assert left == ["CP-OTHER"]


def test_after_a_crash_nobody_is_online(tx: Transaction) -> None:
    a_station(tx, CP)
    presence.note_connected(tx, CP, ())

    assert presence.note_all_disconnected(tx) == 1
    assert station(tx)["is_online"] is False


def test_a_boot_is_kept_as_said_with_the_address_it_came_from(tx: Transaction) -> None:
    a_station(tx, CP)
    presence.note_boot(tx, CP, BOOT)

    row = station(tx)
    assert (row["model"], row["vendor"]) == ("Wall\ufffdbox", "x" * 255)
    assert row["last_boot_at"] == tx.now
    log = tx.connection.execute(select(boot_logs)).mappings().one()
    assert (log["ip_address"], log["serial_number"], log["boot_time"]) == (
        "10.0.0.7",
        "SN-1",
        tx.now,
    )
    assert tx.facts() == [StationBooted(CP)]


def test_a_boot_that_was_asked_for_restarts_nothing_but_what_it_shows_anew(
    tx: Transaction,
) -> None:
    """B02: the first one known counts as a boot, and so does one with another firmware."""
    a_station(tx, CP)
    presence.note_boot(tx, CP, BOOT, is_solicited=True)
    first = tx.now
    wait(tx, minutes=5)
    presence.note_boot(tx, CP, structs.replace(BOOT, model="Other"), is_solicited=True)
    assert (station(tx)["last_boot_at"], station(tx)["model"]) == (first, "Other")
    presence.note_boot(tx, CP, structs.replace(BOOT, firmware_version="2"), is_solicited=True)

    assert station(tx)["last_boot_at"] == tx.now
    log = tx.connection.execute(select(boot_logs.c.is_restart).order_by(boot_logs.c.id)).scalars()
    assert list(log) == [True, False, True]
    assert tx.facts() == [StationBooted(CP), StationChanged(CP), StationBooted(CP)]


def test_a_heartbeat_is_kept_with_its_time(tx: Transaction) -> None:
    a_station(tx, CP)
    at = tx.now - timedelta(seconds=1)
    presence.note_heartbeat(tx, CP, at)
    presence.note_seen(tx, CP, tx.now)

    assert (station(tx)["last_heartbeat"], station(tx)["last_seen_at"]) == (at, tx.now)


def test_a_connection_without_boot_is_told_apart_from_a_first_one(tx: Transaction) -> None:
    """B01, B02."""
    a_station(tx, CP)
    presence.note_without_boot(tx, CP)
    presence.note_boot(tx, CP, BOOT)
    presence.note_without_boot(tx, CP)

    assert quirks(tx) == {"B01": 1, "B02": 1}
    assert station(tx)["serial_number"] == "SN-1"


def test_an_unknown_station_is_adopted_once(tx: Transaction) -> None:
    other = StationId("CP-9")
    presence.adopt_station(tx, other)
    presence.adopt_station(tx, other)

    row = station(tx, other)
    assert (row["security_profile"], row["is_enabled"]) == (0, True)
    assert len(tx.facts()) == 1


def test_what_endangers_charges_raises_an_alarm(tx: Transaction) -> None:
    """K09, K17."""
    a_station(tx, CP)
    presence.note_takeover(tx, CP, "10.0.0.7")
    presence.note_oversized(tx, CP)
    presence.note_oversized(tx, CP)

    assert alarm_kinds(tx) == [("takeovers", 1), ("message-too-large", 2)]
    assert quirks(tx) == {"K09": 1, "K17": 2}
