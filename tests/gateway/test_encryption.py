"""The encrypted door: who gets in by which profile, what is shown, what is read again."""

import asyncio
import os
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import pytest
from msgspec import structs
from websockets.exceptions import InvalidMessage

from onetime.gateway.limits import Limits
from onetime.gateway.server import Listener, listen
from onetime.kit.tls import server_context
from onetime.kit.x509 import Pair, seen_in, seen_in_der
from onetime.operations.certificates import (
    create_authority,
    create_server_certificates,
    issue_station_pair,
    revoke,
)
from onetime.operations.stations import StationChanges, edit_station
from onetime.settings import Settings
from onetime.store.transaction import Transaction
from tests.certificates import EC, RSA, a_client, a_server, an_authority, client_context
from tests.garage_makers import OWNER
from tests.garages import (
    BOOT,
    PASSWORD,
    House,
    another_process,
    furnish,
    open_house,
    settings,
)
from tests.gateway.peers import DEADLINE_SECONDS, Plainly, Porter, on_uvloop, until

WORD = PASSWORD.encode()
CROWD = 40
SOON_SECONDS = 20.0


def in_files(folder: Path, url: str, *pairs: Pair) -> Settings:
    """Settings with certificates in files, and our test authority for stations."""
    names = []
    for number, each in enumerate(pairs):
        write(folder / f"server-{number}.pem", each)
        names.append(f"server-{number}.pem")
    (folder / "root.pem").write_bytes(an_authority().certificate)
    return structs.replace(
        settings(folder, url),
        ocpp_tls_certificate=",".join(names),
        ocpp_tls_client_ca="root.pem",
    )


def write(path: Path, pair: Pair) -> None:
    path.write_bytes(pair.private_key + pair.certificate)


async def shown_by(house: House) -> str:
    """The key of the certificate that a new socket sees."""
    port = house.listener.tls_port
    _, writer = await asyncio.open_connection("localhost", port, ssl=client_context())
    der = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()
    return seen_in_der(der).fingerprint


@on_uvloop
async def test_profiles_2_and_3_log_in_and_what_they_lack_keeps_them_out(
    sqlite_url: str, tmp_path: Path
) -> None:
    furnish(sqlite_url, ["TWO"], profile=2)
    furnish_three(sqlite_url)
    async with open_house(in_files(tmp_path, sqlite_url, a_server(EC), a_server(RSA))) as house:
        plain, mine = client_context(), client_context(shown=a_client("THREE"))
        other = client_context(shown=a_client("TWO"))

        await (await house.connect("TWO", WORD, tls=plain)).call("BootNotification", BOOT)
        await (await house.connect("THREE", tls=mine)).call("BootNotification", BOOT)

        assert await house.status("TWO", WORD) == 401, "profile 2 without encryption"
        assert await house.status("TWO", b"wrong" * 5, plain) == 401
        assert await house.status("TWO", None, other) == 401, "a certificate is no password"
        assert await house.status("THREE", WORD, plain) == 401
        assert await house.status("THREE", None, other) == 401, "the certificate of another"
        await house.until(lambda: reasons(house).get("THREE") == "wrong-certificate")


def furnish_three(url: str) -> None:
    with another_process(url) as process:
        process.perform(a_station_with_certificate, "THREE")


def a_station_with_certificate(tx: Transaction, name: str) -> None:
    tx.connection.exec_driver_sql(
        "INSERT INTO charging_stations (id, is_online, security_profile, is_enabled,"
        " times_with_fraction, register_factor, created_at)"
        f" VALUES ('{name}', false, 3, true, false, 1, '2026-01-01T00:00:00.000000Z')"
    )


def reasons(house: House) -> dict[str, str]:
    return {row[0]: row[1] for row in house.rows("SELECT identity, reason FROM knocks")}


@on_uvloop
async def test_the_door_opens_when_a_certificate_is_made_and_a_revoked_one_ends_its_line(
    sqlite_url: str, tmp_path: Path
) -> None:
    furnish_three(sqlite_url)
    async with open_house(settings(tmp_path, sqlite_url)) as house:
        assert house.listener.tls_port is None
        with another_process(sqlite_url) as process:
            authority = process.perform(create_authority, OWNER, "Garage").certificate.encode()
            process.perform(create_server_certificates, OWNER, ["localhost"])
            pair = process.perform(issue_station_pair, OWNER, "THREE", EC)
            await house.until(lambda: house.listener.tls_port)
            tls = client_context(authority, pair)
            station = await house.connect("THREE", tls=tls)
            await station.call("BootNotification", BOOT)

            process.perform(revoke, OWNER, seen_in(pair.certificate).fingerprint, "stolen")

            assert await station.closed() == 1008
        assert await house.status("THREE", tls=tls) == 401
        await house.until(lambda: reasons(house).get("THREE") == "revoked-certificate")


