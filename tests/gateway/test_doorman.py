"""Who is let in, and what those are told who are not: nothing."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from onetime.domain.ids import StationId
from onetime.domain.policy import Policy, UnknownStations
from onetime.gateway.connection import Connection
from onetime.gateway.door import Admitted, Knock, Refused
from onetime.gateway.doorman import UNAUTHORIZED, Doorman
from onetime.gateway.keyring import Keyring
from onetime.gateway.knocking import KnockingList
from onetime.gateway.lane import Lane
from onetime.kit.clock import ManualClock
from onetime.operations.stations import (
    disable_station,
    enable_station,
    register_station,
    retire_station,
    rotate_key,
)
from onetime.store.archive import Archive
from onetime.store.tickets import Ticket
from tests.garage_makers import OWNER
from tests.garages import (
    BOOT,
    CARD,
    PASSWORD,
    STARTED,
    another_process,
    furnish,
    open_house,
    settings,
)
from tests.gateway.peers import on_uvloop
from tests.gateway.test_addresses import basic
from tests.gateway.test_keyring import SECRET, credential

ONLINE = "SELECT count(*) FROM charging_stations WHERE is_online"


class Desk:
    """A doorman alone, without archive: he needs none."""

    def __init__(
        self,
        clock: ManualClock,
        unknown: UnknownStations = UnknownStations.REFUSE,
        *,
        allow_public_plain: bool = False,
    ) -> None:
        known = [credential("BASIC"), credential("OFF", is_enabled=False), credential("OPEN", 0)]
        self.clock = clock
        self.knocking = KnockingList(clock)
        self.lanes: list[StationId] = []
        self.doorman = Doorman(
            Keyring(SECRET, {each.station_id: each for each in known}),
            self.knocking,
            Policy(unknown_stations=unknown),
            self.lane_of,
            clock,
            allow_public_plain=allow_public_plain,
        )

    def lane_of(self, station_id: StationId) -> Lane:
        self.lanes.append(station_id)
        lane = object.__new__(Lane)  # nothing is said here: only its clock is asked
        lane._clock, lane._rests_until = self.clock, 0.0
        return lane

    def knock(
        self, identity: str, password: bytes | None = None, address: str = "10.0.0.1", *,
        secure: bool = False,
    ) -> Admitted | Refused:  # fmt: skip
        header = basic(identity.encode() + b":" + password) if password is not None else None
        headers = {"authorization": header} if header else {}
        return self.doorman.admit(
            Knock(address, f"/ocpp/{identity}", headers, ("ocpp1.6",), secure)
        )

    def reasons(self) -> dict[str, str]:
        return {each.identity: each.reason for each in self.knocking.take()}


def test_refusals_differ_for_people_and_not_for_the_peer(clock: ManualClock) -> None:
    desk = Desk(clock)
    answers = [
        desk.knock("NOBODY", b"x"),
        desk.knock("BASIC", b"wrong"),
        desk.knock("OFF", b"right"),
        desk.knock("SOMEBODY"),
    ]

    assert answers == [Refused(401, (("WWW-Authenticate", 'Basic realm="onetime"'),))] * 4
    assert desk.lanes == []
    assert desk.reasons() == {
        "NOBODY": "unknown",
        "BASIC": "wrong-password",
        "OFF": "disabled",
        "SOMEBODY": "unknown",
    }


def test_who_is_let_in_is_not_listed_for_what_went_wrong_before(clock: ManualClock) -> None:
    desk = Desk(clock)
    desk.knock("BASIC", b"wrong")
    desk.knock("OTHER", b"wrong")

    assert isinstance(desk.knock("BASIC", b"right"), Admitted)

    assert desk.reasons() == {"OTHER": "unknown"}


def test_a_peer_with_a_public_address_is_refused_on_the_plain_port(clock: ManualClock) -> None:
    desk = Desk(clock)

    assert desk.knock("BASIC", b"right", "8.8.8.8") == Refused(403)
    assert desk.knock("OPEN", None, "2001:4860:4860::8888") == Refused(403)
    assert isinstance(desk.knock("BASIC", b"right", "8.8.8.8", secure=True), Admitted)
    allowing = Desk(clock, allow_public_plain=True)
    assert isinstance(allowing.knock("BASIC", b"right", "8.8.8.8"), Admitted)


def test_an_unknown_station_is_adopted_where_a_person_wants_that(clock: ManualClock) -> None:
    desk = Desk(clock, UnknownStations.ACCEPT)

    admitted = desk.knock("NEW")
    assert isinstance(admitted, Admitted)
    assert isinstance(admitted.conversation, Connection)
    assert admitted.conversation.is_adopted
    assert isinstance(desk.knock("BASIC", b"wrong"), Refused)
    assert isinstance(desk.knock("OFF", b"right"), Refused)
    assert isinstance(desk.knock("x" * 49), Refused)
    assert isinstance(desk.knock("a%20b"), Refused)
    assert desk.lanes == ["NEW"]


@on_uvloop
async def test_an_adopted_station_charges_and_stays_when_credentials_are_reloaded(
    sqlite_url: str, tmp_path: Path
) -> None:
    furnish(sqlite_url)
    async with open_house(settings(tmp_path, sqlite_url, "accept")) as house:
        station = await house.connect("NEW-1")
        await station.call("BootNotification", BOOT)
        await (await house.connect("NEW-2")).call("BootNotification", BOOT)
        await station.call("StartTransaction", STARTED)
        open_ones = "SELECT id FROM charging_stations WHERE security_profile = 0 ORDER BY id"
        assert house.rows(open_ones) == [("CP-1",), ("NEW-1",), ("NEW-2",)]
        await house.archive.write(retire_station, OWNER, "NEW-1")
        assert await station.closed() == 1008
        await (await house.connect("NEW-1")).call("BootNotification", BOOT)
        assert house.value("SELECT retired_at FROM charging_stations WHERE id = 'NEW-1'") is None


def rotate(archive: Archive) -> None:
    archive.perform(rotate_key, OWNER, "CP-1", "another-password-of-30-letters")


def disable(archive: Archive) -> None:
    archive.perform(disable_station, OWNER, "CP-1")


def retire(archive: Archive) -> None:
    archive.perform(retire_station, OWNER, "CP-1")


@pytest.mark.parametrize("act", [rotate, disable, retire])
@on_uvloop
async def test_another_process_takes_away_what_a_station_came_in_with(
    act: Callable[[Archive], None], database_url: str, tmp_path: Path
) -> None:
    furnish(database_url, ["CP-1", "CP-2"], profile=1)
    password = PASSWORD.encode()
    async with open_house(settings(tmp_path, database_url)) as house:
        station = await house.connect("CP-1", password)
        other = await house.connect("CP-2", password)
        await station.call("BootNotification", BOOT)
        with another_process(database_url) as process:
            act(process)

        assert await station.closed() == 1008
        assert await house.status("CP-1", password) == 401
        await other.call("BootNotification", BOOT)


@on_uvloop
async def test_another_process_registers_a_station_and_it_can_come_in(
    database_url: str, tmp_path: Path
) -> None:
    furnish(database_url)
    odd = "pässwörd with blanks: and ¤"
    async with open_house(settings(tmp_path, database_url)) as house:
        assert await house.status("NEW", odd.encode()) == 401
        knocks = "SELECT identity, reason, count FROM knocks"
        await house.until(lambda: house.rows(knocks) == [("NEW", "unknown", 1)])
        with another_process(database_url) as process:
            process.perform(register_station, OWNER, "NEW", 1, odd)
            key = process.perform(register_station, OWNER, "KEYED")
        async with asyncio.timeout(5):
            while await house.status("NEW", odd.encode()) != 101:
                pass
        assert key is not None
        assert await house.status("KEYED", key.encode()) == 101
        assert await house.status("KEYED") == 401
        with another_process(database_url) as process:
            process.perform(disable_station, OWNER, "KEYED")
            process.perform(enable_station, OWNER, "KEYED")
        assert await house.status("KEYED", key.encode()) == 101


@on_uvloop
async def test_knocks_are_listed_without_asking_the_writer_for_each(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    furnish(sqlite_url)
    async with open_house(settings(tmp_path, sqlite_url)) as house:
        writer = house.archive._writer
        asked: list[str] = []
        enqueue = writer.enqueue

        def count_and_enqueue(ticket: Ticket) -> None:
            asked.append(ticket.name)
            enqueue(ticket)

        monkeypatch.setattr(writer, "enqueue", count_and_enqueue)
        for _ in range(25):
            assert await house.status("NOBODY", b"guess") == 401
        counted = "SELECT sum(count) FROM knocks WHERE identity = 'NOBODY'"
        await house.until(lambda: house.value(counted) == 25)
        assert 1 <= len(asked) < 10, "a loop writes the list out, not each knock"
        await (await house.connect()).call("Authorize", {"idTag": CARD})
        assert house.value(ONLINE) == 1


def test_guesses_are_no_longer_judged_and_the_station_elsewhere_is(clock: ManualClock) -> None:
    """S04: what people see is that they were too many; the peer sees what it saw before."""
    desk = Desk(clock)
    answers = [desk.knock("BASIC", b"%d" % number, "198.18.0.9") for number in range(40)]
    told = desk.knocking.take()

    assert answers == [UNAUTHORIZED] * 40
    assert [(each.reason, each.count) for each in told] == [("too-many-attempts", 30)]
    assert desk.knock("BASIC", b"right", "198.18.0.9") == UNAUTHORIZED
    assert isinstance(desk.knock("BASIC", b"right", "10.0.0.2"), Admitted)


def test_who_is_not_registered_or_disabled_stays_so_however_often_it_knocks(
    clock: ManualClock,
) -> None:
    desk = Desk(clock)
    for _ in range(40):
        desk.knock("NOBODY", b"x")
        desk.knock("OFF", b"right")
        desk.knock("a%20b", b"x")

    assert desk.reasons() == {"NOBODY": "unknown", "OFF": "disabled", "a b": "bad-identity"}


def test_who_does_not_even_get_to_knock_is_remembered(clock: ManualClock) -> None:
    desk = Desk(clock)
    desk.doorman.turned_away("10.0.0.3", "tls-on-plain")

    (told,) = desk.knocking.take()
    assert (told.identity, told.ip_address, told.reason) == ("", "10.0.0.3", "tls-on-plain")
