"""A use is noted once a minute, and what is remembered of it is bounded."""

from onetime.api.access import NOTED, Access
from onetime.kit.clock import ManualClock
from tests.databases import NOW


async def test_a_use_is_worth_noting_once_a_minute() -> None:
    clock = ManualClock(NOW)
    access = Access(clock)
    noted = []
    for _ in range(7):
        noted.append(access.is_worth_noting("api:1"))
        clock.advance(20)

    assert noted == [True, False, False, True, False, False, True]
    assert access.is_worth_noting("api:2")


async def test_what_is_remembered_is_bounded() -> None:
    access = Access(ManualClock(NOW))
    for n in range(NOTED + 100):
        access.is_worth_noting(str(n))

    assert len(access._noted) == NOTED
