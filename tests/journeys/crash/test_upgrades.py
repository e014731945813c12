"""The central system is killed at each step of an upgrade 1 -> 2 -> 3; the station arrives at 3."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import uvloop
from sqlalchemy import text

from onetime.operations.certificates import create_authority, create_server_certificates
from onetime.operations.errands import begin_errand
from onetime.store.database import open_database
from tests.certificates import client_context
from tests.dispatch.test_errands import UPGRADE_2, UPGRADE_3, Device
from tests.garage_makers import OWNER
from tests.garages import Answer, Gone, House, another_process, furnish
from tests.journeys.crash.central import Central, free_port
from tests.journeys.crash.paced import SharedPace

DEADLINE_SECONDS = 180.0


class Far(House):
    """A central system in a process of its own: what is asked of it goes over its ports."""

    def __init__(self, database_url: str, port: int, tls_port: int) -> None:
        self._database = open_database(database_url)
        self._ports = port, tls_port
        self._stations = []

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self._ports[0]}/ocpp"

    @property
    def tls_url(self) -> str:
        return f"wss://localhost:{self._ports[1]}/ocpp"

    def rows(self, statement: str) -> list[tuple]:
        with self._database.reader.connect() as connection:
            return [tuple(row) for row in connection.execute(text(statement))]


class Mortal(Device):
    """A station at whose central system the plug is pulled, once at each question."""

    def __init__(self, house: House, central: Central) -> None:
        super().__init__(house)
        self.central = central
        self.is_struck = False
        self.deaths: list[str] = []

    def reply(self, action: str, payload: Answer) -> object:
        name = f"{action}:{payload.get('key', '')}".rstrip(":")
        place = f"{name} {self.profile}"
        if place in self.deaths or self.is_struck or action == "GetConfiguration":
            return super().reply(action, payload)
        self.asked.append(name)
        self.deaths.append(place)
        if self.takes:
            self.take(action, payload)
        self.is_struck = True
        self.central.strike()
        return None


async def rise(folder: Path, url: str, *, takes: bool) -> None:
    """Let a station go up, and start the central system again whenever it is dead."""
    port, tls_port = free_port(), free_port()
    SharedPace(folder, 1.0, datetime.now(UTC)).begin()
    central = await Central.prepare(folder, port, tls_port)
    house = Far(url, port, tls_port)
    device = Mortal(house, central)
    device.takes = takes
    try:
        await central.start()
        await central.opened()
        came_as, asked_after = 0, 0
        async with asyncio.timeout(DEADLINE_SECONDS):
            while house.value("SELECT state FROM security_errands") == "open":
                if device.is_struck:
                    assert await central.died(10)
                    await central.start()
                    await central.opened()
                    device.is_struck, came_as = False, 0
                is_gone = device.line is None or device.line.socket.close_code is not None
                if device.profile != came_as or is_gone:
                    came_as = device.profile
                    await device.comes()
                if device.asked.count("ExtendedTriggerMessage") > asked_after:
                    asked_after = device.asked.count("ExtendedTriggerMessage")
                    try:
                        await device.ask_for_certificate()
                    except Gone:
                        asked_after -= 1
                await asyncio.sleep(0.02)
        assert house.value("SELECT state FROM security_errands") == "done"
        assert house.value("SELECT security_profile FROM charging_stations") == 3
        assert len(device.deaths) >= len(UPGRADE_2) + len(UPGRADE_3) - 1, device.deaths
        assert await house.status("CP-1", None, device.context()) == 101
        plain = client_context(device.roots[0])
        async with asyncio.timeout(DEADLINE_SECONDS):  # the door hears of it a moment later
            while await house.status("CP-1", device.key, plain) != 401:
                await asyncio.sleep(0.05)
    finally:
        await house.end()
        await central.leave()


def go_up(folder: Path, empty: Path, *, takes: bool) -> None:
    """S08: whether the station has carried out what it was asked, or has not heard it."""
    path = folder / "onetime.db"
    path.write_bytes(empty.read_bytes())
    url = f"sqlite:///{path}"
    furnish(url, profile=1)
    with another_process(url) as process:
        process.perform(create_authority, OWNER, "Garage")
        process.perform(create_server_certificates, OWNER, ["localhost"])
        process.perform(begin_errand, OWNER, "CP-1", "upgrade", "3")
    uvloop.run(rise(folder, url, takes=takes))


def test_a_server_that_is_killed_at_each_step_of_an_upgrade_locks_nobody_out(
    tmp_path: Path, migrated_sqlite: Path
) -> None:
    """The station has taken each step, and nobody knows; the soak has the other half."""
    go_up(tmp_path, migrated_sqlite, takes=True)
