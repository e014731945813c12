"""A station's key is replaced over the air: the new one is expected before it is sent (K25).

Until the first login with a new key the old one opens too, for at most a day after the station
said yes; then the one that it was seen to have remains.
"""

import secrets
from datetime import datetime, timedelta

from onetime.domain.errors import Conflict
from onetime.domain.facts import StationChanged
from onetime.domain.ids import StationId
from onetime.domain.reviews import AlarmKind
from onetime.domain.stations import MAX_NEXT_KEYS, password_bytes, password_digest
from onetime.operations.errands import DONE, FAILED, KEPT_THE_OLD, TOOK_IT, end_rotation
from onetime.store import keys, reviews, stations
from onetime.store.keys import NextKey
from onetime.store.transaction import Transaction

KEY_BYTES = 20
SALT_BYTES = 16
BOTH_AT_MOST = timedelta(hours=24)


def expect_key(tx: Transaction, station_id: StationId, key: str) -> None:
    """Let a key open beside the present one, before it is sent to its station.

    Raises Conflict when so many are on their way that nobody could tell which one it has.
    """
    if len(keys.following(tx, station_id)) >= MAX_NEXT_KEYS:
        raise Conflict(
            f"{MAX_NEXT_KEYS} keys are on their way to station {station_id} already, and it has not"
            " said which it took; wait until it logs in.",
            "key",
        )
    present = keys.present(tx, station_id)
    if present is None:  # it had none by its profile: nothing opens until the new one does
        salt, nothing = secrets.token_bytes(SALT_BYTES), secrets.token_bytes(32)
        stations.set_credential(tx, station_id, salt, nothing)
    keys.add(tx, station_id, _digest(tx, station_id, key))
    tx.announce(StationChanged(station_id))


def settle_answer(tx: Transaction, station_id: StationId, key: str, is_taken: bool | None) -> None:
    """Draw the consequences of a station's answer to a key; None when there was none.

    What it took replaces whatever was sent before. What it refused, or never got, is forgotten.
    """
    digest = _digest(tx, station_id, key)
    for each in keys.following(tx, station_id):
        is_meant = each.digest == digest
        if is_meant and is_taken:
            keys.note_accepted(tx, each.id)
        elif (is_meant and is_taken is False) or (is_taken and not is_meant):
            keys.drop(tx, each.id)
    tx.announce(StationChanged(station_id))


def settle_old_keys(tx: Transaction) -> int:
    """End the time in which two keys open a station; return for how many stations.

    After a day the key remains that the station was seen to have: the old one if it logged in with
    it since, the new one if it said yes and was connected all the while. If it has neither
    answered nor come back, both stay until it does: one of them would lock it out.
    """
    settled = 0
    for name in keys.old_ones(tx, tx.now - BOTH_AT_MOST):
        station_id = StationId(name)
        settled += _settle(tx, station_id, keys.following(tx, station_id))
    return settled


def _settle(tx: Transaction, station_id: StationId, following: list[NextKey]) -> bool:
    newest = following[-1]
    present = keys.present(tx, station_id)
    used_at = present.used_at if present is not None else None
    if _is_since(used_at, newest.made_at):
        keys.drop_all(tx, station_id)
        end_rotation(tx, station_id, FAILED, KEPT_THE_OLD)
        reviews.raise_alarm(
            tx,
            AlarmKind.KEY_NOT_TAKEN,
            station_id,
            f"Station {station_id} was given a new key a day ago and goes on using the old one,"
            " which stays valid.",
            station_id,
        )
    elif newest.accepted_at is not None:
        keys.put_in_place(tx, station_id, newest.digest)
        end_rotation(tx, station_id, DONE, TOOK_IT)
    else:
        return False
    tx.announce(StationChanged(station_id))
    return True


def _is_since(used_at: datetime | None, made_at: datetime) -> bool:
    return used_at is not None and used_at >= made_at


def _digest(tx: Transaction, station_id: StationId, key: str) -> bytes:
    present = keys.present(tx, station_id)
    salt = present.salt if present is not None else b""
    return password_digest(stations.secret(tx.connection), salt, password_bytes(key.encode()))
