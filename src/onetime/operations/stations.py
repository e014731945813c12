"""What an owner does with stations: register, give a key, disable, enable, retire.

A key leaves this room once, as the answer to whoever asked for it; kept is its keyed hash (S02).
"""

import secrets

from msgspec import UNSET, Struct, UnsetType

from onetime.domain.certificates import common_name_fault
from onetime.domain.configuration import MAX_CONNECTORS
from onetime.domain.errors import Conflict, Unacceptable
from onetime.domain.facts import StationChanged
from onetime.domain.ids import StationId
from onetime.domain.people import Actor
from onetime.domain.stations import (
    MAX_POWER_WATTS,
    WITH_PASSWORD,
    SecurityProfile,
    password_bytes,
    password_digest,
    password_fault,
    station_id_fault,
)
from onetime.operations.errands import BY_HAND, CANCELLED, end_rotation
from onetime.operations.objections import Objections
from onetime.operations.spots import remove_station
from onetime.operations.subjects import require, the_station, the_working_station
from onetime.store import audit, errands, keys, knocks, local_lists, sessions, spots, stations
from onetime.store.stations import Station
from onetime.store.transaction import Row, Transaction, Value

KEY_BYTES = 20
"""160 random bits, written as 40 hexadecimal digits: the most an AuthorizationKey may have."""
SALT_BYTES = 16
REGISTER_FACTORS = (1, 1_000)
"""As the standard has it, and for a station that calls kWh Wh (M02)."""


class StationChanges(Struct, frozen=True, kw_only=True):
    """What is to be changed; a power limit of None means that none is known.

    `certificate_name` is the name in a certificate that is not the station's identity, such as a
    serial number.
    `times_with_fraction` and `register_factor` are those of `Habits`. `is_kept_in_step` says
    whether it gets the configuration and the list of cards that it should have.
    """

    security_profile: int | UnsetType = UNSET
    power_limit_watts: int | UnsetType | None = UNSET
    times_with_fraction: bool | UnsetType = UNSET
    register_factor: int | UnsetType = UNSET
    certificate_name: str | UnsetType | None = UNSET
    is_kept_in_step: bool | UnsetType = UNSET
    connector_count: int | UnsetType | None = UNSET


def register_station(
    tx: Transaction,
    actor: Actor,
    station_id: str,
    security_profile: int = SecurityProfile.BASIC,
    password: str | None = None,
) -> str | None:
    """Let a station connect from now on; return the key made for it, which is shown only once.

    No key is made when a password was chosen, nor for profiles without one. A retired station is
    taken back with its history. Raises Unacceptable, Conflict when it is registered already, or
    Several of these.
    """
    objections = Objections()
    with objections:
        known = _registrable(tx, station_id)
    with objections:
        profile = _profile(security_profile)
        _require_password(profile, password)
    objections.end()
    if known is None:
        stations.insert_station(tx, station_id, profile)
    else:
        back: dict[str, Value] = {"security_profile": int(profile), "is_enabled": True}
        stations.change(tx, station_id, {**back, "retired_at": None})
    knocks.forget(tx, station_id)
    after: Row = {"security_profile": int(profile)}
    audit.record(tx, actor, "station.registered", _subject(station_id), None, after)
    tx.announce(StationChanged(StationId(station_id)))
    return _lock(tx, station_id, profile, password)


def rotate_key(
    tx: Transaction, actor: Actor, station_id: str, password: str | None = None
) -> str | None:
    """Put a new key in place of the old; return it, unless a password was chosen.

    An errand that brings the station a key over the air ends with that.
    Raises NotFound, Conflict when the station is retired or has no key by its profile, and
    Unacceptable.
    """
    station = the_working_station(tx, station_id)
    if station.security_profile not in WITH_PASSWORD:
        raise Conflict(
            f"Station {station_id} has security profile {int(station.security_profile)},"
            " which has no key.",
            "security_profile",
        )
    key = _lock(tx, station_id, station.security_profile, password)
    end_rotation(tx, station_id, CANCELLED, BY_HAND)
    audit.record(tx, actor, "station.key-rotated", _subject(station_id))
    tx.announce(StationChanged(station.id))
    return key


def edit_station(
    tx: Transaction, actor: Actor, station_id: str, changes: StationChanges
) -> str | None:
    """Change a station; return a key if the profile made one necessary.

    Raises NotFound, Unacceptable, Conflict when the station is retired, or is to be read by another
    factor while it charges, and Several.
    """
    station = the_working_station(tx, station_id)
    wanted: dict[str, Value] = {}
    profile = None
    objections = Objections()
    if changes.security_profile is not UNSET:
        with objections:
            profile = _profile(changes.security_profile)
            wanted["security_profile"] = int(profile)
    if changes.power_limit_watts is not UNSET:
        with objections:
            wanted["power_limit_watts"] = _power(changes.power_limit_watts)
    if changes.times_with_fraction is not UNSET:
        wanted["times_with_fraction"] = changes.times_with_fraction
    if changes.register_factor is not UNSET:
        with objections:
            wanted["register_factor"] = _factor(tx, station, changes.register_factor)
    if changes.certificate_name is not UNSET:
        with objections:
            wanted["certificate_name"] = _own_name(tx, station, changes.certificate_name)
    if changes.is_kept_in_step is not UNSET:
        wanted["is_kept_in_step"] = changes.is_kept_in_step
    if changes.connector_count is not UNSET:
        with objections:
            wanted["connector_count"] = _connectors(changes.connector_count)
    objections.end()
    key = None if profile is None else _change_profile(tx, station, profile)
    _change(tx, actor, "station.edited", station, wanted)
    return key


