"""The client of the `ocpp` package, which is not ours, logs in with profiles 1, 2 and 3."""

import asyncio
import base64
import re
import sqlite3
import ssl
from contextlib import closing
from pathlib import Path

import pytest
from ocpp.routing import on
from ocpp.v16 import ChargePoint, call, call_result
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Subprotocol

from onetime.domain.people import Actor
from onetime.kit.x509 import Pair
from onetime.operations.certificates import (
    create_authority,
    create_server_certificates,
    issue_station_pair,
)
from onetime.operations.stations import register_station
from tests.certificates import EC, client_context
from tests.cli.programs import started
from tests.cli.test_serve import LOCAL, address_of
from tests.garages import another_process

OWNER = Actor("cli", "uid-0")
KEY = "0123456789abcdef0123456789abcdef01234567"


class Foreign(ChargePoint):  # type: ignore[misc]  # the package has no types
    @on("GetConfiguration")
    def tell(self, **asked: object) -> call_result.GetConfiguration:
        return call_result.GetConfiguration(configuration_key=[])


@pytest.mark.parametrize("profile", [1, 2, 3])
def test_a_station_that_is_not_ours_logs_in(profile: int, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    with started(
        "serve", data_dir=data, **LOCAL, OCPP_TLS_HOST="127.0.0.1", OCPP_TLS_PORT="0"
    ) as program:
        plain = address_of(program)
        with another_process(f"sqlite:///{data}/onetime.db") as process:
            root = process.perform(create_authority, OWNER, "Garage").certificate.encode()
            process.perform(create_server_certificates, OWNER, ["localhost"])
            key = KEY if profile < 3 else None
            process.perform(register_station, OWNER, "FOREIGN-1", profile, key)
            pair = (
                process.perform(issue_station_pair, OWNER, "FOREIGN-1", EC)
                if profile == 3
                else None
            )
        found = re.search(r'"port": ?(\d+)', program.until("tls_began"))
        assert found is not None
        address = plain if profile == 1 else f"wss://localhost:{found[1]}/ocpp/"
        asyncio.run(asyncio.wait_for(visit(address, root, pair, profile), 20))
        with closing(sqlite3.connect(data / "onetime.db")) as database:
            assert database.execute("SELECT model FROM charging_stations").fetchall() == [("M",)]


async def visit(address: str, root: bytes, pair: Pair | None, profile: int) -> None:
    tls: ssl.SSLContext | None = client_context(root, pair) if profile > 1 else None
    basic = base64.b64encode(f"FOREIGN-1:{KEY}".encode()).decode()
    headers = {} if profile == 3 else {"Authorization": f"Basic {basic}"}
    while True:
        try:
            socket = await connect(
                f"{address}FOREIGN-1",
                ssl=tls,
                additional_headers=headers,
                subprotocols=[Subprotocol("ocpp1.6")],
                proxy=None,
            )
            break
        except InvalidStatus:  # it has just been registered
            await asyncio.sleep(0.05)
    async with socket:
        station = Foreign("FOREIGN-1", socket)
        listening = asyncio.create_task(station.start())
        answer = await station.call(call.BootNotification("M", "V"))
        assert answer.status == "Accepted"
        listening.cancel()
