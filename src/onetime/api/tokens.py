"""Cards: issued, changed, blocked, handed over. A card's number never reaches a log."""

from http import HTTPStatus

from litestar import Response, delete, get, patch, post, put
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec import UNSET, Struct, UnsetType

from onetime.api.document import MAY_ANSWER
from onetime.api.given import Answer, GivenAct, GivenGarage, GivenPage
from onetime.api.shapes import CardNumber, Description, Moment, RowId
from onetime.domain.errors import NotFound
from onetime.domain.people import Actor
from onetime.domain.tokens import TokenStatus
from onetime.garage import Transaction
from onetime.operations import tokens as operations
from onetime.operations.tokens import CardChanges
from onetime.queries.pages import Page
from onetime.queries.tokens import Token, token, token_list


class TokenState(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All that a card has beside its number; the date may lie in the past."""

    renter_id: RowId
    status: TokenStatus = TokenStatus.ACCEPTED
    expiry_date: Moment | None = None
    description: Description | None = None
    parent_id_tag: CardNumber | None = None


class NewToken(TokenState, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A card to be issued; its number is what readers send."""

    token: CardNumber


class TokenEdit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be changed of a card; null takes a date or a text away."""

    renter_id: RowId | UnsetType = UNSET
    status: TokenStatus | UnsetType = UNSET
    expiry_date: Moment | UnsetType | None = UNSET
    description: Description | UnsetType | None = UNSET
    parent_id_tag: CardNumber | UnsetType | None = UNSET


@get("/tokens", operation_id="listTokens", summary="List cards")
async def list_tokens(
    garage: GivenGarage, asked: GivenPage, renter_id: FromQuery[RowId | None] = None
) -> Page[Token]:
    """All cards, or those of one renter, the newest first."""
    return await garage.archive.read(token_list, renter_id=renter_id, asked=asked)


@post("/tokens", operation_id="createToken", summary="Issue a card")
async def create_token(act: GivenAct, data: JSONBody[NewToken]) -> Response[Token]:
    """Give a renter a card; capitals and small letters are the same."""
    return await act(_create, data.token, data)


@get("/tokens/{token_id:str}", operation_id="getToken", summary="Show a card")
async def get_token(garage: GivenGarage, token_id: FromPath[str]) -> Token:
    """One card by its number, however it is written."""
    return await garage.archive.read(token, token_id)


@put(
    "/tokens/{token_id:str}",
    operation_id="putToken",
    summary="Issue or replace a card",
    opt={MAY_ANSWER: {201: Token}},
)
async def put_token(
    act: GivenAct, token_id: FromPath[str], data: JSONBody[TokenState]
) -> Response[Token]:
    """Issue the card, or let it be exactly as said; what is left out is taken away."""
    return await act.told(_put, token_id, data)


@patch("/tokens/{token_id:str}", operation_id="updateToken", summary="Change a card")
async def update_token(
    act: GivenAct, token_id: FromPath[str], data: JSONBody[TokenEdit]
) -> Response[Token]:
    """Change what is given: block, unblock, hand over; earlier charges stay with their renter."""
    return await act(_update, token_id, data)


@delete(
    "/tokens/{token_id:str}", operation_id="deleteToken", summary="Delete a card", status_code=200
)
async def delete_token(act: GivenAct, token_id: FromPath[str]) -> Response[Token]:
    """Delete a card that never charged; one with a history is refused: block it instead."""
    return await act(_delete, token_id)


def _create(tx: Transaction, actor: Actor, number: str, wanted: TokenState) -> Token:
    operations.issue_card(
        tx,
        actor,
        number,
        wanted.renter_id,
        expiry_date=wanted.expiry_date,
        description=wanted.description,
        parent_id_tag=wanted.parent_id_tag,
    )
    if wanted.status is not TokenStatus.ACCEPTED:
        operations.edit_card(tx, actor, number, CardChanges(status=wanted.status))
    return token(tx.connection, number)


def _put(tx: Transaction, actor: Actor, number: str, wanted: TokenState) -> Answer[Token]:
    try:
        known = token(tx.connection, number)
    except NotFound:
        return Answer(_create(tx, actor, number, wanted), HTTPStatus.CREATED)
    changes = CardChanges(
        renter_id=wanted.renter_id,
        status=wanted.status,
        expiry_date=wanted.expiry_date,
        description=wanted.description,
        parent_id_tag=wanted.parent_id_tag,
    )
    operations.edit_card(tx, actor, known.token, changes)
    return Answer(token(tx.connection, known.token))


def _update(tx: Transaction, actor: Actor, number: str, edit: TokenEdit) -> Token:
    changes = CardChanges(
        renter_id=edit.renter_id,
        status=edit.status,
        expiry_date=edit.expiry_date,
        description=edit.description,
        parent_id_tag=edit.parent_id_tag,
    )
    operations.edit_card(tx, actor, number, changes)
    return token(tx.connection, number)


def _delete(tx: Transaction, actor: Actor, number: str) -> Token:
    gone = token(tx.connection, number)
    operations.delete_card(tx, actor, gone.token)
    return gone


ROUTES: tuple[BaseRouteHandler, ...] = (
    list_tokens,
    create_token,
    get_token,
    put_token,
    update_token,
    delete_token,
)
