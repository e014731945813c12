"""Attacks on the station door, with honest stations beside them that notice nothing (L20, S12)."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path

import pytest

from onetime.gateway.keyring import Keyring, Login, Ruling
from onetime.gateway.server import Limits
from onetime.kit.frugal import LINES
from onetime.store.knocks import LIMIT as KNOCKS_KEPT
from tests.garages import PASSWORD, House, furnish, open_house, settings
from tests.gateway.peers import on_uvloop, request
from tests.hostile.attackers import (
    ELSEWHERE,
    HONEST,
    compressed_bomb,
    fragmented_bomb,
    honest_stations,
    intruder,
    knock,
    nonsense,
    not_text,
    ping_flood,
    socket_to,
)
from tests.hostile.memory import resident_bytes

GUESSES = 2_000
TAKEOVERS = 300
UPGRADES = 2_000
SLOW_SOCKETS = 500
GROWTH_BYTES = 20_000_000
AT_ONCE = 20
LINES_OF_A_STATION = 2
VICTIM = "VICTIM"
BOMBERS = [f"BOMBER-{number}" for number in range(4)]
IDENTITIES = [VICTIM, "INTRUDER", *BOMBERS, *(f"HONEST-{number}" for number in range(HONEST))]


@asynccontextmanager
async def besieged(tmp_path: Path, url: str) -> AsyncIterator[House]:
    """A central system with stations that have keys."""
    furnish(url, IDENTITIES, profile=1)
    async with open_house(settings(tmp_path, url)) as house:
        yield house


async def many(number: int, attempt: Callable[[int], Coroutine[None, None, int]]) -> list[int]:
    """Attempt something often, some at once; return what came of each."""
    found: list[int] = []
    for start in range(0, number, AT_ONCE):
        wave = range(start, min(start + AT_ONCE, number))
        found += await asyncio.gather(*(attempt(each) for each in wave))
    return found


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The identities whose logins were looked at."""
    return count_judged(monkeypatch)


