"""Keys, profiles and certificates change over the air; whatever breaks, a station can come back."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus

from onetime.kit.signing import make_request
from onetime.kit.x509 import Pair, hash_ids
from onetime.operations.certificates import create_authority, create_server_certificates
from onetime.operations.errands import begin_errand, cancel_errand
from onetime.operations.roots import delete_root
from onetime.queries.errands import Errand, errand_list, trusted_roots
from tests.certificates import EC, client_context
from tests.garage_makers import OWNER
from tests.garages import (
    BOOT,
    PASSWORD,
    PATIENCE_SECONDS,
    Answer,
    Gone,
    House,
    Station,
    another_process,
    furnish,
    open_house,
    settings,
)
from tests.gateway.peers import on_uvloop

WORD = PASSWORD.encode()


class Device:
    """A station with a memory: what it is told it keeps, and it comes back with that."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.key = WORD
        self.profile = 1
        self.roots: list[bytes] = []
        self.pair: Pair | None = None
        self.private_key = b""
        self.line: Station | None = None
        self.asked: list[str] = []
        self.says: dict[str, object] = {}
        self.is_dead_at: str | None = None
        self.takes = True

    async def come(self) -> Station:
        """Connect as its memory says, and boot."""
        password = None if self.profile == 3 else self.key
        tls = self.context() if self.profile > 1 else None
        self.line = await self.house.connect("CP-1", password, tls=tls)
        self.line.replies = self.reply
        await self.line.call("BootNotification", BOOT)
        return self.line

    async def comes(self) -> None:
        """Try until it is let in; a refusal may be out of date by a moment."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                try:
                    await self.come()
                except (InvalidStatus, Gone, OSError):
                    await asyncio.sleep(0.05)
                else:
                    return

    def context(self) -> ssl.SSLContext:
        shown = self.pair if self.profile == 3 else None
        return client_context(self.roots[0], shown)

    def reply(self, action: str, payload: Answer) -> object:
        name = f"{action}:{payload.get('key', '')}".rstrip(":")
        self.asked.append(name)
        if name == self.is_dead_at:
            self.is_dead_at = None
            if self.takes:
                self.take(action, payload)
            assert self.line is not None
            self.line.socket.transport.abort()
            return None
        if name in self.says:
            return self.says[name]
        return self.take(action, payload)

    def take(self, action: str, payload: Answer) -> object:
        match action, payload.get("key"):
            case "ChangeConfiguration", "AuthorizationKey":
                self.key = str(payload["value"]).encode()
            case "ChangeConfiguration", "SecurityProfile":
                self.profile = int(str(payload["value"]))
            case "InstallCertificate", _:
                self.roots.append(str(payload["certificate"]).encode())
            case "CertificateSigned", _:
                chain = str(payload["certificateChain"]).encode()
                self.pair = Pair(chain, self.private_key)
            case "GetInstalledCertificateIds", _:
                if payload["certificateType"] != "CentralSystemRootCertificate" or not self.roots:
                    return {"status": "NotFound"}
                return {"status": "Accepted", "certificateHashData": [self.ids(self.roots[0])]}
            case "GetConfiguration", _:
                return {"configurationKey": [], "unknownKey": []}
        return {"status": "Accepted"}

    def ids(self, root: bytes) -> Answer:
        ids = hash_ids(root, root)
        return {
            "hashAlgorithm": ids.hash_algorithm,
            "issuerNameHash": ids.issuer_name_hash.upper(),
            "issuerKeyHash": ids.issuer_key_hash,
            "serialNumber": ids.serial_number.rjust(40, "0"),
        }

    async def ask_for_certificate(self, name: str = "CP-1") -> str:
        request, self.private_key = make_request(EC, name, "Garage")
        assert self.line is not None
        answer = await self.line.call("SignCertificate", {"csr": request.decode()})
        return str(answer["status"])

    async def until_asked(self, name: str, times: int = 1) -> None:
        await self.house.until(lambda: self.asked.count(name) >= times)


@asynccontextmanager
async def a_house(url: str, folder: Path) -> AsyncIterator[House]:
    async with open_house(settings(folder, url)) as house:
        await house.until(lambda: house.listener.tls_port)
        yield house


@pytest.fixture
def garage(sqlite_url: str) -> str:
    """A garage with its own authority, a server certificate and a station of profile 1."""
    furnish(sqlite_url, profile=1)
    with another_process(sqlite_url) as process:
        process.perform(create_authority, OWNER, "Garage")
        process.perform(create_server_certificates, OWNER, ["localhost"])
    return sqlite_url


def errands(house: House) -> list[Errand]:
    with house.archive.database.reader.connect() as connection:
        return errand_list(connection)


async def ended(house: House, state: str = "done") -> Errand:
    await house.until(lambda: errands(house)[0].state != "open")
    assert (errands(house)[0].state, errands(house)[0].said) == (state, errands(house)[0].said)
    return errands(house)[0]


def profile(house: House) -> object:
    return house.value("SELECT security_profile FROM charging_stations")


async def begin(house: House, kind: str, goal: str | None = None) -> Errand:
    return await house.archive.write(begin_errand, OWNER, "CP-1", kind, goal)


KEY = "ChangeConfiguration:AuthorizationKey"
NEXT = "SELECT count(*) FROM station_next_keys"


@on_uvloop
async def test_a_new_key_is_in_place_at_the_first_login_with_it(
    garage: str, tmp_path: Path
) -> None:
    async with a_house(garage, tmp_path) as house:
        device = Device(house)
        await device.comes()
        await begin(house, "rotate-key")
        await device.until_asked(KEY)
        await house.until(lambda: errands(house)[0].step == "login")
        assert len(bytes.fromhex(device.key.decode())) == 20
        assert await house.status("CP-1", WORD) == 101, "the old one still opens"
        device.key = bytes.fromhex(device.key.decode())  # as some stations show it
        await device.comes()
        await ended(house)
        assert house.value(NEXT) == 0
        await refused(house)  # it ended with the first login
        assert PASSWORD not in str(house.rows("SELECT * FROM ocpp_messages"))
        assert device.key.hex() not in str(house.rows("SELECT * FROM ocpp_messages"))
        assert device.key.hex() not in str(house.rows("SELECT * FROM station_commands"))


async def refused(house: House) -> None:
    """Wait until the old key opens nothing: the door hears of the change a moment later."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await house.status("CP-1", WORD) != 401:
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("takes", [True, False])
@on_uvloop
async def test_a_line_that_is_cut_while_the_key_changes_locks_nobody_out(
    takes: bool, garage: str, tmp_path: Path
) -> None:
    async with a_house(garage, tmp_path) as house:
        device = Device(house)
        device.is_dead_at, device.takes = KEY, takes
        await device.comes()
        await begin(house, "rotate-key")
        await device.until_asked(KEY)
        await device.comes()
        if not takes:  # it is asked again, as it has come anew with the old one
            await device.until_asked(KEY, 2)
            await house.until(lambda: errands(house)[0].step == "login")
            await device.comes()
        await ended(house)
        assert house.value(NEXT) == 0
        await refused(house)


