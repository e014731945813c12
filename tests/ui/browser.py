"""The browser of the tests: Debian's Chromium, installed if it is missing and that is possible.

`python -m tests.ui.browser` does that before the tests; they themselves never install anything.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, async_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
INSTALLED_BY = (
    ("apt-get", "update", "--quiet=2"),
    ("apt-get", "install", "--yes", "--quiet=2", "--no-install-recommends", "chromium"),
)
SECONDS = 600
FLAGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-sandbox",  # Chromium refuses to run as root with one
)
MISSING = (
    "The tests of the web client need Chromium, and there is none: install Debian's package"
    " `chromium` (as root: apt-get install chromium)."
)


def found() -> str | None:
    """Return where the browser is, or None."""
    return next((path for each in NAMES if (path := shutil.which(each))), None)


@asynccontextmanager
async def launched() -> AsyncIterator[Browser]:
    """Run the browser; at the end nothing of it is left."""
    path = found()
    assert path is not None, MISSING
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            yield browser
        finally:
            await browser.close()


def main() -> int:
    """Install the browser if it is missing; say so plainly if that is impossible."""
    if found():
        return 0
    if os.getuid() != 0 or not shutil.which("apt-get"):
        print(MISSING, file=sys.stderr)
        return 0
    print("Installing Chromium for the tests of the web client", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in INSTALLED_BY:
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
        )
        if done.returncode:
            print(f"{MISSING} {done.stderr.strip()[-300:]}", file=sys.stderr)
            return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
