"""Every page, full and empty, light and dark, wide and on a phone, is readable and in its frame."""

import re
import shutil
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from onetime.domain.accounts import Role
from tests.house.source import ROOT
from tests.ui import dialogs, showcase
from tests.ui.album import AS_SEEN_BY_FEW, KEPT, SHOWN_ON, Album, names
from tests.ui.garage import PHONE, Screen, open_screen
from tests.ui.walk import (
    EMPTY,
    NARROWEST,
    OF_A_RENTER,
    PAGES,
    PSEUDO,
    SIZES,
    THEMES,
    cut_off,
    faults,
    too_wide,
    views,
)

CLIENT = ROOT / "ui" / "src"
MOST_BYTES = 6_000_000
OFFLINE = f"/stations/{showcase.OFFLINE}"
OF_THE_SERVER = (
    r"How often a station is asked to show that it is alive\.",
    rf"Station {showcase.OFFLINE} is not connected\.",
    r"A card that nobody was given was held to a station\.",
)
"""What it says on these pages: of a setting, of a station, of a finding."""
IN_EVERY_RUN = "phone"
"""Pictures of this size are made by every run."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def in_use(
    browser: Browser, migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Screen]:
    """A garage in use, which tests of this file share: they look and change nothing."""
    folder = tmp_path_factory.mktemp("shown")
    shutil.copy(migrated_sqlite, folder / "onetime.db")
    url = f"sqlite:///{folder}/onetime.db"
    built = showcase.build(url)
    async with open_screen(browser, url, folder) as screen:
        await showcase.enliven(screen.house, built)
        yield screen


@pytest_asyncio.fixture(loop_scope="module")
async def shown(in_use: Screen) -> AsyncIterator[Screen]:
    """The garage in use, and no window of another test."""
    yield in_use
    await in_use.close()


@pytest.fixture
def album(tmp_path: Path) -> Album:
    """Where pictures go."""
    return Album(tmp_path)


async def looked_at(
    screen: Screen, page: Page, pages: Mapping[str, str], album: Album
) -> list[str]:
    """Go through pages in both themes and sizes; return what is wrong."""
    wrong: list[str] = []
    pictures = []
    async for name, theme, size in views(screen, page, pages):
        where = f"{name}-{theme}-{size}"
        if album.is_whole or size == IN_EVERY_RUN:
            pictures.append(await album.take(page, name, theme, size))
        wrong += await faults(page, where, theme)
        wrong += await too_wide(page, where)
        if (theme, size) == (THEMES[-1], IN_EVERY_RUN):
            await page.set_viewport_size({"width": NARROWEST, "height": PHONE[1]})
            wrong += await too_wide(page, f"{name} at its narrowest")
    assert len(pictures) == len(pages) * len(THEMES) * (len(SIZES) if album.is_whole else 1)
    return wrong


@pytest.mark.parametrize("part", [0, 1, 2])
async def test_every_page_is_readable_by_everybody(shown: Screen, album: Album, part: int) -> None:
    page = await shown.signed_in(Role.OWNER, email=f"owner-{part}@example.org")
    pages = dict(list(PAGES.items())[part::3])

    assert await looked_at(shown, page, pages, album) == []
    chosen = dict(list(dialogs.DIALOGS.items())[part::3])
    assert await dialogs.all_looked_at(shown, page, chosen) == []


async def test_the_pages_of_a_renter_are_readable_too(shown: Screen, album: Album) -> None:
    page = await shown.signed_in_as(showcase.RENTER)

    assert await looked_at(shown, page, OF_A_RENTER, album) == []


async def test_an_empty_page_has_one_sentence_and_a_button(screen: Screen, album: Album) -> None:
    page = await screen.signed_in(Role.OWNER)

    assert await looked_at(screen, page, EMPTY, album) == []
    for name, path in EMPTY.items():
        await screen.show(page, path)
        assert await page.locator(".empty .sentence").count() == 1, name
        assert await page.locator(".empty :is(a, button)").count() >= 1, name


async def test_who_is_not_signed_in_finds_a_readable_page_too(screen: Screen, album: Album) -> None:
    wrong = []
    page = await screen.visitor()
    await page.goto(f"{screen.address}/setup#{screen.house.setup_secret}")
    await page.locator("h1").wait_for()
    wrong += await unsigned(page, "setup", album)
    other = await screen.signed_in(Role.OWNER)
    await other.get_by_role("button", name="Sign out").click()
    await other.locator("input[name=email]").wait_for()
    wrong += await unsigned(other, "login", album)

    assert wrong == []


async def unsigned(page: Page, name: str, album: Album) -> list[str]:
    """Look at a page that is there before anybody has signed in."""
    wrong = []
    for size, (width, height) in SIZES.items():
        await page.set_viewport_size({"width": width, "height": height})
        for theme in THEMES:
            await page.emulate_media(color_scheme=theme)
            wrong += await faults(page, f"{name}-{theme}-{size}", theme)
            wrong += await too_wide(page, f"{name}-{theme}-{size}")
            await album.take(page, name, theme, size)
    return wrong


@pytest.mark.parametrize("theme", THEMES)
async def test_the_garage_is_pictured_as_those_see_it_who_see_no_green(
    shown: Screen, album: Album, theme: str
) -> None:
    page = await shown.signed_in(Role.OWNER, theme=theme, email=f"owner-{theme}@example.org")

    seen = await album.take(page, "garage", theme, "desk", AS_SEEN_BY_FEW)
    plain = await album.take(page, "garage", theme, "desk")

    assert seen.read_bytes() != plain.read_bytes()


async def test_sentences_that_are_two_fifths_longer_break_no_page(shown: Screen) -> None:
    page = await shown.signed_in(Role.OWNER, email="owner-of-long-words@example.org")
    await shown.open(page, PSEUDO)
    wrong, read = [], ""
    for name, path in (*PAGES.items(), ("station-offline", OFFLINE)):
        await shown.show(page, path)
        text = await page.locator("body").inner_text()
        assert "·]" in text
        read += text
        for size, (width, height) in SIZES.items():
            await page.set_viewport_size({"width": width, "height": height})
            wrong += await too_wide(page, f"{name}-{size}")
            wrong += await cut_off(page, f"{name}-{size}")
    # A refusal, on a phone, which is what the walk ends with.
    await shown.show(page, PAGES["people-spots"])
    await page.get_by_role("button", name="Add a spot").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("textbox").first.fill(showcase.BARE)
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog.get_by_text(f"There is a spot {showcase.BARE} already.·")).to_have_count(2)
    wrong += await too_wide(page, "refused") + await cut_off(page, "refused")

    assert "\n".join(wrong) == ""
    assert [each for each in OF_THE_SERVER if not re.search(f"{each}·+]", read)] == []


def test_pictures_that_are_kept_are_those_of_pages_and_are_shown() -> None:
    kept = {path.name for path in KEPT.iterdir()}

    assert len(kept) > 100
    assert kept - set(names()) == set()
    assert [each for each in kept if f"images/{each}" not in SHOWN_ON.read_text("utf-8")] == []
    assert sum(path.stat().st_size for path in KEPT.iterdir()) < MOST_BYTES


def test_no_page_of_the_client_is_left_out() -> None:
    listed = (CLIENT / "lib" / "pages.ts").read_text("utf-8")
    patterns = re.findall(r'pattern: "([^"]+)"', listed)
    walked = {*PAGES.values(), *OF_A_RENTER.values()}
    paths = {path.partition("?")[0] for path in walked}
    parts = {
        found
        for page in (CLIENT / "pages").rglob("*.svelte")
        for found in re.findall(r'\bpart === "([\w-]+)"', page.read_text("utf-8"))
    }

    assert len(patterns) > 10
    left_out = [
        each for each in patterns if not any(re.fullmatch(_form(each), path) for path in paths)
    ]
    assert left_out == []
    assert parts - {path.partition("part=")[2] for path in walked} == set()


def test_no_dialog_of_the_client_is_left_out() -> None:
    holders = {
        path.relative_to(CLIENT).with_suffix("").as_posix()
        for path in CLIENT.rglob("*.svelte")
        if re.search(r"<(Dialog|Confirm) ", path.read_text("utf-8"))
    }
    elsewhere = dialogs.LOOKED_AT_ELSEWHERE

    known = dialogs.DIALOGS.keys() | elsewhere.keys() | dialogs.NEVER_OPEN
    assert holders - {"components/Confirm"} == known
    for name, file in elsewhere.items():
        assert f'"{name}"' in (Path(__file__).parent / file).read_text("utf-8")


def _form(pattern: str) -> str:
    return re.sub(r":\w+", "[^/]+", pattern)
