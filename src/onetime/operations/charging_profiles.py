"""Charging profiles: stored by people, and remembered as stations took, refused or cleared them."""

from typing import Final

from msgspec import structs

from onetime.domain.charging_profiles import (
    HOLDS,
    MAX_DESCRIPTION_LENGTH,
    Criteria,
    InstalledStatus,
    Profile,
    faults_of,
    is_meant,
    replaces,
)
from onetime.domain.errors import Faulty, NotFound
from onetime.domain.facts import ProfilesChanged
from onetime.domain.ids import StationId
from onetime.domain.people import Actor
from onetime.kit.texts import one_line
from onetime.operations.subjects import require
from onetime.store import audit, charging_profiles, sessions
from onetime.store.transaction import Transaction

ACCEPTED: Final = "Accepted"


def store_profile(tx: Transaction, actor: Actor, description: str, profile: Profile) -> int:
    """Store a profile that OCPP allows; return its number.

    Raises Unacceptable, and Faulty with all that stands against it.
    """
    words = require(_description_fault, one_line(description), "description")
    if faults := faults_of(profile):
        raise Faulty(faults)
    profile_id = charging_profiles.insert_profile(tx, words, profile, str(actor))
    audit.record(
        tx,
        actor,
        "charging-profile.stored",
        f"charging-profile:{profile_id}",
        None,
        {
            "purpose": profile.charging_profile_purpose,
            "stack_level": profile.stack_level,
        },
    )
    return profile_id


def stored_profile(tx: Transaction, profile_id: int) -> Profile:
    """Return a stored profile; raises NotFound."""
    profile = charging_profiles.find_profile(tx, profile_id)
    if profile is None:
        raise NotFound(f"There is no charging profile {profile_id}.", "charging_profile_id")
    return profile


def profile_for(
    tx: Transaction, profile_id: int, station_id: StationId, connector_id: int | None
) -> Profile:
    """Return a stored profile as it is sent to a connector; raises NotFound.

    One for a single charge names the charge that goes on there (OCPP 1.6, 3.13.1), and none when
    it goes with a remote start, where nobody knows the number yet.
    """
    profile = stored_profile(tx, profile_id)
    if profile.charging_profile_purpose != "TxProfile":
        return profile
    if connector_id is None:
        return structs.replace(profile, transaction_id=None)
    running = [
        each.transaction_id
        for each in sessions.open_at(tx, station_id)
        if each.connector_id == connector_id
    ]
    if profile.transaction_id is not None or not running:
        return profile
    return structs.replace(profile, transaction_id=running[-1])


def note_profile_sent(
    tx: Transaction,
    actor: Actor,
    station_id: StationId,
    connector_id: int,
    profile_id: int,
    profile: Profile,
    command_id: int,
) -> None:
    """Note that a station is being told to use a profile, before it is."""
    charging_profiles.insert_installed(
        tx, station_id, connector_id, profile_id, profile, command_id, str(actor)
    )
    tx.announce(ProfilesChanged(station_id))


def note_profile_answer(tx: Transaction, station_id: StationId, command_id: int, word: str) -> None:
    """Note a station's word on a profile; what it takes the place of holds no more."""
    sent = charging_profiles.installed_by(tx, station_id, command_id)
    if sent is None or sent.status not in HOLDS:
        return
    if word != ACCEPTED:
        charging_profiles.change(tx, sent.id, InstalledStatus.REFUSED, word)
        return
    taken = structs.replace(sent, status=InstalledStatus.INSTALLED)
    for other in charging_profiles.held_at(tx, station_id):
        if other.id < sent.id and replaces(taken, other):
            charging_profiles.change(tx, other.id, InstalledStatus.REPLACED, None)
    charging_profiles.change(tx, sent.id, InstalledStatus.INSTALLED, word)
    tx.announce(ProfilesChanged(station_id))


def note_profile_unanswered(
    tx: Transaction, station_id: StationId, command_id: int, word: str, *, may_hold: bool
) -> None:
    """Note that a station never said whether it uses a profile, or was never told to."""
    sent = charging_profiles.installed_by(tx, station_id, command_id)
    if sent is not None and sent.status is InstalledStatus.PENDING:
        status = InstalledStatus.UNKNOWN if may_hold else InstalledStatus.REFUSED
        charging_profiles.change(tx, sent.id, status, word)


def note_profiles_cleared(tx: Transaction, station_id: StationId, criteria: Criteria) -> int:
    """Note that a station has cleared what fits; return how many of ours that were."""
    meant = [each for each in charging_profiles.held_at(tx, station_id) if is_meant(criteria, each)]
    for each in meant:
        charging_profiles.change(tx, each.id, InstalledStatus.CLEARED, None)
    if meant:
        tx.announce(ProfilesChanged(station_id))
    return len(meant)


def _description_fault(text: str) -> str | None:
    if not text or len(text) > MAX_DESCRIPTION_LENGTH:
        return f"A description has 1 to {MAX_DESCRIPTION_LENGTH} characters."
    return None
