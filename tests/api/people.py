"""People who sign in at the door, from this computer's address or from another of it."""

from contextlib import AsyncExitStack

import httpx

from onetime.domain.accounts import Role
from tests.account_makers import PASSWORD, an_account
from tests.api.doors import NO_TLS, V1, Door

EMAIL = "olga@example.org"
AGENT = "Browser/1"
ELSEWHERE = "127.0.0.2"
"""Another address of this computer, from which sockets can be opened too."""


class People:
    """Accounts and browsers for one test."""

    def __init__(self, door: Door, stack: AsyncExitStack) -> None:
        self.door = door
        self._stack = stack

    async def account(
        self, email: str = EMAIL, role: Role = Role.OWNER, renter_id: int | None = None
    ) -> int:
        """Make an account whose password is PASSWORD."""
        return await self.door.perform(an_account, email, role, renter_id)

    async def browser(self, address: str = "127.0.0.1") -> httpx.AsyncClient:
        """A browser that nobody has signed in with yet."""
        client = httpx.AsyncClient(
            base_url=self.door.address,
            headers={"User-Agent": AGENT, "Origin": self.door.address},
            transport=httpx.AsyncHTTPTransport(local_address=address, verify=NO_TLS),
        )
        return await self._stack.enter_async_context(client)

    async def signed_in(
        self, email: str = EMAIL, code: str | None = None, address: str = "127.0.0.1"
    ) -> httpx.AsyncClient:
        """A browser with the cookie of a sign-in, which sends the token that goes with it."""
        browser = await self.browser(address)
        answer = await login(browser, email, code=code)
        assert answer.status_code == 200, answer.text
        browser.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
        return browser


async def login(
    browser: httpx.AsyncClient,
    email: str = EMAIL,
    password: str = PASSWORD,
    code: str | None = None,
) -> httpx.Response:
    """Try to sign in."""
    body = {"email": email, "password": password}
    return await browser.post(f"{V1}/login", json=body if code is None else {**body, "totp": code})


def cookie_of(browser: httpx.AsyncClient) -> str:
    """The secret of a sign-in, as somebody who reads the line would have it."""
    return browser.cookies["onetime"]
