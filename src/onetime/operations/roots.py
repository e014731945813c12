"""Which root certificates a station said it trusts (M03), kept until it says otherwise."""

from collections.abc import Sequence

from onetime.domain.errors import Conflict, NotFound, Unacceptable
from onetime.domain.ids import StationId
from onetime.domain.people import Actor
from onetime.kit.x509 import HashIds
from onetime.operations.errands import DELETE, begin_errand
from onetime.store import roots
from onetime.store.errands import Errand
from onetime.store.transaction import Transaction

CENTRAL = "CentralSystemRootCertificate"


def keep_roots(tx: Transaction, station_id: StationId, use: str, found: Sequence[HashIds]) -> None:
    """Take over what a station named for one use."""
    roots.replace(tx, station_id, use, found)


def forget_root(tx: Transaction, station_id: StationId, use: str, ids: HashIds) -> None:
    """Note that a station does not trust a root any more."""
    roots.remove(tx, station_id, use, ids)


def delete_root(tx: Transaction, actor: Actor, station_id: str, serial_number: str) -> Errand:
    """Begin to take a root certificate from a station (M04).

    Raises NotFound when it has not named one of this serial number, Unacceptable when none is
    given, and Conflict when it is the last one that lets it trust a central system: it could never
    come back.
    """
    if not serial_number:
        raise Unacceptable("Give the serial number of the root certificate.", "goal")
    known = roots.of_station(tx.connection, station_id)
    chosen = [each for each in known if each.serial_number.lower() == serial_number.lower()]
    if not chosen:
        raise NotFound(
            f"Station {station_id} has named no root certificate {serial_number}; let it tell"
            f" which it has: onetime errand read-roots {station_id}.",
            "serial_number",
        )
    central = [each for each in known if each.use == CENTRAL]
    if chosen[0].use == CENTRAL and len(central) == 1:
        raise Conflict(
            "This is the last root certificate by which the station trusts a central system;"
            " without it, it could not come back.",
            "serial_number",
        )
    one = chosen[0]
    goal = f"{one.use} {one.hash_algorithm} {one.issuer_name_hash} {one.issuer_key_hash}"
    return begin_errand(tx, actor, station_id, DELETE, f"{goal} {one.serial_number}")
