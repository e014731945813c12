"""A person measures how fast onetime is here: the load reaches both servers, the sums are right."""

import os
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from bench.linux import memory_kib
from bench.misbehaving import FRAMES
from bench.processes import Central, Cores
from bench.report import middle, ratio


@pytest.fixture
def cores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cores:
    monkeypatch.setenv("PYTHONPATH", str(Path.cwd()))
    monkeypatch.chdir(tmp_path)
    return Cores()


@pytest.mark.parametrize("server", ["onetime", "plain peer"])
def test_each_message_of_the_load_is_answered(cores: Cores, server: str) -> None:
    running: AbstractContextManager[Central]
    running = cores.onetime(4) if server == "onetime" else cores.plain_peer()
    with running as central:
        figures = cores.drive("open", central.url, "4", "1", "40")
        assert memory_kib(central.pid) > 10_000

    assert figures["messages"] == 40
    assert 0 < figures["p50_ms"] <= figures["p99_ms"]
    with pytest.raises(ProcessLookupError):
        os.kill(central.pid, 0)


def test_programs_get_their_lists_beside_the_stations(cores: Cores) -> None:
    with cores.onetime(4, "--quiet") as central:
        figures = cores.drive_beside_programs(central, 3, "4", "1", "40", "24")

    assert (figures["messages"], figures["list_messages"]) == (40, 24)
    assert 0 < figures["list_p50_ms"] <= figures["list_p99_ms"]


def test_handshakes_are_timed_one_by_one_over_tls(cores: Cores) -> None:
    with cores.onetime(4, "--tls") as central:
        assert central.url.startswith("wss://")
        figures = cores.drive("handshakes", central.url, "5", str(central.pid))

    assert figures["handshakes"] == 5
    assert 0 < figures["p50_ms"] <= figures["p99_ms"]


@pytest.mark.parametrize("arguments", [(), ("--tls",)])
def test_stations_that_come_back_at_once_are_all_answered(
    cores: Cores, arguments: tuple[str, ...]
) -> None:
    with cores.onetime(4, *arguments) as central:
        figures = cores.drive("storm", central.url, "4")

    assert figures["messages"] == 4 * (1 + 3 + 20)
    assert figures["start_p99_ms"] > 0


def test_honest_stations_are_answered_beside_a_peer_that_misbehaves(cores: Cores) -> None:
    with cores.onetime(2 + len(FRAMES), "--quiet") as central:
        for number, kind in enumerate(FRAMES, 2):
            with cores.misbehaving(central.url, number, kind) as said:
                figures = cores.drive("open", central.url, "2", "0.5", "40")
            assert figures["messages"] == 20
            assert said["frames"] > 5, kind


def test_a_ratio_is_taken_within_a_round_and_the_middle_one_counts() -> None:
    rounds = {
        "onetime_200": [{"speed": 100.0}, {"speed": 10.0}, {"speed": 300.0}],
        "plain_peer": [{"speed": 10.0}, {"speed": 2.0}, {"speed": 100.0}],
    }

    assert ratio(rounds, "onetime_200", "plain_peer", "speed") == 5
    assert middle(rounds, "onetime_200", "speed") == 100
