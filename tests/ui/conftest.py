"""A real browser before a real server: one browser for a file of tests, windows for each."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.ui import browser as browsers
from tests.ui.garage import MILLISECONDS, Screen, open_screen

HERE = Path(__file__).parent
expect.set_options(timeout=MILLISECONDS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A browser belongs to the event loop that started it: one loop for all tests of a file."""
    mark = pytest.mark.asyncio(loop_scope="module")
    for item in items:
        if item.path.is_relative_to(HERE) and pytest_asyncio.is_async_test(item):
            item.add_marker(mark, append=False)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium."""
    async with browsers.launched() as launched:
        yield launched


@pytest_asyncio.fixture(loop_scope="module")
async def screen(browser: Browser, sqlite_url: str, tmp_path: Path) -> AsyncIterator[Screen]:
    """A garage without anything in it, and a browser before it."""
    async with open_screen(browser, sqlite_url, tmp_path) as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_screen(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path
) -> AsyncIterator[Screen]:
    """One garage for all tests of a module."""
    folder = tmp_path_factory.mktemp("garage")
    shutil.copy(migrated_sqlite, folder / "onetime.db")
    async with open_screen(browser, f"sqlite:///{folder}/onetime.db", folder) as opened:
        yield opened
