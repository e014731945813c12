"""Lets a renter begin and end a charge from afar: looked up, then asked of the station.

What the station answers is a promise; the charge begins and ends with its own messages. Knows who
asks and for whom, never by which door they came.
"""

from typing import Final

from onetime.dispatch.commands import Sent, send
from onetime.domain.people import Actor
from onetime.garage import Garage
from onetime.ocpp.v16.core import (
    RemoteStartTransactionRequest,
    RemoteStartTransactionResponse,
    RemoteStopTransactionRequest,
    RemoteStopTransactionResponse,
)
from onetime.operations.remote_charging import begin_remotely, stop_remotely
from onetime.operations.subjects import SpotName

ACCEPTED: Final = "Accepted"


async def begin_charge(
    garage: Garage, actor: Actor, renter_id: int, spot: SpotName, connector_id: int | None = None
) -> Sent:
    """Ask the station at a spot to charge for this renter; raises as `begin_remotely`."""
    wanted = await garage.archive.write(begin_remotely, actor, renter_id, spot, connector_id)
    request = RemoteStartTransactionRequest(id_tag=wanted.id_tag, connector_id=wanted.connector_id)
    return await send(garage, actor, wanted.station_id, request)


async def end_charge(garage: Garage, actor: Actor, renter_id: int, session_id: int) -> Sent:
    """Ask a station to end a charge of this renter; raises as `stop_remotely`."""
    wanted = await garage.archive.write(stop_remotely, renter_id, session_id)
    request = RemoteStopTransactionRequest(transaction_id=wanted.transaction_id)
    return await send(garage, actor, wanted.station_id, request)


def has_agreed(sent: Sent) -> bool:
    """Say whether a station said that it will."""
    response = sent.response
    return (
        isinstance(response, RemoteStartTransactionResponse | RemoteStopTransactionResponse)
        and response.status == ACCEPTED
    )
