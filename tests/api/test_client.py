"""The web client's files are served as what they are, and a client that is missing says so."""

import gzip
from pathlib import Path

import pytest

from onetime.api import client
from tests.api.doors import V1, Door

PAGE = "<!doctype html><title>page</title>"
SCRIPT = "export const page = 1;\n"


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small client in place of the real one."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text(PAGE)
    (tmp_path / "assets" / "index-1.js").write_text(SCRIPT)
    (tmp_path / "assets" / "index-1.js.gz").write_bytes(gzip.compress(SCRIPT.encode()))
    (tmp_path / "secret.txt").write_text("no file of the client")
    monkeypatch.setattr(client, "BUILT", tmp_path)
    return tmp_path


@pytest.mark.parametrize("path", ["/", "/sessions", "/stations/CP-1", "/people/7?part=cards"])
async def test_every_address_of_a_page_gives_the_first_page(
    door: Door, built: Path, path: str
) -> None:
    answer = await (await door.client(None)).get(path)

    assert (answer.status_code, answer.text) == (200, PAGE)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


async def test_a_file_is_kept_for_ever_and_comes_packed_to_those_who_take_that(
    door: Door, built: Path
) -> None:
    anybody = await door.client(None)
    packed = await anybody.get("/assets/index-1.js", headers={"Accept-Encoding": "gzip"})
    plain = await anybody.get("/assets/index-1.js", headers={"Accept-Encoding": "identity"})

    assert packed.text == plain.text == SCRIPT
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert plain.headers["content-type"] == "text/javascript; charset=utf-8"
    assert "immutable" in plain.headers["cache-control"]


@pytest.mark.parametrize(
    "path",
    [
        "/assets/index-2.js",
        "/favicon.svg",
        f"{V1}/nothing",
        "/api/nothing",
        "/%2e%2e/rights.py",
        "/assets/%2e%2e/%2e%2e/rights.py",
    ],
)
async def test_what_is_no_page_and_no_file_is_not_found(door: Door, built: Path, path: str) -> None:
    answer = await (await door.client(None)).get(path)

    assert answer.status_code == 404
    assert answer.json()["code"] == "not-found"


async def test_only_kinds_of_files_that_a_client_has_are_given(door: Door, built: Path) -> None:
    answer = await (await door.client(None)).get("/secret.txt")

    assert answer.text == PAGE


async def test_a_client_that_is_not_built_says_how_to_build_it(door: Door, built: Path) -> None:
    (built / "index.html").unlink()
    answer = await (await door.client(None)).get("/")

    assert answer.status_code == 503
    assert "make ui" in answer.text
