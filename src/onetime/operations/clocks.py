"""What a station's clock says and what it means: zones left out, drift, buffers of long ago.

Nothing is ever rejected for its time; what is odd is counted, shown, or taken as history.
"""

from datetime import UTC, datetime, timedelta

from onetime.domain.ids import StationId
from onetime.domain.sessions import is_plausible_time
from onetime.store import presence, quirks
from onetime.store.transaction import Transaction

FITS_WITHIN = timedelta(minutes=10)
"""How far a time may lie from its arrival to be taken for one that was told live."""
DRIFT_COUNTED_SECONDS = 120
DRIFT_STEP_SECONDS = 5
"""A smaller change of the drift is not worth a write: the line needs time as well."""
BUFFERED = timedelta(days=1)
"""A time older than this is no live one, whatever zone the station takes itself to be in."""


def meant_time(tx: Transaction, station_id: StationId, stated: datetime) -> datetime:
    """Return the moment that a station meant by a time without zone, which was read as UTC (T03).

    The garage's own zone counts where it fits the arrival better; a station of which that was once
    seen is read like that from then on, live or not.
    """
    local = _in_zone_of_site(tx, stated)
    if local == stated:
        return stated
    known = presence.clock_of(tx, station_id)
    is_local = _is_local(local, stated, tx.now, known.times_are_local)
    if is_local is not known.times_are_local:
        presence.set_clock(tx, station_id, known.clock_drift_seconds, is_local)
    return local if is_local else stated


def note_clock(tx: Transaction, station_id: StationId, stated: datetime) -> None:
    """Keep how far a station's clock is off (T04), by a time that it told live.

    A time of long ago comes from a buffer (T05), and says nothing of the clock.
    """
    if not is_plausible_time(stated, tx.now):
        quirks.count_quirk(tx, station_id, "T01")
        return
    if tx.now - stated > BUFFERED:
        quirks.count_quirk(tx, station_id, "T05")
        return
    drift_seconds = round((stated - tx.now).total_seconds())
    if abs(drift_seconds) >= DRIFT_COUNTED_SECONDS:
        quirks.count_quirk(tx, station_id, "T04")
    known = presence.clock_of(tx, station_id)
    before = known.clock_drift_seconds
    if before is None or abs(drift_seconds - before) >= DRIFT_STEP_SECONDS:
        presence.set_clock(tx, station_id, drift_seconds, known.times_are_local)


def is_before_our_time(tx: Transaction, station_id: StationId, moment: datetime) -> bool:
    """Say whether this happened before the station was entered here: history, no alarm (T05)."""
    if tx.now - moment <= BUFFERED:
        return False
    return moment + BUFFERED < presence.clock_of(tx, station_id).created_at


def _in_zone_of_site(tx: Transaction, stated: datetime) -> datetime:
    try:
        return stated.replace(tzinfo=tx.policy.site_timezone).astimezone(UTC)
    except OverflowError:
        return stated


def _is_local(
    local: datetime, as_utc: datetime, arrived: datetime, known: bool | None
) -> bool | None:
    """Say which reading holds; None while nothing tells.

    A message may be older than it looks, but it never comes from the future: where only one reading
    is possible, that tells; otherwise what was told before counts.
    """
    is_local_live = abs(local - arrived) <= FITS_WITHIN
    is_utc_live = abs(as_utc - arrived) <= FITS_WITHIN
    if is_local_live and as_utc > arrived + FITS_WITHIN:
        return True
    if is_utc_live and local > arrived + FITS_WITHIN:
        return False
    if known is not None or not (is_local_live or is_utc_live):
        return known
    return is_local_live
