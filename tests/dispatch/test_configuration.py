"""A station's configuration gets into the books, whatever limits the station has."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from msgspec import Struct, json

from onetime.dispatch.configuration import CORE_KEYS, read_configuration
from onetime.domain.facts import Fact
from onetime.domain.ids import StationId
from onetime.domain.policy import Policy
from onetime.garage import Garage, Reply
from onetime.kit.broadcast import Broadcast
from onetime.kit.clock import SystemClock
from onetime.ocpp.codec import decode_response, encode
from onetime.ocpp.errors import OcppViolation
from onetime.ocpp.exchange import Answered, BrokenAnswer, CallErrored, Outcome, TimedOut
from onetime.store.archive import Archive
from onetime.store.database import open_database
from tests.garages import BOOT, Answer, House, furnish, open_house, settings
from tests.gateway.peers import on_uvloop

CP_1 = StationId("CP-1")
KEPT = "SELECT key, value FROM station_configurations ORDER BY key"
READ_AT = "SELECT configuration_read_at FROM charging_stations"


class OneStation:
    """The call port with a script behind it."""

    def __init__(self, script: Callable[[list[str]], object]) -> None:
        self.script = script
        self.asked: list[list[str]] = []

    def is_connected(self, station_id: StationId) -> bool:
        return True

    async def call(
        self, station_id: StationId, action: str, request: Struct | bytes, timeout_seconds: float
    ) -> Reply:
        assert isinstance(request, Struct)
        return Reply(self.outcome(station_id, action, request), 0.1)

    def outcome(self, station_id: StationId, action: str, request: Struct) -> Outcome:
        assert (station_id, action) == (CP_1, "GetConfiguration")
        keys: list[str] = json.decode(encode(request)).get("key", [])
        self.asked.append(keys)
        reply = self.script(keys)
        if isinstance(reply, CallErrored | TimedOut):
            return reply
        payload = json.encode(reply)
        try:
            return Answered(decode_response(action, payload), payload)
        except OcppViolation as violation:
            return BrokenAnswer(str(violation), payload)


class Books:
    """What is kept of it."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive

    async def read(self, script: Callable[[list[str]], object]) -> tuple[bool, OneStation]:
        station = OneStation(script)
        feed: Broadcast[Fact] = Broadcast()
        garage = Garage(self.archive, SystemClock(), feed, station)
        return await read_configuration(garage, CP_1), station

    def keys(self) -> dict[str, str | None]:
        with self.archive.database.reader.connect() as connection:
            return {row[0]: row[1] for row in connection.exec_driver_sql(KEPT)}

    def quirks(self) -> set[str]:
        with self.archive.database.reader.connect() as connection:
            return {row[0] for row in connection.exec_driver_sql("SELECT quirk FROM quirk_counts")}

    def is_done(self) -> bool:
        with self.archive.database.reader.connect() as connection:
            return connection.exec_driver_sql(READ_AT).scalar() is not None


@pytest.fixture
async def books(sqlite_url: str) -> AsyncIterator[Books]:
    furnish(sqlite_url)
    archive = Archive(open_database(sqlite_url), SystemClock(), Policy())
    archive.start(asyncio.get_running_loop())
    yield Books(archive)
    archive.stop()


def key(name: str, value: object = "1", readonly: object = False) -> dict[str, object]:
    return {"key": name, "readonly": readonly, "value": value}


async def test_all_keys_are_kept_as_they_are(books: Books) -> None:
    done, station = await books.read(
        lambda asked: {"configurationKey": [key("HeartbeatInterval", "60"), key("Vendor", "x")]}
    )

    assert done
    assert station.asked == [[]]
    assert books.keys() == {"HeartbeatInterval": "60", "Vendor": "x"}
    assert books.quirks() == set()


async def test_a_key_that_is_gone_is_gone(books: Books) -> None:
    await books.read(lambda asked: {"configurationKey": [key("Old"), key("Stays")]})
    await books.read(lambda asked: {"configurationKey": [key("Stays", "2")]})

    assert books.keys() == {"Stays": "2"}


