"""`onetime serve` as an owner, a supervisor and a station meet it: the real process."""

import asyncio
import base64
import json
import re
import signal
import socket
import sqlite3
from contextlib import closing
from pathlib import Path

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Subprotocol

from onetime.cli.running import port_fault
from onetime.settings import load
from tests.cli.programs import DEADLINE_SECONDS, STOPPED_WITHIN_SECONDS, Program, started

LOCAL = {"OCPP_HOST": "127.0.0.1", "OCPP_PORT": "0"}


def address_of(program: Program) -> str:
    """Return the base address that was printed for stations."""
    line = program.until("ws://127.0.0.1:")
    found = re.search(r"ws://\S+/ocpp/", line)
    assert found is not None
    return found[0]


async def station(address: str, identity: str, key: str) -> ClientConnection:
    """Connect as stations do: again, until the server has heard of the new key."""
    credential = base64.b64encode(f"{identity}:{key}".encode()).decode()
    async with asyncio.timeout(DEADLINE_SECONDS):
        while True:
            try:
                return await connect(
                    address + identity,
                    subprotocols=[Subprotocol("ocpp1.6")],
                    additional_headers={"Authorization": f"Basic {credential}"},
                    proxy=None,
                )
            except InvalidStatus:
                await asyncio.sleep(0.1)


async def call(line: ClientConnection, action: str, payload: object) -> object:
    await line.send(json.dumps([2, action, action, payload]))
    while True:
        answer = json.loads(await line.recv())
        if answer[0] == 3:
            return answer[2]


def add_station(data_dir: Path, identity: str) -> str:
    with started("--json", "station", "add", identity, data_dir=data_dir) as adding:
        assert adding.end() == 0
    key = json.loads(adding.said)["key"]
    assert isinstance(key, str)
    return key


def test_a_station_is_let_in_while_the_server_runs_and_the_server_stops_in_time(
    tmp_path: Path,
) -> None:
    async def meet(address: str, key: str) -> tuple[object, float]:
        line = await station(address, "CP-1", key)
        booted = await call(
            line, "BootNotification", {"chargePointVendor": "V", "chargePointModel": "M"}
        )
        took = await asyncio.to_thread(server.stop)
        await line.wait_closed()
        assert line.close_code == 1001
        return booted, took

    with started("serve", data_dir=tmp_path, **LOCAL) as server:
        address = address_of(server)
        key = add_station(tmp_path, "CP-1")
        booted, took = asyncio.run(meet(address, key))

    assert isinstance(booted, dict)
    assert booted["status"] == "Accepted"
    assert took < STOPPED_WITHIN_SECONDS
    assert server.process.returncode == 0
    assert '"event": "serving_ended"' in server.said
    assert key not in server.said


def test_ctrl_c_stops_as_a_supervisor_does_even_when_sent_twice_at_once(tmp_path: Path) -> None:
    with started("serve", data_dir=tmp_path, **LOCAL) as server:
        address_of(server)
        server.process.send_signal(signal.SIGINT)
        assert server.stop(signal.SIGINT) < STOPPED_WITHIN_SECONDS

    assert server.process.returncode == 0
    assert '"event": "serving_ended"' in server.said


def test_the_log_is_one_json_object_a_line(tmp_path: Path) -> None:
    with started("serve", data_dir=tmp_path, LOG_FORMAT="json", **LOCAL) as server:
        address_of(server)
        server.stop()

    events = [json.loads(line) for line in server.said.splitlines() if line.startswith("{")]
    assert [each["event"] for each in events] == [
        "http_is_not_encrypted",
        "serving_began",
        "serving_ended",
    ]


def test_the_printed_web_address_answers(tmp_path: Path) -> None:
    with started("serve", data_dir=tmp_path, **LOCAL) as server:
        server.until("Programs call the API at")
        page = server.until("/api/docs").strip()
        shown = httpx.get(page)
        document = httpx.get(page.replace("/api/docs", "/api/v1/openapi.json"))
        server.stop()

    assert (shown.status_code, document.status_code) == (200, 200)
    assert document.json()["openapi"] == "3.1.0"


def test_the_link_of_the_first_owner_is_printed_until_there_is_one(tmp_path: Path) -> None:
    with started("serve", data_dir=tmp_path, **LOCAL) as server:
        link = server.until("/setup#").strip()
        base, secret = link.split("setup#")
        body = {"token": secret, "email": "olga@example.org", "password": "correct horse battery"}
        made = httpx.post(f"{base}api/v1/setup", json=body)
        again = httpx.post(f"{base}api/v1/setup", json={**body, "email": "otto@example.org"})
        server.stop()
    with started("serve", data_dir=tmp_path, **LOCAL) as later:
        later.until("Ctrl-C stops it.")
        later.stop()

    assert (made.status_code, again.status_code) == (201, 409)
    assert server.said.count(secret) == 1
    assert "setup#" not in later.said
    assert "Nobody has an account" not in later.said


