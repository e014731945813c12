"""Asks a station that has never booted in our sight what it is (B04)."""

from typing import Final

from onetime.dispatch.commands import send
from onetime.domain.ids import StationId
from onetime.domain.people import Actor
from onetime.garage import Garage
from onetime.ocpp.v16.remote_trigger import TriggerMessageRequest

ACTOR: Final = Actor("clock", "boots")


async def ask_for_boot(garage: Garage, station_id: StationId) -> None:
    """Ask once; whatever the station does, nothing depends on it (B05)."""
    request = TriggerMessageRequest(requested_message="BootNotification")
    await send(garage, ACTOR, station_id, request)
