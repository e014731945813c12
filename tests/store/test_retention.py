"""Old rows are deleted in small slices, the oldest first."""

from datetime import timedelta

from sqlalchemy import func, select

from onetime.domain.commands import CommandStatus
from onetime.store import commands, journal, retention
from onetime.store.command_tables import station_commands
from onetime.store.commands import Asking, Ending
from onetime.store.journal import INWARD, Entry
from onetime.store.message_tables import ocpp_messages
from onetime.store.transaction import Transaction
from tests.charges import CP, a_garage, begin, end, kept, meter, wait
from tests.garage_makers import a_station


def log_a_message(tx: Transaction) -> None:
    entry = Entry(
        station_id=CP,
        at=tx.now,
        direction=INWARD,
        action="Heartbeat",
        message_id="1",
        frame="[]",
        answer=None,
        outcome="answered",
    )
    journal.append(tx, entry)


def test_commands_are_deleted_once_they_have_ended(tx: Transaction) -> None:
    a_station(tx, CP)
    asking = Asking(station_id=CP, action="Reset", asked_by="cli:uid-0", payload="{}")
    ids = []
    for has_ended in (True, False, True, True):
        ids.append(commands.insert_command(tx, asking))
        if has_ended:
            commands.end_command(tx, ids[-1], Ending(status=CommandStatus.TIMEOUT))
        wait(tx, days=1)
    before = tx.now - timedelta(days=1)  # The last one is one day old, not more.

    assert retention.delete_commands(tx, before, 1) == 1
    assert retention.delete_commands(tx, before, 9) == 1
    assert retention.delete_commands(tx, before, 9) == 0
    left = tx.connection.execute(select(station_commands.c.id).order_by(station_commands.c.id))
    assert list(left.scalars()) == [ids[1], ids[3]]


def test_messages_are_deleted_up_to_the_limit_and_up_to_the_moment(tx: Transaction) -> None:
    a_station(tx, CP)
    for _ in range(5):
        log_a_message(tx)
        wait(tx, days=1)
    before = tx.now - timedelta(days=1)  # The last one is one day old, not more.

    assert retention.delete_messages(tx, before, 3) == 3
    assert retention.delete_messages(tx, before, 3) == 1
    assert retention.delete_messages(tx, before, 3) == 0
    count = select(func.count()).select_from(ocpp_messages)
    assert tx.connection.execute(count).scalar_one() == 1


def test_readings_of_an_open_charge_are_kept_and_stand_in_nobodys_way(tx: Transaction) -> None:
    a_garage(tx)
    opened = begin(tx)
    for wh in (1_100, 1_200):
        meter(tx, wh, transaction_id=opened.transaction_id)
        wait(tx, minutes=1)
    meter(tx, 50_000, connector=2)
    wait(tx, days=10)

    assert retention.delete_readings(tx, tx.now, 1) == 1
    assert retention.delete_readings(tx, tx.now, 1) == 0
    assert [value for value, _ in kept(tx)] == [1_100, 1_200]

    end(tx, opened.transaction_id, 1_200)
    assert retention.delete_readings(tx, tx.now, 10) == 2
    assert kept(tx) == []


def test_readings_that_are_not_old_are_kept(tx: Transaction) -> None:
    a_garage(tx)
    meter(tx, 1_000)
    sampled = tx.now
    wait(tx, days=1)

    assert retention.delete_readings(tx, sampled, 10) == 0
    assert retention.delete_readings(tx, sampled + timedelta(seconds=1), 10) == 1


def test_readings_are_deleted_in_the_order_of_arrival(tx: Transaction) -> None:
    """That order has an index; a late one waits until it is the oldest that arrived."""
    a_garage(tx)
    meter(tx, 1_000)
    late = tx.now - timedelta(days=3)
    meter(tx, 900, late)

    assert retention.delete_readings(tx, tx.now - timedelta(days=1), 1) == 0
    assert retention.delete_readings(tx, tx.now - timedelta(days=1), 2) == 1
    assert [value for value, _ in kept(tx)] == [1_000]
