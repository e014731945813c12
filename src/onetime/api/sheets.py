"""Lists as CSV for spreadsheets, page after page, so that the database can go on between them.

Knows how a table leaves; never what is in it.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final, TypeVar

import msgspec
from litestar import Response
from litestar.response import Stream
from msgspec import Struct

from onetime.api.answers import JSON, standing
from onetime.api.given import Incoming
from onetime.kit.sheets import BOM, written
from onetime.queries.exports import cells, header
from onetime.queries.pages import MAX_LIMIT, Asked, Page

S = TypeVar("S", bound=Struct)

CSV: Final = "text/csv"
PAGE: Final = MAX_LIMIT


async def page_or_sheet(
    request: Incoming,
    form: type[S],
    asked: Asked,
    fetch: Callable[[Asked], Awaitable[Page[S]]],
) -> "Response[Page[S]]":
    """Answer with the page asked for, or with all of the list as CSV for whoever accepts that."""
    if request.accept.best_match([JSON, CSV], default=JSON) == JSON:
        return standing(msgspec.json.encode(await fetch(asked)))
    return await sheet(form, fetch)  # type: ignore[return-value]  # Page[S] in another form


async def sheet(form: type[S], fetch: Callable[[Asked], Awaitable[Page[S]]]) -> Stream:
    """Answer with all of a list as CSV."""
    first = await fetch(Asked(PAGE))  # what is refused is refused before anything is sent
    return Stream(
        _lines(form, first, fetch),
        media_type=CSV,
        headers={"Content-Disposition": f'attachment; filename="{form.__name__.lower()}s.csv"'},
    )


async def _lines(
    form: type[S], page: Page[S], fetch: Callable[[Asked], Awaitable[Page[S]]]
) -> AsyncIterator[bytes]:
    yield BOM + written([header(form)])
    while True:
        yield written(cells(page.items))
        if page.next_cursor is None:
            return
        page = await fetch(Asked(PAGE, page.next_cursor))
