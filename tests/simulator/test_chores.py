"""What a station does beside its talk: one of each name, and none when it has ended."""

import asyncio

from onetime.simulator.chores import Chores


async def rest() -> None:
    await asyncio.Event().wait()


async def test_a_newer_one_takes_the_place_of_an_earlier_one() -> None:
    done: list[str] = []

    async def work(name: str) -> None:
        try:
            await asyncio.sleep(0)
            done.append(name)
        finally:
            done.append(f"{name} left")

    async with Chores() as chores:
        assert not chores.is_under_way("log")
        chores.begin("log", rest())
        chores.begin("update", rest())
        assert chores.is_under_way("log")
        await asyncio.sleep(0)
        chores.begin("log", work("second"))
        while chores.is_under_way("log"):
            await asyncio.sleep(0)
        assert chores.is_under_way("update")

    assert done == ["second", "second left"]
    assert not chores.is_under_way("update")


async def test_a_station_that_was_ended_can_be_begun_again() -> None:
    chores = Chores()
    for _ in range(2):
        async with chores:
            chores.begin("log", rest())
            assert chores.is_under_way("log")
        assert not chores.is_under_way("log")
