"""Backups over HTTP: whole, entered in the audit, fetched once, and one at a time."""

import asyncio
from pathlib import Path

import httpx
import pytest

from onetime.api.backups import BACKUPS_FOLDER
from onetime.store import backup
from tests.api.doors import V1, Door, open_door
from tests.garage_makers import a_renter
from tests.garages import settings

URL = f"{V1}/backups"


def lying(folder: Path) -> list[Path]:
    """All that lies where backups wait."""
    return list((folder / BACKUPS_FOLDER).iterdir())


async def test_a_backup_holds_the_books_is_in_the_audit_and_is_fetched_once(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with open_door(settings(tmp_path, sqlite_url)) as door:
        await door.perform(a_renter, "Anna Example")
        owner = await door.client()
        made = (await owner.post(URL)).json()
        fetched = await owner.get(f"{URL}/{made['id']}")

        assert fetched.status_code == 200
        assert f'filename="{made["name"]}"' in fetched.headers["content-disposition"]
        assert len(fetched.content) == made["size_bytes"]
        kept = tmp_path / "kept.db"
        await asyncio.to_thread(kept.write_bytes, fetched.content)
        await asyncio.to_thread(backup.verify, sqlite_url, kept)
        assert b"Anna Example" in fetched.content
        (entry,) = (await owner.get(f"{V1}/audit?act=database.backed-up")).json()["items"]
        assert entry["after"] == f'{{"bytes":{made["size_bytes"]}}}'
        assert (await owner.get(f"{URL}/{made['id']}")).status_code == 404
        assert lying(tmp_path) == []


async def test_a_request_that_is_sent_again_makes_no_other(sqlite_url: str, tmp_path: Path) -> None:
    async with open_door(settings(tmp_path, sqlite_url)) as door:
        owner = await door.client()
        key = {"Idempotency-Key": "backup-1"}
        first = await owner.post(URL, headers=key)
        again = await owner.post(URL, headers=key)
        assert (first.status_code, again.status_code) == (201, 201)
        assert first.json() == again.json()
        assert len(lying(tmp_path)) == 1

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("onetime.api.backups.LEAST_FREE_BYTES", 2**60)
            full = await owner.post(URL, headers={"Idempotency-Key": "backup-2"})
        later = await owner.post(URL, headers={"Idempotency-Key": "backup-2"})
        assert (full.status_code, later.status_code) == (409, 201)


async def test_what_was_never_fetched_goes_with_the_next_one(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with open_door(settings(tmp_path, sqlite_url)) as door:
        owner = await door.client()
        (tmp_path / BACKUPS_FOLDER).mkdir()
        left = tmp_path / BACKUPS_FOLDER / f".{'0' * 32}.db.4711.part"
        of_somebody_else = tmp_path / BACKUPS_FOLDER / "mine.db"
        left.touch()
        of_somebody_else.touch()
        first = (await owner.post(URL)).json()
        second = (await owner.post(URL)).json()

        assert (await owner.get(f"{URL}/{first['id']}")).status_code == 404
        assert {each.name for each in lying(tmp_path)} == {f"{second['id']}.db", "mine.db"}


async def test_there_is_none_where_the_disk_has_no_room(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onetime.api.backups.LEAST_FREE_BYTES", 10**18)
    async with open_door(settings(tmp_path, sqlite_url)) as door:
        refused = await (await door.client()).post(URL)

        assert refused.status_code == 409
        assert "not enough room" in refused.json()["detail"]
        assert lying(tmp_path) == []


async def test_a_second_one_waits_for_the_first(
    door: Door, owner: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(path: Path) -> int:
        begun.set()
        await go_on.wait()
        return await asyncio.to_thread(path.write_bytes, b"x")

    monkeypatch.setattr(door.house.archive, "back_up", slow)
    first = asyncio.create_task(owner.post(URL))
    await begun.wait()
    refused = await owner.post(URL)
    go_on.set()

    assert refused.status_code == 409
    assert (await first).status_code == 201


@pytest.mark.parametrize("name", ["..%2Fonetime", "0" * 32, "onetime"])
async def test_no_other_file_is_fetched(owner: httpx.AsyncClient, name: str) -> None:
    assert (await owner.get(f"{URL}/{name}")).status_code == 404
