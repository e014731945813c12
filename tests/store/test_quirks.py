"""Deviations are counted for each station."""

from datetime import timedelta

from sqlalchemy import select

from onetime.domain.ids import StationId
from onetime.store.message_tables import quirk_counts
from onetime.store.quirks import count_quirk
from onetime.store.transaction import Transaction
from tests.charges import CP
from tests.garage_makers import a_station


def test_deviations_are_counted_with_their_first_and_last_time(tx: Transaction) -> None:
    a_station(tx, CP)
    began = tx.now
    for _ in range(3):
        count_quirk(tx, CP, "T01")
        tx.now += timedelta(minutes=1)

    row = tx.connection.execute(select(quirk_counts)).mappings().one()
    assert (row["quirk"], row["count"]) == ("T01", 3)
    assert (row["first_at"], row["last_at"]) == (began, began + timedelta(minutes=2))


def test_stations_do_not_share_their_counts_and_unknown_ids_are_others(tx: Transaction) -> None:
    other = StationId("CP-2")
    a_station(tx, CP)
    a_station(tx, other)
    count_quirk(tx, CP, "X02")
    count_quirk(tx, other, "X02")
    count_quirk(tx, other, "no such row")

    c = quirk_counts.c
    rows = tx.connection.execute(
        select(c.station_id, c.quirk, c.count).order_by(c.station_id, c.quirk)
    )
    assert [tuple(row) for row in rows] == [
        ("CP-1", "X02", 1),
        ("CP-2", "X02", 1),
        ("CP-2", "other", 1),
    ]
