"""FTP on real sockets, spoken by the standard library: one file a login, and nothing else."""

import asyncio
import hashlib
import io
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from ftplib import FTP, all_errors, error_perm
from functools import partial
from pathlib import Path
from typing import TypeVar
from urllib.parse import SplitResult, urlsplit

import httpx
import pytest
from msgspec import structs

from onetime.api import ftp, taking
from onetime.app import WebDoorFault
from onetime.cli.mishaps import told
from onetime.settings import Settings
from tests.api.doors import V1, Door, open_door
from tests.api.test_files import SENT, elsewhere, lying
from tests.api.test_firmware import CONTENT, bring
from tests.api.test_places import COMMANDS, location_in
from tests.garages import BOOT, Station, settings

T = TypeVar("T")

URL = f"{V1}/stations/CP-1/files"
SECONDS = 10.0


def with_ftp(folder: Path, url: str, **chosen: object) -> Settings:
    return structs.replace(
        settings(folder, url), ftp=True, ftp_host="127.0.0.1", ftp_port=0, **chosen
    )


@pytest.fixture
async def door(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Door]:
    """A garage that speaks FTP."""
    async with open_door(with_ftp(tmp_path, sqlite_url)) as opened:
        yield opened


@pytest.fixture
async def station(door: Door) -> Station:
    """A station that agrees to what it is asked."""
    arrived = await door.arrival()
    await arrived.call("BootNotification", BOOT)
    arrived.replies = lambda asked, _: {"status": "Accepted"} if asked == "GetLog" else {}
    return arrived


@contextmanager
def speaking(where: str, password: str | None = None) -> Iterator[FTP]:
    """A client that has logged in at an address, with another password if one is given."""
    place = urlsplit(where)
    with connected(place) as client:
        client.login(place.username or "", password or place.password or "")
        yield client


@contextmanager
def connected(place: SplitResult) -> Iterator[FTP]:
    client = FTP(timeout=SECONDS)
    try:
        client.connect(place.hostname or "", place.port or 0)
        yield client
    finally:
        client.close()


def sent(where: str, name: str = "diag.zip", content: bytes = SENT) -> str:
    """Send a file as a station does, and try to send another one."""
    with speaking(where) as client:
        answer = client.storbinary(f"STOR {name}", io.BytesIO(content))
        assert refused(partial(client.transfercmd, "STOR again")).startswith("530 ")
        client.quit()
    return answer


def fetched(where: str, rest: int | None = None) -> bytes:
    """Fetch a file as a station does."""
    pieces: list[bytes] = []
    with speaking(where) as client:
        client.retrbinary(f"RETR {urlsplit(where).path}", pieces.append, rest=rest)
        client.quit()
    return b"".join(pieces)


def refused(act: Callable[[], T]) -> str:
    """What a client is told that is refused."""
    with pytest.raises(error_perm) as told:
        act()
    return str(told.value)


async def address(owner: httpx.AsyncClient, kind: str = "diagnostics") -> str:
    await owner.post(f"{V1}/stations", json={"id": "CP-1", "security_profile": 1})
    made = await owner.post(URL, json={"kind": kind, "by": "ftp"})
    assert made.status_code == 201, made.text
    return str(made.json()["location"])


async def test_a_file_is_sent_once_and_found_at_its_station(
    door: Door, owner: httpx.AsyncClient, tmp_path: Path
) -> None:
    where = await address(owner)

    answer = await asyncio.to_thread(sent, where)

    assert answer.startswith("226 ")
    (found,) = (await owner.get(URL)).json()["items"]
    assert (found["name"], found["kind"]) == ("diag.zip", "diagnostics")
    assert found["size_bytes"] == len(SENT)
    assert found["sha256"] == hashlib.sha256(SENT).hexdigest()
    assert (await owner.get(f"{URL}/{found['id']}")).content == SENT
    assert (await asyncio.to_thread(refused, lambda: sent(where))).startswith("530 ")
    assert len(lying(tmp_path)) == 1
    password = urlsplit(where).password
    assert password is not None
    assert password not in str(door.house.logs)


