"""Where did a renter charge? Right after renames, cards that change hands, and charger swaps."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert

from onetime.domain.errors import NotFound, Unacceptable
from onetime.domain.ids import StationId
from onetime.domain.sessions import Closing, Opening
from onetime.operations.sessions import start_session, stop_session
from onetime.operations.spots import SpotChanges, assign_spot, edit_spot, place_station
from onetime.operations.tokens import hand_over_card
from onetime.queries.pages import Asked
from onetime.queries.sessions import (
    Session,
    Sums,
    Wanted,
    session,
    session_list,
    session_readings,
    session_sums,
)
from onetime.store.tables import meter_readings
from onetime.store.transaction import Transaction
from tests.garage_makers import OWNER, a_card, a_renter, a_session, a_spot, a_station


def charge(tx: Transaction, station_id: str, id_tag: str, at: datetime, energy_wh: int) -> int:
    """Let a station report a charge of one hour that began at this moment."""
    tx.now = at + timedelta(hours=1)
    opened = start_session(
        tx,
        Opening(
            station_id=StationId(station_id),
            connector_id=1,
            id_tag=id_tag,
            meter_start=0,
            stated_time=at,
        ),
    )
    stop_session(
        tx,
        Closing(
            station_id=StationId(station_id),
            transaction_id=opened.transaction_id,
            id_tag=id_tag,
            meter_stop=energy_wh,
            stated_time=at + timedelta(hours=1),
            reason="Local",
        ),
        (),
        "",
    )
    return opened.session_id


def places(found: tuple[Session, ...]) -> list[tuple[str, str | None, str | None, int | None]]:
    return [
        (each.station_id, each.spot_label, each.spot_label_today, each.energy_wh) for each in found
    ]


def test_where_a_renter_charged_stays_right_whatever_changes_later(tx: Transaction) -> None:
    anna, bob = a_renter(tx, "Anna"), a_renter(tx, "Bob")
    a_card(tx, "CARD", anna)
    for name in ("OLD", "NEW"):
        a_station(tx, name)
    spot = a_spot(tx, "B1-1", "OLD")
    assign_spot(tx, OWNER, spot, anna)
    day = tx.now

    charge(tx, "OLD", "CARD", day + timedelta(days=1), 1_000)
    edit_spot(tx, OWNER, spot, SpotChanges(label="P-7"))
    charge(tx, "OLD", "card", day + timedelta(days=2), 2_000)
    place_station(tx, OWNER, "P-7", "NEW")
    charge(tx, "NEW", "CARD", day + timedelta(days=3), 4_000)
    hand_over_card(tx, OWNER, "CARD", bob)
    assign_spot(tx, OWNER, spot, bob)
    charge(tx, "NEW", "CARD", day + timedelta(days=4), 8_000)

    of_anna = session_list(tx.connection, Wanted(renter_id=anna)).items
    of_bob = session_list(tx.connection, Wanted(renter_id=bob)).items
    assert places(of_anna) == [
        ("NEW", "P-7", "P-7", 4_000),
        ("OLD", "P-7", "P-7", 2_000),
        ("OLD", "B1-1", "P-7", 1_000),
    ]
    assert places(of_bob) == [("NEW", "P-7", "P-7", 8_000)]
    assert session_sums(tx.connection, Wanted(renter_id=anna)) == Sums(
        sessions=3, open_sessions=0, estimated_sessions=0, energy_wh=7_000, total_energy_kwh=7.0
    )


def test_a_session_shows_who_when_and_how_much(tx: Transaction) -> None:
    anna = a_renter(tx, "Anna")
    a_card(tx, "CARD", anna)
    a_station(tx)
    began = tx.now - timedelta(hours=2)
    found = session(
        tx.connection,
        a_session(
            tx,
            7,
            token_id="CARD",
            renter_id=anna,
            energy_wh=7_500,
            estimated="end_time,meter_stop",
            marks="superseded",
        ),
    )

    assert (found.transaction_id, found.token_id, found.renter_name) == (7, "CARD", "Anna")
    assert (found.start_time, found.end_time) == (began, began + timedelta(hours=1))
    assert (found.meter_start, found.meter_stop, found.total_energy_kwh) == (1_000, 8_500, 7.5)
    assert found.stop_reason == "Local"
    assert found.estimated == ("end_time", "meter_stop")
    assert found.marks == ("superseded",)


def test_the_list_is_newest_first_and_filtered(tx: Transaction) -> None:
    anna = a_renter(tx)
    a_card(tx, "CARD", anna)
    for name in ("CP-1", "CP-2"):
        a_station(tx, name)
    day = tx.now
    first = a_session(tx, 1, token_id="CARD", renter_id=anna, start=day - timedelta(days=3))
    second = a_session(tx, 2, station_id="CP-2", start=day - timedelta(days=2))
    third = a_session(
        tx, 3, token_id="CARD", renter_id=anna, start=day - timedelta(days=1), energy_wh=None
    )

    def ids(**wanted: object) -> list[int]:
        asked = Wanted(**wanted)  # type: ignore[arg-type]  # each test names its own fields
        return [each.id for each in session_list(tx.connection, asked).items]

    assert ids() == [third, second, first]
    assert ids(renter_id=anna) == [third, first]
    assert ids(station_id="CP-2") == [second]
    assert ids(token="card") == [third, first]
    assert ids(token="ffffffff") == [second]
    assert ids(token="nobody") == []
    assert ids(is_open=True) == [third]
    assert ids(is_open=False) == [second, first]
    assert ids(began_from=day - timedelta(days=2)) == [third, second]
    assert ids(began_before=day - timedelta(days=2)) == [first]


def test_pages_follow_each_other_without_gap_or_repeat(tx: Transaction) -> None:
    a_station(tx)
    # Equal times: the cursor has to tell sessions of one moment apart.
    ids = [a_session(tx, n) for n in range(1, 8)]

    seen: list[int] = []
    asked = Asked(limit=3)
    while True:
        page = session_list(tx.connection, asked=asked)
        seen += [each.id for each in page.items]
        if page.next_cursor is None:
            break
        asked = Asked(3, page.next_cursor)

    assert seen == ids[::-1]


def test_sums_count_what_is_open_and_what_is_estimated(tx: Transaction) -> None:
    a_station(tx)
    a_session(tx, 1, energy_wh=1_234)
    a_session(tx, 2, energy_wh=1, estimated="end_time")
    a_session(tx, 3, energy_wh=None)

    assert session_sums(tx.connection) == Sums(
        sessions=3, open_sessions=1, estimated_sessions=1, energy_wh=1_235, total_energy_kwh=1.235
    )


def test_nothing_charged_sums_to_nothing(tx: Transaction) -> None:
    assert session_sums(tx.connection) == Sums(
        sessions=0, open_sessions=0, estimated_sessions=0, energy_wh=0, total_energy_kwh=0.0
    )


def test_readings_of_a_session_come_newest_first(tx: Transaction) -> None:
    a_station(tx)
    session_id = a_session(tx, 7)
    for minute in (1, 2):
        tx.connection.execute(
            insert(meter_readings).values(
                transaction_id=7,
                timestamp=tx.now + timedelta(minutes=minute),
                measurand="Power.Active.Import",
                value=1_000.5 * minute,
                unit="W",
                phase="L1",
                context="Sample.Periodic",
                station_id="CP-1",
                connector_id=1,
            )
        )

    page = session_readings(tx.connection, session_id)

    assert [(each.value, each.unit, each.phase) for each in page.items] == [
        (2_001.0, "W", "L1"),
        (1_000.5, "W", "L1"),
    ]


def test_what_does_not_exist_is_named(tx: Transaction) -> None:
    for wanted, sentence in (
        (Wanted(renter_id=404), r"There is no renter 404\."),
        (Wanted(station_id="CP-9"), r"There is no station 'CP-9'\."),
        (Wanted(station_id="CP\0"), "There is no station"),
        (Wanted(token="CARD\0"), "control characters"),
    ):
        with pytest.raises(NotFound, match=sentence):
            session_list(tx.connection, wanted)
    with pytest.raises(NotFound, match=r"There is no session 404\."):
        session(tx.connection, 404)


@pytest.mark.parametrize("cursor", ["", "x", "!!", "WzFd", "eyJhIjoxfQ", "WyJhIiwxXQ", "\udcff"])
def test_a_foreign_cursor_is_refused(tx: Transaction, cursor: str) -> None:
    with pytest.raises(Unacceptable, match="This cursor was not given out"):
        session_list(tx.connection, asked=Asked(10, cursor))


@pytest.mark.parametrize("limit", [0, -1, 1_001])
def test_a_page_has_a_sensible_size(tx: Transaction, limit: int) -> None:
    with pytest.raises(Unacceptable, match="A page has 1 to 1000 items"):
        session_list(tx.connection, asked=Asked(limit))
