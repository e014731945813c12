"""Signs that cards are copied or tried out (S14): a tag is a name that can be copied, no secret.

Alarms only; whether a card may charge is decided in `authorization.py`.
"""

from datetime import datetime, timedelta

from onetime.domain.ids import StationId
from onetime.domain.reviews import AlarmKind, ReviewKind
from onetime.domain.sessions import Session
from onetime.kit.logs import masked
from onetime.store import reviews, sessions
from onetime.store.transaction import Transaction

LIVE_WITHIN = timedelta(minutes=10)
BURST_WITHIN = timedelta(minutes=10)
BURST = 5
"""So many unknown cards at one station within that time are no lost card any more."""


def note_card_in_two_places(tx: Transaction, session: Session) -> None:
    """Raise an alarm when a card begins to charge while it charges at another station."""
    if session.token_id is None:
        return
    other = charge_elsewhere(tx, session.token_id, session.station_id, session.start_time)
    if other is not None:
        reviews.raise_alarm(
            tx,
            AlarmKind.CARD_IN_TWO_PLACES,
            f"{session.id}",
            f"Card {masked(session.id_tag)} of renter {session.renter_id} charges at station"
            f" {session.station_id} while it charges at station {other.station_id}: it was"
            " lent, or copied.",
            session.station_id,
        )


def charge_elsewhere(
    tx: Transaction, token: str, station_id: StationId, at: datetime
) -> Session | None:
    """Return a charge of a card that went on at another station at that moment.

    What a station plays back of its past is compared with what had begun before it.
    """
    is_live = tx.now - at <= LIVE_WITHIN
    for other in sessions.open_with(tx, token):
        if other.station_id != station_id and (is_live or other.start_time <= at):
            return other
    return None


def note_unknown_tags(tx: Transaction, station_id: StationId) -> None:
    """Raise an alarm when many unknown cards are held to one station within minutes."""
    since = tx.now - BURST_WITHIN
    count = reviews.count_since(tx, ReviewKind.UNKNOWN_TAG, station_id, since)
    if count < BURST or reviews.is_raised(tx, AlarmKind.UNKNOWN_CARDS, station_id):
        return
    reviews.raise_alarm(
        tx,
        AlarmKind.UNKNOWN_CARDS,
        station_id,
        f"{count} different cards that nobody was given were held to station {station_id} within"
        " ten minutes: somebody tries out card numbers.",
        station_id,
    )