async def test_secrets_are_not_kept(books: Books) -> None:
    await books.read(lambda asked: {"configurationKey": [key("StationPassword", "CANARY")]})

    assert books.keys() == {"StationPassword": "***"}


async def test_a_cut_answer_is_completed_in_chunks_of_the_stations_size(books: Books) -> None:
    def script(asked: list[str]) -> object:
        if not asked:
            return {"configurationKey": [key("GetConfigurationMaxKeys", "2"), key("Vendor")]}
        return {"configurationKey": [key(each) for each in asked]}

    done, station = await books.read(script)

    assert done
    assert {len(each) for each in station.asked[1:]} <= {1, 2}
    assert books.keys().keys() == {*CORE_KEYS, "Vendor"}


async def test_a_station_that_ignores_the_filter_is_read_once(books: Books) -> None:
    everything = {"configurationKey": [key("GetConfigurationMaxKeys", "1"), key("Vendor")]}
    done, _ = await books.read(lambda asked: everything)

    assert done
    assert books.keys() == {"GetConfigurationMaxKeys": "1", "Vendor": "1"}


@pytest.mark.parametrize(
    "to_all", [CallErrored("OccurenceConstraintViolation", ""), {}, {"configurationKey": []}]
)
async def test_a_station_that_tells_nothing_at_once_is_asked_in_chunks(
    to_all: object, books: Books
) -> None:
    def script(asked: list[str]) -> object:
        if not asked:
            return to_all
        return {"configurationKey": [key(each) for each in asked if each != "CpoName"]}

    done, station = await books.read(script)

    assert done
    assert max(len(each) for each in station.asked) == 1  # it said that its limit is 1
    assert books.keys().keys() == {*CORE_KEYS} - {"CpoName"}


async def test_a_station_that_tells_nothing_ever_is_asked_again_after_its_next_boot(
    books: Books,
) -> None:
    done, _ = await books.read(lambda asked: CallErrored("NotSupported", ""))

    assert done
    assert books.is_done()
    assert books.keys() == {}
    assert books.quirks() == {"C05"}


async def test_a_station_that_falls_silent_halfway_keeps_what_was_known(books: Books) -> None:
    await books.read(lambda asked: {"configurationKey": [key("Known")]})

    def script(asked: list[str]) -> object:
        return TimedOut() if "CpoName" in asked else {}

    done, _ = await books.read(script)

    assert not done
    assert books.keys() == {"Known": "1"}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (
            {"configurationKey": [key("A", None), key("B", "2")], "unknownKey": None},
            {"A": None, "B": "2"},
        ),
        ({"configurationKey": [key("A", 7), key("B", "2", "true")]}, {"A": "7", "B": "2"}),
        ({"configurationKey": [{"key": "A", "value": "1"}]}, {"A": "1"}),
        ({"configurationKey": [key("A", "x" * 501)]}, {"A": "x" * 501}),
        ({"configurationKey": [{"readonly": True}, key("B")]}, {"B": "1"}),
    ],
)
async def test_an_answer_that_breaks_the_schema_is_read_as_meant_and_counted(
    answer: object, expected: dict[str, str | None], books: Books
) -> None:
    done, station = await books.read(lambda asked: answer)

    assert done
    assert station.asked == [[]]
    assert books.quirks() == {"C05"}
    assert books.keys() == expected


@on_uvloop
async def test_a_station_that_boots_is_asked_and_what_it_tells_is_in_the_books(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onetime.loops.configuration.EVERY_SECONDS", 0.05)
    furnish(database_url)

    def reply(action: str, payload: Answer) -> object:
        return {"configurationKey": [key("HeartbeatInterval", None), key("Vendor", "x")]}

    async with open_house(settings(tmp_path, database_url)) as house:
        station = await house.connect()
        station.replies = reply
        await station.call("BootNotification", BOOT)
        await house.until(lambda: house.rows(KEPT))
        assert house.rows(KEPT) == [("HeartbeatInterval", None), ("Vendor", "x")]
        await asked_again_after_boot(house)


async def asked_again_after_boot(house: House) -> None:
    station = house._stations[0]
    before = len(station.asked)
    await station.call("BootNotification", BOOT)
    await house.until(lambda: len(station.asked) > before)
