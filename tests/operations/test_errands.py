"""What is told of errands that do not get on."""

from datetime import timedelta

from sqlalchemy import select

from onetime.operations.errands import (
    UPGRADE,
    Progress,
    begin_errand,
    note_progress,
    note_stragglers,
)
from onetime.operations.presence import note_connected
from onetime.operations.reviews import acknowledge_alarm
from onetime.operations.stations import register_station
from onetime.store.tables import alarms
from onetime.store.transaction import Transaction
from tests.charges import CP, wait
from tests.garage_makers import OWNER


def sentences(tx: Transaction) -> list[str]:
    return list(tx.connection.execute(select(alarms.c.sentence)).scalars())


def an_upgrade(tx: Transaction, step: str) -> int:
    register_station(tx, OWNER, CP, 1)
    errand = begin_errand(tx, OWNER, CP, UPGRADE, "2")
    note_progress(tx, errand.id, Progress(step=step))
    return errand.id


def test_a_station_that_never_comes_by_what_it_took_is_told_once_with_the_way_back(
    tx: Transaction,
) -> None:
    number = an_upgrade(tx, "login-2")
    wait(tx, minutes=59)
    assert note_stragglers(tx) == []
    wait(tx, minutes=2)
    assert note_stragglers(tx) == [CP]

    (sentence,) = sentences(tx)
    assert (
        "Station CP-1 took security profile 2 over an hour ago and has not come back." in sentence
    )
    assert "set security profile 1 and its key at the station" in sentence
    assert f"onetime errand cancel {number}" in sentence
    acknowledge_alarm(tx, OWNER, tx.connection.execute(select(alarms.c.id)).scalar_one())
    tx.now += timedelta(days=2)
    assert note_stragglers(tx) == []


def test_one_that_stays_by_its_old_profile_is_told_as_such(tx: Transaction) -> None:
    an_upgrade(tx, "login-2")
    wait(tx, hours=2)
    note_connected(tx, CP, ())

    assert note_stragglers(tx) == [CP]
    assert "and is there by the old one" in sentences(tx)[0]


def test_one_that_has_not_said_yes_yet_is_nobodys_concern(tx: Transaction) -> None:
    an_upgrade(tx, "profile-2")
    wait(tx, days=9)

    assert note_stragglers(tx) == []
