"""A plain start as the measure of a return: how many seconds one takes is the computer's affair.

Knows another central system, on an empty folder of its own, and none of what has been killed.
"""

import asyncio
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from tests.journeys.crash.central import Central, free_port
from tests.journeys.crash.paced import SharedPace

HEAD_START_SECONDS = 2.0
"""Whoever is back by then is not measured: making another central system is work."""
TOO_MANY_STARTS = 4


async def starts_beside(
    opening: "asyncio.Task[object]", head_start: float = HEAD_START_SECONDS
) -> int:
    """Count the plain starts, up to TOO_MANY_STARTS, that another one needs less time for.

    They begin when the head start is over, one after the other, and share the computer with the
    opening: what slows that down slows them down as well.
    """
    await asyncio.wait({opening}, timeout=head_start)
    if opening.done():
        return 0
    with tempfile.TemporaryDirectory(prefix="onetime-rival-") as name:
        folder = Path(name)
        SharedPace(folder, 1.0, datetime.now(UTC))
        rival = await Central.prepare(folder, free_port())
        try:
            return await _starts(rival, opening)
        finally:
            await rival.leave()


async def _starts(rival: Central, opening: "asyncio.Task[object]") -> int:
    starts = 0
    while starts < TOO_MANY_STARTS:
        await rival.start()
        await rival.opened()
        if opening.done():
            break
        starts += 1
        await rival.end()
    return starts
