"""What SetChargingProfile and ClearChargingProfile mean: which profiles hold where."""

from typing import Final

import msgspec

from onetime.dispatch.meanings.endings import may_have_acted, word_of
from onetime.dispatch.outcomes import Order, Sent
from onetime.domain.charging_profiles import Criteria, Profile
from onetime.garage import Transaction
from onetime.ocpp.v16.core import RemoteStartTransactionRequest, RemoteStartTransactionResponse
from onetime.ocpp.v16.smart_charging import (
    ClearChargingProfileRequest,
    ClearChargingProfileResponse,
    SetChargingProfileRequest,
    SetChargingProfileResponse,
)
from onetime.ocpp.v16.types import ChargingProfile
from onetime.operations.charging_profiles import (
    note_profile_answer,
    note_profile_sent,
    note_profile_unanswered,
    note_profiles_cleared,
)

ACCEPTED: Final = "Accepted"


def installing(tx: Transaction, command_id: int, order: Order) -> None:
    """Enter a profile before it is sent."""
    request = order.request
    assert isinstance(request, SetChargingProfileRequest)
    _send(tx, command_id, order, request.connector_id, request.cs_charging_profiles)


def installed(tx: Transaction, order: Order, done: Sent) -> None:
    """Keep the station's word on a profile, or that it never came."""
    if isinstance(done.response, SetChargingProfileResponse):
        note_profile_answer(tx, order.station_id, done.id, done.response.status)
    else:
        note_profile_unanswered(
            tx, order.station_id, done.id, word_of(done), may_hold=may_have_acted(done)
        )


def starting(tx: Transaction, command_id: int, order: Order) -> None:
    """Enter the profile that goes with a remote start, if there is one."""
    request = order.request
    assert isinstance(request, RemoteStartTransactionRequest)
    if request.charging_profile is not None:
        _send(tx, command_id, order, request.connector_id or 0, request.charging_profile)


def started(tx: Transaction, order: Order, done: Sent) -> None:
    """Keep whether the station took the profile with the remote start."""
    if isinstance(done.response, RemoteStartTransactionResponse):
        note_profile_answer(tx, order.station_id, done.id, done.response.status)
    else:
        note_profile_unanswered(
            tx, order.station_id, done.id, word_of(done), may_hold=may_have_acted(done)
        )


def cleared(tx: Transaction, order: Order, done: Sent) -> None:
    """End the profiles that the station has cleared.

    One that knew none such may hold ours all the same (P05), so nothing follows from `Unknown`.
    """
    request = order.request
    assert isinstance(request, ClearChargingProfileRequest)
    response = done.response
    if isinstance(response, ClearChargingProfileResponse) and response.status == ACCEPTED:
        criteria = Criteria(
            charging_profile_id=request.id,
            connector_id=request.connector_id,
            purpose=request.charging_profile_purpose,
            stack_level=request.stack_level,
        )
        note_profiles_cleared(tx, order.station_id, criteria)


def as_stored(profile: ChargingProfile) -> Profile:
    """Return a profile of the wire as the books hold it."""
    return msgspec.convert(profile, Profile, from_attributes=True)


def _send(
    tx: Transaction, command_id: int, order: Order, connector_id: int, profile: ChargingProfile
) -> None:
    note_profile_sent(
        tx,
        order.actor,
        order.station_id,
        connector_id,
        profile.charging_profile_id,
        as_stored(profile),
        command_id,
    )
