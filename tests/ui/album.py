"""Pictures of pages: small files whose names say page, theme and size.

`make pictures` keeps those of every page in `docs/images` and writes the page that shows them
(`python -m tests.ui.album`); other runs make a few pictures, and forget them.
"""

import base64
import os
from itertools import groupby
from pathlib import Path

from playwright.async_api import Page

from tests.house.source import ROOT
from tests.ui.walk import EMPTY, OF_A_RENTER, PAGES, SIZES, THEMES

KEPT = ROOT / "docs" / "images"
SHOWN_ON = ROOT / "docs" / "screens.md"
WISH = "ONETIME_PICTURES"
"""Set to a folder: all pictures are made, and stay there."""
FORMAT = "webp"
QUALITY = 60
AS_SEEN_BY_FEW = "deuteranopia"
UNSIGNED = ("setup", "login")
ABOUT = """# Every page as a picture

Made by `make pictures` from a made-up garage: each page light and dark, on a desk (1440 x 900) and
on a phone (390 x 844). The last ones show the garage as those see it who see no green. What is held
besides is in [testing](testing.md#the-screen-and-its-tests).
"""


def names() -> list[str]:
    """Return the names of all pictures, page by page."""
    pages = (*PAGES, *OF_A_RENTER, *EMPTY, *UNSIGNED)
    found = [_name(page, theme, size) for page in pages for size in SIZES for theme in THEMES]
    return found + [_name("garage", theme, "desk", AS_SEEN_BY_FEW) for theme in THEMES]


def _name(page: str, theme: str, size: str, seen: str = "") -> str:
    return f"{'-'.join(filter(None, (page, theme, size, seen)))}.{FORMAT}"


def page_of_all() -> str:
    """Return the page that shows the pictures that are kept."""
    kept = [each for each in names() if (KEPT / each).exists()]
    parts = [ABOUT]
    for page, each in groupby(kept, key=_page):
        shown = "\n".join(f"![{name.partition('.')[0]}](images/{name})" for name in each)
        parts.append(f"## {page}\n\n{shown}\n")
    return "\n".join(parts)


def _page(name: str) -> str:
    page, _, rest = name.partition("-light-" if "-light-" in name else "-dark-")
    return f"{page}, seen without green" if AS_SEEN_BY_FEW in rest else page


class Album:
    """Where the pictures of a run go, and which are made."""

    def __init__(self, folder: Path) -> None:
        wished = os.environ.get(WISH)
        self.is_whole = wished is not None
        self.folder = Path(wished) if wished is not None else folder

    async def take(self, page: Page, name: str, theme: str, size: str, seen: str = "") -> Path:
        """Take a picture of what a window shows."""
        path = self.folder / _name(name, theme, size, seen)
        eye = await page.context.new_cdp_session(page)
        kind = seen or "none"
        await eye.send("Emulation.setEmulatedVisionDeficiency", {"type": kind})
        taken = await eye.send("Page.captureScreenshot", {"format": FORMAT, "quality": QUALITY})
        await eye.detach()
        path.write_bytes(base64.b64decode(taken["data"]))
        return path


if __name__ == "__main__":
    for old in KEPT.iterdir():
        if old.name not in names():
            old.unlink()
    SHOWN_ON.write_text(page_of_all(), "utf-8")
