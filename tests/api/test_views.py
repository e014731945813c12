"""What viewers are told: a snapshot and its deltas together are the garage as it is."""

from datetime import UTC, datetime
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from onetime.api.views import Delta, View, delta, of_renter, snapshot, view_of
from onetime.queries.live import (
    Live,
    LiveAttention,
    LiveConnector,
    LiveGarage,
    LiveSession,
    LiveSpot,
    LiveStation,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def a_station(name: str, is_online: bool = True) -> LiveStation:
    return LiveStation(
        id=name,
        is_online=is_online,
        is_enabled=True,
        connected_since=None,
        last_boot_at=None,
        model=None,
        vendor=None,
        firmware_version=None,
        spot_id=None,
    )


def a_connector(name: str, status: str = "Available") -> LiveConnector:
    return LiveConnector(
        station_id=name, connector_id=1, status=status, error_code="NoError", status_since=NOW
    )


def a_spot(number: int, renter_id: int | None, station_id: str | None) -> LiveSpot:
    return LiveSpot(
        id=number,
        label=f"B-{number}",
        floor_level=None,
        renter_id=renter_id,
        renter_name="Somebody" if renter_id else None,
        charging_station_id=station_id,
    )


def a_session(number: int, renter_id: int | None, station_id: str, energy: int = 0) -> LiveSession:
    return LiveSession(
        id=number,
        transaction_id=number,
        station_id=station_id,
        connector_id=1,
        spot_id=None,
        spot_label=None,
        renter_id=renter_id,
        renter_name=None,
        verdict="Accepted",
        start_time=NOW,
        energy_wh=energy,
        power_w=None,
        last_reading_at=None,
    )


def a_view(
    stations: tuple[LiveStation, ...] = (),
    connectors: tuple[LiveConnector, ...] = (),
    spots: tuple[LiveSpot, ...] = (),
    sessions: tuple[LiveSession, ...] = (),
    alarms: int = 0,
    is_locked: bool = False,
) -> View:
    found = Live(
        stations=stations,
        connectors=connectors,
        spots=spots,
        sessions=sessions,
        garage=LiveGarage(name="Sun Street", is_locked=is_locked),
        attention=LiveAttention(alarms=alarms, reviews=0),
    )
    return view_of(found, 1, NOW)


def test_what_is_the_same_is_not_told() -> None:
    view = a_view((a_station("A"),), (a_connector("A"),), alarms=2)

    assert delta(view, a_view((a_station("A"),), (a_connector("A"),), alarms=2), 2) is None


def test_a_lock_is_told_to_everybody_at_once() -> None:
    before, now = of_renter(a_view(), 1), of_renter(a_view(is_locked=True), 1)

    told = delta(before, now, 2)

    assert told is not None
    assert told.garage == LiveGarage(name="Sun Street", is_locked=True)
    assert delta(now, now, 3) is None
    assert snapshot(now, 1).garage.is_locked


def test_what_changed_came_or_went_is_told_as_a_whole() -> None:
    before = a_view(
        (a_station("A"), a_station("B")),
        (a_connector("A"), a_connector("B")),
        (a_spot(1, None, "A"),),
        (a_session(1, None, "A"),),
    )
    now = a_view(
        (a_station("A", is_online=False),),
        (a_connector("A", "Charging"),),
        (a_spot(1, 7, "A"), a_spot(2, None, None)),
        (a_session(2, None, "A"),),
        alarms=1,
    )

    told = delta(before, now, 9)

    assert told is not None
    assert (told.number, told.attention) == (9, LiveAttention(alarms=1, reviews=0))
    assert [each.id for each in told.stations] == ["A"]
    assert [each.status for each in told.connectors] == ["Charging"]
    assert [each.id for each in told.spots] == [1, 2]
    assert [each.id for each in told.sessions] == [2]
    assert (told.gone.stations, told.gone.connectors) == (("B",), (("B", 1),))
    assert (told.gone.spots, told.gone.sessions) == ((), (1,))


def test_a_renter_sees_only_own_things() -> None:
    view = a_view(
        (a_station("A"), a_station("B"), a_station("C"), a_station("D")),
        tuple(a_connector(each) for each in "ABCD"),
        (a_spot(1, 7, "A"), a_spot(2, 8, "B"), a_spot(3, None, "D")),
        (a_session(1, 7, "C"), a_session(2, 8, "A"), a_session(3, None, "D")),
        alarms=3,
    )

    own = of_renter(view, 7)

    assert ({*own.stations}, {*own.connectors}) == ({"A", "C"}, {("A", 1), ("C", 1)})
    assert ({*own.spots}, {*own.sessions}, own.attention) == ({1}, {1}, None)


VIEWS = st.builds(
    lambda stations, sessions, alarms: a_view(
        tuple(a_station(name, is_on) for name, is_on in stations.items()),
        sessions=tuple(a_session(number, None, "A", wh) for number, wh in sessions.items()),
        alarms=alarms,
    ),
    st.dictionaries(st.sampled_from("ABCD"), st.booleans()),
    st.dictionaries(st.integers(1, 5), st.integers(0, 3)),
    st.integers(0, 2),
)


@given(st.lists(VIEWS, min_size=1, max_size=6))
def test_a_snapshot_and_its_deltas_are_the_garage_as_it_is(views: list[View]) -> None:
    first = snapshot(views[0], 1)
    stations = {each.id: each for each in first.stations}
    sessions = {each.id: each for each in first.sessions}
    attention = first.attention
    for before, now in pairwise(views):
        told = delta(before, now, 2) or Delta(number=2, at=NOW)
        stations |= {each.id: each for each in told.stations}
        sessions |= {each.id: each for each in told.sessions}
        for name in told.gone.stations:
            del stations[name]
        for number in told.gone.sessions:
            del sessions[number]
        attention = told.attention or attention

    assert (stations, sessions, attention) == (
        views[-1].stations,
        views[-1].sessions,
        views[-1].attention,
    )
