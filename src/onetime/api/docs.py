"""The document of the API, and a page that shows it; everything comes from here, nothing from
another host.

The page's scripts are those of the `swagger-ui-bundle` package. They know OpenAPI 3.0 only, so the
page is given the document in that form too.
"""

from functools import lru_cache
from importlib.resources import files
from typing import Final

import msgspec
from litestar import Litestar, Response, get
from litestar.exceptions import NotFoundException
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath

from onetime.api.answers import JSON
from onetime.api.document import as_3_0, document
from onetime.api.given import Incoming
from onetime.api.rights import PREFIX

DOCS: Final = "/api/docs"
OLDER: Final = "openapi-3.0.json"
_BUNDLE: Final = files("swagger_ui_bundle") / "vendor" / "swagger-ui-4.15.5"
_SCRIPT, _STYLE = "text/javascript; charset=utf-8", "text/css; charset=utf-8"
_BUNDLED: Final = {
    "swagger-ui-bundle.js": _SCRIPT,
    "swagger-ui.css": _STYLE,
    "favicon-32x32.png": "image/png",
}
_OURS: Final = {
    "start.js": (
        _SCRIPT,
        'SwaggerUIBundle({url: "/api/docs/openapi-3.0.json", dom_id: "#page", deepLinking: true,'
        " validatorUrl: null});\n",
    ),
    "page.css": (_STYLE, "body { margin: 0; }\n"),
}
_PAGE: Final = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>onetime: the API</title>
<link rel="icon" href="/api/docs/favicon-32x32.png">
<link rel="stylesheet" href="/api/docs/swagger-ui.css">
<link rel="stylesheet" href="/api/docs/page.css">
<div id="page"></div>
<script src="/api/docs/swagger-ui-bundle.js"></script>
<script src="/api/docs/start.js"></script>
</html>
"""


@get(f"{PREFIX}/openapi.json", include_in_schema=False)
async def openapi(request: Incoming) -> Response[bytes]:
    """The OpenAPI 3.1 document."""
    return Response(_written(request.app), media_type=JSON)


@get(DOCS, include_in_schema=False)
async def page() -> Response[str]:
    """The page that shows it."""
    return Response(_PAGE, media_type="text/html")


@get(f"{DOCS}/{{name:str}}", include_in_schema=False)
async def part(request: Incoming, name: FromPath[str]) -> Response[bytes]:
    """What the page is made of."""
    if name == OLDER:
        return Response(_written_older(request.app), media_type=JSON)
    if name in _OURS:
        kind, text = _OURS[name]
        return Response(text.encode(), media_type=kind)
    if name in _BUNDLED:
        return Response(_bundled(name), media_type=_BUNDLED[name])
    raise NotFoundException


@lru_cache(maxsize=4)
def _written(app: Litestar) -> bytes:
    return msgspec.json.encode(document(app))


@lru_cache(maxsize=4)
def _written_older(app: Litestar) -> bytes:
    return msgspec.json.encode(as_3_0(document(app)))


@lru_cache(maxsize=8)
def _bundled(name: FromPath[str]) -> bytes:
    return (_BUNDLE / name).read_bytes()


ROUTES: tuple[BaseRouteHandler, ...] = (openapi, page, part)
