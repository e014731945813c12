"""What handlers are given: the garage, who asks, which page is wanted, and the way to act.

Knows how a request is turned into these; never what is asked.
"""

from collections.abc import Callable
from typing import Annotated, Concatenate, Final, ParamSpec, TypeAlias, TypeVar

import msgspec
from litestar import Request, Response
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery, SkipValidation
from msgspec import Meta

from onetime.api.entrance import garage_of, principal_behind
from onetime.domain.accounts import Principal
from onetime.domain.people import Actor
from onetime.garage import Garage, Transaction
from onetime.queries.pages import DEFAULT_LIMIT, MAX_LIMIT, Asked

P = ParamSpec("P")
T = TypeVar("T")

LARGEST_ID: Final = 2**63 - 1
MAX_CURSOR_LENGTH: Final = 400
JSON: Final = "application/json"

RowId: TypeAlias = Annotated[int, Meta(ge=1, le=LARGEST_ID)]
"""The number of a row, in bodies and in queries."""

Limit: TypeAlias = Annotated[int, Meta(ge=1, le=MAX_LIMIT)]
Cursor: TypeAlias = Annotated[str, Meta(max_length=MAX_CURSOR_LENGTH)]

Incoming: TypeAlias = Request[object, object, State]


class Act:
    """Changes something in the name of whoever asks, and answers with what it is then."""

    def __init__(self, garage: Garage, principal: Principal) -> None:
        self.garage = garage
        self.principal = principal

    async def __call__(
        self,
        operation: Callable[Concatenate[Transaction, Actor, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> "Response[T]":
        """Run an operation in one transaction; answer with what it returns when that is on disk."""
        actor = self.principal.actor
        made = await self.garage.archive.write(
            lambda tx: msgspec.json.encode(operation(tx, actor, *args, **kwargs))
        )
        return Response(made, media_type=JSON)  # type: ignore[arg-type]  # T, as JSON already


def the_garage(request: Incoming) -> Garage:
    """Return the garage that this door belongs to."""
    return garage_of(request.app.state)


def the_principal(request: Incoming) -> Principal:
    """Return who asks."""
    return principal_behind(request.scope)


def the_page(
    limit: FromQuery[Limit] = DEFAULT_LIMIT, cursor: FromQuery[Cursor | None] = None
) -> Asked:
    """Return which page of a list is wanted."""
    return Asked(limit, cursor)


def the_act(request: Incoming) -> Act:
    """Return the way to act for whoever asks."""
    return Act(the_garage(request), the_principal(request))


GivenGarage: TypeAlias = NamedDependency[SkipValidation[Garage]]
GivenPrincipal: TypeAlias = NamedDependency[SkipValidation[Principal]]
GivenPage: TypeAlias = NamedDependency[SkipValidation[Asked]]
GivenAct: TypeAlias = NamedDependency[SkipValidation[Act]]

GIVEN: Final = {
    "garage": Provide(the_garage, sync_to_thread=False),
    "principal": Provide(the_principal, sync_to_thread=False),
    "asked": Provide(the_page, sync_to_thread=False),
    "act": Provide(the_act, sync_to_thread=False),
}
"""By these names handlers ask for them."""
