"""What an owner does with renters: enter, change, deactivate, reactivate.

Knows names and addresses while it stores them; the audit says only that they changed.
"""

from msgspec import UNSET, Struct, UnsetType

from onetime.domain.facts import GarageChanged
from onetime.domain.people import Actor, email_fault, name_fault, phone_fault
from onetime.kit.texts import one_line
from onetime.operations.objections import Objections
from onetime.operations.revocations import note_revocations
from onetime.operations.subjects import require, the_renter
from onetime.store import audit, renters, spots
from onetime.store.transaction import Transaction, Value


class RenterChanges(Struct, frozen=True, kw_only=True):
    """What is to be changed; an empty phone number takes it away."""

    name: str | UnsetType = UNSET
    contact_email: str | UnsetType = UNSET
    phone_number: str | UnsetType | None = UNSET


def create_renter(
    tx: Transaction,
    actor: Actor,
    *,
    name: str,
    contact_email: str,
    phone_number: str | None = None,
) -> int:
    """Enter a renter and return the number given; raises Unacceptable, or Several of these."""
    objections = Objections()
    with objections:
        name = _name(name)
    with objections:
        contact_email = _email(contact_email)
    with objections:
        phone_number = _phone(phone_number)
    objections.end()
    renter_id = renters.insert_renter(tx, name, contact_email, phone_number)
    audit.record(tx, actor, "renter.created", f"renter:{renter_id}", None, {"is_active": True})
    tx.announce(GarageChanged())
    return renter_id


def edit_renter(tx: Transaction, actor: Actor, renter_id: int, changes: RenterChanges) -> None:
    """Change how a renter is called and reached; raises NotFound, Unacceptable, or Several."""
    before = the_renter(tx, renter_id)
    wanted: dict[str, Value] = {}
    objections = Objections()
    with objections:
        if changes.name is not UNSET:
            wanted["name"] = _name(changes.name)
    with objections:
        if changes.contact_email is not UNSET:
            wanted["contact_email"] = _email(changes.contact_email)
    with objections:
        if changes.phone_number is not UNSET:
            wanted["phone_number"] = _phone(changes.phone_number)
    objections.end()
    changed = [name for name, value in wanted.items() if getattr(before, name) != value]
    if changed:
        renters.change(tx, renter_id, wanted)
        audit.record(
            tx, actor, "renter.edited", f"renter:{renter_id}", None, {"changed": " ".join(changed)}
        )
        tx.announce(GarageChanged())


def deactivate_renter(tx: Transaction, actor: Actor, renter_id: int) -> list[str]:
    """End a tenancy: the cards stop charging, the spots become free, the history stays.

    Returns the labels of the spots that were released. Raises NotFound.
    """
    renter = the_renter(tx, renter_id)
    released = spots.rented_by(tx, renter_id)
    for spot in released:
        spots.set_renter(tx, spot.id, None)
        audit.record_change(
            tx,
            actor,
            "spot.released",
            f"spot:{spot.id}",
            {"renter_id": renter_id},
            {"renter_id": None},
        )
    _set_active(tx, actor, renter_id, renter.is_active, False)
    return [spot.label for spot in released]


def reactivate_renter(tx: Transaction, actor: Actor, renter_id: int) -> None:
    """Let a past renter's cards charge again; spots have to be assigned anew. Raises NotFound."""
    renter = the_renter(tx, renter_id)
    _set_active(tx, actor, renter_id, renter.is_active, True)


def _set_active(tx: Transaction, actor: Actor, renter_id: int, was: bool, is_now: bool) -> None:
    if was == is_now:
        return
    renters.change(tx, renter_id, {"is_active": is_now})
    audit.record(
        tx,
        actor,
        "renter.reactivated" if is_now else "renter.deactivated",
        f"renter:{renter_id}",
        {"is_active": was},
        {"is_active": is_now},
    )
    note_revocations(tx)
    tx.announce(GarageChanged())


def _name(text: str) -> str:
    return require(name_fault, one_line(text), "name")


def _email(text: str) -> str:
    return require(email_fault, text.strip(), "contact_email")


def _phone(text: str | None) -> str | None:
    return require(phone_fault, one_line(text or ""), "phone_number") or None