@on_uvloop
async def test_the_name_that_a_person_entered_opens_and_is_nobody_elses(
    sqlite_url: str, tmp_path: Path
) -> None:
    furnish_three(sqlite_url)
    async with open_house(in_files(tmp_path, sqlite_url, a_server())) as house:
        tls = client_context(shown=a_client("SN-4711"))
        assert await house.status("THREE", tls=tls) == 401
        changes = StationChanges(certificate_name="SN-4711")
        await house.archive.write(edit_station, OWNER, "THREE", changes)
        async with asyncio.timeout(5):
            while await house.status("THREE", tls=tls) != 101:
                await asyncio.sleep(0.05)


@on_uvloop
async def test_files_are_read_again_and_sockets_live_on(sqlite_url: str, tmp_path: Path) -> None:
    furnish(sqlite_url, profile=2)
    first, second = a_server(EC), a_server(EC, "other.example")
    async with open_house(in_files(tmp_path, sqlite_url, first)) as house:
        station = await house.connect("CP-1", WORD, tls=client_context())
        assert await shown_by(house) == seen_in(first.certificate).fingerprint
        path = tmp_path / "server-0.pem"
        write(path.with_suffix(".new"), second)
        path.with_suffix(".new").rename(path)
        house.app.reload()
        async with asyncio.timeout(5):
            while await shown_by_any(house) != seen_in(second.certificate).fingerprint:
                await asyncio.sleep(0.02)
        await station.call("BootNotification", BOOT)

        path.write_bytes(b"half a file")
        house.app.reload()
        await house.until(lambda: "certificates_refused" in house.events())
        assert await shown_by_any(house) == seen_in(second.certificate).fingerprint


async def shown_by_any(house: House) -> str:
    """As above, for a certificate in whatever name."""
    context = client_context()
    context.check_hostname = False
    port = house.listener.tls_port
    _, writer = await asyncio.open_connection("localhost", port, ssl=context)
    der = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()
    return seen_in_der(der).fingerprint


class Siege(NamedTuple):
    """A door and who stands before it."""

    listener: Listener
    encryption: Plainly
    peers: list[socket.socket]


def plainly() -> Plainly:
    return Plainly(server_context([a_server(EC)]))


@asynccontextmanager
async def besieged(limits: Limits, number: int) -> AsyncIterator[Siege]:
    """An encrypted door, and so many sockets that came to it at once and say nothing."""
    listener, encryption = await listen("127.0.0.1", 0, Porter(), limits), plainly()
    await listener.open_encrypted("127.0.0.1", 0, encryption)
    address = ("127.0.0.1", listener.tls_port)
    peers = [socket.create_connection(address, timeout=DEADLINE_SECONDS) for _ in range(number)]
    try:
        yield Siege(listener, encryption, peers)
    finally:
        for each in peers:
            each.close()
        await listener.stop(1)
        await until(lambda: not listener._shared.greetings)


@on_uvloop
async def test_sockets_in_a_handshake_are_strangers_and_the_oldest_give_way() -> None:
    """Some have to go before their handshake has begun: they are closed, too."""
    limits = Limits(strangers_per_address=5, tls_seconds=60, linger_seconds=0.1)
    async with besieged(limits, 20) as siege:
        async with asyncio.timeout(SOON_SECONDS):
            await until(lambda: siege.listener.evicted == 15)
        assert siege.listener.sockets == 5
        for each in siege.peers[:15]:
            assert await asyncio.to_thread(each.recv, 1) == b""
        await until(lambda: len(siege.listener._shared.greetings) == 5)


@on_uvloop
async def test_a_crowd_of_stations_is_let_in_over_tls(sqlite_url: str, tmp_path: Path) -> None:
    """L03: all at the same moment, as after a power cut; `make bench` takes 200 and the time."""
    names = [f"CP-{number}" for number in range(CROWD)]
    furnish(sqlite_url, names, profile=2)
    async with open_house(in_files(tmp_path, sqlite_url, a_server(EC))) as house:
        tls = client_context()
        stations = await asyncio.gather(*(house.connect(each, WORD, tls=tls) for each in names))
        answers = await asyncio.gather(
            *(each.call("BootNotification", BOOT, seconds=DEADLINE_SECONDS) for each in stations)
        )

        assert [each["status"] for each in answers] == ["Accepted"] * CROWD
        assert (house.listener.lines, house.listener.evicted) == (CROWD, 0)


