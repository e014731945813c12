"""A station is asked once what it is; whatever it does, nothing depends on it."""

import pytest

from onetime.dispatch.boots import ask_for_boot
from onetime.domain.errors import NotFound, StoreDown
from onetime.domain.ids import StationId
from onetime.ocpp.exchange import (
    BrokenAnswer,
    CallErrored,
    ConnectionLost,
    ExpiredInQueue,
    Outcome,
    QueueFull,
    TimedOut,
)
from onetime.operations.harm import note_death
from onetime.store.transaction import Transaction
from tests.charges import CP
from tests.garage_makers import a_station
from tests.garages import failed
from tests.ports import Port, a_yard, answered

TRIGGER = "TriggerMessage"


def station(tx: Transaction) -> None:
    a_station(tx, CP)


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        (answered(TRIGGER, status="Accepted"), "answered"),
        (answered(TRIGGER, status="NotImplemented"), "answered"),
        (CallErrored("NotSupported", ""), "call-error"),
        (BrokenAnswer("status", b'{"status":"Perhaps"}'), "broken-answer"),
        (TimedOut(), "timeout"),
        (ConnectionLost(was_sent=True), "connection-lost"),
        (ConnectionLost(was_sent=False), "offline"),
        (QueueFull(), "queue-full"),
        (ExpiredInQueue(), "expired"),
    ],
)
async def test_however_it_ends_it_is_kept_and_nothing_is_raised(
    outcome: Outcome, status: str, sqlite_url: str
) -> None:
    port = Port(lambda *_: outcome)
    async with a_yard(sqlite_url, port) as yard:
        await yard.garage.archive.write(station)
        await ask_for_boot(yard.garage, CP)

        assert port.asked == [(CP, TRIGGER, {"requestedMessage": "BootNotification"})]
        assert yard.commands() == [(TRIGGER, "clock:boots", status)]
        assert yard.rows("SELECT last_boot_at FROM charging_stations") == [(None,)]


async def test_a_station_whose_line_dies_of_triggers_is_not_asked(sqlite_url: str) -> None:
    """K22: what killed the line twice is withheld from what onetime does by itself."""
    port = Port(lambda *_: TimedOut())
    async with a_yard(sqlite_url, port) as yard:
        await yard.garage.archive.write(station)
        for _ in range(2):
            await yard.garage.archive.write(note_death, CP, TRIGGER)
        await ask_for_boot(yard.garage, CP)

        assert port.asked == []
        assert yard.commands() == [(TRIGGER, "clock:boots", "withheld")]


async def test_a_station_that_there_is_not_is_asked_nothing(sqlite_url: str) -> None:
    port = Port(lambda *_: TimedOut())
    async with a_yard(sqlite_url, port) as yard:
        with pytest.raises(NotFound):
            await ask_for_boot(yard.garage, StationId("CP-9"))

        assert (port.asked, yard.commands()) == ([], [])


async def test_what_can_not_be_recorded_is_not_asked(sqlite_url: str) -> None:
    port = Port(lambda *_: answered(TRIGGER, status="Accepted"))
    async with a_yard(sqlite_url, port) as yard:
        await yard.garage.archive.write(station)
        yard.gate.fault = failed("database or disk is full", "SQLITE_FULL")
        with pytest.raises(StoreDown):
            await ask_for_boot(yard.garage, CP)

        assert (port.asked, yard.commands()) == ([], [])
