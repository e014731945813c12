"""StartTransaction and StopTransaction; the books are kept by the operations."""

from hashlib import sha256
from typing import Final

from onetime.domain.sessions import Closing, Opening
from onetime.garage import Transaction
from onetime.gateway.caller import Caller
from onetime.gateway.handlers.readings import samplings_of
from onetime.gateway.handlers.times import time_of
from onetime.gateway.handlers.tokens import id_tag_info
from onetime.kit.times import EPOCH
from onetime.ocpp.v16.core import (
    StartTransactionRequest,
    StartTransactionResponse,
    StopTransactionRequest,
    StopTransactionResponse,
)
from onetime.operations.authorization import rule
from onetime.operations.sessions import start_session, stop_session

DEFAULT_REASON: Final = "Local"
NO_REGISTER: Final = "X14"
"""What the repair of a frame calls a register value that is missing or can not be read."""


def start_transaction(
    tx: Transaction, caller: Caller, request: StartTransactionRequest
) -> StartTransactionResponse:
    """Enter the charge and answer with its transaction id and the verdict on its tag."""
    opening = Opening(
        station_id=caller.station_id,
        connector_id=request.connector_id,
        id_tag=request.id_tag,
        meter_start=_register(caller, request.meter_start),
        stated_time=time_of(tx, caller, request.timestamp),
        reservation_id=request.reservation_id,
        message_id=caller.message_id,
        digest=sha256(caller.content).hexdigest() if _is_doubtful(request) else None,
        is_scaled=caller.register_factor != 1,
    )
    opened = start_session(tx, opening, caller.frame)
    return StartTransactionResponse(
        transaction_id=opened.transaction_id,
        id_tag_info=id_tag_info(opened.ruling, tx.policy.authorization_reply),
    )


def stop_transaction(
    tx: Transaction, caller: Caller, request: StopTransactionRequest
) -> StopTransactionResponse:
    """Close the charge; a Stop without reason is `Local` (OCPP 1.6, 7.36)."""
    closing = Closing(
        station_id=caller.station_id,
        transaction_id=request.transaction_id,
        id_tag=request.id_tag or None,
        meter_stop=_register(caller, request.meter_stop),
        stated_time=time_of(tx, caller, request.timestamp),
        reason=request.reason or DEFAULT_REASON,
    )
    samplings = samplings_of(tx, caller, request.transaction_data or ())
    stop_session(tx, closing, samplings, caller.frame)
    if not request.id_tag:
        return StopTransactionResponse()
    ruling = rule(tx, request.id_tag)
    return StopTransactionResponse(id_tag_info=id_tag_info(ruling, tx.policy.authorization_reply))


def _is_doubtful(request: StartTransactionRequest) -> bool:
    """Say whether what tells one Start from another is, perhaps, a substitute for something lost.

    Such a Start is known again by its text alone.
    """
    return request.connector_id <= 0 or not request.id_tag or request.timestamp == EPOCH


def _register(caller: Caller, stated: int) -> int | None:
    """Return a register in Wh, None when none came (X14)."""
    return None if NO_REGISTER in caller.quirks else stated * caller.register_factor
