"""What an owner does with the garage as a whole: give it a name, lock it and unlock it (S37).

While it is locked nobody begins to charge: whoever holds a card to a station is refused. Charges
that go on are not ended by it, and energy that flows all the same is booked, as always.
"""

from onetime.domain.errors import Conflict
from onetime.domain.facts import GarageChanged
from onetime.domain.people import Actor, garage_name_fault
from onetime.kit.texts import one_line
from onetime.operations.subjects import require, the_reason
from onetime.store import audit, installation
from onetime.store.transaction import Transaction

SUBJECT = "garage"


def name_garage(tx: Transaction, actor: Actor, name: str) -> None:
    """Give the garage a name; raises Unacceptable."""
    line = require(garage_name_fault, one_line(name), "name")
    installation.set_name(tx, line)
    audit.record(tx, actor, "garage.named", SUBJECT, None, {"name": line})
    tx.announce(GarageChanged())


def lock_garage(tx: Transaction, actor: Actor, reason: str) -> None:
    """Let nobody begin to charge; raises Unacceptable, and Conflict when it is locked already."""
    why = the_reason(reason)
    if installation.is_locked(tx):
        raise Conflict("The garage is locked already.")
    installation.set_lock(tx, str(actor), why)
    audit.record(tx, actor, "garage.locked", SUBJECT, reason=why)
    tx.announce(GarageChanged())


def unlock_garage(tx: Transaction, actor: Actor) -> None:
    """Let people charge again; raises Conflict when the garage is not locked."""
    if not installation.is_locked(tx):
        raise Conflict("The garage is not locked.")
    installation.set_lock(tx, None, None)
    audit.record(tx, actor, "garage.unlocked", SUBJECT)
    tx.announce(GarageChanged())