@pytest.mark.parametrize("takes", [True, False])
@on_uvloop
async def test_a_server_that_is_stopped_while_the_key_changes_locks_nobody_out(
    takes: bool, garage: str, tmp_path: Path
) -> None:
    async with a_house(garage, tmp_path) as house:
        device = Device(house)
        device.says[KEY] = None  # it never answers
        await device.comes()
        await begin(house, "rotate-key")
        await device.until_asked(KEY)
        sent = str(device.line.asked[-1][1]["value"]).encode() if device.line else b""
    async with a_house(garage, tmp_path) as house:
        device.house, device.says = house, {}
        device.key = sent if takes else WORD
        await device.comes()
        if not takes:
            await device.until_asked(KEY, 2)
            await house.until(lambda: errands(house)[0].step == "login")
            await device.comes()
        await ended(house)
        await refused(house)


@pytest.mark.parametrize("answer", ["Rejected", "NotSupported"])
@on_uvloop
async def test_a_key_that_the_station_refuses_is_forgotten(
    answer: str, garage: str, tmp_path: Path
) -> None:
    async with a_house(garage, tmp_path) as house:
        device = Device(house)
        device.says[KEY] = {"status": answer}
        await device.comes()
        await begin(house, "rotate-key")
        errand = await ended(house, "failed")
        assert errand.said == f"the station keeps its key: {answer}"
        assert house.value(NEXT) == 0
        assert await house.status("CP-1", WORD) == 101


UPGRADE_2 = ["InstallCertificate", "ChangeConfiguration:SecurityProfile"]
UPGRADE_3 = [
    "InstallCertificate",
    "ChangeConfiguration:CpoName",
    "ExtendedTriggerMessage",
    "CertificateSigned",
    "ChangeConfiguration:SecurityProfile",
]


async def follow(device: Device, house: House, goal: int) -> None:
    """Do what a real station does beside answering: reconnect, ask for a certificate."""
    async with asyncio.timeout(25):
        came_as, asked_after = 1, 0
        while errands(house)[0].state == "open" and profile(house) != goal:
            if device.line is None or device.line.socket.close_code is not None:
                await device.comes()
            if device.profile != came_as:
                came_as = device.profile
                await device.comes()
            if device.asked.count("ExtendedTriggerMessage") > asked_after:
                asked_after = device.asked.count("ExtendedTriggerMessage")
                try:
                    await device.ask_for_certificate()
                except Gone:
                    asked_after -= 1
            await asyncio.sleep(0.02)


