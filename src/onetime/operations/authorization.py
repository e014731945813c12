"""Decides whether a tag may charge: the one decision for Authorize, Start and Stop (G08)."""

from datetime import datetime

from msgspec import Struct, structs

from onetime.domain.ids import StationId
from onetime.domain.reviews import AlarmKind, ReviewKind
from onetime.domain.sessions import Session
from onetime.domain.tokens import Token, Verdict, verdict
from onetime.kit.logs import masked
from onetime.operations.abuse import charge_elsewhere, note_unknown_tags
from onetime.operations.clocks import is_before_our_time
from onetime.store import installation, quirks, reviews, tokens
from onetime.store.transaction import Transaction


class Ruling(Struct, frozen=True):
    """What is decided about a tag, and what the station may be told of it."""

    verdict: Verdict
    token: str | None = None
    expiry_date: datetime | None = None
    parent_id_tag: str | None = None


def authorize(tx: Transaction, station_id: StationId, id_tag: str) -> Ruling:
    """Rule on a tag that was held to a station; one that may not charge is shown for review."""
    ruling = rule_at(tx, id_tag, station_id, tx.now)
    if ruling.verdict is Verdict.UNKNOWN and id_tag:
        note_unknown_tag(tx, station_id, id_tag)
    return ruling


def rule(tx: Transaction, id_tag: str) -> Ruling:
    """Rule on a tag at this moment, by the specification's "found and Accepted".

    While the garage is locked no tag may charge (S37).
    """
    token = tokens.find(tx, id_tag) if id_tag else None
    decided = verdict(token, tx.now)
    if decided is Verdict.ACCEPTED and installation.is_locked(tx):
        decided = Verdict.LOCKED
    return ruling_of(token, decided)


def rule_at(tx: Transaction, id_tag: str, station_id: StationId, at: datetime) -> Ruling:
    """Rule on a tag that is to charge at this station, then or now.

    Where the owner wants that, a card that charges at another station may not (S14). At the same
    station it may always: there it may have been held to the reader to end its charge.
    """
    ruling = rule(tx, id_tag)
    if not tx.policy.refuse_concurrent_charges or ruling.verdict is not Verdict.ACCEPTED:
        return ruling
    assert ruling.token is not None
    if charge_elsewhere(tx, ruling.token, station_id, at) is None:
        return ruling
    return structs.replace(ruling, verdict=Verdict.CONCURRENT)


def ruling_of(token: Token | None, decided: Verdict) -> Ruling:
    """Put a card and a verdict together."""
    if token is None:
        return Ruling(decided)
    return Ruling(decided, token.token, token.expiry_date, token.parent_id_tag)


def note_unknown_tag(tx: Transaction, station_id: StationId, id_tag: str) -> None:
    """Show an unknown tag to a person, who may issue it to a renter.

    The finding's key holds the tag itself: whoever may see cards can adopt it. A reader that cuts
    card numbers or fills them up is only suggested (G04): two cards may begin alike.
    """
    evidence = f"Card {masked(id_tag)} was held to station {station_id}."
    if resembled := tokens.cut_or_padded(tx, id_tag):
        quirks.count_quirk(tx, station_id, "G04")
        evidence += (
            f" It begins like card {masked(resembled.token)} of renter {resembled.renter_id}: the"
            " reader may cut card numbers or fill them up. Compare the card before you issue it."
        )
    reviews.open_review(
        tx,
        reviews.Finding(
            kind=ReviewKind.UNKNOWN_TAG,
            key=id_tag.casefold(),
            evidence=evidence,
            station_id=station_id,
        ),
    )
    note_unknown_tags(tx, station_id)


def flag_unpermitted_energy(tx: Transaction, session: Session) -> None:
    """Raise an alarm, once a charge: energy flows although its tag was refused (invariant I5)."""
    kind, key = AlarmKind.CHARGE_WITHOUT_PERMISSION, str(session.id)
    if reviews.is_alarmed(tx, kind, key):
        return
    if is_before_our_time(tx, session.station_id, session.start_time):
        return
    reviews.raise_alarm(
        tx,
        kind,
        key,
        f"Station {session.station_id} delivers energy in session {session.id},"
        f" although its card was refused ({session.verdict.value}).",
        session.station_id,
    )
