"""The stranger's books: on disk before the wire, whole after a kill, readable by anybody."""

import asyncio
import json
import os
import signal
import sys
import threading
from datetime import UTC, datetime

import msgspec
import pytest

from onetime.kit.clock import ManualClock
from onetime.simulator.ledger import (
    Fact,
    FaultStruck,
    Intent,
    Ledger,
    MeterStood,
    Record,
    fingerprint,
    read,
)
from onetime.simulator.pace import Pace
from tests.simulator.central import Central
from tests.simulator.rig import NOON, running, stay

CHILD = """
import asyncio, pathlib, sys
from onetime.simulator.car import Pattern
from onetime.simulator.run import simulate
url, path = sys.argv[1:]
pattern = Pattern(first_within=60, gap=100, stay=900)
asyncio.run(simulate(url, ["S1", "S2", "S3"], ["TAG"], speed=2000, ledger_path=pathlib.Path(path),
                     pattern=pattern))
"""


def a_pace() -> Pace:
    return Pace(ManualClock(NOON), 10, NOON)


def test_lines_are_numbered_and_come_back_as_they_were_written(tmp_path):
    pace = a_pace()
    ledger = Ledger(tmp_path / "ledger", pace)
    facts: list[Fact] = [FaultStruck("cut-line", 5), MeterStood(1, 1_000.25, 0.25)]
    assert [ledger.note("S1", fact) for fact in facts] == [1, 2]
    ledger.close()

    assert list(read(tmp_path / "ledger")) == [
        Record(1, NOON, 0, "S1", facts[0]),
        Record(2, NOON, 0, "S1", facts[1]),
    ]


def test_a_line_is_plain_json(tmp_path):
    ledger = Ledger(tmp_path / "ledger", a_pace())
    ledger.note("S1", FaultStruck("cut-line", 5))
    ledger.close()

    assert json.loads((tmp_path / "ledger").read_text()) == {
        "number": 1,
        "time": "2026-01-31T12:00:00Z",
        "at": 0,
        "station": "S1",
        "fact": {"kind": "fault_struck", "fault": "cut-line", "seconds": 5},
    }


def test_a_torn_last_line_is_left_out_and_a_damaged_one_is_not_overlooked(tmp_path):
    path = tmp_path / "ledger"
    ledger = Ledger(path, a_pace())
    for _ in range(3):
        ledger.note("S1", FaultStruck("cut-line", 5))
    ledger.close()
    whole = path.read_bytes()

    path.write_bytes(whole[:-10])
    assert [record.number for record in read(path)] == [1, 2]
    path.write_bytes(whole[10:])
    with pytest.raises(msgspec.DecodeError):
        list(read(path))


def test_an_earlier_run_is_not_overwritten(tmp_path):
    (tmp_path / "ledger").write_text("earlier")

    with pytest.raises(FileExistsError):
        Ledger(tmp_path / "ledger", a_pace())


async def test_lines_that_wait_together_share_one_sync(tmp_path):
    synced: list[int] = []
    ledger = Ledger(tmp_path / "ledger", a_pace(), synced.append)
    numbers = [ledger.note("S1", FaultStruck("cut-line", 5)) for _ in range(20)]
    await asyncio.gather(*(ledger.secured(number) for number in numbers))

    assert len(synced) == 1
    ledger.close()


async def test_a_line_written_during_a_sync_waits_for_the_next_one(tmp_path):
    started, go = threading.Event(), threading.Event()
    synced: list[int] = []

    def slow(file: int) -> None:
        started.set()
        go.wait(5)
        synced.append(file)

    ledger = Ledger(tmp_path / "ledger", a_pace(), slow)
    first = asyncio.create_task(ledger.secured(ledger.note("S1", FaultStruck("cut-line", 1))))
    while not started.is_set():
        await asyncio.sleep(0.001)
    second = asyncio.create_task(ledger.secured(ledger.note("S1", FaultStruck("cut-line", 2))))
    go.set()
    await asyncio.gather(first, second)

    assert len(synced) == 2
    ledger.close()


async def test_nothing_is_sent_before_its_intent_is_on_disk(tmp_path):
    synced, go = threading.Event(), threading.Event()

    def held(file: int) -> None:
        os.fsync(file)
        synced.set()
        go.wait(5)

    async with (
        Central() as central,
        running(central, tmp_path, sync=held, connects=False) as rig,
    ):
        try:
            await rig.until(synced.is_set)
            await asyncio.wait_for(central.open["RIG"]._connection._connection.ping(), 2)
            assert central.calls() == []
            last = list(read(rig.path))[-1].fact
            assert isinstance(last, Intent)
            assert last.action == "BootNotification"
        finally:
            go.set()
        await rig.seen("BootNotification")
        assert central.calls()[0].frame[1] == last.message_id


async def test_the_hash_is_that_of_the_payload_as_it_was_sent(tmp_path):
    async with Central() as central, running(central, tmp_path, stay(10, 100, "TÄG")) as rig:
        await rig.seen("StopTransaction")
        hashes = {one.message_id: one.hash for one in rig.facts(Intent) if isinstance(one, Intent)}

    for said in central.calls():
        sent = json.dumps(said.payload, separators=(",", ":")).encode()
        assert hashes[said.frame[1]] == fingerprint(sent)


async def test_after_a_kill_every_message_that_was_seen_has_its_intent(tmp_path):
    path = tmp_path / "ledger"
    async with Central() as central:
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-c", CHILD, central.url, str(path)
        )
        try:
            await central.until(lambda: len(central.calls("MeterValues")) > 30)
        finally:
            child.send_signal(signal.SIGKILL)
            await child.wait()

    records = list(read(path))
    intended = {one.fact.message_id for one in records if isinstance(one.fact, Intent)}
    assert {said.frame[1] for said in central.calls()} <= intended
    assert [record.number for record in records] == list(range(1, len(records) + 1))
    assert records[0].time > datetime(2020, 1, 1, tzinfo=UTC)
