"""The drop on real sockets: one file under a secret address, and nothing else."""

import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from onetime.api import files as api
from onetime.api import taking
from onetime.domain.accounts import Role
from tests.api.doors import NO_TLS, V1, Door, open_door
from tests.garages import BOOT, settings

URL = f"{V1}/stations/CP-1/files"
SENT = bytes(range(256)) * 1_000


@pytest.fixture
async def door(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Door]:
    """A garage with a station."""
    async with open_door(settings(tmp_path, sqlite_url)) as opened:
        await opened.enter("CP-1")
        yield opened


@pytest.fixture
async def station() -> AsyncIterator[httpx.AsyncClient]:
    """What a station sends files with: it knows an address, and no token."""
    async with httpx.AsyncClient(verify=NO_TLS) as client:
        yield client


async def address(owner: httpx.AsyncClient, kind: str = "diagnostics") -> str:
    made = await owner.post(URL, json={"kind": kind})
    assert made.status_code == 201
    return str(made.json()["location"])


def lying(tmp_path: Path) -> list[str]:
    """The names of all that lies in the drop."""
    folder = tmp_path / api.FOLDER
    return sorted(each.name for each in folder.iterdir()) if folder.exists() else []


async def in_pieces() -> AsyncIterator[bytes]:
    for at in range(0, len(SENT), 10_007):
        yield SENT[at : at + 10_007]


@pytest.mark.parametrize("way", ["put", "put-name", "post", "pieces", "form"])
async def test_a_file_is_taken_in_every_way_and_found_at_its_station(
    owner: httpx.AsyncClient, station: httpx.AsyncClient, tmp_path: Path, way: str
) -> None:
    url = await address(owner)
    match way:
        case "put":
            answer = await station.put(url, content=SENT)
        case "put-name":
            answer = await station.put(f"{url}/diag.tar.gz", content=SENT)
        case "post":
            answer = await station.post(url, content=SENT)
        case "pieces":
            answer = await station.put(url, content=in_pieces())
        case _:
            answer = await station.post(
                url, data={"a": "b"}, files={"file": ("../../etc/diag.zip", SENT)}
            )

    assert answer.status_code == 201
    (found,) = (await owner.get(URL)).json()["items"]
    names = {"put-name": "diag.tar.gz", "form": "diag.zip"}
    assert (found["name"], found["kind"]) == (names.get(way, "file"), "diagnostics")
    assert found["size_bytes"] == len(SENT)
    assert found["sha256"] == hashlib.sha256(SENT).hexdigest()
    fetched = await owner.get(f"{URL}/{found['id']}")
    assert fetched.content == SENT
    assert fetched.headers["content-type"] == "application/octet-stream"
    assert fetched.headers["content-disposition"].startswith("attachment")
    assert fetched.headers["x-content-type-options"] == "nosniff"
    (path,) = (tmp_path / api.FOLDER).iterdir()
    assert path.stat().st_mode & 0o777 == 0o600


async def test_an_address_works_once_and_only_in_its_time(
    door: Door, owner: httpx.AsyncClient, station: httpx.AsyncClient, tmp_path: Path
) -> None:
    first, second = await address(owner), await address(owner, "log")
    assert (await station.put(first, content=b"1")).status_code == 201
    again = await station.put(first, content=b"2")
    past = door.house.garage.clock.now() - timedelta(days=2)
    with door.house.archive.database.writer.connect() as connection, connection.begin():
        connection.exec_driver_sql(
            "UPDATE station_files SET expires_at = ? WHERE received_at IS NULL",
            (past.isoformat(timespec="microseconds")[:26] + "Z",),
        )
    late = await station.put(second, content=b"3")
    guessed = await station.put(first[:-4] + "AAAA", content=b"4")

    assert [again.status_code, late.status_code, guessed.status_code] == [404, 404, 404]
    assert len(lying(tmp_path)) == 1
    assert first.rpartition("/")[2] not in str(door.house.logs)


def elsewhere(tmp_path: Path) -> set[Path]:
    """All files of the test but those in the drop and the database."""
    found = {each for each in tmp_path.rglob("*") if "onetime.db" not in each.name}
    return {each for each in found if tmp_path / api.FOLDER not in (each, each.parent)}