@on_uvloop
async def test_a_handshake_has_a_deadline() -> None:
    async with besieged(Limits(tls_seconds=0.3, linger_seconds=0.1), 3) as siege:
        async with asyncio.timeout(SOON_SECONDS):
            await until(lambda: len(siege.encryption.failures) == 3)
        assert {type(each) for each in siege.encryption.failures} == {ConnectionAbortedError}
        assert siege.listener.sockets == 0


@pytest.mark.parametrize(
    ("talk", "reason"),
    [
        (b"GET /ocpp/CP-1 HTTP/1.1\r\nHost: x\r\n\r\n", "tls-plain"),
        (b"\x16\x03\x01\x00\x05hello", "tls-failed"),
    ],
)
@on_uvloop
async def test_why_a_handshake_failed_is_told_to_people(
    talk: bytes, reason: str, sqlite_url: str, tmp_path: Path
) -> None:
    furnish(sqlite_url)
    async with open_house(in_files(tmp_path, sqlite_url, a_server())) as house:
        _, writer = await asyncio.open_connection("127.0.0.1", house.listener.tls_port)
        writer.write(talk)
        await house.until(lambda: reasons(house).get("") == reason)
        writer.close()


@pytest.mark.parametrize(
    ("client", "reason"),
    [
        (lambda: client_context(an_authority("Another root").certificate), "tls-hung-up"),
        (
            lambda: client_context(shown=a_client("CP-1", "Another root")),
            "tls-station-unknown",
        ),
        (
            lambda: client_context(newest=ssl.TLSVersion.TLSv1_2, suites=["AES128-GCM-SHA256"]),
            "tls-no-shared-suite",
        ),
    ],
)
@on_uvloop
async def test_a_station_that_can_not_agree_is_listed_with_the_reason(
    client: Callable[[], ssl.SSLContext], reason: str, sqlite_url: str, tmp_path: Path
) -> None:
    furnish(sqlite_url, profile=2)
    async with open_house(in_files(tmp_path, sqlite_url, a_server())) as house:
        with pytest.raises((OSError, ssl.SSLError, InvalidMessage)):
            await house.status("CP-1", WORD, client())
        await house.until(lambda: reasons(house).get("") == reason)


@pytest.mark.parametrize("newest", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@on_uvloop
async def test_a_station_that_says_why_it_does_not_trust_us_is_understood(
    newest: ssl.TLSVersion, sqlite_url: str, tmp_path: Path
) -> None:
    furnish(sqlite_url)
    distrusting = client_context(an_authority("Another root").certificate, newest=newest)

    def knock(port: int) -> None:
        with socket.create_connection(("127.0.0.1", port)) as plain:
            distrusting.wrap_socket(plain, server_hostname="localhost")

    async with open_house(in_files(tmp_path, sqlite_url, a_server())) as house:
        port = house.listener.tls_port
        assert port is not None
        with pytest.raises(ssl.SSLCertVerificationError):
            await asyncio.to_thread(knock, port)
        await house.until(lambda: reasons(house).get("") == "tls-server-unknown")


@on_uvloop
async def test_a_scanner_finds_nothing_old(sqlite_url: str, tmp_path: Path) -> None:
    """What openssl's own client can be made to offer, beside the one that is not ours in Python."""
    furnish(sqlite_url)
    async with open_house(in_files(tmp_path, sqlite_url, a_server(EC), a_server(RSA))) as house:

        async def spoken(*options: str, said: bytes = b"") -> tuple[int | None, str]:
            asked = ["openssl", "s_client", "-connect", f"127.0.0.1:{house.listener.tls_port}"]
            process = await asyncio.create_subprocess_exec(
                *asked,
                *options,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
            told, _ = await process.communicate(said)
            return process.returncode, told.decode(errors="replace")

        assert "Cipher is ECDHE-" in (await spoken("-tls1_2"))[1]
        code, told = await spoken("-tls1_3")
        assert "TLSv1.3" in told
        assert "Compression: NONE" in told
        for options in (
            ("-tls1", "-cipher", "ALL:@SECLEVEL=0"),
            ("-tls1_1", "-cipher", "ALL:@SECLEVEL=0"),
            ("-tls1_2", "-cipher", "AES128-GCM-SHA256"),
            ("-tls1_2", "-cipher", "aNULL:@SECLEVEL=0"),
            ("-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA:ECDHE-RSA-AES256-SHA384"),
            ("-tls1_2", "-cipher", "DHE-RSA-AES128-GCM-SHA256"),
        ):
            code, told = await spoken(*options)
            assert code != 0, (options, told)
        code, told = await spoken("-tls1_2", said=b"R\n")
        assert "no renegotiation" in told
        code, told = await spoken("-tls1_2", "-sess_out", os.devnull)
        assert "TLS session ticket:" not in told
