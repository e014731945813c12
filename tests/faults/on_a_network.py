"""A line that is cut so that neither end hears of it: a network of its own, taken down.

`python -m tests.faults.on_a_network` ends with 0 when the dead line was seen, and tells how it was
cut. It has to be a process of its own, for its network.
"""

import asyncio
import fcntl
import socket
import struct
import sys

import uvloop

from onetime.gateway.limits import Limits
from onetime.gateway.server import listen
from tests.gateway.peers import Porter, request

GET_FLAGS, SET_FLAGS = 0x8913, 0x8914  # SIOCGIFFLAGS, SIOCSIFFLAGS
UP = 0x1
LIMITS = Limits(ping_seconds=0.1, unconfirmed_seconds=0.5)
DEADLINE_SECONDS = 120.0
CUT = "a network taken down"
NOT_CUT = "nothing: this computer gives no network of its own; the limit stands at the socket"


def set_network(flags: int) -> bool:
    """Bring this process's only network up or take it down; False where that is not allowed."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            fcntl.ioctl(asking, SET_FLAGS, struct.pack("16sh22x", b"lo", flags))
        except PermissionError:
            return False
    return True


def is_down() -> bool:
    """Say whether the network is down, as only one that was just made is."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        told = fcntl.ioctl(asking, GET_FLAGS, struct.pack("16sh22x", b"lo", 0))
    flags: int = struct.unpack("16sh22x", told)[1]
    return not flags & UP


async def cut() -> str:
    """Let a station come, cut its line, and wait until it is gone here."""
    is_apart = is_down() and set_network(UP)
    porter = Porter()
    listener = await listen("127.0.0.1", 0, porter, LIMITS)
    reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
    writer.write(request())
    await reader.readuntil(b"\r\n\r\n")
    hearing = await porter.hearing()
    accepted = hearing.line._transport.get_extra_info("socket")  # type: ignore[attr-defined]  # only a test looks inside
    limit = accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
    assert limit == LIMITS.unconfirmed_seconds * 1_000
    if is_apart:
        set_network(0)
        async with asyncio.timeout(DEADLINE_SECONDS):
            while hearing.count("closed") == 0:
                await asyncio.sleep(0.01)
        assert listener.lines == 0
        set_network(UP)
    writer.transport.abort()
    await listener.stop(1)
    return CUT if is_apart else NOT_CUT


if __name__ == "__main__":
    sys.stdout.write(f"{uvloop.run(cut())}\n")
