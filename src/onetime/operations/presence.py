"""Stations come, boot, beat and go; what they say of themselves is kept."""

from collections.abc import Sequence
from datetime import datetime

from onetime.domain.commissioning import LEAST_OFFLINE
from onetime.domain.facts import (
    StationBooted,
    StationChanged,
    StationConnected,
    StationDisconnected,
)
from onetime.domain.ids import StationId
from onetime.domain.reviews import AlarmKind
from onetime.domain.stations import Identification, Proof, SecurityProfile
from onetime.operations.abilities import forget_abilities
from onetime.operations.logins import note_login
from onetime.store import commissionings, knocks, presence, quirks, reviews, stations
from onetime.store.transaction import Transaction, Value


def adopt_station(tx: Transaction, station_id: StationId) -> None:
    """Register an unknown station that may connect by itself (`UNKNOWN_STATIONS=accept`).

    A retired one is taken back with its history.
    """
    known = stations.find(tx, station_id)
    if known is None:
        stations.insert_station(tx, station_id, SecurityProfile.NONE)
    elif known.retired_at is not None:
        taken_back: dict[str, Value] = {"retired_at": None, "is_enabled": True}
        stations.change(
            tx, station_id, {**taken_back, "security_profile": int(SecurityProfile.NONE)}
        )
    else:
        return
    tx.announce(StationChanged(station_id))


def note_connected(
    tx: Transaction,
    station_id: StationId,
    quirks_seen: Sequence[str],
    proof: Proof | None = None,
) -> None:
    """Note that a station's newest connection is open, how its login deviated, what it proved.

    Whoever is let in does not stand among the refused any more.
    """
    presence.set_online(tx, station_id)
    if proof is not None:
        note_login(tx, station_id, proof)
    knocks.forget(tx, station_id)
    commissionings.note_back(tx, station_id, tx.now - LEAST_OFFLINE)
    for quirk in quirks_seen:
        quirks.count_quirk(tx, station_id, quirk)
    tx.announce(StationConnected(station_id))


def note_takeover(tx: Transaction, station_id: StationId, address: str) -> None:
    """Raise an alarm: connections of one identity replace each other again and again (K09)."""
    quirks.count_quirk(tx, station_id, "K09")
    reviews.raise_alarm(
        tx,
        AlarmKind.TAKEOVERS,
        station_id,
        f"Connections of station {station_id} keep replacing each other, the last one from"
        f" {address}: two devices share its identity, or its line is unstable.",
        station_id,
    )


def note_oversized(tx: Transaction, station_id: StationId) -> None:
    """Raise an alarm: a message was too large, and a Stop may be stuck behind it (K17)."""
    quirks.count_quirk(tx, station_id, "K17")
    reviews.raise_alarm(
        tx,
        AlarmKind.MESSAGE_TOO_LARGE,
        station_id,
        f"Station {station_id} sent a message of more than 1 MiB; the end of a charge may be"
        " stuck behind it.",
        station_id,
    )


def note_flood(tx: Transaction, station_id: StationId, action: str) -> None:
    """Raise an alarm: a station says the same again and again (N04)."""
    reviews.raise_alarm(
        tx,
        AlarmKind.FLOOD,
        station_id,
        f"Station {station_id} floods the central system, the last message was {action[:50]}; all"
        " is answered, but the OCPP log no longer holds all of it.",
        station_id,
    )


def note_disconnected(tx: Transaction, station_id: StationId, last_heard: datetime) -> None:
    """Note that a station has no connection any more."""
    presence.set_offline(tx, station_id, last_heard)
    tx.announce(StationDisconnected(station_id))


def note_all_disconnected(tx: Transaction) -> int:
    """Put right what a crash left: nobody is connected when the program starts."""
    return presence.set_all_offline(tx)


def note_boot(
    tx: Transaction,
    station_id: StationId,
    identification: Identification,
    *,
    is_solicited: bool = False,
) -> None:
    """Keep a BootNotification; a boot alone never closes a charge (B06).

    A station with another firmware may do what it could not do before. One that was asked to say
    what it is has not restarted: what was learned of it since its last boot still holds, unless it
    has another firmware, or no boot of it is known (B02).
    """
    has_changed = presence.firmware_of(tx, station_id) != identification.firmware_version
    if has_changed:
        forget_abilities(tx, station_id)
    is_restart = has_changed or not is_solicited or presence.last_boot(tx, station_id) is None
    presence.write_boot(tx, station_id, identification, is_restart=is_restart)
    tx.announce(StationBooted(station_id) if is_restart else StationChanged(station_id))


def note_without_boot(tx: Transaction, station_id: StationId) -> None:
    """Count a connection on which a station talked without a boot: its first ever (B01), or not.

    What it said of itself when it last booted stays (B02).
    """
    has_booted = presence.last_boot(tx, station_id) is not None
    quirks.count_quirk(tx, station_id, "B02" if has_booted else "B01")


def note_heartbeat(tx: Transaction, station_id: StationId, at: datetime) -> None:
    """Keep the time of a Heartbeat."""
    presence.note_heartbeat(tx, station_id, at)


def note_seen(tx: Transaction, station_id: StationId, at: datetime) -> None:
    """Keep the time at which a station was heard."""
    presence.note_seen(tx, station_id, at)
