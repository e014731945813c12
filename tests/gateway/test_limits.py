"""Who has to go when too many wait at the door."""

from hypothesis import given
from hypothesis import strategies as st

from onetime.gateway.limits import Allowance, Limits, Porch

SMALL = Limits(
    sockets=10,
    strangers=6,
    strangers_kept_for_known=2,
    strangers_per_address=3,
    known_addresses=2,
)


def filled(*arrivals: tuple[str, str], known: tuple[str, ...] = ()) -> Porch[str]:
    """A porch with these visitors, after somebody from each known address came and left."""
    porch: Porch[str] = Porch(SMALL)
    for address in known:
        porch.enter("earlier", address)
        porch.let_in("earlier", address)
        porch.go_out()
    for visitor, address in arrivals:
        assert porch.enter(visitor, address) is None
    return porch


def test_the_oldest_of_an_address_gives_way_to_its_neighbours_only() -> None:
    porch = filled(("a1", "a"), ("b1", "b"), ("a2", "a"), ("a3", "a"))

    assert porch.enter("a4", "a") == "a1"
    assert porch.enter("a5", "a") == "a2"
    assert set(porch.strangers) == {"b1", "a3", "a4", "a5"}


def test_unknown_addresses_share_what_is_not_kept_for_known_ones() -> None:
    porch = filled(("a", "a"), ("b", "b"), ("c", "c"), ("d", "d"))

    assert porch.enter("e", "e") == "a"


def test_known_addresses_find_the_room_kept_for_them() -> None:
    porch = filled(("a", "a"), ("b", "b"), ("c", "c"), ("d", "d"), known=("k",))

    assert porch.enter("k1", "k") is None
    assert porch.enter("k2", "k") is None
    assert porch.enter("k3", "k") == "a"
    assert porch.enter("e", "e") == "b", "an unknown one never displaces a known one"


def test_known_addresses_give_way_to_their_like_when_nobody_else_is_there() -> None:
    crowd = [(f"k{number}", "k") for number in range(3)] + [(f"m{n}", "m") for n in range(3)]
    porch = filled(*crowd, known=("k", "m"))

    assert porch.enter("n", "n") == "n", "no room for somebody unknown"
    assert porch.enter("k3", "k") == "k0"


def test_when_all_sockets_are_taken_a_newcomer_is_turned_away() -> None:
    porch: Porch[str] = Porch(SMALL)
    for number in range(10):
        porch.enter("station", "s")
        porch.let_in("station", f"s{number}")

    assert porch.enter("late", "a") == "late"
    assert porch.strangers == ()
    porch.go_out()
    assert porch.enter("later", "a") is None
    assert porch.enter("latest", "b") == "later"


def test_only_so_many_known_addresses_are_remembered() -> None:
    porch = filled(("a", "a"), ("b", "b"), ("c", "c"), ("d", "d"), known=("k", "m", "k", "n"))

    assert porch.enter("from m", "m") == "a", "m was forgotten: k came back since"
    assert porch.enter("from k", "k") is None


@given(st.lists(st.tuples(st.sampled_from("elL"), st.sampled_from("abcdefgh")), max_size=80))
def test_whatever_comes_and_goes_the_limits_hold(steps: list[tuple[str, str]]) -> None:
    porch: Porch[int] = Porch(SMALL)
    places: dict[int, str] = {}
    inside = 0
    for number, (step, address) in enumerate(steps):
        if step == "e":
            places[number] = address
            displaced = porch.enter(number, address)
            if displaced is not None:
                del places[displaced]
        elif places:
            visitor = next(iter(places))
            if step == "l":
                porch.leave(visitor)
                porch.leave(visitor)
                del places[visitor]
            else:
                porch.let_in(visitor, places.pop(visitor))
                inside += 1
        assert set(porch.strangers) == set(places)
        assert porch.sockets == len(places) + inside <= 10
        assert len(places) <= 6
        assert all(list(places.values()).count(place) <= 3 for place in places.values())


def test_an_allowance_begins_anew_with_each_stretch_of_time() -> None:
    allowance = Allowance(2, seconds=10)

    assert [allowance.spend(at) for at in (100, 101, 109.9, 110, 111, 112)] == [
        True,
        True,
        False,
        True,
        True,
        False,
    ]
