"""Who was refused at the door is kept, counted, and forgotten in time."""

from datetime import datetime, timedelta

import pytest
from msgspec import structs
from sqlalchemy import select

from onetime.domain.reviews import AlarmKind
from onetime.operations.knocks import GUESSING, Knock, note_knocks
from onetime.operations.stations import register_station
from onetime.store.knocks import LIMIT
from onetime.store.message_tables import knocks
from onetime.store.transaction import Transaction
from tests.charges import alarm_kinds
from tests.databases import NOW
from tests.garage_makers import OWNER, a_station

CP_1 = "CP-1"


def test_a_station_that_knocked_leaves_the_list_when_it_is_registered(tx: Transaction) -> None:
    note_knocks(tx, [knock("CP-1"), knock("CP-2"), knock("CP-1")])
    counts = tx.connection.execute(select(knocks.c.identity, knocks.c["count"])).all()
    assert sorted(tuple(each) for each in counts) == [("CP-1", 2), ("CP-2", 1)]

    register_station(tx, OWNER, CP_1)

    assert tx.connection.execute(select(knocks.c.identity)).scalars().all() == ["CP-2"]


def test_the_list_of_knocks_forgets_the_oldest(tx: Transaction) -> None:
    start = tx.now
    note_knocks(tx, [knock(f"CP-{n}", start + timedelta(seconds=n)) for n in range(LIMIT + 3)])

    names = tx.connection.execute(select(knocks.c.identity)).scalars().all()
    assert len(names) == LIMIT
    assert not {"CP-0", "CP-1", "CP-2"} & set(names)


def test_a_hostile_knock_can_be_kept(tx: Transaction) -> None:
    note_knocks(tx, [knock("a\0b\ud800" + "x" * 300)])

    [name] = tx.connection.execute(select(knocks.c.identity)).scalars().all()
    assert name.startswith("a?b?x")
    assert len(name) == 255


def test_knocks_are_counted_from_the_first_with_the_reason_of_the_last(tx: Transaction) -> None:
    later = NOW + timedelta(minutes=1)
    note_knocks(tx, [knock("CP-1"), structs.replace(knock("CP-1"), ip_address="10.0.0.10")])
    note_knocks(tx, [structs.replace(knock("CP-1", later), reason="disabled", count=2)])
    note_knocks(tx, [structs.replace(knock("CP-1", later), reason="disabled", detail="x")])

    found = tx.connection.execute(select(knocks).order_by(knocks.c.ip_address)).mappings().all()
    assert [(row["ip_address"], row["reason"], row["count"]) for row in found] == [
        ("10.0.0.10", "unknown", 1),
        ("10.0.0.9", "disabled", 3),
    ]
    assert (found[1]["first_at"], found[1]["detail"]) == (later, "x")


@pytest.mark.parametrize("identity", ["CP-1", "CP-9"])
def test_an_alarm_is_raised_once_where_the_key_of_a_station_is_guessed(
    tx: Transaction, identity: str
) -> None:
    """S04. Names that nobody has registered are no reason for one."""
    a_station(tx)
    guessed = structs.replace(knock(identity), reason=GUESSING, count=500)
    note_knocks(tx, [guessed])
    note_knocks(tx, [guessed])

    is_known = identity == "CP-1"
    assert alarm_kinds(tx) == ([(AlarmKind.LOGIN_GUESSING, 1)] if is_known else [])


def knock(identity: str, last_at: datetime = NOW) -> Knock:
    return Knock(
        identity=identity, reason="unknown", ip_address="10.0.0.9", count=1, last_at=last_at
    )
