"""How a connection begins, and what a central system that dies in between leaves behind."""

import asyncio

import pytest

from onetime.simulator.line import SUBPROTOCOL, Address, LineRefused, open_line


async def test_a_central_system_that_dies_before_its_answer_counts_as_nobody() -> None:
    async def die(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(die, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    address = Address(f"ws://127.0.0.1:{port}/ocpp", "CP-1")
    async with server:
        with pytest.raises(LineRefused) as refusal:
            await open_line(address, SUBPROTOCOL, lambda line, frame: None, lambda line: None)

    assert refusal.value.status == 0
