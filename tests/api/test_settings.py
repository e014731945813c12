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


async def test_a_short_list_comes_whole_or_in_pages_as_is_asked_for(
    owner: httpx.AsyncClient,
) -> None:
    names: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        asked = {"limit": "10"} | ({"cursor": cursor} if cursor else {})
        page = (await owner.get(f"{V1}/settings", params=asked)).json()
        names += [each["name"] for each in page["items"]]
        cursor = page["next_cursor"]
        assert len(page["items"]) <= 10
    assert names == [each.name for each in SETTINGS]

    wrong = await owner.get(f"{V1}/settings?cursor=nonsense")
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "cursor")


async def test_nobody_but_the_owner_sees_them(door: Door) -> None:
    manager = await door.client(Role.MANAGER)

    assert (await manager.get(f"{V1}/settings")).status_code == 403
