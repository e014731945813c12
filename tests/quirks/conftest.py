"""One central system for each module of scripted stations."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio

from tests.quirks.station import Central, Station, central_system, connected

Connect = Callable[..., AbstractAsyncContextManager[Station]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def central(
    tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path
) -> AsyncIterator[Central]:
    """A central system that the tests of a module share; each has stations of its own."""
    folder = tmp_path_factory.mktemp("garage")
    async with central_system(folder, migrated_sqlite) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def station(central: Central) -> AsyncIterator[Station]:
    """A station that has booted."""
    async with connected(central) as station:
        await station.boot()
        yield station


@pytest.fixture
def connect(central: Central) -> Connect:
    """Let a further station, or the same once more, log in."""
    return partial(connected, central)
