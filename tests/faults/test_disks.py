"""Disks that are really full or really read-only, as far as this computer lets a test have one."""

import subprocess
import sys
from pathlib import Path

from tests.faults.mounts import apart
from tests.faults.on_a_disk import INJECTED
from tests.house.source import ROOT


def test_on_a_full_disk_and_on_a_failing_one_all_promises_are_kept(tmp_path: Path) -> None:
    """L10; which way the faults were made is told."""
    command = apart("tests.faults.on_a_disk", str(tmp_path))
    ended = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False
    )
    sys.stdout.write(ended.stdout)

    assert ended.returncode == 0, ended.stderr[-3_000:]
    *_, filled, failed = ended.stdout.splitlines()
    assert filled in ("a full tmpfs", "RLIMIT_FSIZE")
    assert failed in ("an ext4 that was made read-only", INJECTED)
