"""Text that stands already leaves as it is, with its status, its kind and its headers."""

import httpx
import pytest
from litestar import Litestar, Response, get

from onetime.api.answers import standing
from onetime.api.server import serve_web

TEXT = b'{"energy_wh": 7500}'


@get("/usual", status_code=201)
async def usual() -> Response[dict[str, int]]:
    return standing(TEXT)


@get("/other")
async def other() -> Response[dict[str, int]]:
    return standing(TEXT, 202, "application/problem+json", {"Location": "/there"})


@pytest.mark.parametrize(
    ("path", "status", "kind", "place"),
    [
        ("/usual", 201, "application/json", None),
        ("/other", 202, "application/problem+json", "/there"),
    ],
)
async def test_text_leaves_as_it_stands(
    path: str, status: int, kind: str, place: str | None
) -> None:
    web = await serve_web(
        "127.0.0.1", 0, Litestar([usual, other], openapi_config=None, logging_config=None)
    )
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{web.port}") as client:
        answer = await client.get(path)
    await web.stop()

    assert (answer.content, answer.status_code) == (TEXT, status)
    assert answer.headers["content-type"] == kind
    assert answer.headers.get("location") == place
