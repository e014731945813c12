"""Commands to stations that are deaf, talk garbage, or vanish: what is told, and what is kept.

Each code that the reference lists for commands is seen here or beside it, over HTTP.
"""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress

import httpx
import pytest
from sqlalchemy import update
from websockets.exceptions import ConnectionClosed

from onetime.operations.commands import end_open_commands
from onetime.store.command_tables import station_commands
from onetime.store.transaction import Transaction
from tests.api.doors import V1, Door
from tests.journeys.commands.conftest import connected
from tests.journeys.commands.strict import Strict
from tests.journeys.commands.table import Json

pytestmark = pytest.mark.asyncio(loop_scope="module")

SHORT = 0.3
Post = Callable[..., Coroutine[None, None, httpx.Response]]


@pytest.fixture
def post(owner: httpx.AsyncClient) -> Post:
    """Ask a station to unlock its connector."""

    async def unlock(station: Strict, **headers: str) -> httpx.Response:
        place = f"{V1}/stations/{station.id}/commands/UnlockConnector"
        return await owner.post(place, json={"connectorId": 1}, headers=headers)

    return unlock


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let answers be late after a moment."""
    monkeypatch.setattr("onetime.api.commands.ANSWER_SECONDS", SHORT)


def told(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def row(owner: httpx.AsyncClient, answer: httpx.Response) -> Json:
    """Return what is kept of the command that a problem document names."""
    station_id = answer.request.url.path.split("/")[-3]
    number = answer.json()["command_id"]
    kept: Json = (await owner.get(f"{V1}/stations/{station_id}/commands/{number}")).json()
    return kept


async def talk_through(station: Strict, asking: asyncio.Task[httpx.Response]) -> httpx.Response:
    """Send heartbeats until a command has ended."""
    station.instead = _say_nothing
    with suppress(ConnectionClosed):
        while not asking.done():
            await station.send_text('[2,"h","Heartbeat",{}]')
            await asyncio.sleep(0.02)
    return await asking


@pytest.mark.parametrize(
    ("frame", "raw"),
    [
        ('[3,"$id",{"status":"Unl', '[3,"$id",{"status":"Unl'),  # K19
        ('[3,"$id",{"status":"Accepted"}]', '{"status":"Accepted"}'),  # C03
        ('[3,"$id",{"status":17}]', '{"status":17}'),
        ('[3,"$id",{}]', "{}"),
        ('[3,"$id",null]', "null"),
        ('[3,"$id"]', "{}"),  # no payload stands for an empty one
        ('[3,"$id","Unlocked"]', '"Unlocked"'),
        ('[3,"$id",{"status":"Unlocked","status":[]}]', '{"status":"Unlocked","status":[]}'),
    ],
)
async def test_garbage_is_told_and_kept_as_it_came_and_the_line_stays(
    frame: str, raw: str, door: Door, owner: httpx.AsyncClient, post: Post
) -> None:
    async with connected(door) as station:
        sent: list[str] = []

        async def say(number: str) -> None:
            sent.append(number)
            await station.send_text(frame.replace("$id", number))

        station.instead = say
        answer = await post(station)

        expected = raw.replace("$id", sent[0])
        assert told(answer) == (502, "broken-answer")
        assert answer.json()["raw_answer"] == expected
        kept = await row(owner, answer)
        assert (kept["status"], kept["response"]) == ("broken-answer", None)
        assert kept["raw_answer"] == expected
        assert kept["latency_ms"] is not None

        station.instead, station.said = None, {"status": "Unlocked"}
        assert (await post(station)).json()["response"] == {"status": "Unlocked"}


async def test_a_deaf_station_is_named_sent_away_and_heard_again(
    door: Door, owner: httpx.AsyncClient, post: Post, impatient: None
) -> None:
    """K12: it goes on talking and answers nothing."""

    async def deaf_since() -> object:
        return (await owner.get(f"{V1}/stations/{station.id}")).json()["deaf_since"]

    async with connected(door) as station:
        first = await talk_through(station, asyncio.create_task(post(station)))
        assert (told(first), await deaf_since()) == ((504, "timeout"), None)
        second = await talk_through(station, asyncio.create_task(post(station)))
        assert told(second) == (504, "timeout")
        assert (await row(owner, second))["status"] == "timeout"
        await station.ended()

    await door.house.until(lambda: not door.house.garage.stations.is_connected(station.id))
    away = await post(station)
    assert told(away) == (409, "station-offline")
    assert (await row(owner, away))["latency_ms"] is None  # it was never sent
    assert await deaf_since() is not None
    alarms = (await owner.get(f"{V1}/alarms")).json()["items"]
    assert "station-deaf" in {each["kind"] for each in alarms if each["station_id"] == station.id}

    async with connected(door, station.id) as again:
        again.said = {"status": "Unlocked"}
        assert (await post(again)).status_code == 200
        assert await deaf_since() is None


async def test_what_waits_for_a_station_that_vanishes_was_never_sent(
    door: Door, owner: httpx.AsyncClient, post: Post
) -> None:
    async with connected(door) as station:
        station.instead = _say_nothing
        asking = [asyncio.create_task(post(station)) for _ in range(3)]
        waiting = f"SELECT count(*) FROM station_commands WHERE station_id = '{station.id}'"
        await door.house.until(lambda: station.asked and door.house.value(waiting) == 3)
        await station.leave()
        answers = [await each for each in asking]

        assert sorted(map(told, answers)) == [
            (409, "station-offline"),
            (409, "station-offline"),
            (502, "connection-lost"),
        ]
        kept = [await row(owner, each) for each in answers]
        assert [each["status"] for each in sorted(kept, key=lambda each: int(each["id"]))] == [
            "connection-lost",
            "offline",
            "offline",
        ]


async def test_one_command_too_many_is_turned_away_at_once(
    door: Door, owner: httpx.AsyncClient, post: Post
) -> None:
    async with connected(door) as station:
        station.instead = _say_nothing
        asking = [asyncio.create_task(post(station)) for _ in range(33)]
        waiting = f"SELECT count(*) FROM station_commands WHERE station_id = '{station.id}'"
        await door.house.until(lambda: station.asked and door.house.value(waiting) == 33, 20)
        answer = await post(station)
        assert told(answer) == (409, "queue-full")
        assert (await row(owner, answer))["status"] == "queue-full"
        await station.leave()
        await asyncio.gather(*asking)


async def test_a_command_whose_turn_does_not_come_was_never_sent(
    door: Door,
    owner: httpx.AsyncClient,
    post: Post,
    impatient: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("onetime.gateway.calls.QUEUE_SECONDS", 0.0)
    async with connected(door) as station:
        station.instead = _say_nothing
        asking = [asyncio.create_task(post(station)) for _ in range(4)]
        answers = [await each for each in asking]

        ends = sorted({*map(told, answers)})
        assert ends == [(504, "expired"), (504, "timeout")]
        kept = [await row(owner, each) for each in answers if told(each)[1] == "expired"]
        assert {(each["status"], each["latency_ms"]) for each in kept} == {("expired", None)}
        assert len(station.asked) == 4 - len(kept)


async def test_what_was_on_its_way_when_onetime_ended_is_unknown_to_who_asks_again(
    door: Door, owner: httpx.AsyncClient, post: Post
) -> None:
    key = {"Idempotency-Key": "unknown-1"}
    async with connected(door) as station:
        station.instead = lambda _: station.leave()
        first = await post(station, **key)
        await door.perform(_die_before_its_end, first.json()["command_id"])
        again = await post(station, **key)

        assert told(again) == (502, "unknown")
        assert (await row(owner, again))["status"] == "unknown"
        assert again.json()["command_id"] == first.json()["command_id"]
        assert len(station.asked) == 1


def _die_before_its_end(tx: Transaction, command_id: int) -> None:
    """Leave a command as a kill would, and do what the next start does."""
    c = station_commands.c
    open_again = update(station_commands).where(c.id == command_id).values(status="open")
    tx.connection.execute(open_again)
    assert end_open_commands(tx) == 1


async def _say_nothing(_number: str) -> None:
    pass
