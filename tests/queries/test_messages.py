"""The log and the boots of a station, newest first."""

import pytest

from onetime.domain.errors import NotFound
from onetime.domain.ids import StationId
from onetime.queries import messages
from onetime.queries.messages import Direction, boot_list, message_list
from onetime.queries.pages import Asked
from onetime.store import journal
from onetime.store.transaction import Transaction
from tests.garage_makers import a_station


def _log(
    tx: Transaction,
    station: StationId,
    direction: str,
    action: str,
    payload: str = "{}",
    answer: str | None = None,
) -> None:
    journal.append(
        tx,
        journal.Entry(
            station_id=station,
            at=tx.now,
            direction=direction,
            action=action,
            message_id="m",
            frame=f'[2,"m","{action}",{payload}]',
            answer=answer,
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


def test_messages_are_found_by_words_in_either_case_and_nothing_else_is_special(
    tx: Transaction,
) -> None:
    station = a_station(tx)
    _log(tx, station, journal.INWARD, "BootNotification", '{"chargePointVendor":"100%_Volt"}')
    _log(tx, station, journal.INWARD, "Heartbeat", answer='[3,"m",{"currentTime":"2026"}]')
    _log(tx, a_station(tx, "CP-2"), journal.INWARD, "BootNotification")

    def actions(search: str, direction: Direction | None = None) -> list:
        found = message_list(tx.connection, station, search=search, direction=direction)
        return [each.action for each in found.items]

    assert actions("BOOTNOT") == ["BootNotification"]
    assert actions("0%_v") == ["BootNotification"]
    assert actions("%") == ["BootNotification"]
    assert actions("currenttime") == ["Heartbeat"]
    assert actions("e") == ["Heartbeat", "BootNotification"]
    assert actions("e", Direction.OUTWARD) == []
    assert actions("\0") == []


def test_a_search_goes_through_the_log_part_by_part(
    tx: Transaction, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "LOOKED_THROUGH", 3)
    station = a_station(tx)
    for action in ("Authorize", *["Heartbeat"] * 7, "Authorize", "Authorize"):
        _log(tx, station, journal.INWARD, action)

    pages = [message_list(tx.connection, station, search="authorize", asked=Asked(1))]
    while cursor := pages[-1].next_cursor:
        pages.append(
            message_list(tx.connection, station, search="authorize", asked=Asked(1, cursor))
        )

    found = [each.action for page in pages for each in page.items]
    assert found == ["Authorize"] * 3
    assert [] in [list(page.items) for page in pages]


def test_who_sees_no_cards_finds_none_by_their_numbers(tx: Transaction) -> None:
    station = a_station(tx)
    for tag in ("04A1B2C3D4E5F6", "04A1B2C3D4E5F6"):
        _log(tx, station, journal.INWARD, "Authorize", f'{{"idTag":"{tag}"}}')

    def found(search: str, *, shows_cards: bool) -> tuple[int, bool]:
        page = message_list(
            tx.connection, station, search=search, shows_cards=shows_cards, asked=Asked(1)
        )
        return len(page.items), page.next_cursor is None

    assert found("04a1b2", shows_cards=True) == (1, False)
    assert found("04a1b2", shows_cards=False) == (0, True)
    assert found("idtag", shows_cards=False) == (1, False)
    assert found("E5F6", shows_cards=False) == (1, False)


def test_an_unknown_station_has_no_messages_and_no_boots(tx: Transaction) -> None:
    for query in (message_list, boot_list):
        with pytest.raises(NotFound, match=r"There is no station 'CP-9'\."):
            query(tx.connection, "CP-9")
