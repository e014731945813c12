"""The books are worked out anew, and every row that differs is named."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from onetime.domain.ids import StationId
from onetime.domain.sessions import Closing, Opening
from onetime.operations.books import note_idle_register
from onetime.operations.corrections import close_by_person
from onetime.operations.sessions import start_session, stop_session
from onetime.queries.books import audit_books
from onetime.store.tables import charging_sessions, unassigned_energy
from onetime.store.transaction import Transaction, Value
from tests.garage_makers import OWNER, a_card, a_renter, a_session, a_station

CP = StationId("CP-1")


def charge(tx: Transaction, begin_wh: int, end_wh: int | None) -> int:
    """Let an hour of charging pass; without a register at the end it goes on."""
    opening = Opening(
        station_id=CP, connector_id=1, id_tag="04A1B2C3", meter_start=begin_wh, stated_time=tx.now
    )
    opened = start_session(tx, opening)
    tx.now += timedelta(hours=1)
    if end_wh is not None:
        closing = Closing(
            station_id=CP,
            transaction_id=opened.transaction_id,
            id_tag=None,
            meter_stop=end_wh,
            stated_time=tx.now,
            reason="Local",
        )
        stop_session(tx, closing, (), "raw")
    return opened.session_id


@pytest.fixture
def garage(tx: Transaction) -> list[int]:
    """Three charges with energy between them, the last one closed by a person; a fourth goes on."""
    a_station(tx, CP)
    a_card(tx, "04A1B2C3", a_renter(tx))
    ids = [charge(tx, 1_000, 5_000), charge(tx, 5_200, 9_000), charge(tx, 9_000, None)]
    close_by_person(tx, OWNER, ids[2], "read at the meter", 9_900)
    note_idle_register(tx, CP, 1, tx.now, 10_400)
    return [*ids, charge(tx, 10_500, None)]


def test_books_that_operations_kept_are_right(tx: Transaction, garage: list[int]) -> None:
    books = audit_books(tx.connection)

    assert books.faults == ()
    assert (books.sessions, books.open_sessions) == (4, 1)
    assert (books.energy_wh, books.unassigned_wh) == (4_000 + 3_800 + 900, 200 + 600)


def test_empty_books_are_right(tx: Transaction) -> None:
    books = audit_books(tx.connection)

    assert (books.sessions, books.energy_wh, books.unassigned_wh, books.faults) == (0, 0, 0, ())


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"energy_wh": 4_100}, "has 4100 Wh, but its register moved from 1000 to 5000 Wh."),
        ({"energy_wh": 3_900}, "has 3900 Wh, but 4000 Wh are its share."),
        ({"energy_wh": None}, "is closed, but lacks its end"),
        ({"ended_by": None}, "is open, but has an end"),
        ({"meter_stop": 4_000}, "has 4000 Wh, but its register moved from 1000 to 4000 Wh."),
    ],
)
def test_a_session_that_was_tampered_with_is_named(
    tx: Transaction, garage: list[int], values: dict[str, Value], sentence: str
) -> None:
    tx.connection.execute(
        update(charging_sessions).where(charging_sessions.c.id == garage[0]).values(values)
    )

    faults = audit_books(tx.connection).faults

    assert any(fault == f"Session {garage[0]} {sentence}" or sentence in fault for fault in faults)


def test_an_end_before_the_start_is_named(tx: Transaction, garage: list[int]) -> None:
    early = tx.now - timedelta(days=9)
    tx.connection.execute(
        update(charging_sessions).where(charging_sessions.c.id == garage[1]).values(end_time=early)
    )

    assert f"Session {garage[1]} ends before it begins." in audit_books(tx.connection).faults


def test_unassigned_energy_that_was_tampered_with_is_named(
    tx: Transaction, garage: list[int]
) -> None:
    tx.connection.execute(
        update(unassigned_energy)
        .where(unassigned_energy.c.after_session_id == garage[0])
        .values(to_wh=5_100)
    )

    faults = audit_books(tx.connection).faults

    assert any("says 200 Wh between 5000 and 5100 Wh" in fault for fault in faults)
    assert any(f"after session {garage[0]} should be 200 Wh" in fault for fault in faults)


def test_unassigned_energy_after_no_link_is_named(tx: Transaction, garage: list[int]) -> None:
    empty = a_session(tx, 77, station_id=CP, energy_wh=0)
    tx.connection.execute(
        insert(unassigned_energy).values(
            station_id=CP,
            connector_id=1,
            after_session_id=empty,
            from_wh=0,
            to_wh=5,
            energy_wh=5,
            from_time=tx.now,
            to_time=tx.now,
        )
    )

    faults = audit_books(tx.connection).faults

    assert faults == (f"Unassigned energy after session {empty} follows no link of the chain.",)