@on_uvloop
async def test_a_station_goes_from_profile_1_over_2_to_3(garage: str, tmp_path: Path) -> None:
    async with a_house(garage, tmp_path) as house:
        device = Device(house)
        await device.comes()
        await begin(house, "upgrade", "3")
        await follow(device, house, 3)
        await ended(house)
        assert profile(house) == 3
        assert [each for each in device.asked if not each.startswith("GetConfiguration")] == [
            *UPGRADE_2,
            *UPGRADE_3,
        ]
        await refused(house)
        assert await house.status("CP-1", WORD, client_context(device.roots[0])) == 401
        assert house.rows("SELECT state FROM certificate_requests") == [("delivered",)]


@pytest.mark.parametrize("takes", [True, False], ids=["taken", "lost"])
@pytest.mark.parametrize("at", sorted({*UPGRADE_2, *UPGRADE_3}))
@on_uvloop
async def test_an_upgrade_that_is_cut_at_a_step_goes_on(
    at: str, takes: bool, garage: str, tmp_path: Path
) -> None:
    async with a_house(garage, tmp_path) as house:
        device = Device(house)
        device.is_dead_at, device.takes = at, takes
        await device.comes()
        await begin(house, "upgrade", "3")
        await follow(device, house, 3)
        await ended(house)
        assert profile(house) == 3
        await device.comes()


@on_uvloop
async def test_a_station_that_falls_back_is_let_in_until_it_has_come_by_the_new_profile(
    garage: str, tmp_path: Path
) -> None:
    async with a_house(garage, tmp_path) as house:
        device = Device(house)
        await device.comes()
        await begin(house, "upgrade", "2")
        await house.until(lambda: errands(house)[0].step == "login-2")
        device.profile = 1  # it could not connect, and falls back (A05.FR.08)
        await device.comes()
        assert profile(house) == 1
        device.profile = 2
        await device.comes()
        await house.until(lambda: profile(house) == 2)
        await refused(house)  # never lower again from outside


@on_uvloop
async def test_a_person_can_end_an_upgrade_and_the_station_stays_as_it_was(
    garage: str, tmp_path: Path
) -> None:
    async with a_house(garage, tmp_path) as house:
        device = Device(house)
        device.says["InstallCertificate"] = None
        await device.comes()
        errand = await begin(house, "upgrade", "2")
        await device.until_asked("InstallCertificate")
        await house.archive.write(cancel_errand, OWNER, errand.id)
        device.says = {}
        await device.comes()
        assert (await ended(house, "cancelled")).said == "a person ended it"
        assert profile(house) == 1


@pytest.mark.parametrize(
    ("name", "says", "said"),
    [
        ("InstallCertificate", {"status": "Rejected"}, "does not take our root certificate"),
        (
            "ChangeConfiguration:SecurityProfile",
            {"status": "Rejected"},
            "the station keeps its security profile: Rejected",
        ),
        (
            "ExtendedTriggerMessage",
            '[4,"$id","NotImplemented","",{}]',
            "will not ask for a certificate: NotImplemented",
        ),
    ],
)
@on_uvloop
async def test_a_station_that_refuses_a_step_stays_as_it_is_and_a_person_is_told(
    name: str, says: object, said: str, garage: str, tmp_path: Path
) -> None:
    async with a_house(garage, tmp_path) as house:
        device = Device(house)
        device.says[name] = says
        await device.comes()
        await begin(house, "upgrade", "3")
        await follow(device, house, 3)
        assert said in str((await ended(house, "failed")).said)
        alarm = house.value("SELECT sentence FROM alarms WHERE kind = 'upgrade-stalled'")
        assert said in str(alarm)
        await device.comes()


@on_uvloop
async def test_roots_are_installed_read_and_deleted_but_the_last(
    garage: str, tmp_path: Path
) -> None:
    async with a_house(garage, tmp_path) as house:
        device = Device(house)
        await device.comes()
        await begin(house, "install-root")
        await ended(house)
        with house.archive.database.reader.connect() as connection:
            (root,) = trusted_roots(connection, "CP-1")
        with pytest.raises(Exception, match="This is the last root certificate"):
            await house.archive.write(delete_root, OWNER, "CP-1", root.serial_number)
        await begin(house, "delete-root", " ".join(goal_of(root.serial_number)))
        await ended(house)
        assert device.asked[-1] == "DeleteCertificate"


def goal_of(serial: str) -> tuple[str, ...]:
    return ("CentralSystemRootCertificate", "SHA256", "aa", "bb", serial)
