"""Whether a central system runs on a data directory, and how others are kept from its database."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct, structs

from onetime.domain.errors import Conflict
from onetime.kit.lockfile import Held, is_locked, locked

LOCK_NAME = "serve.lock"


@contextmanager
def alone(data_dir: Path, refusal: str) -> Iterator[None]:
    """Hold the data directory while the block runs.

    Raises Conflict with this sentence when a central system runs on it, OSError.
    """
    try:
        with locked(data_dir / LOCK_NAME):
            yield
    except Held:
        raise Conflict(refusal) from None


def as_known(row: Struct, column: str, runs: bool) -> object:
    """Return a row for print_json: only a central system that runs knows who is online."""
    if runs or not getattr(row, column):
        return row
    return {**structs.asdict(row), column: None}


def is_serving(data_dir: Path) -> bool:
    """Say whether a central system runs on this data directory."""
    return is_locked(data_dir / LOCK_NAME)
