"""What Linux tells of a process and a disk."""

import os
import resource
import time
from pathlib import Path

SYNCS = 200
BLOCK = b"x" * 8_192
MOST_FILES = 16_384


def memory_kib(pid: int, *, most: bool = False) -> int:
    """Return the memory that a process has (resident set), or the most it ever had."""
    field = "VmHWM:" if most else "VmRSS:"
    status = Path(f"/proc/{pid}/status").read_text("utf-8")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith(field))


def cpu_seconds(pid: int) -> float:
    """Return the processor time that a process has used, in all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def sync_ms(folder: Path) -> float:
    """Return how long the disk takes to keep 8 KiB for good (median)."""
    path = folder / "sync"
    file = os.open(path, os.O_CREAT | os.O_WRONLY)
    times = []
    for number in range(SYNCS):
        os.pwrite(file, BLOCK, number * len(BLOCK))
        began = time.perf_counter()
        os.fdatasync(file)
        times.append(time.perf_counter() - began)
    os.close(file)
    path.unlink()
    return round(1000 * sorted(times)[SYNCS // 2], 3)


def allow_many_files() -> None:
    """Let this process and its children have a socket for each of thousands of stations."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, MOST_FILES), most))
