"""Tasks outlive whoever asked for them, and fail alone."""

import asyncio

import pytest
from structlog.testing import capture_logs

from onetime.kit.background import Background


async def test_what_was_begun_goes_on_when_who_waits_for_it_goes() -> None:
    background, may_end, ended = Background(), asyncio.Event(), asyncio.Event()

    async def work() -> None:
        await may_end.wait()
        ended.set()

    async def ask() -> None:
        await asyncio.shield(background.start(work()))

    asking = asyncio.create_task(ask())
    await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    may_end.set()
    await background.end(5)
    assert ended.is_set()


async def test_a_failure_reaches_who_waits_and_is_in_the_log_unless_foreseen() -> None:
    background = Background(LookupError)

    async def fail(error: Exception) -> None:
        raise error

    with capture_logs() as logs:
        with pytest.raises(ValueError, match="bug"):
            await asyncio.shield(background.start(fail(ValueError("bug"))))
        with pytest.raises(LookupError):
            await asyncio.shield(background.start(fail(LookupError())))
    assert [each["event"] for each in logs] == ["task_failed"]


async def test_the_end_waits_for_what_tasks_begin_and_cuts_off_what_takes_too_long() -> None:
    background, done = Background(), []

    async def second() -> None:
        await asyncio.sleep(0.01)
        done.append(2)

    async def first() -> None:
        await asyncio.sleep(0.01)
        background.start(second())

    background.start(first())
    await background.end(5)
    assert done == [2]

    never = background.start(asyncio.sleep(3_600))
    await background.end(0.01)
    assert never.cancelled()
