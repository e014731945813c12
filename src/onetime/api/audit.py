"""The record of who changed what, for reading."""

from typing import Annotated

from litestar import get
from litestar.handlers import BaseRouteHandler
from litestar.params import FromQuery, QueryParameter

from onetime.api.given import GivenGarage, GivenPage
from onetime.queries.audit import AuditEntry, audit_list
from onetime.queries.pages import Page


@get("/audit", operation_id="listAudit", summary="List who changed what")
async def list_audit(
    garage: GivenGarage,
    asked: GivenPage,
    actor: FromQuery[str | None] = None,
    kind: Annotated[str | None, QueryParameter(name="act")] = None,
    subject: FromQuery[str | None] = None,
) -> Page[AuditEntry]:
    """Acts of people and programs, the latest first: of an actor, of one kind, on a subject."""
    return await garage.archive.read(
        audit_list, actor=actor, act=kind, subject=subject, asked=asked
    )


ROUTES: tuple[BaseRouteHandler, ...] = (list_audit,)
