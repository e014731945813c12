"""The settings in force, for the owner alone, without a secret."""

import httpx

from onetime.domain.accounts import Role
from onetime.settings import SETTINGS
from tests.api.doors import V1, Door


async def test_each_setting_is_told_with_its_value_in_force_and_its_meaning(
    owner: httpx.AsyncClient,
) -> None:
    told = (await owner.get(f"{V1}/settings")).json()["items"]

    assert [each["name"] for each in told] == [each.name for each in SETTINGS]
    (interval,) = [each for each in told if each["name"] == "HEARTBEAT_INTERVAL_SECONDS"]
    assert (interval["value"], interval["default"]) == ("120", "120")
    assert interval["meaning"] == "How often a station is asked to show that it is alive."
    (port,) = [each for each in told if each["name"] == "HTTP_PORT"]
    assert (port["value"], port["default"]) == ("0", "8000")


async def test_nobody_but_the_owner_sees_them(door: Door) -> None:
    manager = await door.client(Role.MANAGER)

    assert (await manager.get(f"{V1}/settings")).status_code == 403
