"""A garage that runs for a test, and people who sit before it with a browser.

Whatever a page does that it never may is an error of the test: an exception in a script, something
the content policy had to stop, a request to another host.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Request

from onetime.api.cookies import PLAIN
from onetime.domain.accounts import Role
from onetime.garage import Transaction
from onetime.store import accounts
from tests.account_makers import a_sign_in, an_account
from tests.garages import House, open_house, settings

P = ParamSpec("P")
T = TypeVar("T")

EMAIL = "olga@example.org"
DESK = (1440, 900)
PHONE = (390, 844)
MILLISECONDS = 15_000
"""How long a page may take to show what it should: the machine may be busy."""

GO = "to => { history.pushState(null, '', to); dispatchEvent(new PopStateEvent('popstate')) }"
SEEN = """([what, words]) =>
    [...document.querySelectorAll(what)].some(each => each.textContent.includes(words))"""
SHOWN = """() => document.querySelector("main h1")?.checkVisibility()
    && document.querySelector("[aria-busy=true]") === null"""
OFTEN_MILLISECONDS = 20
DRAWN = "new Promise(done => setTimeout(() => setTimeout(done)))"


class Screen:
    """A running garage and the browser before it."""

    def __init__(self, house: House, browser: Browser) -> None:
        self.house = house
        self.faults: list[str] = []
        self.hosts: set[str] = set()
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self._asked: Counter[Page] = Counter()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.house.web.port}"

    async def perform(
        self, operation: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Do something as the command line would."""
        return await self.house.archive.write(operation, *args, **kwargs)

    async def context(
        self, size: tuple[int, int] = DESK, theme: str = "light", locale: str = "en-GB"
    ) -> BrowserContext:
        """A browser window of its own, in which nobody is signed in."""
        width, height = size
        context = await self._browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if theme == "dark" else "light",
            locale=locale,
            timezone_id="Europe/Zurich",
            reduced_motion="reduce",
            has_touch=size == PHONE,
        )
        self._contexts.append(context)
        context.set_default_timeout(MILLISECONDS)
        context.on("page", self._listen)
        context.on("request", self._note)
        return context

    async def visitor(
        self, size: tuple[int, int] = DESK, theme: str = "light", locale: str = "en-GB"
    ) -> Page:
        """A page of somebody who is not signed in."""
        return await (await self.context(size, theme, locale)).new_page()

    async def signed_in(
        self,
        role: Role = Role.OWNER,
        size: tuple[int, int] = DESK,
        theme: str = "light",
        locale: str = "en-GB",
        renter_id: int | None = None,
        email: str = EMAIL,
    ) -> Page:
        """A page of somebody who has signed in before; what that shows is told by other tests."""
        await self.perform(an_account, email, role, renter_id)
        return await self.signed_in_as(email, size, theme, locale)

    async def signed_in_as(
        self,
        email: str,
        size: tuple[int, int] = DESK,
        theme: str = "light",
        locale: str = "en-GB",
    ) -> Page:
        """A page of somebody who has an account already."""
        page = await self.visitor(size, theme, locale)
        secret = await self.perform(_sign_in, email)
        await page.context.add_cookies([{"name": PLAIN, "value": secret, "url": self.address}])
        await self.open(page, "/")
        return page

    async def open(self, page: Page, path: str) -> None:
        """Go to an address of the client and wait until it shows something."""
        await page.goto(self.address + path)
        await self.settled(page)

    async def show(self, page: Page, path: str) -> None:
        """Go to an address as a link of the client does, without loading everything again."""
        await page.evaluate(GO, path)
        await self.settled(page)

    async def settled(self, page: Page) -> None:
        """Wait until a page shows what it fetched."""
        await page.wait_for_function(SHOWN, polling=OFTEN_MILLISECONDS)
        async with asyncio.timeout(MILLISECONDS / 1000):
            while True:
                await page.evaluate(DRAWN)
                if not self._asked[page]:
                    return
                await asyncio.sleep(0.01)

    async def close(self) -> None:
        """Close all windows."""
        for each in self._contexts:
            await each.close()
        self._contexts.clear()

    def check(self) -> None:
        """Say whether pages kept to what they may."""
        assert self.faults == [], self.faults
        assert self.hosts <= {f"127.0.0.1:{self.house.web.port}"}

    def _listen(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", self._hear)
        page.on("request", lambda _: self._asked.update({page: 1}))
        page.on("requestfinished", lambda _: self._asked.subtract({page: 1}))
        page.on("requestfailed", lambda _: self._asked.subtract({page: 1}))

    def _hear(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self.faults.append(message.text)

    def _note(self, request: Request) -> None:
        url = urlsplit(request.url)
        if url.scheme in ("http", "https", "ws", "wss"):
            self.hosts.add(url.netloc)


async def seen(page: Page, what: str, words: str) -> None:
    """Wait until a page shows some words, looking at each frame.

    A locator that is waited for is looked at every half second only, once it has not come soon.
    """
    await page.wait_for_function(SEEN, arg=[what, words])


def _sign_in(tx: Transaction, email: str) -> str:
    account = accounts.named(tx, email)
    assert account is not None
    return a_sign_in(tx, account.id).secret


@asynccontextmanager
async def open_screen(browser: Browser, database_url: str, folder: Path) -> AsyncIterator[Screen]:
    """Run a garage before a browser; at the end no window is left."""
    async with open_house(settings(folder, database_url)) as house:
        screen = Screen(house, browser)
        try:
            yield screen
            screen.check()
        finally:
            await screen.close()
