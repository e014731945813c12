"""How stations are registered, locked and retired, and that no key is kept."""

import pytest
from sqlalchemy import select

from onetime.domain.errors import Conflict, NotFound, Unacceptable
from onetime.domain.facts import StationChanged
from onetime.domain.ids import StationId
from onetime.domain.stations import password_bytes, password_digest
from onetime.operations.stations import (
    StationChanges,
    disable_station,
    edit_station,
    enable_station,
    register_station,
    retire_station,
    rotate_key,
)
from onetime.store import spots
from onetime.store.stations import credentials, find, secret
from onetime.store.tables import audit_entries, charging_stations, station_credentials
from onetime.store.transaction import Transaction
from tests.garage_makers import OWNER, a_spot, audit_trail

CP_1 = StationId("CP-1")


def opens(tx: Transaction, key: str) -> bool:
    """Say whether this key is the one of CP-1."""
    credential = credentials(tx.connection)[CP_1]
    word = password_bytes(key.encode())
    digest = password_digest(secret(tx.connection), credential.salt, word)
    return digest == credential.digest


def test_a_new_key_has_160_bits_and_opens_the_door(tx: Transaction) -> None:
    key = register_station(tx, OWNER, CP_1)

    assert key is not None
    assert len(bytes.fromhex(key)) == 20
    assert opens(tx, key)
    assert not opens(tx, key[:-1])
    assert tx.facts() == [StationChanged(CP_1)]


def test_a_chosen_password_opens_the_door_and_is_not_repeated(tx: Transaction) -> None:
    assert register_station(tx, OWNER, CP_1, 1, "correct horse battery") is None

    assert opens(tx, "correct horse battery")


def test_no_key_is_kept_in_clear(tx: Transaction) -> None:
    key = register_station(tx, OWNER, CP_1)
    assert key is not None
    other = rotate_key(tx, OWNER, CP_1)
    assert other is not None
    tx.flush()

    for table in (charging_stations, station_credentials, audit_entries):
        kept = repr(tx.connection.execute(select(table)).all())
        assert key not in kept
        assert other not in kept


@pytest.mark.parametrize("profile", [0, 3])
def test_a_profile_without_password_has_none(tx: Transaction, profile: int) -> None:
    assert register_station(tx, OWNER, CP_1, profile) is None
    assert credentials(tx.connection)[CP_1].digest == b""

    with pytest.raises(Unacceptable, match=f"security profile {profile} has no password"):
        register_station(tx, OWNER, "CP-2", profile, "correct horse battery")
    with pytest.raises(Conflict, match="has no key"):
        rotate_key(tx, OWNER, CP_1)


@pytest.mark.parametrize(
    ("station_id", "profile", "password", "field"),
    [
        ("", 1, None, "id"),
        ("x" * 49, 1, None, "id"),
        ("CP 1", 1, None, "id"),
        ("CP/1", 1, None, "id"),
        ("CP\udcff", 1, None, "id"),
        ("CP-2", 4, None, "security_profile"),
        ("CP-2", -1, None, "security_profile"),
        ("CP-2", 1, "too short", "password"),
        ("CP-2", 1, "", "password"),
        ("CP-2", 1, "x" * 41, "password"),
        ("CP-2", 1, "secret\udcff" * 3, "password"),
    ],
)
def test_a_station_that_makes_no_sense_is_refused(
    tx: Transaction, station_id: str, profile: int, password: str | None, field: str
) -> None:
    with pytest.raises(Unacceptable) as refusal:
        register_station(tx, OWNER, station_id, profile, password)

    assert refusal.value.field == field
    assert password is None or password not in refusal.value.sentence or not password


def test_identities_with_colons_and_48_characters_are_fine(tx: Transaction) -> None:
    register_station(tx, OWNER, "AA:BB:CC:DD:EE:FF")
    register_station(tx, OWNER, "x" * 48)

    assert {"AA:BB:CC:DD:EE:FF", "x" * 48} == set(credentials(tx.connection))


def test_a_station_is_registered_once(tx: Transaction) -> None:
    key = register_station(tx, OWNER, CP_1)
    assert key is not None

    with pytest.raises(Conflict, match="Station CP-1 is registered already"):
        register_station(tx, OWNER, CP_1)

    assert opens(tx, key)


def test_a_rotated_key_replaces_the_old_one(tx: Transaction) -> None:
    first = register_station(tx, OWNER, CP_1)
    second = rotate_key(tx, OWNER, CP_1)

    assert first is not None
    assert second is not None
    assert opens(tx, second)
    assert not opens(tx, first)
    assert audit_trail(tx)[1:] == [("station.key-rotated", "station:CP-1", None, None)]


def test_a_disabled_station_stays_known(tx: Transaction) -> None:
    register_station(tx, OWNER, CP_1)

    disable_station(tx, OWNER, CP_1)
    assert not credentials(tx.connection)[CP_1].is_enabled
    enable_station(tx, OWNER, CP_1)
    assert credentials(tx.connection)[CP_1].is_enabled
    assert [act for act, *_ in audit_trail(tx)] == [
        "station.registered",
        "station.disabled",
        "station.enabled",
    ]


def test_a_retired_station_gives_up_key_and_place(tx: Transaction) -> None:
    register_station(tx, OWNER, CP_1)
    a_spot(tx, "B1-1", CP_1)

    assert retire_station(tx, OWNER, CP_1) == "B1-1"

    assert credentials(tx.connection) == {}
    assert tx.connection.execute(select(station_credentials)).first() is None
    assert spots.with_station(tx, CP_1) is None
    assert find(tx, CP_1) is not None
    for act in (disable_station, enable_station, rotate_key):
        with pytest.raises(Conflict, match="Station CP-1 is retired"):
            act(tx, OWNER, CP_1)


def test_a_retired_station_can_be_registered_again(tx: Transaction) -> None:
    register_station(tx, OWNER, CP_1)
    retire_station(tx, OWNER, CP_1)

    key = register_station(tx, OWNER, CP_1, 2)

    assert key is not None
    assert opens(tx, key)
    assert credentials(tx.connection)[CP_1].security_profile == 2


def test_a_profile_that_needs_a_key_gets_one(tx: Transaction) -> None:
    register_station(tx, OWNER, CP_1, 0)

    key = edit_station(tx, OWNER, CP_1, StationChanges(security_profile=1))

    assert key is not None
    assert opens(tx, key)
    assert edit_station(tx, OWNER, CP_1, StationChanges(security_profile=2)) is None
    assert opens(tx, key)
    assert edit_station(tx, OWNER, CP_1, StationChanges(security_profile=3)) is None
    assert credentials(tx.connection)[CP_1].digest == b""


def test_a_power_limit_is_set_and_taken_away(tx: Transaction) -> None:
    register_station(tx, OWNER, CP_1)

    edit_station(tx, OWNER, CP_1, StationChanges(power_limit_watts=11_000))
    station = find(tx, CP_1)
    assert station is not None
    assert station.power_limit_watts == 11_000
    edit_station(tx, OWNER, CP_1, StationChanges(power_limit_watts=None))

    for watts in (0, -1, 1_000_001):
        with pytest.raises(Unacceptable, match="A power limit has 1 to 1000000 watts"):
            edit_station(tx, OWNER, CP_1, StationChanges(power_limit_watts=watts))


def test_an_unknown_station_is_named(tx: Transaction) -> None:
    for act in (rotate_key, disable_station, enable_station, retire_station):
        with pytest.raises(NotFound, match=r"There is no station 'CP-9'\."):
            act(tx, OWNER, "CP-9")
