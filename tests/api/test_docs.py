"""The docs page and the document come from here alone."""

import re

from tests.api.doors import V1, Door


async def test_the_page_loads_nothing_from_another_host_and_runs_no_inline_script(
    door: Door,
) -> None:
    anybody = await door.client(None)
    page = await anybody.get("/api/docs")
    parts = re.findall(r'(?:src|href)="([^"]+)"', page.text)

    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert len(parts) == 5
    assert all(each.startswith("/api/docs/") for each in parts)
    assert re.findall(r"<script(?![^>]*src=)|<style|style=| on\w+=", page.text) == []
    for part in parts:
        found = await anybody.get(part)
        assert found.status_code == 200
        assert len(found.content) > 10


async def test_both_forms_of_the_document_are_given_to_anybody(door: Door) -> None:
    anybody = await door.client(None)
    newer = (await anybody.get(f"{V1}/openapi.json")).json()
    older = (await anybody.get("/api/docs/openapi-3.0.json")).json()

    assert newer["openapi"] == "3.1.0"
    assert older["openapi"] == "3.0.3"
    assert set(newer["paths"]) == set(older["paths"])
    assert (await anybody.get("/api/docs/other.js")).status_code == 404
