"""A loop goes on whatever its steps do."""

import asyncio

from structlog.testing import capture_logs

from onetime.domain.errors import Conflict, OperationFailed, StoreDown
from onetime.domain.facts import Fact, GarageChanged, StationConnected
from onetime.domain.ids import StationId
from onetime.kit.broadcast import Broadcast
from onetime.loops.pace import attempt, repeat, repeat_when


async def test_a_step_that_fails_does_not_end_its_loop() -> None:
    failures = iter(
        [
            StoreDown("full"),
            OperationFailed("KeyError"),
            ZeroDivisionError(),
            Conflict("The station was retired meanwhile."),
        ]
    )
    done = asyncio.Event()
    tried = 0

    async def step() -> None:
        nonlocal tried
        tried += 1
        if (failure := next(failures, None)) is not None:
            raise failure
        done.set()

    with capture_logs() as logs:
        loop = asyncio.create_task(repeat("test", 0.0, step))
        await asyncio.wait_for(done.wait(), 5)
        loop.cancel()

    assert tried >= 5
    assert [each["event"] for each in logs] == [
        "step_waits_for_database",
        "step_failed",
        "step_failed",
        "step_refused",
    ]


async def test_an_attempt_says_whether_it_succeeded() -> None:
    async def succeed() -> None:
        pass

    async def fail() -> None:
        raise StoreDown("locked")

    assert await attempt("test", succeed)
    assert not await attempt("test", fail)


async def test_a_fact_of_the_right_kind_wakes_a_loop_and_a_burst_is_one_step() -> None:
    feed: Broadcast[Fact] = Broadcast()
    steps = 0
    stepped = asyncio.Event()

    async def step() -> None:
        nonlocal steps
        steps += 1
        stepped.set()

    loop = asyncio.create_task(repeat_when("test", 600.0, step, feed, GarageChanged))
    await asyncio.wait_for(stepped.wait(), 5)
    feed.publish([StationConnected(StationId("CP-1"))])
    await asyncio.sleep(0.3)
    assert steps == 1

    stepped.clear()
    feed.publish([GarageChanged()] * 100)
    await asyncio.wait_for(stepped.wait(), 5)
    await asyncio.sleep(0.3)
    loop.cancel()
    assert steps == 2
