"""Whole runs against a central system that is not ours and checks every message."""

import asyncio
import json

import pytest

from onetime.simulator.car import Pattern
from onetime.simulator.faults import FaultKind, FaultPlan
from onetime.simulator.garage import Waits
from onetime.simulator.habits import Habits
from onetime.simulator.ledger import (
    Acknowledged,
    AnswerLost,
    ChargeBegan,
    ChargeEnded,
    Intent,
    MeterJumped,
    MeterStood,
    RunBegan,
    RunEnded,
    read,
)
from onetime.simulator.progress import Progress
from onetime.simulator.run import identities, simulate
from tests.simulator.central import Central
from tests.simulator.rig import NOON

QUICK = Habits(first_wait=0.02, longest_wait=0.1)
BUSY = Pattern(first_within=60, gap=300, stay=1_800)
TAGS = ["A1", "B2", "C3"]


def contents(central: Central, station: str, action: str) -> list[str]:
    return [json.dumps(said.payload) for said in central.calls(action, station)]


async def a_run(central: Central, seed: int, duration: float = 1.0) -> Progress:
    return await simulate(
        central.url,
        identities(4),
        TAGS,
        speed=4_000,
        seed=seed,
        duration=duration,
        pattern=BUSY,
        habits=QUICK,
        starts_at=NOON,
    )


async def test_a_garage_charges_and_every_message_is_by_the_book(tmp_path):
    path = tmp_path / "ledger"
    async with Central() as central:
        progress = await simulate(
            central.url,
            identities(5),
            TAGS,
            speed=4_000,
            ledger_path=path,
            duration=1.0,
            pattern=BUSY,
            habits=Habits(connectors=2, first_wait=0.02),
        )

    assert central.errors() == []
    assert progress.violations == 0
    assert progress.charges_begun > 10
    assert progress.charges_begun == progress.charges_ended
    assert progress.unanswered == 0
    assert progress.sent == progress.answered == len(central.calls())
    facts = [record.fact for record in read(path)]
    assert isinstance(facts[0], RunBegan)
    assert facts[-1] == RunEnded({})
    sessions = [fact.session for fact in facts if isinstance(fact, ChargeBegan)]
    assert len(sessions) == len(set(sessions)) == progress.charges_begun


async def test_faults_of_all_kinds_lose_no_message_and_no_watt_hour(tmp_path):
    path = tmp_path / "ledger"
    async with Central() as central:
        progress = await simulate(
            central.url,
            identities(6),
            TAGS,
            speed=3_000,
            seed=3,
            ledger_path=path,
            ledger_synced=False,
            duration=2.0,
            pattern=BUSY,
            habits=QUICK,
            faults=FaultPlan(per_station_hour=12, longest=300),
        )

    assert progress.faults > 50
    assert progress.violations == 0
    assert central.errors() == []
    assert progress.unanswered == 0
    records = list(read(path))
    facts = [record.fact for record in records]
    answered = {fact.intent for fact in facts if isinstance(fact, Acknowledged | AnswerLost)}
    intents = {record.number: record.fact for record in records if isinstance(record.fact, Intent)}
    assert answered <= set(intents)
    # Each charge was announced, and ended by a Stop unless the station forgot it.
    sent = {(one.action, one.session) for number, one in intents.items() if number in answered}
    began = {fact.session for fact in facts if isinstance(fact, ChargeBegan)}
    told = {fact.session for fact in facts if isinstance(fact, ChargeEnded) and fact.told}
    assert {session for action, session in sent if action == "StartTransaction"} == began
    assert {session for action, session in sent if action == "StopTransaction"} == told
    # Each meter: what moved is what the register shows, but for its jumps.
    for station in identities(6):
        own = [record.fact for record in records if record.station == station]
        stood = [fact for fact in own if isinstance(fact, MeterStood)]
        jumps = [fact for fact in own if isinstance(fact, MeterJumped)]
        moved = stood[-1].register_wh - stood[0].register_wh
        moved += sum(jump.before_wh - jump.after_wh for jump in jumps)
        assert stood[-1].moved_wh == pytest.approx(moved, abs=0.01)


async def test_a_seed_gives_the_same_messages_and_another_seed_others():
    async with Central() as first, Central() as again, Central() as other:
        for central, seed in ((first, 1), (again, 1), (other, 2)):
            assert (await a_run(central, seed)).charges_begun > 3

    for station in identities(4):
        for action in ("Authorize", "StartTransaction"):
            one, same = contents(first, station, action), contents(again, station, action)
            shared = min(len(one), len(same))
            assert shared > 0
            assert one[:shared] == same[:shared]
        assert one[:shared] != contents(other, station, "StartTransaction")[:shared]


async def test_a_stopped_run_ends_its_charges_and_leaves_no_task():
    stop = asyncio.Event()
    seen: list[int] = []

    def watch(progress: Progress) -> None:
        seen.append(progress.charging)

    async with Central() as central:
        before = asyncio.all_tasks()
        run = asyncio.create_task(
            simulate(
                central.url,
                identities(3),
                TAGS,
                speed=2_000,
                pattern=Pattern(first_within=5, stay=90_000),
                habits=QUICK,
                stop=stop,
                watch=watch,
            )
        )
        await central.until(lambda: len(central.calls("StartTransaction")) == 3)
        stop.set()
        progress = await run
        await central.until(lambda: len(central.calls("StopTransaction")) == 3)

    assert (progress.charges_ended, progress.charging, progress.connected) == (3, 0, 0)
    assert seen[-1] == 0
    left = [repr(task) for task in asyncio.all_tasks() - before]
    assert [task for task in left if "onetime/simulator" in task] == []


async def test_a_cancelled_run_leaves_no_task_and_a_readable_ledger(tmp_path):
    path = tmp_path / "ledger"
    async with Central() as central:
        before = asyncio.all_tasks()
        run = asyncio.create_task(
            simulate(
                central.url,
                identities(20),
                TAGS,
                speed=2_000,
                ledger_path=path,
                pattern=BUSY,
                habits=QUICK,
            )
        )
        await central.until(lambda: len(central.calls("MeterValues")) > 5)
        run.cancel()
        with pytest.raises(asyncio.CancelledError):
            await run
        left = [repr(task) for task in asyncio.all_tasks() - before]
        assert [task for task in left if "onetime/simulator" in task] == []

    assert len(list(read(path))) > 20


async def test_where_nobody_listens_it_is_tried_again_and_counted():
    async with Central() as central:
        url = central.url
    progress = await simulate(
        url, ["S1"], TAGS, duration=0.3, habits=QUICK, waits=Waits(opening=0.1, drain=0.1)
    )

    assert progress.refusals[0] >= 2
    assert progress.connected == 0


@pytest.mark.parametrize(
    ("stations", "tags", "speed"),
    [([], ["A"], 1), (["S", "S"], ["A"], 1), (["S"], [], 1), (["S"], ["A"], 0)],
)
async def test_arguments_that_make_no_sense_are_refused(stations, tags, speed):
    with pytest.raises(ValueError, match=r"\w"):
        await simulate("ws://127.0.0.1:1/ocpp", stations, tags, speed=speed, duration=0.1)


def test_every_kind_of_fault_is_made_by_a_plan():
    assert set(FaultPlan(per_station_hour=1).kinds) == set(FaultKind)
