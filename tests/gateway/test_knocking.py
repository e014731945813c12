"""Who was refused, within bounds."""

from onetime.gateway.knocking import LIMIT, MAX_IDENTITY_LENGTH, KnockingList
from onetime.kit.clock import ManualClock


def test_refusals_of_one_identity_are_counted_by_address_and_reason(clock: ManualClock) -> None:
    knocking = KnockingList(clock)
    knocking.note("CP-1", "unknown", "10.0.0.1")
    knocking.note("CP-1", "wrong-password", "10.0.0.1")
    clock.advance(5)
    knocking.note("CP-1", "wrong-password", "10.0.0.1")
    knocking.note("CP-1", "foreign-version", "10.0.0.2", "ocpp2.0.1")

    one, other = knocking.take()

    assert (one.identity, one.ip_address) == ("CP-1", "10.0.0.1")
    assert (one.reason, one.count, one.last_at) == ("wrong-password", 2, clock.now())
    assert (other.ip_address, other.count, other.detail) == ("10.0.0.2", 1, "ocpp2.0.1")
    assert knocking.take() == []


def test_a_flood_of_names_is_not_remembered_without_end(clock: ManualClock) -> None:
    knocking = KnockingList(clock)
    for number in range(LIMIT + 100):
        knocking.note(f"CP-{number}", "unknown", "10.0.0.1")
    knocking.note("CP-0", "unknown", "10.0.0.1")

    taken = knocking.take()

    assert len(taken) == LIMIT
    assert taken[0].count == 2


def test_a_station_that_was_let_in_meanwhile_is_not_listed_afterwards(clock: ManualClock) -> None:
    knocking = KnockingList(clock)
    knocking.note("CP-1", "unknown", "10.0.0.1")
    knocking.note("CP-2", "unknown", "10.0.0.1")

    knocking.forget("CP-1")

    assert [each.identity for each in knocking.take()] == ["CP-2"]


def test_a_hostile_identity_can_be_kept_and_shown(clock: ManualClock) -> None:
    knocking = KnockingList(clock)
    knocking.note("a\0b\nc\x1b[2J" + "x" * 1_000, "unknown", "10.0.0.1")

    (one,) = knocking.take()

    assert one.identity.startswith("a\ufffdb\ufffdc\ufffd[2Jx")
    assert len(one.identity) == MAX_IDENTITY_LENGTH
