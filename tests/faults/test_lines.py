"""Lines that carry nothing, or carry it badly, lose and double nothing (L13, promises 1 to 7)."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from onetime.gateway.limits import Limits
from tests.faults.mounts import apart
from tests.faults.on_a_network import CUT, NOT_CUT
from tests.faults.promises import Account
from tests.faults.proxy import Mood, Proxy, Way
from tests.garages import House, Station, furnish, open_house, settings
from tests.gateway.peers import on_uvloop
from tests.house.source import ROOT

LOGGED = (
    "SELECT count(*) FROM ocpp_messages WHERE direction = 'in' AND action != 'BootNotification'"
)
UP, DOWN = Way.UP, Way.DOWN


async def give_up(house: House, proxy: Proxy, station: Station) -> None:
    """Hang up like a station that waits in vain, when nothing more can come."""
    await house.until(lambda: proxy.swallowed > 0)
    if Way.UP not in proxy.swallows:
        await house.until(lambda: house.value(LOGGED) == 5)  # all was heard, and is in the books
    station.socket.transport.abort()


@pytest.mark.parametrize(
    "swallows", [{UP}, {DOWN}, {UP, DOWN}], ids=["from-it", "to-it", "both-ways"]
)
@on_uvloop
async def test_a_half_open_line_loses_nothing_and_keeps_nobody_out(
    swallows: set[Way], sqlite_url: str, tmp_path: Path
) -> None:
    """The central system is not told that the old line is gone; the new one wins at once."""
    furnish(sqlite_url)
    async with (
        open_house(settings(tmp_path, sqlite_url)) as house,
        Proxy(house.listener.port, 1, [Mood.GOOD]) as proxy,
    ):
        account = Account()
        await account.begin(lambda: house.connect(port=proxy.port))
        proxy.swallows = frozenset(swallows)
        saying = asyncio.ensure_future(account.say())
        await give_up(house, proxy, account.station)

        assert await saying == set()
        assert house.listener.lines == 1, "nobody has told it"
        await account.say_again(house.connect)
        account.require(house)
        assert house.quirks().get("K08", 0) + house.quirks().get("K10", 0) > 0


def test_a_line_that_is_dead_is_seen_before_the_station_was_silent_for_long() -> None:
    """L13: within five minutes; neither end is told, as when a cable is pulled."""
    command = apart("tests.faults.on_a_network", kind="--net")
    ended = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False
    )
    sys.stdout.write(ended.stdout)

    assert ended.returncode == 0, ended.stderr[-3_000:]
    assert ended.stdout.strip() in (CUT, NOT_CUT)
    limits = Limits()
    assert 2 * limits.ping_seconds + limits.unconfirmed_seconds < 300


@pytest.mark.parametrize("mood", [Mood.BYTE_WISE, Mood.LOSSY, Mood.RESET])
@on_uvloop
async def test_a_bad_line_loses_and_doubles_nothing(
    mood: Mood, sqlite_url: str, tmp_path: Path
) -> None:
    furnish(sqlite_url)
    async with (
        open_house(settings(tmp_path, sqlite_url)) as house,
        Proxy(house.listener.port, 2, [mood]) as proxy,
    ):
        account = Account()
        await account.begin(lambda: house.connect(port=proxy.port))
        answered = await account.say()
        while mood is Mood.RESET and proxy.resets == 0:
            answered = await account.say("-and-on")

        assert mood is Mood.RESET or answered == account.said.keys()
        await account.say_again(house.connect)
        account.require(house)
