"""Lets a person be forgotten: pseudonyms take the place of name and cards, the energy stays.

The person's own rows change at once; what messages, findings and the audit say follows in slices.
"""

from typing import Final

from msgspec import Struct

from onetime.domain.erasure import Eraser, Traces, pseudonyms
from onetime.domain.errors import Conflict, Unacceptable
from onetime.domain.facts import GarageChanged
from onetime.domain.people import Actor
from onetime.kit.texts import one_line
from onetime.operations.accounts import remove_account
from onetime.operations.renters import deactivate_renter
from onetime.operations.subjects import the_renter
from onetime.store import audit, erasures, sessions
from onetime.store.transaction import Transaction

SLICE_ROWS: Final = 500


class Erasure(Struct, frozen=True, kw_only=True):
    """An erasure that was begun, and under which name the renter stands in the books now."""

    id: int
    renter_id: int
    pseudonym: str


def erase_renter(tx: Transaction, actor: Actor, renter_id: int, confirmation: str) -> Erasure:
    """Begin to erase a person, which can not be undone; `confirmation` is the person's name.

    The tenancy ends, cards charge no more, accounts and tokens of programs open nothing. Charges
    keep their kWh and stand under a pseudonym. Raises NotFound, Unacceptable when the name is
    another, and Conflict while the renter charges.
    """
    renter = the_renter(tx, renter_id)
    if one_line(confirmation) != renter.name:
        raise Unacceptable(
            "This can not be undone: write the renter's name, exactly as it is shown.",
            "confirmation",
        )
    if any(each.renter_id == renter_id for each in sessions.all_open(tx)):
        raise Conflict("This renter charges at present; erase when the charge has ended.")
    cards = pseudonyms(renter_id, erasures.tokens_of(tx, renter_id))
    logins = erasures.accounts_of(tx, renter_id)
    emails = [email for _, email in logins]
    given = (renter.name, renter.contact_email, renter.phone_number or "", *emails)
    words = tuple(dict.fromkeys(each for each in given if each))
    pseudonym = f"Erased renter {renter_id}"
    deactivate_renter(tx, actor, renter_id)
    for account_id, _ in logins:
        remove_account(tx, actor, account_id)
    erasures.end_api_tokens(tx, renter_id, pseudonym)
    erasures.rename_renter(tx, renter_id, pseudonym, f"renter-{renter_id}@erased.invalid")
    for card in cards:
        erasures.rename_card(tx, card)
    erasures.forget_answers(tx, (*words, *(each.token for each in cards)))
    erasure_id = erasures.begin(tx, renter_id, str(actor), Traces(cards, words))
    audit.record(tx, actor, "renter.erased", f"renter:{renter_id}", None, {"cards": len(cards)})
    tx.announce(GarageChanged())
    return Erasure(id=erasure_id, renter_id=renter_id, pseudonym=pseudonym)


def erase_traces(tx: Transaction, erasure_id: int) -> bool:
    """Clean the next slice; False when there is nothing more to do now.

    An erasure is not done while a station still holds one of the cards in its list: until it has
    confirmed that it forgot it, that card has to be known as one that may not charge.
    """
    found = erasures.find(tx, erasure_id)
    if found is None:
        return False
    if found.place < len(erasures.PLACES):
        eraser = Eraser(found.traces)
        last = erasures.clean(tx, found.place, found.after_id, SLICE_ROWS, eraser)
        if last is None:
            erasures.note_progress(tx, found.id, found.place + 1, 0)
        else:
            erasures.note_progress(tx, found.id, found.place, last)
        return True
    if erasures.is_held_by_stations(tx, found.traces.cards):
        return False
    erasures.rename_revocations(tx, found.traces.cards)
    erasures.finish(tx, found.id)
    return False