def disable_station(tx: Transaction, actor: Actor, station_id: str) -> None:
    """Let a station connect no more, until it is enabled; raises NotFound, Conflict."""
    station = the_working_station(tx, station_id)
    _change(tx, actor, "station.disabled", station, {"is_enabled": False})


def enable_station(tx: Transaction, actor: Actor, station_id: str) -> None:
    """Let a disabled station connect again; raises NotFound, and Conflict when it is retired."""
    station = the_working_station(tx, station_id)
    _change(tx, actor, "station.enabled", station, {"is_enabled": True})


def retire_station(tx: Transaction, actor: Actor, station_id: str) -> str | None:
    """Take a station out of use for good: history stays, key and place are given up.

    Returns the label of the spot where it stood. Raises NotFound.
    """
    station = the_station(tx, station_id)
    if station.retired_at is not None:
        return None
    place = spots.with_station(tx, station_id)
    if place is not None:
        remove_station(tx, actor, place.id)
    stations.drop_credential(tx, station_id)
    keys.drop_all(tx, station_id)
    errands.end_all(tx, station_id, "the station is retired")
    local_lists.forget(tx, station.id)
    stations.change(tx, station_id, {"retired_at": tx.now})
    audit.record(tx, actor, "station.retired", _subject(station_id), None, {"retired_at": tx.now})
    tx.announce(StationChanged(station.id))
    return place.label if place else None


def _change(
    tx: Transaction, actor: Actor, act: str, station: Station, wanted: dict[str, Value]
) -> None:
    before: Row = {
        "security_profile": int(station.security_profile),
        "is_enabled": station.is_enabled,
        "power_limit_watts": station.power_limit_watts,
        "times_with_fraction": station.times_with_fraction,
        "register_factor": station.register_factor,
        "certificate_name": station.certificate_name,
        "is_kept_in_step": station.is_kept_in_step,
        "connector_count": station.connector_count,
    }
    if audit.record_change(tx, actor, act, _subject(station.id), before, wanted):
        stations.change(tx, station.id, wanted)
        tx.announce(StationChanged(station.id))


def _change_profile(tx: Transaction, station: Station, profile: SecurityProfile) -> str | None:
    if profile not in WITH_PASSWORD:
        stations.drop_credential(tx, station.id)
        keys.drop_all(tx, station.id)
        return None
    has_key = station.security_profile in WITH_PASSWORD
    return None if has_key else _lock(tx, station.id, profile, None)


def _lock(
    tx: Transaction, station_id: str, profile: SecurityProfile, password: str | None
) -> str | None:
    """Keep the hash of a chosen password, or of a new key, which is returned."""
    _require_password(profile, password)
    if profile not in WITH_PASSWORD:
        return None
    key = secrets.token_hex(KEY_BYTES) if password is None else None
    word = key or password or ""
    keys.drop_all(tx, station_id)
    salt = secrets.token_bytes(SALT_BYTES)
    digest = password_digest(stations.secret(tx.connection), salt, password_bytes(word.encode()))
    stations.set_credential(tx, station_id, salt, digest)
    return key


def _registrable(tx: Transaction, station_id: str) -> Station | None:
    """Return a station that was retired, None when there was none; raises Conflict for others."""
    known = stations.find(tx, require(station_id_fault, station_id, "id"))
    if known is not None and known.retired_at is None:
        raise Conflict(f"Station {station_id} is registered already.", "id")
    return known


def _require_password(profile: SecurityProfile, password: str | None) -> None:
    if password is None:
        return
    if profile not in WITH_PASSWORD:
        raise Unacceptable(
            f"A station of security profile {int(profile)} has no password.", "password"
        )
    require(password_fault, password, "password")


def _profile(number: int) -> SecurityProfile:
    try:
        return SecurityProfile(number)
    except ValueError:
        raise Unacceptable(
            f"{number} is no security profile; there are 0, 1, 2 and 3.", "security_profile"
        ) from None


def _power(watts: int | None) -> int | None:
    if watts is not None and not 0 < watts <= MAX_POWER_WATTS:
        raise Unacceptable(
            f"A power limit has 1 to {MAX_POWER_WATTS} watts; this one has {watts}.",
            "power_limit_watts",
        )
    return watts


def _connectors(count: int | None) -> int | None:
    if count is not None and not 1 <= count <= MAX_CONNECTORS:
        raise Unacceptable(
            f"A station has 1 to {MAX_CONNECTORS} connectors; not {count}.", "connector_count"
        )
    return count


def _factor(tx: Transaction, station: Station, factor: int) -> int:
    if factor not in REGISTER_FACTORS:
        raise Unacceptable(
            f"A station's register is read times 1 or times 1000; not times {factor}.",
            "register_factor",
        )
    if factor != station.register_factor and sessions.open_at(tx, station.id):
        raise Conflict(
            f"Station {station.id} charges at present; change how its register is read when the"
            " charge has ended.",
            "register_factor",
        )
    return factor


def _own_name(tx: Transaction, station: Station, name: str | None) -> str | None:
    """No two stations may answer to one name, or the certificate of one would open the other."""
    if name is None:
        return None
    require(common_name_fault, name, "certificate_name")
    other = stations.named(tx, name, station.id)
    if other is not None:
        raise Conflict(f"Station {other} goes by the name {name!r} already.", "certificate_name")
    return name


def _subject(station_id: str) -> str:
    return f"station:{station_id}"
