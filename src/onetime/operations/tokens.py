"""What an owner does with cards: issue, change, block, unblock, hand over.

A card stands in the audit and in sentences by its last four characters.
"""

from datetime import datetime

from msgspec import UNSET, Struct, UnsetType

from onetime.domain.errors import Conflict
from onetime.domain.facts import GarageChanged
from onetime.domain.people import Actor
from onetime.domain.reviews import ReviewKind
from onetime.domain.tokens import MAX_DESCRIPTION_LENGTH, Token, TokenStatus, token_fault
from onetime.kit.logs import masked
from onetime.operations.objections import Objections
from onetime.operations.revocations import note_revocation, revoke_deleted
from onetime.operations.subjects import (
    optional_text,
    require,
    the_active_renter,
    the_card,
)
from onetime.store import audit, reviews, tokens
from onetime.store.transaction import Row, Transaction, Value


class CardChanges(Struct, frozen=True, kw_only=True):
    """What is to be changed; None takes a date or a text away."""

    renter_id: int | UnsetType = UNSET
    status: TokenStatus | UnsetType = UNSET
    expiry_date: datetime | UnsetType | None = UNSET
    description: str | UnsetType | None = UNSET
    parent_id_tag: str | UnsetType | None = UNSET


def issue_card(
    tx: Transaction,
    actor: Actor,
    token: str,
    renter_id: int,
    *,
    expiry_date: datetime | None = None,
    description: str | None = None,
    parent_id_tag: str | None = None,
) -> None:
    """Give a renter a card that may charge at once; the date may lie in the past.

    Raises NotFound, Unacceptable, and Conflict when the renter is not active or the card is
    issued already, were it in other capitals, or Several of these.
    """
    objections = Objections()
    with objections:
        require(token_fault, token, "token")
        if existing := tokens.same_key(tx, token):
            raise Conflict(
                f"Card {masked(existing.token)} is issued already, to renter {existing.renter_id}"
                " (capital and small letters are the same on cards).",
                "token",
            )
    with objections:
        the_active_renter(tx, renter_id)
    with objections:
        told = _description(description)
    with objections:
        parent = _parent(parent_id_tag)
    objections.end()
    tokens.insert_token(tx, token, renter_id, expiry_date, told, parent)
    after: Row = {
        "renter_id": renter_id,
        "status": TokenStatus.ACCEPTED.value,
        "expiry_date": expiry_date,
    }
    audit.record(tx, actor, "card.issued", _subject(token), None, after)
    reviews.settle_review(tx, ReviewKind.UNKNOWN_TAG, token.casefold(), "The card was issued.")
    tx.announce(GarageChanged())


def edit_card(tx: Transaction, actor: Actor, token: str, changes: CardChanges) -> None:
    """Change what is known of a card, and who holds it: for that see `hand_over_card`.

    Raises NotFound, Unacceptable, Conflict when the renter is not active, or Several of these.
    """
    card = the_card(tx, token)
    objections = Objections()
    with objections:
        if changes.renter_id is not UNSET:
            hand_over_card(tx, actor, token, changes.renter_id)
    wanted: dict[str, Value] = {}
    if changes.status is not UNSET:
        wanted["status"] = changes.status.value
    if changes.expiry_date is not UNSET:
        wanted["expiry_date"] = changes.expiry_date
    with objections:
        if changes.description is not UNSET:
            wanted["description"] = _description(changes.description)
    with objections:
        if changes.parent_id_tag is not UNSET:
            wanted["parent_id_tag"] = _parent(changes.parent_id_tag)
    objections.end()
    _change(tx, actor, "card.edited", card, wanted)


def block_card(tx: Transaction, actor: Actor, token: str) -> None:
    """Let a card charge no more; raises NotFound."""
    _change(tx, actor, "card.blocked", the_card(tx, token), {"status": TokenStatus.BLOCKED.value})


def unblock_card(tx: Transaction, actor: Actor, token: str) -> None:
    """Let a card charge again; raises NotFound."""
    accepted: dict[str, Value] = {"status": TokenStatus.ACCEPTED.value}
    _change(tx, actor, "card.unblocked", the_card(tx, token), accepted)


def delete_card(tx: Transaction, actor: Actor, token: str) -> None:
    """Delete a card that never charged; raises NotFound, and Conflict when it has history."""
    card = the_card(tx, token)
    if tokens.has_history(tx, card.token):
        raise Conflict(
            f"Card {masked(card.token)} has a history and has to stay; block it instead.", "token"
        )
    tokens.remove(tx, card.token)
    revoke_deleted(tx, card.token)
    gone: Row = {"renter_id": card.renter_id, "status": card.status.value}
    audit.record(tx, actor, "card.deleted", _subject(card.token), gone, None)
    tx.announce(GarageChanged())


def hand_over_card(tx: Transaction, actor: Actor, token: str, renter_id: int) -> int:
    """Let another renter hold a card from now on; return who held it before.

    Charges made until now stay with the earlier holder. Raises NotFound, and Conflict when the
    renter is not active.
    """
    card = the_card(tx, token)
    the_active_renter(tx, renter_id)
    if card.renter_id != renter_id:
        tokens.hand_over(tx, card.token, renter_id)
        audit.record(
            tx,
            actor,
            "card.handed-over",
            _subject(card.token),
            {"renter_id": card.renter_id},
            {"renter_id": renter_id},
        )
        tx.announce(GarageChanged())
    return card.renter_id


def _change(tx: Transaction, actor: Actor, act: str, card: Token, wanted: dict[str, Value]) -> None:
    before: dict[str, Value] = {
        "status": card.status.value,
        "expiry_date": card.expiry_date,
        "description": card.description,
        "parent_id_tag": card.parent_id_tag,
    }
    changes = {name: value for name, value in wanted.items() if before[name] != value}
    if changes:
        tokens.change(tx, card.token, changes)
        audit.record(
            tx,
            actor,
            act,
            _subject(card.token),
            {name: _told(name, before[name]) for name in changes},
            {name: _told(name, value) for name, value in changes.items()},
        )
        note_revocation(tx, card.token)
        tx.announce(GarageChanged())


def _told(name: str, value: Value) -> Value:
    """Return what the audit may hold: a description can be a person's name, a parent is a tag."""
    if name == "description" and value is not None:
        return "…"
    return masked(value) if name == "parent_id_tag" and isinstance(value, str) else value


def _subject(token: str) -> str:
    return f"card:{masked(token)}"


def _description(text: str | None) -> str | None:
    return optional_text(text, MAX_DESCRIPTION_LENGTH, "description")


def _parent(text: str | None) -> str | None:
    return require(token_fault, text, "parent_id_tag") if text else None
