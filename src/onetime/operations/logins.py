"""What a login changes: a key that was on its way is in place, a security profile is reached.

A profile only goes up here (S08); down it goes by a person's hand alone.
"""

from onetime.domain.facts import StationChanged
from onetime.domain.ids import StationId
from onetime.domain.people import Actor
from onetime.domain.stations import Proof, SecurityProfile
from onetime.store import audit, certificates, errands, keys, stations
from onetime.store.transaction import Transaction

STATION = "station"
UPGRADE = "upgrade"
ROTATE = "rotate-key"


def note_login(tx: Transaction, station_id: StationId, proof: Proof) -> None:
    """Draw the consequences of what a station showed when it logged in."""
    if proof.digest:
        _settle_key(tx, station_id, proof.digest)
    if proof.certificate is not None:
        certificates.note_shown(tx, station_id, proof.certificate)
    if proof.profile >= SecurityProfile.TLS_BASIC:
        _raise_profile(tx, station_id, proof.profile)


def _settle_key(tx: Transaction, station_id: StationId, digest: bytes) -> None:
    """The first login with a new key ends the old one (K25)."""
    following = keys.following(tx, station_id)
    if any(each.digest == digest for each in following):
        keys.put_in_place(tx, station_id, digest)
        errands.end_kind(tx, station_id, ROTATE, "the station has logged in with its new key")
        audit.record(tx, Actor(STATION, station_id), "station.key-taken", f"station:{station_id}")
        tx.announce(StationChanged(station_id))
    elif following:
        keys.note_used(tx, station_id)


def _raise_profile(tx: Transaction, station_id: StationId, proven: SecurityProfile) -> None:
    """Enter the profile that a station has reached, if a person wants it to go there."""
    wanted = [
        int(each.goal or 0)
        for each in errands.open_ones(tx.connection, station_id)
        if each.kind == UPGRADE
    ]
    station = stations.find(tx, station_id)
    if not wanted or station is None or not station.security_profile < proven <= max(wanted):
        return
    before = {"security_profile": int(station.security_profile)}
    stations.change(tx, station_id, {"security_profile": int(proven)})
    if proven is SecurityProfile.TLS_CERTIFICATE:
        keys.drop_all(tx, station_id)
        stations.drop_credential(tx, station_id)
    audit.record(
        tx,
        Actor(STATION, station_id),
        "station.profile-reached",
        f"station:{station_id}",
        before,
        {"security_profile": int(proven)},
    )
    tx.announce(StationChanged(station_id))
