"""The settings in force, for those who wonder why something is as it is; secrets are masked."""

from litestar import get
from litestar.handlers import BaseRouteHandler
from msgspec import Struct, convert

from onetime.api.given import GivenPart, Incoming
from onetime.queries.pages import Page, part_of


class EffectiveSetting(Struct, frozen=True, kw_only=True):
    """A setting: its value in force, its default, what is allowed, and what it means."""

    name: str
    value: str
    default: str
    allowed: str
    meaning: str


@get("/settings", operation_id="listSettings", summary="List the settings in force")
async def list_settings(request: Incoming, part: GivenPart) -> Page[EffectiveSetting]:
    """All of them in one answer; they are changed in `onetime.toml` or the environment."""
    told = request.state["settings"]
    found = (convert(each, EffectiveSetting, from_attributes=True) for each in told)
    return part_of(found, part)


ROUTES: tuple[BaseRouteHandler, ...] = (list_settings,)
