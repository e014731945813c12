"""Figures of the garage, counted when somebody asks."""

from sqlalchemy import update

from onetime.domain.ids import StationId
from onetime.domain.reviews import AlarmKind
from onetime.queries.figures import figures
from onetime.store import quirks, reviews
from onetime.store.tables import charging_stations
from onetime.store.transaction import Transaction
from tests.garage_makers import a_session, a_station


def test_what_there_is_is_counted(tx: Transaction) -> None:
    for name in ("CP-1", "CP-2", "CP-3"):
        a_station(tx, name)
    online = update(charging_stations).where(charging_stations.c.id == "CP-1")
    tx.connection.execute(online.values(is_online=True))
    retired = update(charging_stations).where(charging_stations.c.id == "CP-3")
    tx.connection.execute(retired.values(retired_at=tx.now))
    a_session(tx, 7, energy_wh=None)
    a_session(tx, 8)
    reviews.raise_alarm(tx, AlarmKind.TAKEOVERS, "CP-1", "Somebody took over.", None)
    for station in ("CP-1", "CP-2", "CP-2"):
        quirks.count_quirk(tx, StationId(station), "B01")
    tx.flush()

    found = figures(tx.connection)

    assert (found.stations, found.stations_online) == (2, 1)
    assert (found.open_sessions, found.open_alarms, found.open_reviews) == (1, 1, 0)
    assert found.quirks == {"B01": 3}
    assert found.database_bytes > 10_000
    is_sqlite = tx.connection.dialect.name == "sqlite"
    assert (found.disk_free_bytes is not None) == is_sqlite
