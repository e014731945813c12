"""Stations come, boot, beat and go; what they say of themselves is kept."""

from datetime import datetime

from onetime.domain.facts import StationBooted, StationConnected, StationDisconnected
from onetime.domain.ids import StationId
from onetime.domain.stations import Identification
from onetime.store import presence
from onetime.store.transaction import Transaction


def note_connected(tx: Transaction, station_id: StationId) -> None:
    """Note that a station's newest connection is open."""
    presence.set_online(tx, station_id)
    tx.announce(StationConnected(station_id))


def note_disconnected(tx: Transaction, station_id: StationId, last_heard: datetime) -> None:
    """Note that a station has no connection any more."""
    presence.set_offline(tx, station_id, last_heard)
    tx.announce(StationDisconnected(station_id))


def note_all_disconnected(tx: Transaction) -> int:
    """Put right what a crash left: nobody is connected when the program starts."""
    return presence.set_all_offline(tx)


def note_boot(tx: Transaction, station_id: StationId, identification: Identification) -> None:
    """Keep a BootNotification; a boot alone never closes a charge (B06)."""
    presence.write_boot(tx, station_id, identification)
    tx.announce(StationBooted(station_id))


def note_heartbeat(tx: Transaction, station_id: StationId, at: datetime) -> None:
    """Keep the time of a Heartbeat."""
    presence.note_heartbeat(tx, station_id, at)


def note_seen(tx: Transaction, station_id: StationId, at: datetime) -> None:
    """Keep the time at which a station was heard."""
    presence.note_seen(tx, station_id, at)
