"""The door for programs on a real socket, with a token for each role, and a look at all routes.

`open_door` gives a running garage; `door.client(Role.OWNER)` speaks to it as that role does.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Concatenate, ParamSpec, TypeVar

import httpx
from litestar import Litestar

from onetime.api.application import Application, application, routes
from onetime.api.document import Route, routes_of
from onetime.domain.accounts import Role
from onetime.garage import Transaction
from onetime.gateway.encryption import Nowhere
from onetime.operations.api_tokens import create_api_token
from onetime.operations.stations import register_station
from onetime.settings import Settings
from onetime.store.archive import no_fault
from onetime.store.writer import Phase
from tests.garage_makers import OWNER, a_renter
from tests.garages import House, Station, open_house

P = ParamSpec("P")
T = TypeVar("T")

V1 = "/api/v1"
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For clients that speak plainly: each would otherwise read all authorities of the system."""


class Door:
    """A running garage with its door for programs."""

    def __init__(self, house: House, stack: AsyncExitStack) -> None:
        self.house = house
        self.tokens: dict[Role, str] = {}
        self._stack = stack
        self._clients: dict[str, httpx.AsyncClient] = {}

    @property
    def app(self) -> Litestar:
        """The routes, for those who look at them."""
        return routes()

    @property
    def application(self) -> Application:
        """The application once more, for those who ask it without a socket."""
        return application(self.house.garage, Nowhere())

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.house.web.port}"

    async def client(self, role: Role | None = Role.OWNER) -> httpx.AsyncClient:
        """A client with the token of a role; with None it has no token."""
        name = role.value if role else ""
        if name not in self._clients:
            headers = {"Authorization": f"Bearer {await self.token(role)}"} if role else {}
            client = httpx.AsyncClient(base_url=self.address, headers=headers, verify=NO_TLS)
            self._clients[name] = await self._stack.enter_async_context(client)
        return self._clients[name]

    async def token(self, role: Role) -> str:
        """The token of a role, made when it is first asked for."""
        if role not in self.tokens:
            self.tokens[role] = await self.perform(_issue_token, role)
        return self.tokens[role]

    async def perform(
        self,
        operation: Callable[Concatenate[Transaction, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Do something as the command line would."""
        return await self.house.archive.write(operation, *args, **kwargs)

    async def enter(self, identity: str) -> None:
        """Register a station, and wait until the door for stations knows it."""
        await self.perform(register_station, OWNER, identity, 0)
        async with asyncio.timeout(20):
            while await self.house.status(identity) != 101:
                await asyncio.sleep(0.01)

    async def arrival(self, identity: str = "CP-1") -> Station:
        """A station that has just been registered, and has logged in; it has not booted yet."""
        await self.enter(identity)
        return await self.house.connect(identity)

    def routes(self) -> list[Route]:
        """All routes that are served."""
        return list(routes_of(self.app))

    def said(self, event: str) -> list[dict]:
        """The log lines of one event."""
        return [each for each in self.house.logs if each["event"] == event]


def _issue_token(tx: Transaction, role: Role) -> str:
    """Make a token of a role; the renter's is that of a renter of its own."""
    renter_id = a_renter(tx, "Rita Renter") if role is Role.RENTER else None
    made = create_api_token(tx, OWNER, name=role.value, role=role, renter_id=renter_id)
    return made.token


@asynccontextmanager
async def open_door(
    chosen: Settings, at_phase: Callable[[Phase], None] = no_fault
) -> AsyncIterator[Door]:
    """Run a garage with its door; at the end nothing of it is left, and nothing failed unseen."""
    async with AsyncExitStack() as stack:
        house = await stack.enter_async_context(open_house(chosen, at_phase=at_phase))
        yield Door(house, stack)
