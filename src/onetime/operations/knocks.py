"""What was refused at the door for stations is kept, so that a person can see it and help."""

from collections.abc import Sequence

from msgspec import structs

from onetime.domain.ids import StationId
from onetime.domain.reviews import AlarmKind
from onetime.store import knocks, reviews, stations
from onetime.store.knocks import Knock
from onetime.store.transaction import Transaction

__all__ = ["Knock", "note_knocks"]

MAX_LENGTH = 255
GUESSING = "too-many-attempts"


def note_knocks(tx: Transaction, refused: Sequence[Knock]) -> None:
    """Keep what was refused; where keys of a station are guessed, raise an alarm (S04)."""
    for each in refused:
        identity = each.identity.encode("utf-8", "replace").decode().replace("\0", "?")
        knock = structs.replace(each, identity=identity[:MAX_LENGTH])
        is_news = knocks.note(tx, knock)
        if is_news and knock.reason == GUESSING:
            _note_guessing(tx, knock)
    knocks.trim(tx)


def _note_guessing(tx: Transaction, knock: Knock) -> None:
    station = stations.find(tx, StationId(knock.identity))
    if station is None:
        return
    reviews.raise_alarm(
        tx,
        AlarmKind.LOGIN_GUESSING,
        f"{station.id}:{knock.ip_address}",
        f"From {knock.ip_address} the key of station {station.id} is wrong again and again: it is"
        " entered amiss at the station, or somebody guesses. Logins from there have to wait.",
        station.id,
    )
