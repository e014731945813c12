"""Who watches: how many, and what a slow one is told."""

from types import SimpleNamespace
from typing import cast

import msgspec

from onetime.api.views import View
from onetime.api.watching import MAX_VIEWERS_OF_ONE, Viewer, Watch
from onetime.domain.accounts import Principal, Role
from onetime.domain.people import Actor
from onetime.garage import Garage
from tests.api.test_views import a_session, a_station, a_view

OWNER = Principal(actor=Actor("api", "1"), role=Role.OWNER)
OTHER = Principal(actor=Actor("api", "2"), role=Role.MANAGER)


def told(viewer: Viewer, view: View) -> dict | None:
    message = viewer.message(view)
    return None if message is None else msgspec.json.decode(message, type=dict)


def test_a_slow_viewer_is_told_once_what_changed_many_times() -> None:
    viewer = Viewer(OWNER)
    told(viewer, a_view((a_station("A"),), sessions=(a_session(1, None, "A"),)))
    for energy in range(1, 100):
        last = a_view((a_station("A"),), sessions=(a_session(1, None, "A", energy),))

    message = told(viewer, last)

    assert message is not None
    assert [each["energy_wh"] for each in message["sessions"]] == [99]
    assert (message["number"], "stations" in message) == (2, False)
    assert told(viewer, last) is None


def test_asking_anew_brings_everything_under_the_next_number() -> None:
    viewer = Viewer(OWNER)
    view = a_view((a_station("A"),))
    told(viewer, view)
    viewer.ask_anew()

    message = told(viewer, view)

    assert message is not None
    assert (message["type"], message["number"]) == ("snapshot", 2)


async def test_one_can_not_take_the_room_of_all() -> None:
    watch = Watch(cast(Garage, SimpleNamespace()))
    joined = [watch.joined(Viewer(OWNER)) for _ in range(MAX_VIEWERS_OF_ONE)]
    for each in joined:
        assert watch.has_room(OWNER)
        each.__enter__()

    assert (watch.has_room(OWNER), watch.has_room(OTHER)) == (False, True)
    joined[0].__exit__(None, None, None)
    assert watch.has_room(OWNER)
