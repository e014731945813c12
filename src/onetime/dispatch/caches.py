"""Tells a station to forget the verdicts that it remembers, because a card was revoked (C14)."""

from typing import Final

from onetime.dispatch.commands import send
from onetime.domain.ids import StationId
from onetime.domain.people import Actor
from onetime.garage import Garage
from onetime.ocpp.v16.core import ClearCacheRequest

ACTOR: Final = Actor("clock", "revocations")


async def clear_cache(garage: Garage, station_id: StationId) -> None:
    """Ask once; what the station says is in the books then. Raises StoreDown."""
    await send(garage, ACTOR, station_id, ClearCacheRequest())
