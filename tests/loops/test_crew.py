"""Errands to many stations: one at a time to each, so many at once, whatever becomes of them."""

import asyncio

from structlog.testing import capture_logs

from onetime.domain.ids import StationId
from onetime.loops.crew import Crew

A, B, C = (StationId(each) for each in "ABC")


async def test_a_slow_station_holds_up_nobody_and_is_sent_one_errand_at_a_time() -> None:
    done: list[str] = []
    slow = asyncio.Event()

    async def wait() -> None:
        await slow.wait()
        done.append("slow")

    async def quick() -> None:
        done.append("quick")

    async with asyncio.TaskGroup() as tasks:
        crew = Crew("test", tasks, at_once=2)
        assert crew.send(A, wait)
        assert not crew.send(A, quick)
        assert crew.send(B, quick)
        assert not crew.send(C, quick)  # all hands are busy
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert crew.send(C, quick)
        slow.set()

    assert done == ["quick", "quick", "slow"]


async def test_an_errand_that_fails_frees_its_hands_and_ends_nothing() -> None:
    async def fail() -> None:
        raise ZeroDivisionError

    with capture_logs() as logs:
        async with asyncio.TaskGroup() as tasks:
            crew = Crew("test", tasks, at_once=1)
            crew.send(A, fail)
            while not crew.has_room():
                await asyncio.sleep(0)
            assert crew.send(A, fail)

    assert [each["event"] for each in logs] == ["step_failed", "step_failed"]
