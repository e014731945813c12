"""A real browser before a real server; each test gets pages that nobody has seen."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import async_playwright

from tests.ui import browser as browsers
from tests.ui.garage import Screen, open_screen


@pytest.fixture
async def screen(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Screen]:
    """A garage without anything in it, and a browser before it."""
    path = browsers.found()
    assert path is not None, browsers.MISSING
    async with (
        async_playwright() as playwright,
        open_screen(playwright, path, sqlite_url, tmp_path) as opened,
    ):
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_screen(
    tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path
) -> AsyncIterator[Screen]:
    """One garage and one browser for all tests of a module."""
    folder = tmp_path_factory.mktemp("garage")
    shutil.copy(migrated_sqlite, folder / "onetime.db")
    path = browsers.found()
    assert path is not None, browsers.MISSING
    async with (
        async_playwright() as playwright,
        open_screen(playwright, path, f"sqlite:///{folder}/onetime.db", folder) as opened,
    ):
        yield opened
