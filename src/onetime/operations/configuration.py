"""Keeps the configuration that a station reports (specification, section 8)."""

from collections.abc import Sequence

from onetime.domain.facts import StationChanged
from onetime.domain.ids import StationId
from onetime.store import configuration, quirks
from onetime.store.configuration import ReportedKey
from onetime.store.transaction import Transaction

__all__ = ["ReportedKey", "keep_configuration", "note_configuration_refused"]


def keep_configuration(
    tx: Transaction, station_id: StationId, reported: Sequence[ReportedKey]
) -> None:
    """Keep exactly the keys that a station reported."""
    configuration.replace_all(tx, station_id, reported)
    tx.announce(StationChanged(station_id))


def note_configuration_refused(tx: Transaction, station_id: StationId) -> None:
    """Note that a station does not tell its configuration; it is asked again after a boot."""
    quirks.count_quirk(tx, station_id, "C05")
    configuration.note_read(tx, station_id)
