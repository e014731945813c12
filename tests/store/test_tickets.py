"""An operation in the queue, and who hears what became of it."""

import asyncio
from concurrent.futures import Future

import pytest

from onetime.store.tickets import Delivery, Errand
from onetime.store.transaction import Transaction


def errand(waiter: asyncio.Future[int] | Future[int] | None) -> Errand[int]:
    return Errand(lambda tx: 7, waiter, name="seven", guarded=False, queued_at=0.0)


def test_the_last_attempt_counts(tx: Transaction) -> None:
    waiter: Future[int] = Future()
    ticket = errand(waiter)
    ticket.fail(ZeroDivisionError())
    ticket.run(tx)
    ticket.settle()

    assert waiter.result(0) == 7
    assert not ticket.belongs_to_loop


def test_an_error_reaches_whoever_waits() -> None:
    waiter: Future[int] = Future()
    ticket = errand(waiter)
    ticket.fail(ZeroDivisionError())
    ticket.settle()

    with pytest.raises(ZeroDivisionError):
        waiter.result(0)


async def test_whoever_has_gone_is_not_disturbed() -> None:
    waiter: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    ticket = errand(waiter)
    assert ticket.belongs_to_loop
    waiter.cancel()
    ticket.fail(ZeroDivisionError())
    ticket.settle()
    errand(None).settle()

    assert waiter.cancelled()


def seven(tx: Transaction, more: int) -> int:
    return 7 + more


def test_what_became_of_a_message_is_told_once_it_is_settled(tx: Transaction) -> None:
    told: list[int | Exception] = []
    ticket = Delivery(told.append, seven, (1,), 0.0)
    ticket.fail(ZeroDivisionError())
    ticket.run(tx)
    assert told == []
    ticket.settle()

    assert told == [8]
    assert (ticket.name, ticket.guarded, ticket.belongs_to_loop) == ("seven", False, True)


def test_a_message_that_was_not_stored_is_told_why() -> None:
    told: list[int | Exception] = []
    error = ZeroDivisionError()
    ticket = Delivery(told.append, seven, (1,), 0.0)
    ticket.fail(error)
    ticket.settle()

    assert told == [error]
