"""Writes out who was refused at the door for stations, so that people can see it."""

from collections.abc import Callable, Sequence

from onetime.garage import Garage
from onetime.loops.pace import repeat
from onetime.operations.knocks import Knock, note_knocks


async def write_knocks(
    garage: Garage, take: Callable[[], Sequence[Knock]], every_seconds: float
) -> None:
    """Take what has come together and keep it, for ever."""

    async def step() -> None:
        if refused := take():
            await garage.archive.write(note_knocks, refused)

    await repeat("knocks", every_seconds, step)
