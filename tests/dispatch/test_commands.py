"""A command is on disk before it is sent, and so is its end, whoever has gone meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec import Struct

from onetime.dispatch import commands
from onetime.dispatch.commands import begin_payload, send, send_payload
from onetime.dispatch.outcomes import Order, Sent
from onetime.domain.commands import CommandStatus
from onetime.domain.errors import Conflict, Faulty, NotFound
from onetime.domain.facts import CommandAsked, CommandEnded
from onetime.domain.ids import StationId
from onetime.garage import Transaction
from onetime.ocpp.v16.core import (
    ChangeConfigurationRequest,
    ClearCacheRequest,
    ClearCacheResponse,
    ResetRequest,
)
from onetime.store.writer import Phase
from tests.garage_makers import OWNER
from tests.garages import (
    BOOT,
    Answer,
    Gate,
    House,
    Station,
    failed,
    furnish,
    open_house,
    settings,
)
from tests.gateway.peers import on_uvloop

CP_1 = StationId("CP-1")
ROWS = (
    "SELECT action, asked_by, payload, status, response FROM station_commands"
    " WHERE action <> 'GetConfiguration' ORDER BY id"
)
STATUS = "SELECT status FROM station_commands WHERE action <> 'GetConfiguration' ORDER BY id"


class Garden:
    """A house with one station that has booted."""

    def __init__(self, house: House, station: Station, gate: Gate) -> None:
        self.house = house
        self.station = station
        self.gate = gate

    async def send(self, request: Struct, **more: float) -> Sent:
        return await send(self.house.garage, OWNER, CP_1, request, **more)

    def reply(self, action: str, said: object) -> None:
        """Answer this with that, and everything else with nothing."""
        self.station.replies = lambda asked, payload: said if asked == action else {}

    def was_asked(self, action: str) -> list[Answer]:
        return [payload for asked, payload in self.station.asked if asked == action]


@pytest.fixture
async def garden(database_url: str, tmp_path: Path) -> AsyncIterator[Garden]:
    furnish(database_url)
    gate = Gate()
    async with open_house(settings(tmp_path, database_url), at_phase=gate) as house:
        station = await house.connect()
        await station.call("BootNotification", BOOT)
        yield Garden(house, station, gate)
        gate.open.set()


async def test_a_command_its_answer_and_who_asked_are_kept_and_told(garden: Garden) -> None:
    garden.reply("ClearCache", {"status": "Rejected"})
    facts = garden.house.garage.feed.subscribe()
    done = await garden.send(ClearCacheRequest())

    assert (done.status, done.response) == ("answered", ClearCacheResponse(status="Rejected"))
    assert garden.house.rows(ROWS) == [
        ("ClearCache", "cli:uid-0", "{}", "answered", '{"status":"Rejected"}')
    ]
    told: list[object] = []
    while CommandEnded(done.id, CP_1) not in told:
        told.append(await asyncio.wait_for(facts.next(), 5))
    assert CommandAsked(done.id, CP_1) in told


async def test_nothing_is_sent_before_it_is_on_disk(garden: Garden) -> None:
    garden.reply("ClearCache", {"status": "Accepted"})
    garden.gate.close()
    sending = asyncio.create_task(garden.send(ClearCacheRequest()))
    await garden.gate.hold()
    await garden.station.socket.ping()
    assert garden.was_asked("ClearCache") == []
    garden.gate.open.set()
    assert (await sending).status == "answered"


async def test_a_secret_reaches_the_station_and_no_table(garden: Garden) -> None:
    garden.reply("ChangeConfiguration", {"status": "Accepted"})
    await garden.send(ChangeConfigurationRequest(key="AuthorizationKey", value="CANARY"))

    assert garden.was_asked("ChangeConfiguration")[0]["value"] == "CANARY"
    ((_, _, payload, status, _),) = garden.house.rows(ROWS)
    assert ("CANARY" in str(payload), status) == (False, "answered")


async def test_who_asked_may_go_and_the_outcome_is_kept(garden: Garden) -> None:
    garden.reply("ClearCache", None)
    sending = asyncio.create_task(garden.send(ClearCacheRequest()))
    await garden.house.until(lambda: garden.was_asked("ClearCache"))
    sending.cancel()
    await garden.house.until(sending.done)
    await garden.station.end()

    await garden.house.until(lambda: garden.house.rows(STATUS) == [("connection-lost",)])


async def test_a_station_that_is_away_is_asked_nothing_and_that_is_kept(garden: Garden) -> None:
    await garden.station.end()
    await garden.house.until(lambda: not garden.house.garage.stations.is_connected(CP_1))

    assert (await garden.send(ClearCacheRequest())).status == "offline"
    assert garden.house.rows(STATUS) == [("offline",)]


async def test_a_station_that_does_not_answer_is_a_timeout(garden: Garden) -> None:
    garden.reply("ClearCache", None)

    assert (await garden.send(ClearCacheRequest(), timeout_seconds=0.2)).status == "timeout"
    assert garden.house.rows(STATUS) == [("timeout",)]


async def test_a_station_of_another_garage_is_not_asked(garden: Garden) -> None:
    with pytest.raises(NotFound):
        await send(garden.house.garage, OWNER, StationId("CP-9"), ClearCacheRequest())
    assert garden.house.rows(ROWS) == []


async def test_too_many_commands_are_turned_away_and_all_end(garden: Garden) -> None:
    garden.reply("ClearCache", None)
    sending = [asyncio.create_task(garden.send(ClearCacheRequest())) for _ in range(40)]
    await garden.house.until(lambda: garden.was_asked("ClearCache"))
    await garden.house.until(lambda: garden.house.rows(STATUS).count(("queue-full",)) >= 7)
    await garden.station.end()
    ends = [(await each).status for each in sending]
    assert ends.count(CommandStatus.CONNECTION_LOST) == 1
    assert {*ends} == {"connection-lost", "offline", "queue-full"}
    assert sorted(garden.house.rows(STATUS)) == sorted((each.value,) for each in ends)


async def test_an_effect_may_refuse_before_anything_is_sent(
    garden: Garden, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(tx: Transaction, command_id: int, order: Order) -> None:
        raise Conflict("There is no such thing.")

    monkeypatch.setattr(commands, "ASKED", {"ClearCache": refuse})
    with pytest.raises(Conflict):
        await garden.send(ClearCacheRequest())
    assert garden.house.rows(ROWS) == []
    assert garden.was_asked("ClearCache") == []


async def test_an_outcome_is_kept_although_what_it_means_meets_a_bug(
    garden: Garden, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(tx: Transaction, order: Order, done: Sent) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(commands, "ENDED", {"ClearCache": fail})
    garden.reply("ClearCache", {"status": "Accepted"})

    assert (await garden.send(ClearCacheRequest())).is_answered
    assert garden.house.rows(STATUS) == [("answered",)]
    assert "command_effect_failed" in garden.house.events()


async def test_the_outcome_is_written_when_the_database_works_again(
    garden: Garden, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "KEEP_AGAIN_SECONDS", 0.5)
    garden.reply("Reset", None)
    sending = asyncio.create_task(garden.send(ResetRequest(type="Soft")))
    await garden.house.until(lambda: garden.was_asked("Reset"))
    garden.gate.phase = Phase.BEFORE_COMMIT
    garden.gate.fault = failed("database or disk is full", "SQLITE_FULL")
    await garden.station.end()
    await garden.house.until(lambda: garden.house.archive.is_down)
    garden.gate.fault = None

    assert (await sending).status == "connection-lost"
    assert garden.house.rows(STATUS) == [("connection-lost",)]


async def test_a_payload_goes_out_as_it_came_and_is_recorded(garden: Garden) -> None:
    garden.reply("UnlockConnector", {"status": "UnlockFailed"})
    sent = await send_payload(
        garden.house.garage, OWNER, CP_1, "UnlockConnector", b'{ "connectorId": 99 }'
    )

    assert sent.is_answered
    assert garden.was_asked("UnlockConnector") == [{"connectorId": 99}]
    ((_, _, payload, _, _),) = garden.house.rows(ROWS)
    assert payload == '{"connectorId":99}'


async def test_a_payload_that_breaks_the_schema_is_not_recorded_nor_sent(garden: Garden) -> None:
    with pytest.raises(Faulty):
        await send_payload(garden.house.garage, OWNER, CP_1, "UnlockConnector", b"{}")
    with pytest.raises(NotFound, match="the nearest is UnlockConnector"):
        await send_payload(garden.house.garage, OWNER, CP_1, "unlockConector", b"{}")
    assert garden.house.rows(ROWS) == []


async def test_a_number_that_is_left_out_is_filled_in(garden: Garden) -> None:
    garden.reply("GetLog", {"status": "Accepted"})
    asked = b'{"logType":"SecurityLog","log":{"remoteLocation":"https://x"}}'
    await send_payload(garden.house.garage, OWNER, CP_1, "GetLog", asked)
    await send_payload(garden.house.garage, OWNER, CP_1, "GetLog", asked)

    assert [each["requestId"] for each in garden.was_asked("GetLog")] == [1, 2]


async def test_a_command_that_nobody_waits_for_ends_all_the_same(garden: Garden) -> None:
    garden.reply("ClearCache", {"status": "Accepted"})
    begun = await begin_payload(garden.house.garage, OWNER, CP_1, "ClearCache", b"")
    assert begun.id > 0
    await garden.house.until(lambda: garden.house.rows(STATUS) == [("answered",)])


@on_uvloop
async def test_what_was_open_when_the_program_died_is_unknown_ever_after(
    sqlite_url: str, tmp_path: Path
) -> None:
    furnish(sqlite_url)
    async with open_house(settings(tmp_path, sqlite_url)) as house:
        with house.archive.database.writer.connect() as connection, connection.begin():
            connection.exec_driver_sql(
                "INSERT INTO station_commands (station_id, action, asked_by, asked_at, payload,"
                " status) VALUES ('CP-1', 'Reset', 'cli:uid-0', '2026-03-01T00:00:00.000000Z',"
                " '{}', 'open')"
            )
    async with open_house(settings(tmp_path, sqlite_url)) as house:
        assert house.rows(STATUS) == [("unknown",)]
        assert "commands_cut_off" in house.events()
