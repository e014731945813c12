"""One program at a time; a crash gives the lock back."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from onetime.kit.lockfile import Held, is_locked, locked


def test_a_lock_is_held_by_one_at_a_time_and_given_back(tmp_path: Path) -> None:
    lock = tmp_path / "deep" / "serve.lock"

    with locked(lock):
        assert is_locked(lock)
        with pytest.raises(Held), locked(lock):
            pass
        assert is_locked(lock)

    assert not is_locked(lock)
    with locked(lock):
        pass


def test_a_lock_that_nobody_ever_took_is_free(tmp_path: Path) -> None:
    assert not is_locked(tmp_path / "serve.lock")
    assert not (tmp_path / "serve.lock").exists()


def test_a_directory_made_for_the_lock_is_private(tmp_path: Path) -> None:
    with locked(tmp_path / "new" / "serve.lock"):
        assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700


def test_a_program_that_is_killed_gives_the_lock_back(tmp_path: Path) -> None:
    lock = tmp_path / "serve.lock"
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys, pathlib\nfrom onetime.kit.lockfile import locked\n"
            "with locked(pathlib.Path(sys.argv[1])):\n print('held', flush=True)\n input()",
            str(lock),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        assert is_locked(lock)
    finally:
        holder.kill()
        holder.communicate()

    assert not is_locked(lock)


def test_a_lock_file_of_another_user_can_be_taken_by_who_may_read_it(tmp_path: Path) -> None:
    lock = tmp_path / "serve.lock"
    os.close(os.open(lock, os.O_CREAT, 0o444))

    with locked(lock):
        assert is_locked(lock)
