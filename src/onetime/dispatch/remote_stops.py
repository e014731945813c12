"""Tells a station to end a charge; that it has ended is told by the station's own Stop."""

from typing import Final

from onetime.dispatch.commands import Sent, send
from onetime.domain.ids import StationId, TransactionId
from onetime.domain.people import Actor
from onetime.garage import Garage
from onetime.ocpp.v16.core import RemoteStopTransactionRequest

ACTOR: Final = Actor("clock", "permissions")


async def stop_charge(garage: Garage, station_id: StationId, transaction_id: TransactionId) -> Sent:
    """Ask once; nothing is closed by it (promise 6)."""
    request = RemoteStopTransactionRequest(transaction_id=transaction_id)
    return await send(garage, ACTOR, station_id, request)
