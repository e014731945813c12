"""While this computer's clock is in doubt nothing old is deleted and no charge is closed (S38)."""

from datetime import timedelta

from sqlalchemy import select

from onetime.domain.people import Actor
from onetime.domain.reviews import AlarmKind
from onetime.operations.journal import INWARD, Entry, write_entry
from onetime.operations.reconciliation import close_stale_sessions
from onetime.operations.retention import purge_messages
from onetime.operations.reviews import acknowledge_alarm
from onetime.operations.server_clock import is_clock_trusted, note_clock_jump, note_if_behind
from onetime.store.tables import alarms
from onetime.store.transaction import Transaction
from tests.charges import CP, a_garage, alarm_kinds, begin

OWNER = Actor("person", "1")
YEAR = timedelta(days=365)


def say_something(tx: Transaction) -> None:
    write_entry(
        tx,
        Entry(
            station_id=CP,
            at=tx.now,
            direction=INWARD,
            action="Heartbeat",
            message_id="1",
            frame="[]",
            answer=None,
            outcome="answered",
        ),
    )


def test_a_jump_of_a_year_deletes_nothing_until_a_person_has_seen_it(tx: Transaction) -> None:
    a_garage(tx)
    say_something(tx)
    begin(tx)
    tx.now += YEAR
    note_clock_jump(tx, round(YEAR.total_seconds()))

    assert alarm_kinds(tx) == [(AlarmKind.SERVER_CLOCK, 1)]
    assert purge_messages(tx, tx.now - timedelta(days=90), 100) == 0
    assert close_stale_sessions(tx) == 0

    (alarm_id,) = tx.connection.execute(select(alarms.c.id)).scalars()
    acknowledge_alarm(tx, OWNER, alarm_id)
    assert is_clock_trusted(tx)
    assert purge_messages(tx, tx.now - timedelta(days=90), 100) == 1
    assert close_stale_sessions(tx) == 1


def test_a_clock_that_went_back_while_nothing_ran_is_noticed(tx: Transaction) -> None:
    a_garage(tx)
    assert not note_if_behind(tx)
    say_something(tx)
    assert not note_if_behind(tx)
    tx.now -= timedelta(hours=1)

    assert note_if_behind(tx)
    assert alarm_kinds(tx) == [(AlarmKind.SERVER_CLOCK, 1)]
