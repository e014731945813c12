"""`onetime simulate` against a central system, with and without luck."""

import json
import re
import signal
from pathlib import Path

import pytest

from onetime.cli import main
from onetime.simulator.ledger import read
from tests.cli.programs import STOPPED_WITHIN_SECONDS, started

LOCAL = {"OCPP_HOST": "127.0.0.1", "OCPP_PORT": "0"}
KEY = "a-chosen-password-of-24"


@pytest.fixture
def accepting(tmp_path: Path):
    """The address of a central system that lets everybody in, and where it keeps its data."""
    with started("serve", data_dir=tmp_path, UNKNOWN_STATIONS="accept", **LOCAL) as server:
        found = re.search(r"ws://\S+/ocpp/", server.until("ws://127.0.0.1:"))
        assert found is not None
        with started("renter", "add", "Anna", "--email", "a@b.example", data_dir=tmp_path) as one:
            assert one.end() == 0
        with started("card", "issue", "04AABBCC", "--renter", "1", data_dir=tmp_path) as two:
            assert two.end() == 0
        yield found[0], tmp_path
        server.stop()


def test_stations_charge_anywhere_and_their_ledger_tells_the_truth(
    accepting: tuple[str, Path], tmp_path: Path
) -> None:
    url, data_dir = accepting
    ledger = tmp_path / "truth.jsonl"

    with started(
        *("--json", "simulate", url, "--stations", "2", "--speed", "600", "--duration", "3"),
        *("--tags", "04AABBCC", "--ledger", str(ledger)),
    ) as run:
        assert run.end() == 0, run.said

    ended = json.loads(run.said)
    assert ended["charges_begun"] == ended["charges_ended"] >= 1
    assert (ended["violations"], ended["call_errors"], ended["unanswered"]) == (0, 0, 0)
    with started("--json", "database", "check", data_dir=data_dir) as checking:
        assert checking.end() == 0
    books = json.loads(checking.said)
    assert books["sessions"] == ended["charges_begun"]
    assert abs(books["energy_wh"] - ended["energy_wh"]) <= ended["charges_begun"]
    assert [record.fact.__class__.__name__ for record in read(ledger)][-1] == "RunEnded"


def test_ctrl_c_ends_the_charges_and_the_run(accepting: tuple[str, Path]) -> None:
    with started("simulate", accepting[0], "--stations", "2", "--speed", "600") as run:
        run.until("2 of 2 stations connected")
        assert run.stop(signal.SIGINT) < STOPPED_WITHIN_SECONDS

    assert run.process.returncode == 0
    last = run.said.splitlines()[-1]
    assert last.startswith("Over after ")
    assert last.endswith("0 CALLERRORs, 0 violations, 0 open.")


def test_a_password_is_shown_at_the_door(tmp_path: Path) -> None:
    with started("serve", data_dir=tmp_path, **LOCAL) as server:
        found = re.search(r"ws://\S+/ocpp/", server.until("ws://127.0.0.1:"))
        assert found is not None
        with started("station", "add", "S-0001", "--password", KEY, data_dir=tmp_path) as adding:
            assert adding.end() == 0
        common = ("simulate", found[0], "--stations", "1", "--prefix", "S", "--duration", "4")
        with started(*common, "--password", KEY) as right:
            assert right.end() == 0, right.said
        with started(*common[:-1], "1") as without:
            assert without.end() == 1
        server.stop()

    assert "1 of 1 station connected" in right.said
    assert "No station was let in" not in right.said
    assert without.said.splitlines()[-1].startswith(f"No station was let in at {found[0]}: ")
    assert "x 401" in without.said
    assert KEY not in server.said + right.said


def test_nobody_there_is_told(tmp_path: Path) -> None:
    with started("simulate", "ws://127.0.0.1:9/ocpp", "--duration", "1") as run:
        assert run.end() == 1

    last = run.said.splitlines()[-1]
    assert last.startswith("No station was let in at ws://127.0.0.1:9/ocpp: ")
    assert last.endswith("x nobody answered.")


def test_a_ledger_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / "truth").write_text("precious")

    with started("simulate", "ws://127.0.0.1:9", "--ledger", str(tmp_path / "truth")) as run:
        assert run.end() == 1

    assert run.said == f"{tmp_path}/truth exists already; a ledger overwrites nothing.\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["127.0.0.1:9000"], "'127.0.0.1:9000' is no address"),
        (["http://127.0.0.1:9000"], "is no address; write it like ws://127.0.0.1:9000/ocpp"),
        (["ws://"], "is no address"),
        (["ws://[::1"], "is no address"),
        (["ws://h", "--stations", "0"], "there can be 1 to 20000 stations"),
        (["ws://h", "--speed", "0"], "'0' is not a number from 0.01 to 3600"),
        (["ws://h", "--speed", "nan"], "'nan' is not a number"),
        (["ws://h", "--tags", " , "], "at least one card is needed"),
        (["ws://h", "--tags", "A" * 21], "A card number has 1 to 20 characters"),
    ],
)
def test_what_makes_no_sense_is_wrong_usage(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["simulate", *arguments]) == 2

    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--mood", "angry"), "is no mood"),
        (("--mood", "Reset="), "is no mood"),
        (("--tls-url", "ws://127.0.0.1:9000/ocpp"), "begins with wss://"),
    ],
)
def test_what_stations_can_not_be_told_is_wrong_usage(
    options: tuple[str, str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["simulate", "ws://127.0.0.1:9000/ocpp", *options]) == 2
    assert said in capsys.readouterr().err
