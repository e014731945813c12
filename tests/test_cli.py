"""The command line as a whole: which commands there are, and how a command ends."""

import argparse
import importlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from onetime import __version__
from onetime.cli import COMMANDS, main, module_of
from onetime.cli.arguments import Parser
from onetime.domain.facts import Fact, ForeignCommit
from onetime.domain.policy import Policy
from onetime.kit.clock import SystemClock
from onetime.queries.renters import renter_list
from onetime.store.archive import Archive
from onetime.store.database import open_database

ONETIME = (str(Path(sys.executable).with_name("onetime")),)
PAGE = Path(__file__).parents[1] / "docs" / "reference" / "cli.md"
DEADLINE_SECONDS = 20.0


def onetime(data_dir: Path, *argv: str, shell: str = "") -> subprocess.CompletedProcess[str]:
    """Run a command as a process of its own."""
    start = ("bash", "-c", f'{shell}; exec "$@"', "bash") if shell else ()
    return subprocess.run(
        [*start, *ONETIME, *argv],
        env={**os.environ, "ONETIME_DATA_DIR": str(data_dir)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def commands() -> Iterator[tuple[str, ...]]:
    """Every command with each of its verbs."""
    for name in COMMANDS:
        parser = Parser(prog=name)
        importlib.import_module(f"onetime.cli.{module_of(name)}").add_to(parser)
        verbs = [
            verb
            for action in parser._actions
            if isinstance(action, argparse._SubParsersAction)
            for verb in action.choices
        ]
        yield from ((name, verb) for verb in verbs)
        if not verbs:
            yield (name,)


@pytest.mark.parametrize("command", [*commands()], ids=" ".join)
def test_each_command_stands_in_the_reference_and_explains_itself(
    command: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert f"`onetime {' '.join(command)}" in PAGE.read_text("utf-8")
    assert main([*command, "--help"]) == 0
    assert "--data-dir" in capsys.readouterr().out


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0

    shown = capsys.readouterr().out
    assert all(f"\n  {name} " in shown for name in COMMANDS)


def test_help_loads_neither_database_nor_logs() -> None:
    """What makes it quick: 0.03 s here, of which Python itself takes most."""
    script = (
        "import sys; from onetime.cli import main; main(['--help']);"
        "sys.exit(len({'sqlalchemy', 'alembic', 'structlog', 'asyncio'} & set(sys.modules)))"
    )

    assert subprocess.run([sys.executable, "-c", script], capture_output=True).returncode == 0


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"onetime {__version__}\n"


@pytest.mark.parametrize(
    "argv",
    [
        [],
        ["rentr"],
        ["renter"],
        ["renter", "lst"],
        ["renter", "list", "--jso"],
        ["renter", "list", "extra"],
        ["--data-dir"],
        ["renter", "add", "\udcff", "--email", "x@y"],
    ],
)
def test_wrong_usage_ends_with_2(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(argv) == 2

    printed = capsys.readouterr()
    assert printed.out == ""
    assert "Traceback" not in printed.err


def test_data_dir_and_json_are_taken_before_and_after_the_verb(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ONETIME_DATA_DIR", raising=False)
    there = ["--data-dir", str(tmp_path / "there")]
    assert main([*there, "renter", "add", "Anna", "--email", "a@b"]) == 0
    capsys.readouterr()

    for argv in (
        [*there, "--json", "renter", "list"],
        ["renter", *there, "--json", "list"],
        ["renter", "list", "--json", *there],
        ["--json", "renter", "list", *there],
    ):
        assert main(argv) == 0
        assert '"name":"Anna"' in capsys.readouterr().out


def test_a_database_is_made_where_there_is_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--data-dir", str(tmp_path / "a" / "b"), "renter", "list"]) == 0

    assert (tmp_path / "a" / "b" / "onetime.db").exists()


def test_commands_work_on_both_databases(
    database_url: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ONETIME_DATABASE_URL", database_url)
    here = ["--data-dir", str(tmp_path)]
    for argv in (
        ["renter", "add", "Anna", "--email", "a@b"],
        ["station", "add", "CP-1", "--security-profile", "0"],
        ["spot", "add", "B1-1", "--station", "CP-1"],
        ["spot", "assign", "B1-1", "--renter", "1"],
        ["card", "issue", "04A2B3C4", "--renter", "1"],
    ):
        assert main([*here, *argv]) == 0
    capsys.readouterr()

    assert main([*here, "spot", "list"]) == 0
    assert capsys.readouterr().out.splitlines()[1].split() == [
        "B1-1",
        "-",
        "Anna",
        "(1)",
        "CP-1",
        "offline",
    ]


def test_ctrl_c_ends_quietly(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("onetime.cli.renter.renter_list", interrupted)

    assert main(["--data-dir", str(tmp_path), "renter", "list"]) == 130
    assert capsys.readouterr() == ("", "")


def test_a_process_writes_beside_a_server_that_runs(sqlite_url: str, tmp_path: Path) -> None:
    """The server notices the foreign commit, and sees the renter."""
    heard: list[Fact] = []

    def on_facts(facts: Sequence[Fact]) -> None:
        heard.extend(facts)

    server = Archive(open_database(sqlite_url), SystemClock(), Policy())
    server.on_facts = on_facts
    server.start()
    try:
        ended = onetime(tmp_path, "renter", "add", "Anna", "--email", "a@b")

        assert (ended.returncode, ended.stdout, ended.stderr) == (0, "Renter 1 is entered.\n", "")
        until = time.monotonic() + DEADLINE_SECONDS
        while ForeignCommit() not in heard and time.monotonic() < until:
            time.sleep(0.01)
        assert ForeignCommit() in heard
        assert [each.name for each in server.ask(renter_list).items] == ["Anna"]
    finally:
        server.stop()


def test_a_process_that_can_not_write_leaves_everything_as_it_was(
    sqlite_url: str, tmp_path: Path
) -> None:
    """No file may grow past its size, as on a disk that is full."""
    assert onetime(tmp_path, "renter", "add", "Anna", "--email", "a@b").returncode == 0

    ended = onetime(tmp_path, "renter", "add", "Bob", "--email", "a@b", shell="ulimit -f 0")

    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("Not done: the database can not be used at present (")
    assert ended.stderr.count("\n") == 1
    assert onetime(tmp_path, "renter", "list").stdout.count("\n") == 2


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_goes_away_is_no_mishap(tmp_path: Path, unbuffered: str) -> None:
    with subprocess.Popen(
        [*ONETIME, "--data-dir", str(tmp_path), "settings"],
        env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        complaint = process.stderr.read()
        code = process.wait(60)

    assert (code, complaint) == (0, b"")


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_an_answer_that_can_not_be_written_is_told(tmp_path: Path, unbuffered: str) -> None:
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [*ONETIME, "--data-dir", str(tmp_path), "settings"],
            env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )

    assert ended.returncode == 1
    assert ended.stderr == "The answer could not be written: No space left on device.\n"
