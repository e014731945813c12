"""Runs commands in this process, on a data directory of the test's own."""

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
import structlog
from msgspec import Struct

from onetime.cli import main
from onetime.domain.policy import Policy
from onetime.kit.clock import ManualClock
from onetime.store.archive import Archive
from onetime.store.database import open_database
from tests.databases import NOW


class Ended(Struct, frozen=True):
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()

    @property
    def json(self) -> object:
        return msgspec.json.decode(self.out)


Run = Callable[..., Ended]


@pytest.fixture
def data_dir(tmp_path: Path, migrated_sqlite: Path) -> Path:
    """A data directory with an empty database."""
    shutil.copy(migrated_sqlite, tmp_path / "onetime.db")
    return tmp_path


@pytest.fixture
def run(
    data_dir: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Run]:
    """Run a command and tell how it ended; times are shown in UTC."""
    monkeypatch.setenv("ONETIME_DATA_DIR", str(data_dir))
    monkeypatch.delenv("ONETIME_DEBUG", raising=False)
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()

    def run(*argv: str) -> Ended:
        code = main(argv)
        printed = capsys.readouterr()
        return Ended(code, printed.out, printed.err)

    yield run
    structlog.reset_defaults()
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def books(data_dir: Path) -> Iterator[Archive]:
    """The archive of the same database, as a server that runs beside the commands has it open."""
    archive = Archive(open_database(f"sqlite:///{data_dir}/onetime.db"), ManualClock(NOW), Policy())
    archive.start()
    yield archive
    archive.stop()
