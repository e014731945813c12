"""Guided operations on a station's keys and certificates: begun, taken on step by step, ended.

Each step is written down before the next is tried, so that whatever breaks in between, the errand
goes on where it was. Knows no wire.
"""

from datetime import timedelta
from typing import Final

from msgspec import Struct

from onetime.domain.certificates import is_due
from onetime.domain.errors import Conflict, NotFound, Unacceptable
from onetime.domain.facts import ErrandChanged, StationChanged
from onetime.domain.ids import StationId
from onetime.domain.people import Actor
from onetime.domain.reviews import AlarmKind
from onetime.domain.stations import SecurityProfile
from onetime.operations.subjects import the_working_station
from onetime.store import audit, certificates, errands, presence, reviews
from onetime.store.errands import OPEN, Errand
from onetime.store.transaction import Row, Transaction

ROTATE: Final = "rotate-key"
UPGRADE: Final = "upgrade"
INSTALL: Final = "install-root"
READ: Final = "read-roots"
DELETE: Final = "delete-root"
RENEW: Final = "renew-certificate"
KINDS: Final = (ROTATE, UPGRADE, INSTALL, READ, DELETE, RENEW)
BEGIN: Final = "begin"
DONE: Final = "done"
FAILED: Final = "failed"
CANCELLED: Final = "cancelled"
COMES_WITHIN: Final = timedelta(hours=1)
"""After it has said yes to a security profile a station starts anew and comes by that."""
WAITS_FOR_LOGIN: Final = "login-"
"""Begins the step of an upgrade in which the station has said yes, and not come yet."""
TOOK_IT: Final = "the station took its new key a day ago"
KEPT_THE_OLD: Final = "the station goes on using its old key"
BY_HAND: Final = "a person put another key in place"
CLOCK: Final = Actor("clock", "errands")
_NEED_KEYS: Final = (SecurityProfile.BASIC, SecurityProfile.TLS_BASIC)


class Progress(Struct, frozen=True, kw_only=True):
    """How far an errand is now: its step, its state, and what was said last."""

    step: str
    state: str = OPEN
    said: str | None = None


def begin_errand(
    tx: Transaction, actor: Actor, station_id: str, kind: str, goal: str | None = None
) -> Errand:
    """Begin an errand; it is run as soon as the station is connected.

    Raises NotFound, Unacceptable, and Conflict when the station is retired, has one of this kind
    under way, or can not have it by its profile.
    """
    station = the_working_station(tx, station_id)
    if kind not in KINDS:
        raise Unacceptable(f"{kind!r} is no errand; there are {', '.join(KINDS)}.", "kind")
    if any(each.kind == kind for each in errands.open_ones(tx.connection, station.id)):
        raise Conflict(f"Station {station.id} has an errand of this kind under way.", "kind")
    if kind == ROTATE and station.security_profile not in _NEED_KEYS:
        raise Conflict(
            f"Station {station.id} has security profile {int(station.security_profile)}, which has"
            " no key.",
            "kind",
        )
    if kind == UPGRADE:
        _require_higher(station.security_profile, station.id, goal)
    if kind in (INSTALL, RENEW) and certificates.authority(tx.connection) is None:
        raise Conflict(
            "This garage has no authority of its own yet: onetime certificate authority create.",
            "kind",
        )
    number = errands.add(tx, station.id, kind, goal, BEGIN, str(actor))
    after: Row = {"kind": kind, "goal": goal}
    audit.record(tx, actor, "errand.begun", f"station:{station.id}", None, after)
    tx.announce(ErrandChanged(number))
    tx.announce(StationChanged(station.id))  # an upgrade lets it in by what it is to have
    return the_errand(tx, number)


def cancel_errand(tx: Transaction, actor: Actor, errand_id: int) -> Errand:
    """End an errand that is not done; what its steps have changed stays. Raises as its names say.

    A station keeps the security profile that it has reached, and a lower one is a person's choice
    (`edit_station`).
    """
    errand = the_errand(tx, errand_id)
    if errand.state != OPEN:
        raise Conflict(f"Errand {errand_id} has ended already: {errand.state}.", "errand_id")
    errands.change(tx, errand_id, state=CANCELLED, said="a person ended it")
    audit.record(tx, actor, "errand.cancelled", f"station:{errand.station_id}")
    tx.announce(StationChanged(StationId(errand.station_id)))
    return the_errand(tx, errand_id)


