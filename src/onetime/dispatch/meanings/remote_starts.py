"""What an accepted RemoteStartTransaction means: a charge that has to begin (C10)."""

from typing import Final

from onetime.dispatch.outcomes import Order, Sent
from onetime.garage import Transaction
from onetime.ocpp.v16.core import RemoteStartTransactionRequest, RemoteStartTransactionResponse
from onetime.operations.remote_starts import expect_charge

ACCEPTED: Final = "Accepted"


def promised(tx: Transaction, order: Order, done: Sent) -> None:
    """Wait for the charge that the station promised."""
    request = order.request
    assert isinstance(request, RemoteStartTransactionRequest)
    response = done.response
    if isinstance(response, RemoteStartTransactionResponse) and response.status == ACCEPTED:
        expect_charge(tx, order.station_id, request.connector_id, request.id_tag, done.id)
