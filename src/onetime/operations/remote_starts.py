"""Remote starts are watched: one that was accepted and never began is told to a person (C10).

Nothing is repeated: a second start may find a car that the first one has started by then.
"""

from datetime import timedelta
from typing import Final

from onetime.domain.ids import StationId
from onetime.domain.reviews import AlarmKind
from onetime.kit.logs import masked
from onetime.store import configuration, quirks, remote_starts, reviews
from onetime.store.transaction import Transaction

TIME_OUT_KEY: Final = "ConnectionTimeOut"
USUAL_SECONDS: Final = 60
LONGEST_SECONDS: Final = 3_600
GRACE_SECONDS: Final = 30


def expect_charge(
    tx: Transaction, station_id: StationId, connector_id: int | None, id_tag: str, command_id: int
) -> None:
    """Wait for the charge of an accepted remote start as long as its station waits for the car."""
    reported = configuration.of_station(tx.connection, station_id).get(TIME_OUT_KEY)
    within = _seconds(reported.value if reported else None) + GRACE_SECONDS
    remote_starts.insert_remote_start(
        tx, station_id, connector_id, id_tag, command_id, timedelta(seconds=within)
    )


def watch_remote_starts(tx: Transaction) -> int:
    """Match remote starts with their charges, and raise an alarm for those that never began."""
    missed = 0
    for start in remote_starts.waiting(tx):
        if session_id := remote_starts.charge_of(tx, start):
            remote_starts.end(tx, start.id, remote_starts.STARTED, session_id)
        elif start.due_at <= tx.now:
            remote_starts.end(tx, start.id, remote_starts.MISSED)
            quirks.count_quirk(tx, start.station_id, "C10")
            connector = start.connector_id
            reviews.raise_alarm(
                tx,
                AlarmKind.REMOTE_START_MISSED,
                start.station_id,
                f"Station {start.station_id}{f', connector {connector}' if connector else ''}"
                f" accepted a remote start for card {masked(start.id_tag)} (command"
                f" {start.command_id}), and no charge began. Is the car plugged in? Nothing was"
                " repeated; start again if it is still wanted.",
                start.station_id,
            )
            missed += 1
    return missed


def _seconds(reported: str | None) -> int:
    try:
        seconds = int(reported or "")
    except ValueError:
        return USUAL_SECONDS
    return min(seconds, LONGEST_SECONDS) if seconds > 0 else USUAL_SECONDS
