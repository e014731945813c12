"""Writes the description of the API for the client's types: `python -m tests.ui.document FILE`."""

import asyncio
import sys
import tempfile
from pathlib import Path

import msgspec

from onetime.api.document import document
from tests.api.doors import open_door
from tests.garages import settings


async def described() -> bytes:
    """Return the OpenAPI document of this version, formatted."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/onetime.db"
        async with open_door(settings(Path(folder), url)) as door:
            return msgspec.json.format(msgspec.json.encode(document(door.app)), indent=1) + b"\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(asyncio.run(described()))
