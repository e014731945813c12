"""Pictures of pages: small files whose names say page, theme and size.

`make pictures` keeps those of every page in `docs/images`; other runs make a few, and forget them.
"""

import base64
import os
from pathlib import Path

from playwright.async_api import Page

from tests.house.source import ROOT

KEPT = ROOT / "docs" / "images"
WISH = "ONETIME_PICTURES"
"""Set to a folder: all pictures are made, and stay there."""
FORMAT = "webp"
QUALITY = 60
AS_SEEN_BY_FEW = "deuteranopia"


class Album:
    """Where the pictures of a run go, and which are made."""

    def __init__(self, folder: Path) -> None:
        wished = os.environ.get(WISH)
        self.is_whole = wished is not None
        self.folder = Path(wished) if wished is not None else folder

    async def take(self, page: Page, name: str, theme: str, size: str, seen: str = "") -> Path:
        """Take a picture of what a window shows."""
        path = self.folder / f"{'-'.join(filter(None, (name, theme, size, seen)))}.{FORMAT}"
        eye = await page.context.new_cdp_session(page)
        kind = seen or "none"
        await eye.send("Emulation.setEmulatedVisionDeficiency", {"type": kind})
        taken = await eye.send("Page.captureScreenshot", {"format": FORMAT, "quality": QUALITY})
        await eye.detach()
        path.write_bytes(base64.b64decode(taken["data"]))
        return path
