"""What GetConfiguration and ChangeConfiguration mean: what is reported, and what is wanted.

A secret's value is neither kept nor wanted again: only that it was asked for is in the history.
"""

from collections.abc import Iterable
from typing import Final

from onetime.dispatch.outcomes import Order, Sent
from onetime.domain.commands import CommandStatus
from onetime.garage import Transaction
from onetime.ocpp.redaction import REPLACEMENT, is_secret_key
from onetime.ocpp.repair import repair_response
from onetime.ocpp.v16.core import (
    ChangeConfigurationRequest,
    ChangeConfigurationResponse,
    GetConfigurationResponse,
    KeyValue,
)
from onetime.operations.configuration import (
    ReportedKey,
    keep_keys,
    note_change_answer,
    note_change_asked,
    wish_for,
)

CLOCK: Final = "clock"
"""The kind of an actor that is a loop of ours: it asks for what is wanted already."""
MAX_KEY_LENGTH: Final = 255  # 50 by OCPP 1.6


def changing(tx: Transaction, _: int, order: Order) -> None:
    """Enter what a person wants, and that the station is being asked for it."""
    request = order.request
    assert isinstance(request, ChangeConfigurationRequest)
    if is_secret_key(request.key):
        return
    if order.actor.kind != CLOCK:
        wish_for(tx, order.actor, order.station_id, request.key, request.value)
    note_change_asked(tx, order.station_id, request.key)


def changed(tx: Transaction, order: Order, done: Sent) -> None:
    """Keep the station's word on a change."""
    request = order.request
    assert isinstance(request, ChangeConfigurationRequest)
    response = done.response
    if isinstance(response, ChangeConfigurationResponse) and not is_secret_key(request.key):
        note_change_answer(tx, order.station_id, request.key, response.status)


def told(tx: Transaction, order: Order, done: Sent) -> None:
    """Keep the keys that a station told, whoever asked; a broken answer is read as meant (C05)."""
    response = done.response
    if response is None and done.status is CommandStatus.BROKEN_ANSWER and done.answer:
        repaired = repair_response(order.action, done.answer.encode())
        response = repaired.request if repaired is not None else None
    if isinstance(response, GetConfigurationResponse) and response.configuration_key:
        keep_keys(tx, order.station_id, as_reported(response.configuration_key))


def as_reported(keys: Iterable[KeyValue]) -> list[ReportedKey]:
    """Return keys as the books may hold them: without the values of secrets (C07)."""
    return [
        ReportedKey(
            each.key[:MAX_KEY_LENGTH],
            REPLACEMENT if is_secret_key(each.key) else each.value,
            each.readonly,
        )
        for each in keys
    ]
