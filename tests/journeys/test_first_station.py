"""The README's five steps, each command as it stands there, with a station that is not ours."""

import asyncio
import base64
import re
import shlex
import socket
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from ocpp.v16 import ChargePoint, call
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Subprotocol

from onetime.kit.times import to_wire
from tests.cli.programs import DEADLINE_SECONDS, started
from tests.house.source import ROOT

CARD = "04A1B2C3D4E5F6"
STEP = re.compile(r"^\d\. ", re.MULTILINE)
COMMAND = re.compile(r"^ {7}onetime (.+)$", re.MULTILINE)


def commands_by_step() -> list[list[list[str]]]:
    """Return the commands of each step, taken apart as a shell does."""
    page = (ROOT / "README.md").read_text("utf-8")
    section = page.split("## A first real station in five steps")[1].split("\n## ")[0]
    steps = STEP.split(section)[1:]
    return [[shlex.split(line) for line in COMMAND.findall(step)] for step in steps]


def test_the_five_steps_of_the_readme_work_as_they_stand_there(tmp_path: Path) -> None:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    place = {"OCPP_HOST": "127.0.0.1", "OCPP_PORT": port}

    def tell(command: list[str]) -> str:
        with started(*command, data_dir=tmp_path, **place) as program:
            assert program.end() == 0, program.said
        return program.said

    (serve,), (add,), looks, entries, (question,) = commands_by_step()
    assert len(looks) == 2
    assert len(entries) == 4
    with started(*serve, data_dir=tmp_path, **place) as server:
        server.until("Ctrl-C stops it.")
        with pytest.raises(InvalidStatus):
            asyncio.run(enter({"Address": f"ws://127.0.0.1:{port}/ocpp/CP-1", "User": "CP-1"}))
        login = dict(re.findall(r"^(Address|User|Key) +(\S+)", tell(add), re.MULTILINE))

        async def visit() -> None:
            line = await let_in(login)
            station = ChargePoint(login["User"], line)
            listening = asyncio.create_task(station.start())
            boot = call.BootNotification(charge_point_model="Wall", charge_point_vendor="Other")
            assert (await station.call(boot)).status == "Accepted"
            listed, knocking = [await asyncio.to_thread(tell, each) for each in looks]
            assert "CP-1     online" in listed
            assert knocking == "Nobody knocked in vain.\n"
            for each in entries:
                await asyncio.to_thread(tell, each)
            now = to_wire(datetime.now(UTC))
            begun = await station.call(
                call.StartTransaction(connector_id=1, id_tag=CARD, meter_start=500, timestamp=now)
            )
            assert begun.id_tag_info["status"] == "Accepted"
            number = begun.transaction_id
            end = to_wire(datetime.now(UTC))
            await station.call(
                call.StopTransaction(transaction_id=number, meter_stop=8_000, timestamp=end)
            )
            listening.cancel()
            await line.close()

        asyncio.run(asyncio.wait_for(visit(), DEADLINE_SECONDS))
        answer = tell(question)
        server.stop()

    (row,) = [line for line in answer.splitlines() if "CP-1" in line]
    assert "7.500 kWh  B2-104  CP-1" in row
    assert "Anna Example (1)" in row


async def let_in(login: dict[str, str]) -> ClientConnection:
    """Connect as a station does: again, until the server has heard of it."""
    while True:
        try:
            return await enter(login)
        except InvalidStatus:
            await asyncio.sleep(0.1)


async def enter(login: dict[str, str]) -> ClientConnection:
    pair = base64.b64encode(f"{login['User']}:{login.get('Key', '')}".encode()).decode()
    return await connect(
        login["Address"],
        subprotocols=[Subprotocol("ocpp1.6")],
        additional_headers={"Authorization": f"Basic {pair}"},
        proxy=None,
    )
