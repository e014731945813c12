"""What handlers are given: the garage, who asks, which page is wanted, and the way to act.

Knows how a request is turned into these; never what is asked.
"""

from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Annotated, Concatenate, Final, Generic, ParamSpec, Protocol, TypeAlias, TypeVar

import msgspec
from litestar import Request, Response
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery, SkipValidation
from msgspec import Meta, Struct

from onetime.api.answers import standing
from onetime.api.entrance import garage_of, principal_behind
from onetime.domain.accounts import Principal
from onetime.domain.errors import Unacceptable
from onetime.domain.people import Actor
from onetime.garage import Garage, Transaction
from onetime.operations.repeats import FIELD, Sending, Told, claim, once, release, settle
from onetime.queries.pages import DEFAULT_LIMIT, MAX_LIMIT, Asked

P = ParamSpec("P")
T = TypeVar("T")

MAX_CURSOR_LENGTH: Final = 400
MAX_KEY_LENGTH: Final = 200

Limit: TypeAlias = Annotated[int, Meta(ge=1, le=MAX_LIMIT)]
Cursor: TypeAlias = Annotated[str, Meta(max_length=MAX_CURSOR_LENGTH)]

Incoming: TypeAlias = Request[object, object, State]


class Answer(Struct, Generic[T], frozen=True):
    """What an operation answers: its value, and what is not as usual.

    `kept` is what is told again for the same Idempotency-Key, where the value has a secret in it.
    """

    value: T
    status: int | None = None
    kept: T | None = None


class Addresses(Protocol):
    """Knows under which address others find this garage."""

    def of_station(self, station_id: str, security_profile: int) -> str | None:
        """Return where a station has to connect; None when there is no such door."""
        ...


class Act:
    """Changes something in the name of whoever asks, and answers with what it is then."""

    def __init__(self, request: Incoming) -> None:
        self.garage = the_garage(request)
        self.principal = the_principal(request)
        self.state = request.state
        self.addresses: Addresses = self.state["addresses"]
        self.base_url = str(request.base_url)
        """Under which address whoever asks reaches us."""
        self.server = request.scope["server"]
        """The address and port at which the socket was accepted, which nobody can make up."""
        self._request = request

    async def __call__(
        self,
        operation: Callable[Concatenate[Transaction, Actor, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> "Response[T]":
        """Run an operation in one transaction; answer with what it returns when that is on disk.

        With an Idempotency-Key the answer is kept in the same transaction, and told again.
        """
        actor = self.principal.actor
        return await self._run(lambda tx: Answer(operation(tx, actor, *args, **kwargs)))

    async def told(
        self,
        operation: Callable[Concatenate[Transaction, Actor, P], Answer[T]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> "Response[T]":
        """As calling, for an operation that says more about its answer."""
        actor = self.principal.actor
        return await self._run(lambda tx: operation(tx, actor, *args, **kwargs))

    async def at_length(self, work: Callable[[], Awaitable[T]]) -> "Response[T]":
        """Do what takes longer than a transaction; under one Idempotency-Key it is done once.

        While it is under way the same request is refused; if it fails the key is free again.
        """
        sending = await self.sending()
        write = self.garage.archive.write
        if sending is None:
            return _response(_written(Answer(await work())))
        if (told := await write(claim, sending)) is not None:
            return _response(told)
        told = None
        try:
            told = _written(Answer(await work()))
        finally:
            if told is None:
                await write(release, sending)
        await write(settle, sending, told)
        return _response(told)

    async def sending(self) -> Sending | None:
        """Return under which key the request was sent, if it says one; raises Unacceptable."""
        key = self._request.headers.get(FIELD)
        if key is None or self._request.method != "POST":
            return None
        if not 1 <= len(key) <= MAX_KEY_LENGTH or not (key.isascii() and key.isprintable()):
            raise Unacceptable(f"A key has 1 to {MAX_KEY_LENGTH} characters of ASCII.", FIELD)
        place = f"{self._request.method} {self._request.url.path}?{self._request.url.query}\n"
        said = sha256(place.encode() + await self._request.body())
        return Sending(self.principal.actor, key, said.hexdigest())

    async def _run(self, operation: Callable[[Transaction], Answer[T]]) -> "Response[T]":
        sending = await self.sending()

        def perform(tx: Transaction) -> Told:
            return _written(operation(tx))

        if sending is None:
            told = await self.garage.archive.write(perform)
        else:
            told = await self.garage.archive.write(
                lambda tx: once(tx, sending, lambda: perform(tx))
            )
        return _response(told)


def _response(told: Told) -> "Response[T]":
    return standing(told.answer, told.status)


def _written(answer: Answer[T]) -> Told:
    encode = msgspec.json.encode
    kept = None if answer.kept is None else encode(answer.kept)
    return Told(encode(answer.value), answer.status, kept)


def the_garage(request: Incoming) -> Garage:
    """Return the garage that this door belongs to."""
    return garage_of(request.state)


def the_principal(request: Incoming) -> Principal:
    """Return who asks."""
    return principal_behind(request.scope)


def the_page(
    limit: FromQuery[Limit] = DEFAULT_LIMIT, cursor: FromQuery[Cursor | None] = None
) -> Asked:
    """Return which page of a list is wanted."""
    return Asked(limit, cursor)


def the_part(limit: FromQuery[Limit] = MAX_LIMIT, cursor: FromQuery[Cursor | None] = None) -> Asked:
    """Return which part is wanted of a list that is short: all of it, unless that is said."""
    return Asked(limit, cursor)


def the_act(request: Incoming) -> Act:
    """Return the way to act for whoever asks."""
    return Act(request)


GivenGarage: TypeAlias = NamedDependency[SkipValidation[Garage]]
GivenPrincipal: TypeAlias = NamedDependency[SkipValidation[Principal]]
GivenPage: TypeAlias = NamedDependency[SkipValidation[Asked]]
GivenPart: TypeAlias = NamedDependency[SkipValidation[Asked]]
GivenAct: TypeAlias = NamedDependency[SkipValidation[Act]]

GIVEN: Final = {
    "garage": Provide(the_garage, sync_to_thread=False),
    "principal": Provide(the_principal, sync_to_thread=False),
    "asked": Provide(the_page, sync_to_thread=False),
    "part": Provide(the_part, sync_to_thread=False),
    "act": Provide(the_act, sync_to_thread=False),
}
"""By these names handlers ask for them."""
