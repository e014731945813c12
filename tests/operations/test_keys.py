"""Two keys open a station until it shows which it has, for a day at most."""

from datetime import timedelta

import pytest
from sqlalchemy import bindparam, text

from onetime.domain.errors import Conflict
from onetime.domain.stations import Proof, SecurityProfile, password_bytes, password_digest
from onetime.operations.errands import ROTATE, begin_errand
from onetime.operations.keys import expect_key, settle_answer, settle_old_keys
from onetime.operations.logins import note_login
from onetime.operations.stations import register_station, retire_station, rotate_key
from onetime.store import errands, stations
from onetime.store.columns import Instant
from onetime.store.security_tables import station_next_keys
from onetime.store.tables import alarms
from onetime.store.transaction import Transaction
from tests.charges import CP
from tests.garage_makers import OWNER

OLD, NEW, OTHER = "11" * 20, "22" * 20, "33" * 20
DAY = timedelta(hours=24, seconds=1)


@pytest.fixture
def station(tx: Transaction) -> Transaction:
    register_station(tx, OWNER, CP, 1, OLD)
    return tx


def opens(tx: Transaction) -> list[str]:
    """Which of the three keys open the station."""
    known = stations.credentials(tx.connection)[CP]
    accepted = (known.digest, *known.next_digests)
    return [key for key in (OLD, NEW, OTHER) if digest(tx, key) in accepted]


def digest(tx: Transaction, key: str) -> bytes:
    salt = stations.credentials(tx.connection)[CP].salt
    return password_digest(stations.secret(tx.connection), salt, password_bytes(key.encode()))


def errand(tx: Transaction) -> str:
    """What became of the errand that brings the key."""
    (found,) = errands.all_ones(tx.connection, CP)
    return f"{found.state}: {found.said}"


def logs_in(tx: Transaction, key: str) -> None:
    note_login(tx, CP, Proof(profile=SecurityProfile.BASIC, digest=digest(tx, key)))


def a_day_later(tx: Transaction) -> None:
    """Let all that happened so far have happened a day earlier."""
    for column, table in (
        ("made_at", "station_next_keys"),
        ("accepted_at", "station_next_keys"),
        ("used_at", "station_credentials"),
    ):
        tx.connection.execute(
            text(f"UPDATE {table} SET {column} = :earlier WHERE {column} IS NOT NULL").bindparams(
                bindparam("earlier", tx.now - DAY, Instant)
            )
        )


def test_both_open_until_the_first_login_with_the_new_one(station: Transaction) -> None:
    expect_key(station, CP, NEW)
    settle_answer(station, CP, NEW, True)
    assert opens(station) == [OLD, NEW]
    logs_in(station, OLD)
    assert opens(station) == [OLD, NEW]
    logs_in(station, NEW)
    assert opens(station) == [NEW]


def test_what_was_refused_is_forgotten_and_what_was_taken_replaces_earlier_ones(
    station: Transaction,
) -> None:
    expect_key(station, CP, NEW)
    settle_answer(station, CP, NEW, None)
    expect_key(station, CP, OTHER)
    settle_answer(station, CP, OTHER, False)
    assert opens(station) == [OLD, NEW], "nobody knows about the first"
    expect_key(station, CP, OTHER)
    settle_answer(station, CP, OTHER, True)
    assert opens(station) == [OLD, OTHER]


def test_no_more_than_three_are_on_their_way(station: Transaction) -> None:
    for key in ("aa" * 20, "bb" * 20, "cc" * 20):
        expect_key(station, CP, key)
    with pytest.raises(Conflict, match="3 keys are on their way"):
        expect_key(station, CP, NEW)


def test_after_a_day_what_it_took_remains(station: Transaction) -> None:
    begin_errand(station, OWNER, CP, ROTATE)
    expect_key(station, CP, NEW)
    settle_answer(station, CP, NEW, True)
    assert settle_old_keys(station) == 0
    a_day_later(station)
    assert settle_old_keys(station) == 1
    assert opens(station) == [NEW]
    assert errand(station) == "done: the station took its new key a day ago"


def test_after_a_day_the_old_one_remains_for_who_goes_on_using_it(station: Transaction) -> None:
    begin_errand(station, OWNER, CP, ROTATE)
    expect_key(station, CP, NEW)
    settle_answer(station, CP, NEW, True)
    a_day_later(station)
    logs_in(station, OLD)
    assert settle_old_keys(station) == 1
    assert opens(station) == [OLD]
    assert errand(station) == "failed: the station goes on using its old key"
    (sentence,) = station.connection.execute(alarms.select()).mappings()
    assert "goes on using the old one" in sentence["sentence"]


def test_who_never_answered_and_never_came_keeps_both(station: Transaction) -> None:
    expect_key(station, CP, NEW)
    a_day_later(station)
    assert settle_old_keys(station) == 0
    assert opens(station) == [OLD, NEW]
    logs_in(station, NEW)
    assert opens(station) == [NEW]


def test_a_key_given_by_hand_ends_all_others(station: Transaction) -> None:
    begin_errand(station, OWNER, CP, ROTATE)
    expect_key(station, CP, NEW)
    rotate_key(station, OWNER, CP, OTHER)
    assert opens(station) == [OTHER]
    assert errand(station) == "cancelled: a person put another key in place"


def test_a_station_without_key_expects_its_first_one(tx: Transaction) -> None:
    register_station(tx, OWNER, CP, 0)
    expect_key(tx, CP, NEW)
    settle_answer(tx, CP, NEW, True)
    assert opens(tx) == [NEW]


def test_nothing_opens_a_retired_station(station: Transaction) -> None:
    expect_key(station, CP, NEW)
    retire_station(station, OWNER, CP)
    assert stations.credentials(station.connection) == {}
    assert station.connection.execute(station_next_keys.select()).first() is None
