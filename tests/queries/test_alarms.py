"""What a person should know soon."""

import pytest
from sqlalchemy import update

from onetime.domain.errors import NotFound
from onetime.domain.reviews import AlarmKind
from onetime.queries.alarms import alarm, alarm_list
from onetime.queries.pages import Asked
from onetime.store import reviews
from onetime.store.tables import alarms
from onetime.store.transaction import Transaction
from tests.garage_makers import a_station


def test_alarms_are_listed_until_they_are_acknowledged(tx: Transaction) -> None:
    cp_1 = a_station(tx)
    for key in ("a", "b", "b"):
        reviews.raise_alarm(tx, AlarmKind.TAKEOVERS, key, f"Alarm {key}.", cp_1)

    [newest, oldest] = alarm_list(tx.connection).items
    assert (newest.sentence, newest.count, oldest.count) == ("Alarm b.", 2, 1)
    assert alarm(tx.connection, oldest.id) == oldest

    tx.connection.execute(
        update(alarms).where(alarms.c.id == oldest.id).values(acknowledged_at=tx.now)
    )
    assert [each.id for each in alarm_list(tx.connection).items] == [newest.id]
    assert [each.id for each in alarm_list(tx.connection, is_open=False).items] == [oldest.id]
    first = alarm_list(tx.connection, is_open=None, asked=Asked(1))
    rest = alarm_list(tx.connection, is_open=None, asked=Asked(1, first.next_cursor))
    assert [each.id for each in first.items + rest.items] == [newest.id, oldest.id]


def test_an_unknown_alarm_is_named(tx: Transaction) -> None:
    with pytest.raises(NotFound, match=r"There is no alarm 404\."):
        alarm(tx.connection, 404)
