"""Passwords are hashed beside the event loop, a few at once, and a flood is sent away."""

import asyncio
import threading

import pytest

from onetime.api.hashing import Hashing
from onetime.domain.errors import TooManyAttempts


async def test_no_more_than_so_many_run_at_once_and_the_loop_goes_on() -> None:
    hashing = Hashing(at_once=2, waiting=10)
    gate = threading.Event()
    running = 0
    most = 0
    lock = threading.Lock()

    def work(number: int) -> int:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        gate.wait(5)
        with lock:
            running -= 1
        return number

    tasks = [asyncio.create_task(hashing(work, n)) for n in range(8)]
    while running < 2:
        await asyncio.sleep(0.001)
    gate.set()

    assert await asyncio.gather(*tasks) == list(range(8))
    assert most == 2


async def test_whoever_comes_when_too_many_wait_is_sent_away_at_once() -> None:
    hashing = Hashing(at_once=1, waiting=2)
    gate = threading.Event()
    tasks = [asyncio.create_task(hashing(gate.wait, 5)) for _ in range(3)]
    await asyncio.sleep(0)

    with pytest.raises(TooManyAttempts, match="few seconds"):
        await hashing(gate.wait, 5)
    gate.set()
    assert all(await asyncio.gather(*tasks))
    assert await hashing(lambda: 7) == 7


async def test_a_place_is_free_again_after_a_failure() -> None:
    hashing = Hashing(at_once=1, waiting=0)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            await hashing(lambda: 1 // 0)
