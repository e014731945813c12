"""Facts reach every listener in order; who is slow loses some and knows it, and holds nobody up."""

import asyncio

from onetime.kit.broadcast import Broadcast


async def test_every_listener_hears_every_fact_in_order() -> None:
    feed: Broadcast[int] = Broadcast()
    listeners = [feed.subscribe(), feed.subscribe()]

    feed.publish([1, 2])
    feed.publish([3])

    for each in listeners:
        assert [await each.next() for _ in range(3)] == [1, 2, 3]
        assert not each.missed


async def test_who_listens_waits_for_what_is_said_later() -> None:
    feed: Broadcast[str] = Broadcast()
    listener = feed.subscribe()
    heard = asyncio.ensure_future(listener.next())
    await asyncio.sleep(0)
    assert not heard.done()

    feed.publish(["news"])

    assert await asyncio.wait_for(heard, 5) == "news"


async def test_a_full_queue_loses_facts_and_says_so_and_others_hear_all() -> None:
    feed: Broadcast[int] = Broadcast(limit=2)
    slow, quick = feed.subscribe(), feed.subscribe()

    heard = []
    for fact in (1, 2, 3):
        feed.publish([fact])
        heard.append(await quick.next())

    assert heard == [1, 2, 3]
    assert (slow.missed, quick.missed) == (True, False)
    assert [await slow.next(), await slow.next()] == [1, 2]


async def test_who_has_left_is_told_nothing() -> None:
    feed: Broadcast[int] = Broadcast(limit=1)
    gone = feed.subscribe()
    feed.unsubscribe(gone)

    feed.publish([1, 2])

    assert not gone.missed


async def test_who_listens_for_one_kind_hears_no_other() -> None:
    feed: Broadcast[int | str] = Broadcast(limit=1)
    listener = feed.subscribe(str)

    feed.publish([1, 2, 3, "news"])

    assert await listener.next() == "news"
    assert not listener.missed