async def test_firmware_is_fetched_and_gone_on_with(
    owner: httpx.AsyncClient, station: Station
) -> None:
    await bring(owner, "cp.bin")
    url = f"{V1}/stations/CP-1/commands/UpdateFirmware"

    told = await owner.post(url, json=COMMANDS["UpdateFirmware"]("onetime+ftp:cp.bin"))

    assert told.status_code == 200
    where = location_in(dict(station.asked)["UpdateFirmware"])
    assert where.endswith("/cp.bin")
    assert await asyncio.to_thread(fetched, where) == CONTENT
    assert await asyncio.to_thread(fetched, where, 100_000) == CONTENT[100_000:]

    def others() -> list[str]:
        with speaking(where) as client:
            assert client.size("cp.bin") == len(CONTENT)
            asked = ("RETR ../cp.bin", "RETR /etc/passwd", "RETR", "SIZE x", "STOR cp.bin")
            told = []
            for each in asked:
                client.makepasv()
                told.append(refused(partial(client.sendcmd, each))[:3])
            return told

    assert await asyncio.to_thread(others) == ["550"] * 5
    await owner.delete(f"{V1}/firmware/1")
    assert (await asyncio.to_thread(refused, lambda: fetched(where))).startswith("530 ")


@pytest.mark.parametrize("action", ["GetDiagnostics", "GetLog"])
async def test_a_command_tells_a_station_to_send_by_ftp(
    door: Door, owner: httpx.AsyncClient, station: Station, action: str
) -> None:
    told = await owner.post(
        f"{V1}/stations/CP-1/commands/{action}", json=COMMANDS[action]("onetime+ftp")
    )

    assert told.status_code == 200, told.text
    asked = dict(station.asked)[action]
    log = asked.get("log", asked)
    assert isinstance(log, dict)
    where = str(log.get("remoteLocation") or log.get("location"))
    assert (await asyncio.to_thread(sent, where)).startswith("226 ")
    kinds = {"GetDiagnostics": "diagnostics", "GetLog": "log"}
    (found,) = (await owner.get(URL)).json()["items"]
    assert (found["kind"], found["size_bytes"]) == (kinds[action], len(SENT))
    password = urlsplit(where).password or "?"
    for told_later in ("commands", "messages"):
        history = (await owner.get(f"{V1}/stations/CP-1/{told_later}")).text
        assert action in history
        assert password not in history
    assert password not in str(door.house.logs)


async def test_nothing_is_shown_and_no_name_is_a_path(
    owner: httpx.AsyncClient, door: Door, tmp_path: Path
) -> None:
    where = await address(owner)

    def tried() -> dict[str, str]:
        with speaking(where) as client:
            assert client.pwd() == "/"
            client.cwd("/")
            client.makepasv()
            asked = ["LIST", "NLST", "MLSD", "MLST", "CWD ..", "CWD /etc", "MKD a", "DELE a"]
            asked += ("RETR /etc/passwd", "RETR ../onetime.db", "APPE a", "RNFR a", "SIZE a")
            return {each: refused(partial(client.sendcmd, each))[:3] for each in asked}

    told = await asyncio.to_thread(tried)

    assert set(told.values()) == {"502", "550"}
    before = elsewhere(tmp_path)
    await asyncio.to_thread(sent, where, "../../../etc/cron.d/x")
    (found,) = (await owner.get(URL)).json()["items"]
    assert found["name"] == "x"
    assert elsewhere(tmp_path) == before
    assert len(lying(tmp_path)) == 1


