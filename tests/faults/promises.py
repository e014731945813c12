"""What holds whatever breaks, told once for every fault: promises 1 to 5 of docs/testing.md.

A station charges. Then something breaks while it says all that a fault could hurt: values, values
that nobody can read, the end of its charge, a charge with a card that nobody knows. What is
answered in spite of it is in the books; all of it is said again, as it was and under other ids, and
in the end each thing stands there once.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from tests.garages import BOOT, STARTED, Gone, House, Station

Connect = Callable[[], Awaitable[Station]]

DEADLINE_SECONDS = 20.0
UNKNOWN = {
    "connectorId": 2,
    "idTag": "NOBODY-KNOWS",
    "meterStart": 500,
    "timestamp": "2026-03-01T11:05:00Z",
}


class Account:
    """One station's account of what it said and how it was answered."""

    def __init__(self) -> None:
        self.station: Station
        self.said: dict[str, tuple[str, object]] = {}
        self.heard: dict[str, list[list[Any]]] = {}

    async def begin(self, connect: Connect) -> None:
        """Come, and begin a charge, as long as everything is well."""
        self.station = await connect()
        await self.station.call("BootNotification", BOOT)
        begun = await self.station.call("StartTransaction", STARTED, "begin")
        self.said = what_is_said(begun["transactionId"])

    async def say(self, suffix: str = "") -> set[str]:
        """Say all of it at once; return what was answered before the line was gone."""
        waiting = {
            name: self.station.say(json.dumps([2, name + suffix, *call]), name + suffix)
            for name, call in self.said.items()
        }
        async with asyncio.timeout(DEADLINE_SECONDS):
            ended = await asyncio.gather(*waiting.values(), return_exceptions=True)
        answered = set()
        for name, answer in zip(waiting, ended, strict=True):
            if isinstance(answer, BaseException):
                assert isinstance(answer, Gone), answer
            else:
                answered.add(name)
                self.heard.setdefault(name, []).append([answer[0], *answer[2:]])
        return answered

    async def say_again(self, connect: Connect) -> None:
        """Say it as it was, and under other ids, now that all is well; then end what is open."""
        self.station = await connect()
        assert await self.say() == self.said.keys()
        assert await self.say("-again") == self.said.keys()
        (_, opened), *_ = self.heard["start"]
        ending = {
            "transactionId": opened["transactionId"],
            "meterStop": 800,
            "timestamp": "2026-03-01T12:30:00Z",
        }
        await self.station.call("StopTransaction", ending)

    def require(self, house: House) -> None:
        """Look into the books."""
        for name, answers in self.heard.items():
            assert all(each[0] == 3 for each in answers), (name, "promise 3: no CALLERROR")
            assert all(each == answers[0] for each in answers), (name, "promise 2: one answer")
        assert "'Invalid'" in str(self.heard["start"][0]), "promise 4: the true verdict"
        booked = house.rows(
            "SELECT id_tag, verdict, energy_wh FROM charging_sessions ORDER BY start_time"
        )
        assert booked == [("CARD-1", "Accepted", 2_000), ("NOBODY-KNOWS", "Unknown", 300)], booked
        read = "SELECT count(*) FROM meter_readings WHERE value = 1500"
        assert house.value(read) == 1, "promise 2: one effect"
        aside = "SELECT count(*) FROM review_items WHERE kind = 'quarantine'"
        assert house.value(aside) == 1, "promise 3: kept, and shown"
        logged = house.rows(
            "SELECT message_id, count(*) FROM ocpp_messages WHERE outcome != 'repeated'"
            " AND message_id IN ('values', 'stop', 'start') GROUP BY message_id"
        )
        assert {count for _, count in logged} == {1}, logged


def what_is_said(transaction_id: object) -> dict[str, tuple[str, object]]:
    """What a station says meanwhile, by the id of the message; all of it carries energy."""
    moment = {"timestamp": "2026-03-01T11:30:00Z", "sampledValue": [{"value": "1500"}]}
    values = {"connectorId": 1, "transactionId": transaction_id, "meterValue": [moment]}
    ended = {
        "transactionId": transaction_id,
        "meterStop": 3_000,
        "timestamp": "2026-03-01T12:00:00Z",
    }
    return {
        "values": ("MeterValues", values),
        "odd": ("MeterValues", {"connectorId": 1, "meterValue": "none"}),
        "stop": ("StopTransaction", ended),
        "start": ("StartTransaction", UNKNOWN),
    }


async def sent_away(house: House) -> None:
    """Promise 1: while nothing can be committed new stations hear 503, known or not."""
    assert await house.status() == 503
    assert await house.status("NOBODY") == 503


async def let_in_again(house: House) -> None:
    """Wait until all is well, without a restart."""
    await house.until(lambda: "stations_let_in_again" in house.events(), DEADLINE_SECONDS)
