"""Another process holds the write lock, as a backup does, or somebody at a shell (L11)."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.faults.promises import DEADLINE_SECONDS, Account, let_in_again, sent_away
from tests.garages import House

HOLD = """
import sqlite3, sys
holder = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=60)
holder.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


@asynccontextmanager
async def locked_elsewhere(database_url: str) -> AsyncIterator[None]:
    """Let another process hold the lock meanwhile."""
    path = database_url.removeprefix("sqlite:///")
    holder = await asyncio.create_subprocess_exec(
        sys.executable, "-S", "-c", HOLD, path, stdin=PIPE, stdout=PIPE
    )
    assert holder.stdin is not None
    assert holder.stdout is not None
    try:
        async with asyncio.timeout(DEADLINE_SECONDS):
            assert await holder.stdout.readline() == b"held\n"
        yield
    finally:
        holder.stdin.close()
        await holder.wait()


async def a_short_lock(house: House, url: str, seconds: float) -> None:
    """A lock within the writer's patience: nobody notices but by waiting."""
    account = Account()
    await account.begin(house.connect)
    async with locked_elsewhere(url):
        saying = asyncio.ensure_future(account.say())
        await asyncio.sleep(seconds)
        assert not saying.done(), "promise 1: nothing is answered before it is committed"
        assert not house.archive.is_down
    assert await saying == account.said.keys()
    await account.say_again(house.connect)
    account.require(house)


async def a_long_lock(house: House, url: str, seconds: float) -> None:
    """A lock beyond it: stations are sent away, and let in when it is gone, without a restart."""
    account = Account()
    await account.begin(house.connect)
    async with locked_elsewhere(url):
        saying = asyncio.ensure_future(account.say())
        await asyncio.sleep(seconds)
        async with asyncio.timeout(DEADLINE_SECONDS):
            assert await saying == set()
        await sent_away(house)
    await let_in_again(house)
    await account.say_again(house.connect)
    account.require(house)
