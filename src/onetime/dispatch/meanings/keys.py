"""What a change of AuthorizationKey means: both keys open until the station shows the new (K25).

Whoever sends it, a guided rotation or a person by hand, nobody is locked out.
"""

from typing import Final

from onetime.dispatch.outcomes import Order, Sent
from onetime.domain.commands import CommandStatus
from onetime.garage import Transaction
from onetime.ocpp.v16.core import ChangeConfigurationRequest, ChangeConfigurationResponse
from onetime.operations.keys import expect_key, settle_answer

KEY: Final = "authorizationkey"
TAKEN: Final = ("Accepted", "RebootRequired")
NEVER_SENT: Final = (
    CommandStatus.OFFLINE,
    CommandStatus.EXPIRED,
    CommandStatus.QUEUE_FULL,
    CommandStatus.WITHHELD,
)


def changing(tx: Transaction, _: int, order: Order) -> None:
    """Expect the key before it is sent; raises Conflict when too many are on their way."""
    request = order.request
    assert isinstance(request, ChangeConfigurationRequest)
    if request.key.casefold() == KEY:
        expect_key(tx, order.station_id, request.value)


def changed(tx: Transaction, order: Order, done: Sent) -> None:
    """Settle whether the station has it: yes, no, or not known."""
    request = order.request
    assert isinstance(request, ChangeConfigurationRequest)
    if request.key.casefold() != KEY:
        return
    is_taken: bool | None = None
    if isinstance(done.response, ChangeConfigurationResponse):
        is_taken = done.response.status in TAKEN
    elif done.status in NEVER_SENT or done.status is CommandStatus.CALL_ERROR:
        is_taken = False
    settle_answer(tx, order.station_id, request.value, is_taken)
