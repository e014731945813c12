"""Messages of the OCPP 1.6 reservation profile. Knows their wire form, never their effect."""

from typing import Literal

from msgspec import Struct

from onetime.ocpp.v16.types import AcceptedOrRejected, CiString20, Integer, Time

ReservationStatus = Literal["Accepted", "Faulted", "Occupied", "Rejected", "Unavailable"]


class CancelReservationRequest(
    Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True
):
    """Give up a reservation (OCPP 1.6, 6.5)."""

    reservation_id: Integer


class CancelReservationResponse(
    Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True
):
    """Whether the station knew that reservation (OCPP 1.6, 6.6)."""

    status: AcceptedOrRejected


class ReserveNowRequest(Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True):
    """Keep a connector, or with 0 any of them, for a tag (OCPP 1.6, 6.37)."""

    connector_id: Integer
    expiry_date: Time
    id_tag: CiString20
    reservation_id: Integer
    parent_id_tag: CiString20 | None = None


class ReserveNowResponse(Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True):
    """Whether the connector is kept (OCPP 1.6, 6.38)."""

    status: ReservationStatus
