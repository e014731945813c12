"""What a command means for the books: one table by action, used by everything that is sent.

An effect runs in the transaction that records the command, before it is sent (`ASKED`), or in the
one that records how it ended (`ENDED`), whoever asked: a person over the API, or a loop. One of
`ASKED` may refuse: then nothing is recorded and nothing is sent. One of `ENDED` has nothing to
refuse any more. How a command is sent is none of this module's business.
"""

from collections.abc import Callable, Mapping
from typing import Final

from onetime.dispatch.meanings import (
    abilities,
    caches,
    charging_profiles,
    configuration,
    keys,
    local_lists,
    remote_starts,
    reservations,
)
from onetime.dispatch.outcomes import Order, Sent
from onetime.garage import Transaction
from onetime.ocpp.actions import COMMANDS

AskedEffect = Callable[[Transaction, int, Order], None]
"""Takes the transaction, the id of the command and what is about to be sent."""
EndedEffect = Callable[[Transaction, Order, Sent], None]


def _both(first: AskedEffect, second: AskedEffect) -> AskedEffect:
    def both(tx: Transaction, command_id: int, order: Order) -> None:
        first(tx, command_id, order)
        second(tx, command_id, order)

    return both


ASKED: Final[Mapping[str, AskedEffect]] = {
    "ChangeConfiguration": _both(configuration.changing, keys.changing),
    "RemoteStartTransaction": charging_profiles.starting,
    "ReserveNow": reservations.reserving,
    "SendLocalList": local_lists.sending,
    "SetChargingProfile": charging_profiles.installing,
}
_MEANT: Final[Mapping[str, tuple[EndedEffect, ...]]] = {
    "CancelReservation": (reservations.cancelled,),
    "ChangeConfiguration": (configuration.changed, keys.changed),
    "ClearCache": (caches.cleared,),
    "ClearChargingProfile": (charging_profiles.cleared,),
    "GetConfiguration": (configuration.told,),
    "GetLocalListVersion": (local_lists.told,),
    "RemoteStartTransaction": (remote_starts.promised, charging_profiles.started),
    "ReserveNow": (reservations.reserved,),
    "SendLocalList": (local_lists.taken,),
    "SetChargingProfile": (charging_profiles.installed,),
}
"""What an action means besides showing what its station can do."""


def _together(effects: tuple[EndedEffect, ...]) -> EndedEffect:
    def all_of_them(tx: Transaction, order: Order, done: Sent) -> None:
        for effect in effects:
            effect(tx, order, done)

    return all_of_them


ENDED: Final[Mapping[str, EndedEffect]] = {
    action: _together((abilities.shown, *_MEANT.get(action, ()))) for action in COMMANDS
}
