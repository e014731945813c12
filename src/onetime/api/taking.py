"""Takes in the file of a station, whichever way it comes: it is on disk first, then in the books.

Knows pieces and the drop; never who sends them, nor by which words.
"""

import asyncio
from asyncio import Future
from collections.abc import AsyncIterator, Callable
from functools import partial

from onetime.domain.files import MAX_FILE_BYTES
from onetime.garage import Garage
from onetime.kit.drop import Drop
from onetime.operations.files import Admitted, receive_file


async def take_file(
    garage: Garage,
    drop: Drop,
    admitted: Admitted,
    pieces: AsyncIterator[bytes],
    said: Callable[[], str],
) -> int:
    """Take a file and return its size; `said` tells afterwards what its sender calls it.

    Raises NoRoom, as `receive_file`, and whatever ends the pieces early; nothing is kept then.
    """
    taking = await asyncio.to_thread(drop.take, MAX_FILE_BYTES)
    try:
        async for piece in pieces:
            await asyncio.to_thread(taking.write, piece)
        stored_as, sha256 = await asyncio.to_thread(taking.finish)
    finally:
        taking.abandon()
    entering = asyncio.ensure_future(
        garage.archive.write(receive_file, admitted, said(), taking.size, sha256, stored_as)
    )
    # Whoever waits may go; whether the file stays is decided by the books alone.
    entering.add_done_callback(partial(_unless_entered, drop, stored_as))
    await asyncio.shield(entering)
    return taking.size


def _unless_entered(drop: Drop, stored_as: str, done: "Future[None]") -> None:
    if done.cancelled() or done.exception() is not None:
        drop.remove(stored_as)