@pytest.mark.parametrize("name", ["..%2F..%2Fx", "%2e%2e", "x%00y", "a/b", "..\\x"])
async def test_no_name_is_a_path(
    owner: httpx.AsyncClient, station: httpx.AsyncClient, tmp_path: Path, name: str
) -> None:
    await station.put(f"{await address(owner)}/{name}", content=b"x")

    assert elsewhere(tmp_path) == set()


async def test_what_is_too_large_leaves_nothing(
    owner: httpx.AsyncClient,
    station: httpx.AsyncClient,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(taking, "MAX_FILE_BYTES", 100_000)
    url = await address(owner)

    refused = await station.put(url, content=in_pieces())
    smaller = await station.put(url, content=b"small")

    assert (refused.status_code, smaller.status_code) == (413, 201)
    assert len(lying(tmp_path)) == 1


async def test_a_form_without_a_file_is_refused(
    owner: httpx.AsyncClient, station: httpx.AsyncClient, tmp_path: Path
) -> None:
    url = await address(owner)
    headers = {"Content-Type": "multipart/form-data; boundary=xyz"}
    for content in (b"", b"--xyz--", b"--xyz\r\n\r\n\r\n--xyz--", b"y" * 50_000):
        answer = await station.post(url, content=content, headers=headers)
        assert answer.status_code == 400
    assert lying(tmp_path) == []


async def test_files_are_deleted_and_limited(
    owner: httpx.AsyncClient, station: httpx.AsyncClient, tmp_path: Path
) -> None:
    await station.put(await address(owner), content=b"x")
    gone = await owner.delete(f"{URL}/1")
    again = await owner.delete(f"{URL}/1")
    awaited = [(await owner.post(URL, json={"kind": "log"})).status_code for _ in range(11)]

    assert (gone.status_code, again.status_code) == (204, 404)
    assert lying(tmp_path) == []
    assert awaited == [201] * 10 + [409]


async def test_files_are_for_those_who_tend_stations(door: Door) -> None:
    statuses = {
        role: (await (await door.client(role)).get(URL)).status_code for role in (None, *Role)
    }

    assert {role for role, status in statuses.items() if status == 200} == {
        Role.OWNER,
        Role.INSTALLER,
    }


@pytest.mark.parametrize(
    ("action", "payload"),
    [
        ("GetDiagnostics", {"location": "onetime"}),
        ("GetLog", {"logType": "SecurityLog", "log": {"remoteLocation": "onetime"}}),
    ],
)
async def test_a_command_brings_the_station_an_address_of_ours(
    door: Door, owner: httpx.AsyncClient, station: httpx.AsyncClient, action: str, payload: dict
) -> None:
    connected = await door.house.connect()
    await connected.call("BootNotification", BOOT)
    replies = {"GetDiagnostics": {}, "GetLog": {"status": "Accepted"}}
    connected.replies = lambda asked, _: replies.get(asked, {})

    sent = await owner.post(f"{V1}/stations/CP-1/commands/{action}", json=payload)

    assert sent.status_code == 200
    asked = dict(connected.asked)[action]
    log = asked.get("log", asked)
    assert isinstance(log, dict)
    url = log.get("location") or log.get("remoteLocation")
    assert (await station.put(str(url), content=SENT)).status_code == 201
    kinds = {"GetDiagnostics": "diagnostics", "GetLog": "log"}
    (found,) = (await owner.get(URL)).json()["items"]
    assert (found["kind"], found["size_bytes"]) == (kinds[action], len(SENT))
    history = (await owner.get(f"{V1}/stations/CP-1/commands")).text
    assert "onetime" not in history


async def test_another_address_is_sent_as_it_is(door: Door, owner: httpx.AsyncClient) -> None:
    connected = await door.house.connect()
    await connected.call("BootNotification", BOOT)
    location = {"location": "ftp://example.org/onetime"}

    await owner.post(f"{V1}/stations/CP-1/commands/GetDiagnostics", json=location)

    assert ("GetDiagnostics", location) in connected.asked
