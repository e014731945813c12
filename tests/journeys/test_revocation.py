"""A card is revoked while one of two stations is away: it confirms when it is back.

The real process, and simulated stations on real sockets; what the stations hold is asked of them.
"""

import asyncio
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from onetime.kit.clock import SystemClock
from onetime.simulator.habits import Habits
from onetime.simulator.ledger import Ledger
from onetime.simulator.line import Address
from onetime.simulator.pace import Pace
from onetime.simulator.progress import Progress
from onetime.simulator.station import Station
from tests.cli.programs import started

LOST, KEPT = "04A1B2C3D4E5F6", "04FFEEDDCCBBAA"
KEY = "a-key-of-some-24-letters"
WITHIN_SECONDS = 90.0
QUICK = Habits(first_wait=0.05, longest_wait=0.2)
CONFIRMED = "confirmed "
AWAY = "waits for its return"


def tell(data_dir: Path, *command: str) -> str:
    """Run a command and return what it says."""
    with started(*command, data_dir=data_dir) as program:
        assert program.end() == 0, program.said
    return program.said


async def until(question: Callable[[], object]) -> None:
    async with asyncio.timeout(WITHIN_SECONDS):
        while not question():
            await asyncio.sleep(0.05)


async def until_shown(data_dir: Path, *words: str) -> str:
    """Ask for the card until all these words are shown."""
    async with asyncio.timeout(WITHIN_SECONDS):
        while True:
            shown = await asyncio.to_thread(tell, data_dir, "card", "show", LOST)
            if all(each in shown for each in words):
                return shown


async def leave(line: asyncio.Task[None]) -> None:
    line.cancel()
    with suppress(asyncio.CancelledError):
        await line


async def the_journey(data_dir: Path, url: str, ledger: Ledger, pace: Pace) -> None:
    near, far = [
        Station(Address(url, name, KEY), pace, ledger, Progress(), 1, QUICK)
        for name in ("NEAR", "FAR")
    ]
    pace.begin()
    lines = [asyncio.create_task(each.stay_connected()) for each in (near, far)]
    both = {LOST.lower(), KEPT.lower()}
    await until(lambda: {*near.rights.listed} == {*far.rights.listed} == both)
    assert near.configuration.values["HeartbeatInterval"] == "120"
    assert near.configuration.values["ClockAlignedDataInterval"] == "900"
    assert near.configuration.values["AuthorizationCacheEnabled"] == "false"

    await leave(lines[1])
    await asyncio.to_thread(tell, data_dir, "card", "block", LOST)
    shown = await until_shown(data_dir, f"Station NEAR  {CONFIRMED}", AWAY)
    assert re.search(rf"Station FAR +{AWAY}", shown)
    assert {*near.rights.listed} == {KEPT.lower()}
    assert {*far.rights.listed} == both

    back = asyncio.create_task(far.stay_connected())
    await until(lambda: {*far.rights.listed} == {KEPT.lower()})
    shown = await until_shown(data_dir, f"Station FAR   {CONFIRMED}")
    assert AWAY not in shown
    await leave(lines[0])
    await leave(back)


def test_a_card_that_is_revoked_while_a_station_is_away_is_confirmed_on_its_return(
    tmp_path: Path,
) -> None:
    data_dir = tmp_path / "data"
    for name in ("NEAR", "FAR"):
        tell(data_dir, "station", "add", name, "--security-profile", "1", "--password", KEY)
    tell(data_dir, "renter", "add", "Anna", "--email", "anna@example.org")
    for card in (LOST, KEPT):
        tell(data_dir, "card", "issue", card, "--renter", "1")
    pace = Pace(SystemClock(), 60.0, datetime.now(UTC))
    ledger = Ledger(tmp_path / "ledger.jsonl", pace, None)
    place = {"OCPP_HOST": "127.0.0.1", "OCPP_PORT": "0"}
    with started("serve", "--json", data_dir=data_dir, **place) as server:
        url = server.until("ocpp_url").split('"')[3].rstrip("/")
        try:
            asyncio.run(the_journey(data_dir, url, ledger, pace))
        finally:
            ledger.close()
        server.stop()
