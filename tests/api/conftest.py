"""A door for each test of the API."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest

from onetime.domain.accounts import Role
from tests.api.doors import Door, open_door
from tests.api.people import People
from tests.garages import settings


@pytest.fixture
async def door(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Door]:
    """A garage without anything in it, and its door for programs."""
    async with open_door(settings(tmp_path, sqlite_url)) as opened:
        yield opened


@pytest.fixture
async def owner(door: Door) -> httpx.AsyncClient:
    """A client that may do everything."""
    return await door.client(Role.OWNER)


@pytest.fixture
async def people(door: Door) -> AsyncIterator[People]:
    """Somebody to sign in."""
    async with AsyncExitStack() as stack:
        yield People(door, stack)
