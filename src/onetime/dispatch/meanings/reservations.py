"""What ReserveNow and CancelReservation mean: reservations that live and end (OCPP 1.6, 5.13)."""

from onetime.dispatch.meanings.endings import may_have_acted, word_of
from onetime.dispatch.outcomes import Order, Sent
from onetime.domain.reservations import Wish
from onetime.garage import Transaction
from onetime.ocpp.v16.reservation import (
    CancelReservationRequest,
    CancelReservationResponse,
    ReserveNowRequest,
    ReserveNowResponse,
)
from onetime.operations.reservations import (
    ask_reservation,
    cancel_reservation,
    note_not_reserved,
    note_reserved,
)


def reserving(tx: Transaction, command_id: int, order: Order) -> None:
    """Enter the reservation before the station is asked: its charge may come before its answer."""
    request = order.request
    assert isinstance(request, ReserveNowRequest)
    wish = Wish(
        station_id=order.station_id,
        reservation_id=request.reservation_id,
        connector_id=request.connector_id,
        id_tag=request.id_tag,
        parent_id_tag=request.parent_id_tag,
        expiry_date=request.expiry_date,
    )
    ask_reservation(tx, order.actor, wish, command_id)


def reserved(tx: Transaction, order: Order, done: Sent) -> None:
    """Keep the station's word on the reservation, or that it never came."""
    if isinstance(done.response, ReserveNowResponse):
        note_reserved(tx, done.id, done.response.status)
    else:
        note_not_reserved(tx, done.id, word_of(done), may_be_kept=may_have_acted(done))


def cancelled(tx: Transaction, order: Order, done: Sent) -> None:
    """End the reservation that the station gave up."""
    request = order.request
    assert isinstance(request, CancelReservationRequest)
    if isinstance(done.response, CancelReservationResponse):
        cancel_reservation(tx, order.station_id, request.reservation_id, done.response.status)
