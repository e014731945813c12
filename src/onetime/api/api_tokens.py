"""Tokens with which programs use this API: made, listed, taken back."""

from datetime import datetime
from typing import Annotated

from litestar import Response, delete, get, post
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, JSONBody
from msgspec import UNSET, Meta, Struct, UnsetType

from onetime.api.given import Answer, GivenAct, GivenGarage, GivenPage
from onetime.api.shapes import RowId
from onetime.domain.accounts import Role
from onetime.domain.people import Actor
from onetime.garage import Transaction
from onetime.operations import api_tokens as operations
from onetime.operations.api_tokens import MAX_NAME_LENGTH, create_api_token
from onetime.queries.api_tokens import ApiToken, api_token, api_token_list
from onetime.queries.pages import Page

Name = Annotated[str, Meta(min_length=1, max_length=MAX_NAME_LENGTH)]
Moment = Annotated[datetime, Meta(tz=True)]


class NewApiToken(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A token to be made; without `expires_at` it ends after a year, with null never."""

    name: Name
    role: Role
    renter_id: RowId | None = None
    expires_at: Moment | UnsetType | None = UNSET


class MadeApiToken(Struct, frozen=True, kw_only=True):
    """A token as it is shown, only this once; null when the same request is sent again."""

    token: str | None
    api_token: ApiToken


@get("/api-tokens", operation_id="listApiTokens", summary="List tokens of programs")
async def list_tokens(garage: GivenGarage, asked: GivenPage) -> Page[ApiToken]:
    """Tokens in force, expired and revoked, without their secrets."""
    return await garage.archive.read(api_token_list, asked)


@post("/api-tokens", operation_id="createApiToken", summary="Make a token for a program")
async def create_token(act: GivenAct, data: JSONBody[NewApiToken]) -> Response[MadeApiToken]:
    """The token is told only in this answer; kept is its hash."""
    return await act.told(_create, data)


@get("/api-tokens/{token_id:int}", operation_id="getApiToken", summary="Show a token")
async def get_token(garage: GivenGarage, token_id: FromPath[int]) -> ApiToken:
    """One token: all but its secret."""
    return await garage.archive.read(api_token, token_id)


@delete(
    "/api-tokens/{token_id:int}",
    operation_id="revokeApiToken",
    summary="Revoke a token",
    status_code=200,
)
async def revoke_token(act: GivenAct, token_id: FromPath[int]) -> Response[ApiToken]:
    """It is worth nothing from the next request on."""
    return await act(_revoke, token_id)


def _create(tx: Transaction, actor: Actor, new: NewApiToken) -> Answer[MadeApiToken]:
    made = create_api_token(
        tx,
        actor,
        name=new.name,
        role=new.role,
        renter_id=new.renter_id,
        expires_at=new.expires_at,
    )
    found = api_token(tx.connection, made.id)
    return Answer(
        MadeApiToken(token=made.token, api_token=found),
        kept=MadeApiToken(token=None, api_token=found),
    )


def _revoke(tx: Transaction, actor: Actor, token_id: int) -> ApiToken:
    operations.revoke_api_token(tx, actor, token_id)
    return api_token(tx.connection, token_id)


ROUTES: tuple[BaseRouteHandler, ...] = (list_tokens, create_token, get_token, revoke_token)