def test_another_start_makes_another_link(tmp_path: Path) -> None:
    links = []
    for _ in range(2):
        with started("--json", "serve", data_dir=tmp_path, **LOCAL) as server:
            links.append(re.search(r'"setup_url": "(\S+)"', server.until("setup_url")))
            server.stop()

    assert links[0] is not None
    assert links[1] is not None
    assert links[0][1].split("#")[1] != links[1][1].split("#")[1]


def test_a_taken_web_port_is_told_with_its_setting(tmp_path: Path) -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = str(taken.getsockname()[1])
        with started("serve", data_dir=tmp_path, HTTP_PORT=number, **LOCAL) as server:
            assert server.end() == 1

    assert server.said == (
        f"Another program has 127.0.0.1, port {number} already; end it, or set HTTP_PORT to"
        " another port (0 takes a free one).\n"
    )


def test_a_second_server_on_the_same_data_is_refused(tmp_path: Path) -> None:
    with started("serve", data_dir=tmp_path, **LOCAL) as first:
        address_of(first)
        with started("serve", data_dir=tmp_path, **LOCAL) as second:
            assert second.end() == 1
        first.stop()

    assert second.said == f"A central system runs on {tmp_path} already; one is enough.\n"
    assert first.process.returncode == 0


def test_a_port_that_is_taken_is_told_with_the_setting(tmp_path: Path) -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = str(taken.getsockname()[1])
        with started("serve", data_dir=tmp_path, OCPP_HOST="127.0.0.1", OCPP_PORT=number) as server:
            assert server.end() == 1

    assert server.said == (
        f"Another program has 127.0.0.1, port {number} already; end it, or set OCPP_PORT to"
        " another port (0 takes a free one).\n"
    )


def test_an_address_of_another_computer_is_told_with_the_setting(tmp_path: Path) -> None:
    with started("serve", data_dir=tmp_path, OCPP_HOST="192.0.2.77", OCPP_PORT="0") as server:
        assert server.end() == 1

    assert server.said == "OCPP_HOST is '192.0.2.77', which is no address of this computer.\n"


def test_a_port_below_1024_is_told_to_a_user_who_may_not_have_it(tmp_path: Path) -> None:
    settings = load(tmp_path, {"ONETIME_OCPP_PORT": "443"})

    sentence = port_fault(PermissionError(13, "permission denied"), settings)

    assert sentence == (
        "This user may not open 0.0.0.0, port 443; set OCPP_PORT to 1024 or more, or let a"
        " supervisor give the right."
    )


def test_a_database_of_a_newer_program_is_refused_and_left_alone(
    tmp_path: Path, migrated_sqlite: Path
) -> None:
    database = tmp_path / "onetime.db"
    database.write_bytes(migrated_sqlite.read_bytes())
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")

    with started("serve", data_dir=tmp_path, **LOCAL) as server:
        assert server.end() == 1

    assert server.said.startswith("The database has schema 9999, which this program does not know")
    assert server.said.count("\n") == 1


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "onetime.db").write_text("Dear diary, " * 1_000)

    with started("serve", data_dir=tmp_path, **LOCAL) as server:
        assert server.end() == 75

    assert "can not be trusted any more (file is not a database)" in server.said
    assert "restore a backup with `onetime database restore`" in server.said
    assert server.said.count("\n") == 1
    assert (tmp_path / "onetime.db").read_text() == "Dear diary, " * 1_000


def test_a_broken_settings_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "onetime.toml").write_text("OCPP_PORT = = 3")

    with started("serve", data_dir=tmp_path) as server:
        assert server.end() == 1

    assert server.said.startswith(f"{tmp_path}/onetime.toml is not valid TOML: ")
    assert server.said.count("\n") == 1


def test_what_the_server_makes_is_private(tmp_path: Path) -> None:
    with started("serve", data_dir=tmp_path / "new", **LOCAL) as server:
        address_of(server)
        server.stop()

    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700


def test_a_disk_that_can_not_be_trusted_ends_the_server_with_75(tmp_path: Path) -> None:
    with started("serve", data_dir=tmp_path, **LOCAL) as server:
        address_of(server)
        with (tmp_path / "onetime.db").open("r+b") as file:  # as a dying disk does
            file.truncate(4_096)
            file.seek(0)
            file.write(b"\xff" * 4_096)
        for beside in tmp_path.glob("onetime.db-*"):
            beside.write_bytes(b"\xff" * 64_000)
        with started("station", "add", "CP-9", data_dir=tmp_path) as adding:
            adding.end()
        code = server.end()

    assert code == 75
    assert "Ended, to be started again: the database can not be trusted" in server.said
