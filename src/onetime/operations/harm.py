"""What our calls do to stations: those that do not hear them, and those that die of them.

Knows what is withheld from a station; never how a call is sent.
"""

from typing import Final

from onetime.domain.facts import StationChanged
from onetime.domain.ids import StationId
from onetime.domain.reviews import AlarmKind
from onetime.store import harm, quirks, reviews
from onetime.store.transaction import Transaction

DEATHS: Final = 2
"""How often a connection has to die of an action before it is withheld (K22)."""
BOOT_TRIGGER: Final = "TriggerMessage(BootNotification)"
"""Under this name asking for a boot is withheld: other triggers do not make stations restart."""


def note_deaf(tx: Transaction, station_id: StationId) -> None:
    """Mark a station that talks and does not answer (K12)."""
    quirks.count_quirk(tx, station_id, "K12")
    reviews.raise_alarm(
        tx,
        AlarmKind.STATION_DEAF,
        station_id,
        f"Station {station_id} talks, but does not answer what it is asked; if connecting again"
        " does not help, it has to be restarted at the station.",
        station_id,
    )
    if harm.set_deaf(tx, station_id):
        tx.announce(StationChanged(station_id))


def note_hears(tx: Transaction, station_id: StationId) -> None:
    """Take the mark off a station that answers again."""
    if harm.set_hearing(tx, station_id):
        tx.announce(StationChanged(station_id))


def note_death(tx: Transaction, station_id: StationId, action: str) -> None:
    """Count a connection that died of an action; of the second on it is withheld (K22)."""
    quirks.count_quirk(tx, station_id, "K22")
    if harm.count_harm(tx, station_id, action) >= DEATHS:
        _withhold(tx, station_id, action)


def note_boot_harm(tx: Transaction, station_id: StationId) -> None:
    """Count a connection that ended because a boot was asked for, and never ask again (B04)."""
    quirks.count_quirk(tx, station_id, "B04")
    harm.count_harm(tx, station_id, BOOT_TRIGGER)
    _withhold(tx, station_id, BOOT_TRIGGER)


def note_harmless(tx: Transaction, station_id: StationId, action: str) -> None:
    """Note that a station answered: what went before was chance, or is mended."""
    harm.forget_harm(tx, station_id, action)


def is_withheld(tx: Transaction, station_id: StationId, action: str) -> bool:
    """Say whether our own engines may not send this to a station; a person may."""
    return harm.withheld_since(tx, station_id, action) is not None


def _withhold(tx: Transaction, station_id: StationId, action: str) -> None:
    if not harm.withhold(tx, station_id, action):
        return
    reviews.raise_alarm(
        tx,
        AlarmKind.ACTION_WITHHELD,
        f"{station_id}:{action}",
        f"The connection of station {station_id} ends when it is sent {action}; onetime does not"
        " send that by itself any more. A person still can; once it is answered, onetime does too.",
        station_id,
    )
