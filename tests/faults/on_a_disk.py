"""A central system on a disk that fills up, and on one that fails.

`python -m tests.faults.on_a_disk FOLDER` tells how each fault was made, and ends with 0 when all
promises were kept. It has to be a process of its own, for what it mounts.
"""

import gc
import sys
from pathlib import Path

import uvloop

from onetime.app import Fatal
from onetime.kit.clock import SystemClock
from onetime.store import writer
from onetime.store.database import open_database
from onetime.store.schema import migrate
from tests.faults.mounts import FailingDisk, FullDisk
from tests.faults.promises import Account, let_in_again, sent_away
from tests.garages import Gate, failed, furnish, open_house, settings

INJECTED = "an injected SQLITE_READONLY"


async def full(folder: Path) -> str:
    """Fill the disk while a station charges; free it; nothing is restarted (L10)."""
    disk = FullDisk(folder / "full")
    url = garage_on(disk.folder)
    async with open_house(settings(folder, url)) as house:
        account = Account()
        await account.begin(house.connect)
        disk.fill()
        await account.say()
        assert house.archive.is_down
        await sent_away(house)
        disk.empty()
        await let_in_again(house)
        await account.say_again(house.connect)
        account.require(house)
        assert house.value("PRAGMA integrity_check") == "ok"
    return disk.how


async def read_only(folder: Path) -> str:
    """Let the disk become read-only; somebody mounts it anew and starts the program again (L10)."""
    disk = FailingDisk(folder / "failing")
    url = garage_on(disk.folder)
    account, gate = Account(), Gate()
    try:
        async with open_house(settings(folder, url), at_phase=gate) as house:
            await account.begin(house.connect)
            if disk.is_real:
                disk.fail()
            else:
                gate.fault = failed("attempt to write a readonly database", "SQLITE_READONLY")
            assert await account.say() == set()
            if not house.app._stopping.is_set():
                await sent_away(house)
    except Fatal as fatal:
        sys.stdout.write(f"it ended: {fatal}\n")
    gate.fault = None
    if disk.is_real:
        gc.collect()  # what `furnish` opened is closed
        disk.mend()
    async with open_house(settings(folder, url)) as house:
        await account.say_again(house.connect)
        account.require(house)
        assert house.value("PRAGMA integrity_check") == "ok"
    return "an ext4 that was made read-only" if disk.is_real else INJECTED


def garage_on(folder: Path) -> str:
    """Make a garage on the disk."""
    url = f"sqlite:///{folder}/onetime.db"
    database = open_database(url)
    migrate(database, SystemClock().now())
    database.close()
    furnish(url)
    return url


async def both(folder: Path) -> None:
    """One after the other."""
    sys.stdout.write(f"{await full(folder)}\n")
    sys.stdout.write(f"{await read_only(folder)}\n")


if __name__ == "__main__":
    writer.TICK_SECONDS = 0.05
    uvloop.run(both(Path(sys.argv[1])))
