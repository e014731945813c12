"""Connector states as stations report them; a state never opens or closes a charge (N05)."""

from datetime import datetime, timedelta

from onetime.domain.facts import ConnectorChanged
from onetime.domain.ids import STATION_LEVEL_CONNECTOR, StationId
from onetime.domain.reviews import AlarmKind
from onetime.domain.sessions import OLDEST_PLAUSIBLE, is_plausible_time
from onetime.domain.stations import ConnectorReport
from onetime.operations.clocks import is_before_our_time
from onetime.store import connectors, reviews
from onetime.store.connectors import ConnectorState
from onetime.store.transaction import Transaction

FAULTED = "Faulted"
FURTHEST_ZONE = timedelta(hours=14)


def note_status(tx: Transaction, station_id: StationId, report: ConnectorReport) -> None:
    """Keep a StatusNotification; connector 0 speaks for the station alone (N03).

    What a station plays back from an old buffer is history and changes no state (T05).
    """
    known = connectors.state_of(tx, station_id, report.connector_id)
    if known is not None and _is_history(tx, known, report):
        return
    is_unchanged = known is not None and known.status == report.status
    stated = report.stated_time
    connectors.write_state(
        tx,
        connectors.StateReport(
            station_id=station_id,
            connector_id=report.connector_id,
            status=report.status,
            error_code=report.error_code,
            last_updated=stated if stated and is_plausible_time(stated, tx.now) else tx.now,
            details=report.details,
            vendor_error_code=report.vendor_error_code,
            status_since=known.status_since if known and is_unchanged else tx.now,
        ),
        is_new=known is None,
    )
    if report.status == FAULTED and not is_unchanged and not _is_old(tx, station_id, stated):
        _alarm(tx, station_id, report)
    tx.announce(ConnectorChanged(station_id, report.connector_id))


def _is_history(tx: Transaction, known: ConnectorState, report: ConnectorReport) -> bool:
    """Say whether a state is older than the known one, by more than a wrong zone explains (T04)."""
    stated = report.stated_time
    if stated is None or stated < OLDEST_PLAUSIBLE:
        return False
    return stated < known.last_updated and tx.now - stated > FURTHEST_ZONE


def _is_old(tx: Transaction, station_id: StationId, stated: datetime | None) -> bool:
    return stated is not None and is_before_our_time(tx, station_id, stated)


def _alarm(tx: Transaction, station_id: StationId, report: ConnectorReport) -> None:
    is_station = report.connector_id == STATION_LEVEL_CONNECTOR
    part = "the station itself" if is_station else f"connector {report.connector_id}"
    reviews.raise_alarm(
        tx,
        AlarmKind.STATION_FAULTED,
        f"{station_id}:{report.connector_id}",
        f"Station {station_id} reports a fault of {part}: {report.error_code}.",
        station_id,
    )