async def test_a_login_is_right_as_a_whole_or_not_at_all(
    door: Door, owner: httpx.AsyncClient
) -> None:
    first, second = urlsplit(await address(owner)), urlsplit(await address(owner))
    await bring(owner, "a.bin")

    def tried() -> list[str]:
        told = []
        for name, password in (
            (first.username, "wrong"),
            (first.username, second.password),
            ("firmware-1", first.password),
            ("file-1' OR 1=1", "x"),
            ("anonymous", "x@example.org"),
            ("file-1", "é" * 10),
        ):
            with connected(first) as client:
                told.append(refused(partial(client.login, name or "", password or ""))[:3])
        with connected(first) as client:
            told.append(refused(lambda: client.sendcmd("STOR x"))[:3])
            told.append(refused(lambda: client.sendcmd("PASV"))[:3])
        return told

    assert await asyncio.to_thread(tried) == ["530"] * 7 + ["503"]


async def test_three_wrong_passwords_end_a_connection(door: Door, owner: httpx.AsyncClient) -> None:
    where = await address(owner)

    def guessed() -> list[str]:
        told = []
        with connected(urlsplit(where)) as client:
            for _ in range(3):
                client.sendcmd("USER file-1")
                told.append(refused(lambda: client.sendcmd("PASS guess"))[:3])
            with pytest.raises(all_errors):
                client.sendcmd("NOOP")
        return told

    assert await asyncio.to_thread(guessed) == ["530"] * 3
    assert len(door.said("ftp_login_refused")) == 3


async def test_what_is_too_large_leaves_nothing_and_the_ticket_stays(
    door: Door, owner: httpx.AsyncClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "MAX_FILE_BYTES", 100_000)
    where = await address(owner)

    with pytest.raises(all_errors):
        await asyncio.to_thread(sent, where, "large")
    assert lying(tmp_path) == []
    await asyncio.to_thread(sent, where, "small", b"small")

    assert len(lying(tmp_path)) == 1


async def test_what_is_broken_off_leaves_nothing(
    door: Door, owner: httpx.AsyncClient, tmp_path: Path
) -> None:
    where = await address(owner)

    def broken(how: str) -> None:
        with speaking(where) as client:
            data = client.transfercmd("STOR x")
            data.sendall(SENT)
            if how == "abort":
                client.putcmd("ABOR")
                assert client.getmultiline()[:3] == "426"
                assert client.getmultiline()[:3] == "226"
            else:
                client.close()
            data.close()

    for how in ("abort", "gone"):
        await asyncio.to_thread(broken, how)
    await door.house.until(lambda: lying(tmp_path) == [])

    assert (await owner.get(URL)).json()["items"] == []
    assert (await asyncio.to_thread(sent, where)).startswith("226 ")


async def test_nobody_is_connected_to_and_nobody_else_gets_in_between(
    door: Door, owner: httpx.AsyncClient, tmp_path: Path
) -> None:
    where = await address(owner)

    def tried() -> tuple[list[str], bytes]:
        with socket.create_server(("127.0.0.1", 0)) as other, speaking(where) as client:
            port = other.getsockname()[1]
            bounce = f"PORT 127,0,0,1,{port // 256},{port % 256}"
            told = [
                refused(partial(client.sendcmd, each))[:3]
                for each in (bounce, f"EPRT |1|127.0.0.1|{port}|")
            ]
            other.settimeout(0.05)
            with pytest.raises(TimeoutError):
                other.accept()
            host, port = client.makepasv()
            assert host == "127.0.0.1"
            with socket.create_connection((host, port), SECONDS, ("127.0.0.2", 0)) as thief:
                stolen = thief.recv(10)
            return told, stolen

    assert await asyncio.to_thread(tried) == (["502", "502"], b"")
    assert lying(tmp_path) == []


