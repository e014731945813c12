"""A station in a mood: what becomes of a command then, while the others are obeyed."""

import asyncio

import pytest
from ocpp.exceptions import InternalError
from ocpp.v16 import call

from onetime.simulator.ledger import Asked
from onetime.simulator.moods import Mood
from tests.simulator.central import Central
from tests.simulator.rig import Rig, running
from tests.simulator.test_commands import ask

UNLOCK = call.UnlockConnector(connector_id=1)


async def is_obeyed(rig: Rig) -> bool:
    """Ask for something else, which the mood is not about."""
    return bool((await ask(rig, call.ClearCache())).status == "Accepted")


async def test_who_refuses_says_no_and_does_nothing(tmp_path):
    async with Central() as central, running(central, tmp_path) as rig:
        rig.station.moods = {"UnlockConnector": Mood.REFUSE, "ChangeConfiguration": Mood.REFUSE}
        assert (await ask(rig, UNLOCK)).status == "UnlockFailed"
        change = call.ChangeConfiguration(key="HeartbeatInterval", value="7")
        assert (await ask(rig, change)).status == "Rejected"
        assert rig.station.configuration.values["HeartbeatInterval"] == "60"
        assert await is_obeyed(rig)


async def test_who_errs_answers_with_an_error(tmp_path):
    async with Central() as central, running(central, tmp_path) as rig:
        rig.station.moods = {"UnlockConnector": Mood.ERROR}
        with pytest.raises(InternalError) as refusal:
            await ask(rig, UNLOCK)
        assert refusal.value.description == "not in the mood"
        assert await is_obeyed(rig)


async def test_who_is_silent_goes_on_talking(tmp_path):
    async with Central(interval=1) as central, running(central, tmp_path) as rig:
        rig.station.moods = {"*": Mood.SILENT, "ClearCache": Mood.OBEY}
        asking = asyncio.create_task(ask(rig, UNLOCK))
        await rig.until(lambda: rig.facts(Asked))
        await rig.seen("Heartbeat")
        assert not asking.done()
        asking.cancel()
        assert rig.station.online


async def test_who_talks_garbage_is_no_answer_in_any_schema(tmp_path):
    async with Central() as central, running(central, tmp_path) as rig:
        rig.station.moods = {"*": Mood.GARBAGE}
        await central.open["RIG"]._connection._connection.send('[2,"x","ClearCache",{}]')
        await central.until(lambda: [3, "x", ["garbage"]] in [said.frame for said in central.said])


async def test_who_vanishes_comes_back_later(tmp_path):
    async with Central() as central, running(central, tmp_path) as rig:
        rig.station.moods = {"UnlockConnector": Mood.VANISH}
        asking = asyncio.create_task(ask(rig, UNLOCK))
        await rig.seen("BootNotification", 2)
        asking.cancel()
        await rig.until(lambda: rig.station.online)
        assert await is_obeyed(rig)
