"""Firmware on real sockets: brought by people, fetched by stations at an address nobody guesses."""

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from onetime.api import firmware as api
from onetime.domain import firmware as domain
from onetime.domain.accounts import Role
from onetime.operations import firmware as operations
from tests.api.doors import NO_TLS, V1, Door
from tests.api.test_files import in_pieces, lying

URL = f"{V1}/firmware"
CONTENT = bytes(range(256)) * 1_000
BINARY = {"Content-Type": "application/octet-stream"}


@pytest.fixture
async def station() -> AsyncIterator[httpx.AsyncClient]:
    """What a station fetches with: it knows an address, and no token."""
    async with httpx.AsyncClient(verify=NO_TLS) as client:
        yield client


async def bring(client: httpx.AsyncClient, name: str, content: bytes = CONTENT) -> httpx.Response:
    return await client.post(URL, params={"name": name}, content=content, headers=BINARY)


async def test_firmware_is_brought_listed_fetched_and_deleted(
    owner: httpx.AsyncClient, station: httpx.AsyncClient, tmp_path: Path
) -> None:
    made = await bring(owner, "cp-1.2.bin")

    assert made.status_code == 201
    digest = hashlib.sha256(CONTENT).hexdigest()
    told = made.json()
    assert (told["id"], told["name"], told["size_bytes"]) == (1, "cp-1.2.bin", len(CONTENT))
    assert told["sha256"] == digest
    assert (await owner.get(URL)).json()["items"] == [told]
    assert (await owner.get(f"{URL}/1")).json() == told
    for where in (told["location"], told["location"].removesuffix("/cp-1.2.bin")):
        fetched = await station.get(where)
        assert (fetched.status_code, fetched.content) == (200, CONTENT)
    assert fetched.headers["content-length"] == str(len(CONTENT))
    assert fetched.headers["content-type"] == "application/octet-stream"
    assert fetched.headers["content-disposition"] == 'attachment; filename="cp-1.2.bin"'
    assert fetched.headers["x-content-type-options"] == "nosniff"
    head = await station.head(told["location"])
    assert (head.status_code, head.headers["content-length"]) == (200, str(len(CONTENT)))
    (path,) = (tmp_path / api.FIRMWARE_FOLDER).iterdir()
    assert path.stat().st_mode & 0o777 == 0o600

    gone = await owner.delete(f"{URL}/1")

    assert (gone.status_code, (await owner.delete(f"{URL}/1")).status_code) == (204, 404)
    assert (await station.get(told["location"])).status_code == 404
    assert [*(tmp_path / api.FIRMWARE_FOLDER).iterdir()] == []
    audited = [each["act"] for each in (await owner.get(f"{V1}/audit")).json()["items"]]
    assert {"firmware.added", "firmware.deleted"} <= set(audited)


async def test_a_station_goes_on_where_it_broke_off(
    owner: httpx.AsyncClient, station: httpx.AsyncClient
) -> None:
    where = (await bring(owner, "a.bin")).json()["location"]
    size = len(CONTENT)
    async with station.stream("GET", where) as broken:
        etag = broken.headers["etag"]
        begun = b""
        async for piece in broken.aiter_raw(10_000):
            begun += piece
            if len(begun) >= 100_000:
                break
    headers = {"Range": f"bytes={len(begun)}-", "If-Range": etag}

    rest = await station.get(where, headers=headers)

    assert rest.status_code == 206
    assert rest.headers["content-range"] == f"bytes {len(begun)}-{size - 1}/{size}"
    assert rest.headers["content-length"] == str(size - len(begun))
    assert begun + rest.content == CONTENT
    last = await station.get(where, headers={"Range": "bytes=-3"})
    assert last.content == CONTENT[-3:]
    other = await station.get(where, headers=headers | {"If-Range": '"another"'})
    assert (other.status_code, other.content) == (200, CONTENT)
    behind = await station.get(where, headers={"Range": f"bytes={size}-"})
    assert (behind.status_code, behind.headers["content-range"]) == (416, f"bytes */{size}")


async def test_nobody_guesses_an_address(
    door: Door, owner: httpx.AsyncClient, station: httpx.AsyncClient
) -> None:
    told = (await bring(owner, "a.bin")).json()
    secret = told["location"].split("/")[-2]

    assert len(secret) == 32
    for guess in (secret[:-1] + ("B" if secret[-1] == "A" else "A"), "1", "a.bin", "%00"):
        assert (await station.get(f"{door.address}/files/{guess}")).status_code == 404
    assert secret not in str(door.house.logs)
    await owner.delete(f"{URL}/{told['id']}")
    again = (await bring(owner, "a.bin")).json()["location"]
    assert secret not in again


@pytest.mark.parametrize(
    ("name", "status"),
    [("../a", 422), ("a b", 422), ("", 422), ("12", 422), ("x" * 101, 422), (".a", 422)],
)
async def test_a_name_stands_in_an_address_as_it_is(
    owner: httpx.AsyncClient, tmp_path: Path, name: str, status: int
) -> None:
    assert (await bring(owner, name)).status_code == status
    assert not (tmp_path / api.FIRMWARE_FOLDER).exists()
    assert lying(tmp_path) == []


async def test_a_name_is_taken_once_and_there_are_only_so_many(
    owner: httpx.AsyncClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations, "MAX_FIRMWARE_FILES", 2)
    made = [(await bring(owner, name)).status_code for name in ("a", "a", "b", "c")]

    assert made == [201, 409, 201, 409]
    assert len([*(tmp_path / api.FIRMWARE_FOLDER).iterdir()]) == 2


async def test_what_is_too_large_empty_or_of_another_kind_leaves_nothing(
    owner: httpx.AsyncClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "MAX_FIRMWARE_BYTES", 100_000)
    params = {"name": "a"}
    told = await bring(owner, "a")
    pieces = await owner.post(URL, params=params, content=in_pieces(), headers=BINARY)
    empty = await bring(owner, "a", b"")
    other = await owner.post(URL, params=params, content=b"x", headers={"Content-Type": "text/csv"})

    statuses = [each.status_code for each in (told, pieces, empty, other)]
    assert statuses == [422, 422, 422, 415]
    assert "no room" in told.json()["detail"]
    assert other.json()["detail"] == (
        "The body of this route is sent as Content-Type: application/octet-stream."
    )
    assert [*(tmp_path / api.FIRMWARE_FOLDER).iterdir()] == []
    assert (await bring(owner, "a", b"small")).status_code == 201


async def test_firmware_is_for_those_who_tend_stations(door: Door) -> None:
    roles = (None, *Role)
    statuses = {role: (await bring(await door.client(role), "x")).status_code for role in roles}

    assert {role for role, status in statuses.items() if status in (201, 409)} == {
        Role.OWNER,
        Role.INSTALLER,
    }


def test_a_name_is_no_number() -> None:
    names = ["1", "1.bin", "v1+2_3-4.tar.gz", "-a", "a/b", 'a"b', "a\n", "é"]
    assert [domain.is_firmware_name(name) for name in names] == [
        False,
        True,
        True,
        *[False] * 5,
    ]