def the_errand(tx: Transaction, errand_id: int) -> Errand:
    """Return an errand; raises NotFound."""
    found = errands.find(tx.connection, errand_id)
    if found is None:
        raise NotFound(f"There is no errand {errand_id}.", "errand_id")
    return found


def note_progress(tx: Transaction, errand_id: int, progress: Progress) -> None:
    """Write down how far an errand is; one that was ended meanwhile stays ended."""
    errand = errands.find(tx.connection, errand_id)
    if errand is None or errand.state != OPEN:
        return
    attempts = errand.attempts + 1 if progress.step == errand.step else 0
    errands.change(
        tx,
        errand_id,
        step=progress.step,
        state=progress.state,
        said=progress.said,
        attempts=attempts,
    )
    station_id = StationId(errand.station_id)
    if progress.state == FAILED:
        reviews.raise_alarm(
            tx,
            AlarmKind.UPGRADE_STALLED,
            f"{errand_id}",
            f"The errand {errand.kind} of station {station_id} ended without success:"
            f" {progress.said}.",
            station_id,
        )
    if progress.state != OPEN:
        tx.announce(StationChanged(station_id))
    if progress.step != errand.step:
        tx.announce(ErrandChanged(errand_id))


def end_rotation(tx: Transaction, station_id: str, state: str, said: str) -> None:
    """End the errand that brings a station a new key: it has come to something, or to nothing."""
    for each in errands.open_ones(tx.connection, station_id):
        if each.kind == ROTATE:
            errands.change(tx, each.id, state=state, said=said)


def note_stragglers(tx: Transaction) -> list[StationId]:
    """Raise an alarm, once, for each station that said yes to a profile and has not come by it."""
    found = []
    for errand in errands.open_ones(tx.connection):
        is_awaited = errand.kind == UPGRADE and errand.step.startswith(WAITS_FOR_LOGIN)
        if not is_awaited or errand.attempts or tx.now - errand.updated_at < COMES_WITHIN:
            continue
        station = the_working_station(tx, errand.station_id)
        wanted = errand.step.removeprefix(WAITS_FOR_LOGIN)
        present = int(station.security_profile)
        where = (
            "is there by the old one"
            if presence.online_since(tx, station.id)
            else "has not come back"
        )
        sentence = (
            f"Station {station.id} took security profile {wanted} over an hour ago and {where}."
            f" Both are let in until it comes by {wanted}. To go back, set security profile"
            f" {present} and its key at the station, and end the upgrade: onetime errand cancel"
            f" {errand.id}."
        )
        reviews.raise_alarm(tx, AlarmKind.UPGRADE_STALLED, f"{errand.id}", sentence, station.id)
        said = f"the station {where}, though it took security profile {wanted}"
        errands.change(tx, errand.id, attempts=1, said=said)
        found.append(station.id)
    return found


def ask_for_renewals(tx: Transaction) -> list[StationId]:
    """Begin to renew certificates of stations that end within a month (A02); return whose."""
    newest: dict[str, bool] = {}
    for each in certificates.all_certificates(tx.connection):
        if each.station_id is not None:
            newest.setdefault(each.station_id, is_due(each.not_after, tx.now))
    due = [StationId(name) for name, is_ending in newest.items() if is_ending]
    asked = []
    for station_id in due:
        station = the_working_station(tx, station_id)
        under_way = errands.open_ones(tx.connection, station_id)
        needs_it = station.security_profile is SecurityProfile.TLS_CERTIFICATE
        if needs_it and not any(each.kind == RENEW for each in under_way):
            begin_errand(tx, CLOCK, station_id, RENEW)
            asked.append(station_id)
    return asked


def _require_higher(present: SecurityProfile, station_id: str, goal: str | None) -> None:
    wanted = (goal or "").split(" ")[0]
    if wanted not in ("2", "3"):
        raise Unacceptable("An upgrade goes to security profile 2 or 3.", "goal")
    if int(wanted) <= present:
        raise Conflict(
            f"Station {station_id} has security profile {int(present)} already; a lower one is set"
            " with onetime station edit, by a person, at the station too.",
            "goal",
        )
    if present is SecurityProfile.NONE:
        raise Conflict(
            f"Station {station_id} has no key; set security profile 1 first, with onetime station"
            " edit, and enter the key at the station.",
            "goal",
        )
