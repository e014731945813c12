"""Figures for Prometheus: their form, their labels, and who may read them."""

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from prometheus_client.parser import text_string_to_metric_families

from onetime.api.metrics import is_near
from onetime.api.origins import Knock
from onetime.domain.accounts import Role
from tests.api.doors import Door, open_door
from tests.garages import BOOT, STARTED, Refused, furnish, settings


def figures(text: str) -> dict[str, float]:
    """Each figure by its name and labels."""
    return {
        " ".join([each.name, *(f"{key}={value}" for key, value in sorted(each.labels.items()))]): (
            each.value
        )
        for family in text_string_to_metric_families(text)
        for each in family.samples
    }


async def test_what_goes_through_the_house_is_counted(sqlite_url: str, tmp_path: Path) -> None:
    furnish(sqlite_url)
    async with open_door(settings(tmp_path, sqlite_url)) as door:
        station = await door.house.connect()
        await station.call("BootNotification", BOOT)
        await station.call("StartTransaction", STARTED)
        for action in ("Nonsense", "More nonsense"):
            with pytest.raises(Refused):
                await station.call(action, {})
        client = await door.client(None)
        await client.get("/api/v1/renters/7?token=secret")
        await client.get("/api/no/such/place")
        await client.request("PROPFIND", "/healthz")
        answer = await client.get("/metrics")
        again = await client.get("/metrics")

    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    found = figures(answer.text)
    assert found["onetime_messages_total action=BootNotification outcome=answered"] == 1
    assert found["onetime_messages_total action=StartTransaction outcome=answered"] == 1
    assert found["onetime_messages_total action=other outcome=refused"] == 2
    assert found["onetime_answer_seconds_count"] == 4
    assert found["onetime_answer_seconds_bucket le=+Inf"] == 4
    assert found["onetime_stations_online"] == 1
    assert found["onetime_sessions_open"] == 1
    assert found["onetime_commit_seconds_count"] >= 3
    assert found["onetime_commit_operations_sum"] >= 3
    assert found["onetime_database_bytes"] > 0
    assert found["onetime_disk_free_bytes"] > 0
    route = "route=/api/v1/renters/{renter_id}"
    assert found[f"onetime_http_requests_total method=GET {route} status=401"] == 1
    assert found["onetime_http_requests_total method=GET route=none status=404"] == 1
    assert not [each for each in found if "PROPFIND" in each or "CP-1" in each or "secret" in each]
    later = figures(again.text)
    assert later["onetime_http_requests_total method=GET route=/metrics status=200"] == 1


async def test_from_a_proxy_or_elsewhere_a_token_is_needed(door: Door) -> None:
    via = {"X-Forwarded-For": "203.0.113.9"}
    statuses = {
        role: (await (await door.client(role)).get("/metrics", headers=via)).status_code
        for role in (None, *Role)
    }

    assert statuses == {
        None: 401,
        Role.OWNER: 200,
        Role.INSTALLER: 200,
        Role.MANAGER: 403,
        Role.ACCOUNTANT: 403,
        Role.RENTER: 403,
    }


@pytest.mark.parametrize(
    ("host", "near"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("192.168.1.7", True),
        ("10.0.0.1", True),
        ("fd00::1", True),
        ("::ffff:192.168.1.7", True),
        ("203.0.114.9", False),
        ("::ffff:8.8.8.8", False),
        ("2a00:1450::1", False),
        ("somewhere", False),
        (None, False),
    ],
)
def test_what_is_near(host: str | None, near: bool) -> None:
    client = None if host is None else SimpleNamespace(host=host)

    assert is_near(cast(Knock, SimpleNamespace(client=client, headers={}))) is near
