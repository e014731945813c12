"""What an answer shows of what a station can do (C12, C13): remembered for whoever asks next."""

from typing import Final

from msgspec import Struct

from onetime.dispatch.outcomes import Order, Sent
from onetime.garage import Transaction
from onetime.ocpp.v16.core import UnlockConnectorResponse
from onetime.ocpp.v16.local_list import GetLocalListVersionResponse, SendLocalListResponse
from onetime.ocpp.v16.smart_charging import SetChargingProfileResponse
from onetime.operations.abilities import learn_ability

CAN_NOT: Final = frozenset({"NotImplemented", "NotSupported"})
"""Codes of a CALLERROR, and the word of an answer."""
NO_LIST: Final = -1
"""The version of a station that keeps no list at all (OCPP 1.6, 5.10)."""


def shown(tx: Transaction, order: Order, done: Sent) -> None:
    """Learn from an answer whether the station can do what was asked."""
    if done.code is not None:
        if done.code in CAN_NOT:
            learn_ability(tx, order.station_id, order.action, False, done.code)
        return
    response = done.response
    if response is None:
        return
    word = _word(response)
    learn_ability(tx, order.station_id, order.action, word not in CAN_NOT, word)


def _word(response: Struct) -> str:
    if isinstance(response, GetLocalListVersionResponse):
        return "NotSupported" if response.list_version == NO_LIST else "answered"
    if isinstance(
        response, UnlockConnectorResponse | SendLocalListResponse | SetChargingProfileResponse
    ):
        return response.status
    return "answered"
