"""One central system with its doors for all commands; each test has a station of its own."""

import asyncio
import itertools
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from tests.api.doors import Door, open_door
from tests.garages import settings
from tests.journeys.commands.strict import Strict

ENGINES = ("keep_configurations_read", "keep_configured", "spread_revocations", "ask_for_boots")
_numbers = itertools.count(1)


async def idle(*_: object, **__: object) -> None:
    """Stand in for a loop that asks stations something."""
    await asyncio.Event().wait()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def door(
    tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path
) -> AsyncIterator[Door]:
    """A garage that adopts stations, and asks nothing of them by itself."""
    folder = tmp_path_factory.mktemp("garage")
    shutil.copy(migrated_sqlite, folder / "onetime.db")
    url = f"sqlite:///{folder}/onetime.db"
    with pytest.MonkeyPatch.context() as patch:
        for engine in ENGINES:
            patch.setattr(f"onetime.app.loops.{engine}", idle)
        async with open_door(settings(folder, url, "accept")) as opened:
            yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def owner(door: Door) -> httpx.AsyncClient:
    """A client that may do everything."""
    return await door.client()


@asynccontextmanager
async def connected(door: Door, name: str | None = None) -> AsyncIterator[Strict]:
    """Let a station of the `ocpp` package connect and boot."""
    identity = name or f"STRICT-{next(_numbers)}"
    async with connect(
        f"{door.house.url}/{identity}", subprotocols=[Subprotocol("ocpp1.6")], proxy=None
    ) as line:
        station = Strict(identity, line)
        listening = asyncio.create_task(station.start())
        await station.boot()
        yield station
        station.released.set()
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)  # it ends with its line
