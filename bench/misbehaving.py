"""A peer that says one kind of nonsense, as fast as it is answered or let in again.

`python -m bench.misbehaving URL NUMBER KIND` says when it has begun, stays until its input ends,
and prints one JSON object: how much it said. Shares nothing with the product.
"""

import asyncio
import json
import sys
import threading

import uvloop
from picows import WSError, WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from bench.conversation import station_name

TOO_LONG = 1_100_000
FRAMES: dict[str, tuple[WSMsgType, bytes]] = {
    "malformed": (
        WSMsgType.TEXT,
        b'[2,"1","StatusNotification",{"connectorId":["one"],"status":17,"errorCode":null}]',
    ),
    "unknown": (WSMsgType.TEXT, b'[2,"1","MakeCoffee",{"cups":2}]'),
    "broken": (WSMsgType.TEXT, b'[2,"1","StatusNotification",{"connectorId":1,"status":"Avai'),
    "metered": (
        WSMsgType.TEXT,
        b'[2,"1","MeterValues",{"connectorId":1,"meterValue":"thirteen"}]',
    ),
    "binary": (WSMsgType.BINARY, bytes(range(256))),
    "oversized": (WSMsgType.TEXT, b'[2,"1","DataTransfer",{"data":"' + b"x" * TOO_LONG + b'"}]'),
}
"""The last two end the connection, and after ten of them the station has to rest; what else is said
is answered."""
AGAIN_SECONDS = 0.01


class Peer(WSListener):
    """One connection of the peer."""

    def __init__(self, kind: str) -> None:
        self.said = 0
        self.over = asyncio.get_running_loop().create_future()
        self._frame = FRAMES[kind]

    def on_ws_connected(self, transport: WSTransport) -> None:
        """Begin."""
        self._say(transport)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Say it again when it is answered; ignore what is asked."""
        if frame.msg_type is WSMsgType.CLOSE:
            transport.send_close(frame.get_close_code())
            transport.disconnect()
        elif frame.msg_type is WSMsgType.TEXT and frame.get_payload_as_bytes()[:2] != b"[2":
            self._say(transport)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        """Let `misbehave` connect again."""
        if not self.over.done():
            self.over.set_result(None)

    def _say(self, transport: WSTransport) -> None:
        self.said += 1
        transport.send(*self._frame)


async def misbehave(url: str, number: int, kind: str) -> int:
    """Go on until the input ends; return how many frames were sent."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()

    def wait_for_end() -> None:
        sys.stdin.read()
        loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=wait_for_end, daemon=True).start()
    print("begins", flush=True)
    said = 0
    end = asyncio.ensure_future(ended.wait())
    while not end.done():
        peer = Peer(kind)
        try:
            await ws_connect(
                lambda peer=peer: peer,
                f"{url}/{station_name(number)}",
                extra_headers={"Sec-WebSocket-Protocol": "ocpp1.6"},
            )
            await asyncio.wait([peer.over, end], return_when=asyncio.FIRST_COMPLETED)
        except (WSError, OSError):
            await asyncio.sleep(AGAIN_SECONDS)
        said += peer.said
    return said


if __name__ == "__main__":
    _url, _number, _kind = sys.argv[1:]
    print(json.dumps({"frames": uvloop.run(misbehave(_url, int(_number), _kind))}))
