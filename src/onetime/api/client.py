"""Serves the web client: its built files, and its first page at every address that is a page of it.

Knows files and how long browsers may keep them; never what the client shows.
"""

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import PurePosixPath
from typing import Final

from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath

from onetime.api.given import Incoming

BUILT: Final = files("onetime.api") / "static"
FIRST: Final = "index.html"
NOT_PAGES: Final = ("api", "assets", "files")
"""What stands in no address of a page: a file that is not there is no page either."""
FOR_EVER: Final = "public, max-age=31536000, immutable"
ASK_AGAIN: Final = "no-cache"
KINDS: Final = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
NOT_BUILT: Final = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>onetime</title>
<h1>The web client is not built</h1>
<p>Stations are served all the same, and so is <a href="/api/docs">the API</a>.</p>
<p>To build the client, run <code>make ui</code> where onetime was installed from, on a machine that
reaches the package registries; then load this page again.</p>
</html>
"""


async def _take_any_query(_: Incoming) -> None:
    """Let the addresses of pages have queries: they are the client's own."""


@get("/", include_in_schema=False, before_request=_take_any_query)
async def first_page(request: Incoming) -> Response[bytes]:
    """The page that loads the client."""
    return _answer(request, BUILT, FIRST)


@get("/{path:path}", include_in_schema=False, before_request=_take_any_query)
async def part(request: Incoming, path: FromPath[str]) -> Response[bytes]:
    """A file of the client, or its first page where the address is that of a page."""
    return found_in(request, BUILT, path)


def found_in(request: Incoming, folder: Traversable, path: str) -> Response[bytes]:
    """Return the file at a path, else the first page; raises NotFoundException for what is none."""
    parts = PurePosixPath(path.lstrip("/")).parts
    if not parts or ".." in parts:
        raise NotFoundException
    name = "/".join(parts)
    if PurePosixPath(name).suffix in KINDS and (folder / name).is_file():
        return _answer(request, folder, name)
    if parts[0] in NOT_PAGES or PurePosixPath(name).suffix in KINDS:
        raise NotFoundException
    return _answer(request, folder, FIRST)


def _answer(request: Incoming, folder: Traversable, name: str) -> Response[bytes]:
    file, packed = folder / name, folder / f"{name}.gz"
    if not file.is_file():
        return Response(
            NOT_BUILT.encode(),
            media_type=KINDS[".html"],
            status_code=503,
            headers={"Cache-Control": ASK_AGAIN},
        )
    headers = {
        "Cache-Control": FOR_EVER if name.startswith("assets/") else ASK_AGAIN,
        "Vary": "Accept-Encoding",
    }
    if "gzip" in request.headers.get("accept-encoding", "") and packed.is_file():
        file, headers["Content-Encoding"] = packed, "gzip"
    return Response(
        file.read_bytes(), media_type=KINDS[PurePosixPath(name).suffix], headers=headers
    )


ROUTES: tuple[BaseRouteHandler, ...] = (first_page, part)
