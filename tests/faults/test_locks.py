"""A database that others have locked: for a second nobody notices, for longer nobody is let in."""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType

import pytest

from onetime import loops
from onetime.store import database as database_module
from onetime.store import writer
from tests.faults.locks import a_long_lock, a_short_lock
from tests.garages import furnish, open_house, settings
from tests.gateway.peers import on_uvloop

PATIENCE_SECONDS = 0.1
"""Of the writer, in place of 5 s: so the locks of 10 and 60 s become 0.2 and 1.2 s."""


def busy_loops() -> list[ModuleType]:
    """What runs beside the doors, step after step."""
    found = [import_module(each.name) for each in iter_modules(loops.__path__, "onetime.loops.")]
    return [each for each in found if hasattr(each, "EVERY_SECONDS")]


@on_uvloop
async def test_a_lock_of_a_second_is_waited_for(sqlite_url: str, tmp_path: Path) -> None:
    """L11, with the writer's real patience."""
    furnish(sqlite_url)
    async with open_house(settings(tmp_path, sqlite_url)) as house:
        await a_short_lock(house, sqlite_url, 1.0)


@pytest.mark.parametrize("seconds", [10, 60])
@on_uvloop
async def test_a_longer_lock_sends_stations_away_until_it_is_gone(
    seconds: int, sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """L11, shortened in proportion; `make soak-hostile` waits the whole time."""
    monkeypatch.setattr(database_module, "BUSY_TIMEOUT_MS", PATIENCE_SECONDS * 1_000)
    monkeypatch.setattr(writer, "TICK_SECONDS", 0.05)
    for loop in busy_loops():  # none of them takes a database that is down for a bug
        monkeypatch.setattr(loop, "EVERY_SECONDS", 0.05)
    furnish(sqlite_url)
    async with open_house(settings(tmp_path, sqlite_url)) as house:
        await a_long_lock(house, sqlite_url, seconds * PATIENCE_SECONDS / 5)
