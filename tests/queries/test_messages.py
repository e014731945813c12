"""The log and the boots of a station, newest first."""

import pytest

from onetime.domain.errors import NotFound
from onetime.domain.ids import StationId
from onetime.queries.messages import Direction, boot_list, message_list
from onetime.queries.pages import Asked
from onetime.store import journal
from onetime.store.transaction import Transaction
from tests.garage_makers import a_station


def _log(tx: Transaction, station: StationId, direction: str, action: str) -> None:
    journal.append(
        tx,
        journal.Entry(
            station_id=station,
            at=tx.now,
            direction=direction,
            action=action,
            message_id="m",
            frame=f'[2,"m","{action}",{{}}]',
            answer=None,
            outcome="answered",
            latency_ms=3,
        ),
    )
    tx.flush()


def test_messages_are_found_by_action_and_side(tx: Transaction) -> None:
    station = a_station(tx)
    other = a_station(tx, "CP-2")
    _log(tx, station, journal.INWARD, "Heartbeat")
    _log(tx, station, journal.OUTWARD, "Reset")
    _log(tx, other, journal.INWARD, "Heartbeat")

    def actions(action: str | None = None, direction: Direction | None = None) -> list:
        found = message_list(tx.connection, station, action=action, direction=direction)
        return [each.action for each in found.items]

    assert actions() == ["Reset", "Heartbeat"]
    assert actions(action="Heartbeat") == ["Heartbeat"]
    assert actions(direction=Direction.OUTWARD) == ["Reset"]
    assert actions(action="\0") == []
    first = message_list(tx.connection, station, asked=Asked(1))
    rest = message_list(tx.connection, station, asked=Asked(1, first.next_cursor))
    assert [each.action for each in (*first.items, *rest.items)] == ["Reset", "Heartbeat"]
    assert rest.next_cursor is None


def test_an_unknown_station_has_no_messages_and_no_boots(tx: Transaction) -> None:
    for query in (message_list, boot_list):
        with pytest.raises(NotFound, match=r"There is no station 'CP-9'\."):
            query(tx.connection, "CP-9")
