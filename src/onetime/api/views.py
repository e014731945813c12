"""What viewers are told: the garage as a whole, then what became different.

Knows two moments of the garage and the messages between them; never sockets, nor when to send.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final, Literal, TypeAlias, TypeVar

from msgspec import Struct

from onetime.queries.live import (
    Live,
    LiveAttention,
    LiveConnector,
    LiveGarage,
    LiveSession,
    LiveSpot,
    LiveStation,
)

T = TypeVar("T", bound=Struct)

Connector: TypeAlias = tuple[str, int]


class View(Struct, frozen=True, kw_only=True):
    """The garage at one moment, each thing under its key; `version` counts the moments."""

    version: int
    at: datetime
    stations: Mapping[str, LiveStation]
    connectors: Mapping[Connector, LiveConnector]
    spots: Mapping[int, LiveSpot]
    sessions: Mapping[int, LiveSession]
    garage: LiveGarage
    attention: LiveAttention | None


class Snapshot(Struct, frozen=True, kw_only=True, tag="snapshot", tag_field="type"):
    """The garage as a whole; what a viewer was told before counts no more.

    `attention` is null for renters.
    """

    number: int
    at: datetime
    stations: tuple[LiveStation, ...]
    connectors: tuple[LiveConnector, ...]
    spots: tuple[LiveSpot, ...]
    sessions: tuple[LiveSession, ...]
    garage: LiveGarage
    attention: LiveAttention | None


class Gone(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Keys of what is not there any more; a connector's is its station and its number."""

    stations: tuple[str, ...] = ()
    connectors: tuple[Connector, ...] = ()
    spots: tuple[int, ...] = ()
    sessions: tuple[int, ...] = ()


class Delta(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="delta", tag_field="type"):
    """What is new or became different since the message before, each thing as a whole."""

    number: int
    at: datetime
    stations: tuple[LiveStation, ...] = ()
    connectors: tuple[LiveConnector, ...] = ()
    spots: tuple[LiveSpot, ...] = ()
    sessions: tuple[LiveSession, ...] = ()
    garage: LiveGarage | None = None
    attention: LiveAttention | None = None
    gone: Gone = Gone()


class Wish(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The one thing a viewer can say: that it wants to be told everything anew."""

    type: Literal["snapshot"]


MESSAGES: Final[tuple[type[Struct], ...]] = (Snapshot, Delta, Wish)
"""All that is said on the channel, for the document of the API."""


def view_of(live: Live, version: int, at: datetime) -> View:
    """Return the garage as staff sees it."""
    return View(
        version=version,
        at=at,
        stations={each.id: each for each in live.stations},
        connectors={(each.station_id, each.connector_id): each for each in live.connectors},
        spots={each.id: each for each in live.spots},
        sessions={each.id: each for each in live.sessions},
        garage=live.garage,
        attention=live.attention,
    )


def of_renter(view: View, renter_id: int) -> View:
    """Return what concerns one renter: own spots, own charges, and the stations of both."""
    spots = {key: each for key, each in view.spots.items() if each.renter_id == renter_id}
    sessions = {key: each for key, each in view.sessions.items() if each.renter_id == renter_id}
    near = {each.charging_station_id for each in spots.values()}
    near |= {each.station_id for each in sessions.values()}
    return View(
        version=view.version,
        at=view.at,
        stations={key: each for key, each in view.stations.items() if key in near},
        connectors={key: each for key, each in view.connectors.items() if key[0] in near},
        spots=spots,
        sessions=sessions,
        garage=view.garage,
        attention=None,
    )


def snapshot(view: View, number: int) -> Snapshot:
    """Return everything."""
    return Snapshot(
        number=number,
        at=view.at,
        stations=tuple(view.stations.values()),
        connectors=tuple(view.connectors.values()),
        spots=tuple(view.spots.values()),
        sessions=tuple(view.sessions.values()),
        garage=view.garage,
        attention=view.attention,
    )


def delta(before: View, now: View, number: int) -> Delta | None:
    """Return what became different between two moments, or None when nothing did."""
    found = Delta(
        number=number,
        at=now.at,
        stations=_different(before.stations, now.stations),
        connectors=_different(before.connectors, now.connectors),
        spots=_different(before.spots, now.spots),
        sessions=_different(before.sessions, now.sessions),
        garage=now.garage if now.garage != before.garage else None,
        attention=now.attention if now.attention != before.attention else None,
        gone=Gone(
            stations=_missing(before.stations, now.stations),
            connectors=_missing(before.connectors, now.connectors),
            spots=_missing(before.spots, now.spots),
            sessions=_missing(before.sessions, now.sessions),
        ),
    )
    return None if found == Delta(number=number, at=now.at) else found


K = TypeVar("K")


def _different(before: Mapping[K, T], now: Mapping[K, T]) -> tuple[T, ...]:
    return tuple(each for key, each in now.items() if before.get(key) != each)


def _missing(before: Mapping[K, T], now: Iterable[K]) -> tuple[K, ...]:
    return tuple(key for key in before if key not in now)
