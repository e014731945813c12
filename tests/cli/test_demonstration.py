"""The stations of a demo garage come with it and go with it."""

import asyncio
from pathlib import Path

from onetime.cli.demonstration import keep_demo
from onetime.domain.ids import StationId
from onetime.operations.demo import build_demo, end_demo, remove_demo
from tests.garage_makers import OWNER
from tests.garages import open_house, settings

STATION = StationId("DEMO-03")


async def test_stations_connect_while_there_is_a_demo_and_leave_nothing(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with open_house(settings(tmp_path, sqlite_url)) as house:
        keeping = asyncio.create_task(keep_demo(house.garage, house.url))
        await house.archive.write(build_demo, OWNER)
        stations = house.garage.stations
        await house.until(lambda: stations.is_connected(STATION), 30)
        await house.archive.write(end_demo, OWNER)
        await house.until(lambda: not stations.is_connected(STATION), 30)
        await house.archive.write(remove_demo, OWNER)
        assert house.rows("SELECT id FROM charging_stations") == []
        await house.until(lambda: "demo_ended" in house.events(), 30)
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