async def test_who_says_nothing_too_much_or_nonsense_is_cut_off_and_others_are_served(
    door: Door, owner: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = await address(owner)
    place = (urlsplit(where).hostname or "", urlsplit(where).port or 0)
    monkeypatch.setattr(ftp, "LOGIN_SECONDS", 0.5)

    def said(what: bytes) -> bytes:
        with socket.create_connection(place, SECONDS) as peer:
            peer.settimeout(SECONDS)
            answer = b""
            with_end = True
            try:
                peer.sendall(what)
                while piece := peer.recv(65_536):
                    answer += piece
            except ConnectionError:
                with_end = False
            return answer if with_end else answer + b" cut"

    ended = await asyncio.gather(
        *(
            asyncio.to_thread(said, what)
            for what in (b"", b"NOOP\r\n" * 1_000, b"A" * 100_000, b"\xff\xfe\r\n", b"USER x")
        )
    )

    assert all(each.startswith(b"220 ") for each in ended if each)
    assert ended[1].count(b"\r\n200 ") <= ftp.MAX_COMMANDS
    assert (await asyncio.to_thread(sent, where)).startswith("226 ")
    assert door.said("ftp_library_complained") == []


async def test_an_address_has_so_many_connections(
    door: Door, owner: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ftp, "MAX_OF_ADDRESS", 1)
    where = await address(owner)

    def tried() -> None:
        with connected(urlsplit(where)), pytest.raises(all_errors, match="421"):
            sent(where)

    await asyncio.to_thread(tried)
    async with asyncio.timeout(SECONDS):
        while True:
            with suppress(*all_errors):  # until the end of the other one is noticed
                assert (await asyncio.to_thread(sent, where)).startswith("226 ")
                break


async def test_ports_and_addresses_are_those_of_the_settings(
    sqlite_url: str, tmp_path: Path, unused_port: int
) -> None:
    chosen = with_ftp(
        tmp_path,
        sqlite_url,
        ftp_address="127.0.0.1",
        ftp_passive_ports=f"{unused_port}-{unused_port}",
        files_url="http://garage.example",
        file_hosts="files.example",
    )
    async with open_door(chosen) as door:
        owner = await door.client()
        await door.arrival()
        where = await address(owner)

        def pasv() -> tuple[str, int]:
            with speaking(where) as client:
                return client.makepasv()

        assert await asyncio.to_thread(pasv) == ("127.0.0.1", unused_port)
        assert urlsplit(where).hostname == "127.0.0.1"
        assert (await asyncio.to_thread(sent, where)).startswith("226 ")


@pytest.fixture
def unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


async def test_without_ftp_nobody_is_sent_there(sqlite_url: str, tmp_path: Path) -> None:
    async with open_door(settings(tmp_path, sqlite_url)) as door:
        owner = await door.client()
        await door.arrival()
        asked = await owner.post(URL, json={"kind": "log", "by": "ftp"})
        sending = await owner.post(
            f"{V1}/stations/CP-1/commands/GetDiagnostics", json={"location": "onetime+ftp"}
        )

        assert (asked.status_code, sending.status_code) == (422, 422)
        assert [each.json()["errors"][0]["field"] for each in (asked, sending)] == [
            "by",
            "location",
        ]
        assert "set FTP to true" in sending.json()["detail"]
        assert door.house.value("SELECT count(*) FROM station_files") == 0


async def test_a_port_that_is_taken_is_named(sqlite_url: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        chosen = structs.replace(with_ftp(tmp_path, sqlite_url), ftp_port=taken.getsockname()[1])
        with pytest.raises(WebDoorFault) as fault:
            async with open_door(chosen):
                pass
    assert fault.value.door == "FTP"


async def test_that_the_extra_is_missing_is_told_in_a_sentence(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "onetime.api.ftp")
    monkeypatch.setitem(sys.modules, "aioftp", None)
    with pytest.raises(ModuleNotFoundError) as missing:
        async with open_door(with_ftp(tmp_path, sqlite_url)):
            pass

    assert told(missing.value, tmp_path) == (
        "FTP needs aioftp; install onetime[ftp], its extra, or set FTP to false."
    )