def count_judged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that grows with each login that is looked at."""
    seen: list[str] = []
    judge = Keyring.judge

    def counting(self: Keyring, login: Login, now: datetime) -> Ruling:
        seen.append(login.identity)
        return judge(self, login, now)

    monkeypatch.setattr(Keyring, "judge", counting)
    return seen


@on_uvloop
async def guess(tmp_path: Path, url: str, judged: list[str], guesses: int) -> None:
    async with besieged(tmp_path, url) as house, honest_stations(house, "guessing"):
        answers = await many(guesses // 2, lambda n: knock(house, VICTIM, f"guess {n}"))
        during = await knock(house, VICTIM, PASSWORD, "127.0.0.2")
        answers += await many(guesses // 2, lambda n: knock(house, VICTIM, f"guess {n}"))

        assert set(answers) == {401}
        assert during == 101
        assert judged.count(VICTIM) < 200
        alarm = "SELECT sentence FROM alarms WHERE kind = 'login-guessing'"
        await house.until(lambda: house.rows(alarm))
        assert ELSEWHERE in str(house.value(alarm))


def test_of_many_guesses_few_are_judged_and_the_station_logs_in_meanwhile(
    tmp_path: Path, sqlite_url: str, judged: list[str]
) -> None:
    """S04."""
    guess(tmp_path, sqlite_url, judged, GUESSES)


@on_uvloop
async def take_over(tmp_path: Path, url: str, tries: int) -> None:
    async with besieged(tmp_path, url) as house, honest_stations(house, "takeover"):
        victim = await house.connect(VICTIM, PASSWORD.encode())

        async def attempt(number: int) -> int:
            return await knock(house, VICTIM, None if number % 2 else f"guess {number}")

        answers = await many(tries, attempt)
        await victim.call("Heartbeat", {})

        assert set(answers) == {401}
        assert victim.socket.close_code is None
        assert not {"K08", "K09", "K10"} & house.quirks(VICTIM).keys()


def test_without_the_key_nobody_disturbs_a_live_session(tmp_path: Path, sqlite_url: str) -> None:
    """S06."""
    take_over(tmp_path, sqlite_url, TAKEOVERS)


@on_uvloop
async def replace_again_and_again(tmp_path: Path, url: str) -> None:
    async with besieged(tmp_path, url) as house:
        for _ in range(4):
            station = await house.connect(VICTIM, PASSWORD.encode())
            await station.call("Heartbeat", {})
        alarm = "SELECT count(*) FROM alarms WHERE kind = 'takeovers'"
        await house.until(lambda: house.value(alarm) == 1)

        await house.until(lambda: house.listener.lines == 1)


def test_who_has_the_key_may_take_over_and_that_is_alarmed(tmp_path: Path, sqlite_url: str) -> None:
    """S06, K09: two devices with one identity; of both no more than one line stays."""
    replace_again_and_again(tmp_path, sqlite_url)


@on_uvloop
async def pile_up(tmp_path: Path, url: str) -> None:
    async with besieged(tmp_path, url) as house, AsyncExitStack() as stack:
        for _ in range(LINES_OF_A_STATION * 3):
            await stack.enter_async_context(intruder(house, "INTRUDER"))
            assert house.listener.lines <= LINES_OF_A_STATION


def test_a_station_has_two_lines_at_most_though_the_old_ones_never_say_goodbye(
    tmp_path: Path, sqlite_url: str
) -> None:
    """S12."""
    pile_up(tmp_path, sqlite_url)


@on_uvloop
async def flood(tmp_path: Path, url: str) -> None:
    async with besieged(tmp_path, url) as house, honest_stations(house, "upgrades"):
        before = resident_bytes()
        answers = await many(UPGRADES, lambda n: knock(house, f"NOBODY-{n}"))

        assert set(answers) == {401}
        kept = int(str(house.value("SELECT count(*) FROM knocks")))
        assert kept <= KNOCKS_KEPT
        assert resident_bytes() - before < GROWTH_BYTES


def test_a_flood_of_upgrades_is_refused_and_not_remembered_without_end(
    tmp_path: Path, sqlite_url: str
) -> None:
    flood(tmp_path, sqlite_url)


@on_uvloop
async def dawdle(tmp_path: Path, url: str) -> None:
    async with besieged(tmp_path, url) as house, honest_stations(house, "slow headers"):
        before = resident_bytes()

        async def attempt(number: int) -> int:
            async with socket_to(house, f"127.0.0.{10 + number % 4}") as peer:
                drip = asyncio.ensure_future(dribble(peer.write))
                answer = (await peer.rest()).split(b" ")
                drip.cancel()
                return int(answer[1]) if len(answer) > 1 else 0

        answers = await asyncio.gather(*(attempt(number) for number in range(SLOW_SOCKETS)))

        assert set(answers) <= {0, 408}
        assert answers.count(408) > 0
        assert resident_bytes() - before < GROWTH_BYTES
        await house.until(lambda: house.listener.sockets == HONEST)


async def dribble(write: Callable[[bytes], None]) -> None:
    """Send a header a byte at a time."""
    for byte in request("X: " + "x" * 2_000):
        write(bytes([byte]))
        await asyncio.sleep(0.2)


def test_slow_headers_are_cut_off(
    tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """500 sockets with a byte now and then; some give way to others, the rest runs out of time."""
    monkeypatch.setattr("onetime.app.wiring.Limits", lambda: Limits(header_seconds=2.0))
    dawdle(tmp_path, sqlite_url)


@on_uvloop
async def bomb(tmp_path: Path, url: str, pieces: list[bytes], code: int) -> None:
    async with besieged(tmp_path, url) as house, honest_stations(house, f"bomb {code}"):
        before = resident_bytes()
        for number in range(LINES + 5):  # by several: one alone would have to rest
            async with intruder(house, BOMBERS[number % len(BOMBERS)]) as peer:
                for piece in pieces:
                    peer.write(piece)
                while (frame := await peer.frame()).opcode != 8:
                    pass
                assert int.from_bytes(frame.data[:2]) == code

        assert resident_bytes() - before < GROWTH_BYTES
        assert house.events().count("line_violated") == LINES
        again = await house.connect(BOMBERS[0], PASSWORD.encode())
        await again.call("Heartbeat", {})


@pytest.mark.parametrize(
    ("pieces", "code"),
    [
        ([compressed_bomb()], 1002),
        (fragmented_bomb(), 1009),
        (ping_flood(), 1008),
        ([not_text()], 1003),
    ],
    ids=["compressed", "fragmented", "pings", "binary"],
)
def test_a_bomb_ends_its_own_line_and_fills_no_log(
    tmp_path: Path, sqlite_url: str, pieces: list[bytes], code: int
) -> None:
    bomb(tmp_path, sqlite_url, pieces, code)


@on_uvloop
async def chatter(tmp_path: Path, url: str) -> None:
    async with (
        besieged(tmp_path, url) as house,
        honest_stations(house, "nonsense"),
        intruder(house, "INTRUDER") as peer,
    ):
        for _ in range(3_000):
            peer.write(nonsense())
            await peer.writer.drain()
        await house.until(lambda: house.quirks("INTRUDER").get("K19", 0) > 0)


def test_a_peer_that_talks_nonsense_without_end_is_read_no_faster_than_it_is_dealt_with(
    tmp_path: Path, sqlite_url: str
) -> None:
    chatter(tmp_path, sqlite_url)
