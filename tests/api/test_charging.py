"""A renter charges from a telephone: at the own spot, with a real answer of the station."""

import httpx
import pytest

from onetime.domain.accounts import Role
from onetime.operations.spots import add_spot, assign_spot
from onetime.operations.stations import register_station
from onetime.store.transaction import Transaction
from tests.api.doors import V1, Door
from tests.api.people import People
from tests.garage_makers import OWNER, a_card, a_renter
from tests.garages import BOOT, STARTED, Station

CHARGING = f"{V1}/me/charging"


class Rented:
    """Anna at spot A with CP-1, Bert at spot B with CP-2, both stations connected."""

    def __init__(self, anna: httpx.AsyncClient, stations: list[Station]) -> None:
        self.anna = anna
        self.mine, self.his = stations

    def agree(self, status: str = "Accepted") -> None:
        for each in (self.mine, self.his):
            each.replies = lambda action, payload: {"status": status}

    def asked(self, action: str) -> list[dict]:
        return [payload for name, payload in self.mine.asked if name == action]


def furnished(tx: Transaction) -> int:
    anna, bert = a_renter(tx), a_renter(tx, "Bert Canary")
    for label, station, who in (("A", "CP-1", anna), ("B", "CP-2", bert)):
        register_station(tx, OWNER, station, 0)
        add_spot(tx, OWNER, label, station_id=station)
        assign_spot(tx, OWNER, label, who)
        a_card(tx, f"CARD-{label}", who)
    return anna


@pytest.fixture
async def rented(door: Door, people: People) -> Rented:
    anna = await door.perform(furnished)
    await people.account("anna@example.org", Role.RENTER, anna)
    stations = []
    for name in ("CP-1", "CP-2"):
        while await door.house.status(name) != 101:
            pass
        station = await door.house.connect(name)
        await station.call("BootNotification", BOOT)
        stations.append(station)
    return Rented(await people.signed_in("anna@example.org"), stations)


async def test_a_charge_is_begun_and_ended_from_afar(rented: Rented, door: Door) -> None:
    rented.agree()
    begun = await rented.anna.post(CHARGING, json={"action": "start", "spot": "A"})

    assert (begun.status_code, begun.json()["accepted"]) == (200, True), begun.text
    [start] = rented.asked("RemoteStartTransaction")
    assert start["connectorId"] == 1
    tag = start["idTag"]
    assert len(tag) == 16
    ruling = await rented.mine.call("Authorize", {"idTag": tag})
    assert ruling["idTagInfo"] == {"status": "Accepted"}
    answer = await rented.mine.call("StartTransaction", {**STARTED, "idTag": tag})
    seen = (await rented.anna.get(CHARGING)).json()
    [charge] = seen["charges"]
    assert [each["spot_label"] for each in seen["spots"]] == ["A"]
    ended = await rented.anna.post(
        CHARGING, json={"action": "stop", "session_id": charge["session_id"]}
    )
    assert ended.json()["accepted"] is True
    assert rented.asked("RemoteStopTransaction") == [{"transactionId": answer["transactionId"]}]
    [mine] = (await rented.anna.get(f"{V1}/me/sessions")).json()["items"]
    assert (mine["id"], mine["end_time"]) == (charge["session_id"], None)
    [command, _] = door.house.rows("SELECT asked_by, status FROM station_commands ORDER BY id")[-2:]
    assert command == ("account:1", "answered")


async def test_a_request_that_is_sent_twice_under_one_key_asks_the_station_once(
    rented: Rented,
) -> None:
    rented.agree()
    begin, key = {"action": "start", "spot": "A"}, {"Idempotency-Key": "tap-1"}
    first = await rented.anna.post(CHARGING, json=begin, headers=key)
    again = await rented.anna.post(CHARGING, json=begin, headers=key)
    other = await rented.anna.post(CHARGING, json=begin | {"connector_id": 1}, headers=key)

    assert (first.status_code, first.json()["accepted"]) == (200, True)
    assert (again.status_code, again.json()) == (200, first.json())
    assert other.status_code == 422
    assert len(rented.asked("RemoteStartTransaction")) == 1


async def test_a_station_that_says_no_has_not_agreed(rented: Rented) -> None:
    rented.agree("Rejected")
    begun = await rented.anna.post(CHARGING, json={"action": "start", "spot": "A"})

    assert (begun.status_code, begun.json()["accepted"]) == (200, False)


async def test_a_station_that_is_away_is_told(rented: Rented, door: Door) -> None:
    await rented.mine.end()
    await door.house.until(
        lambda: not door.house.value("SELECT is_online FROM charging_stations WHERE id = 'CP-1'")
    )
    for _ in range(2):  # under the same key: what was not answered may be asked again
        begun = await rented.anna.post(
            CHARGING,
            json={"action": "start", "spot": "A"},
            headers={"Idempotency-Key": "tap-1"},
        )
        assert (begun.status_code, begun.json()["code"]) == (409, "station-offline")
        assert begun.json()["detail"] == (
            "How the request to the station ended: it was never sent: the station was not"
            " connected."
        )


async def test_what_is_somebody_elses_is_not_there(rented: Rented, door: Door) -> None:
    rented.agree()
    await rented.his.call("StartTransaction", {**STARTED, "idTag": "CARD-B"})
    his = door.house.value("SELECT id FROM charging_sessions")

    for body in (
        {"action": "start", "spot": "B"},
        {"action": "start", "spot": "no such"},
        {"action": "stop", "session_id": his},
        {"action": "stop", "session_id": 4711},
    ):
        answer = await rented.anna.post(CHARGING, json=body)
        assert answer.status_code in (404, 422), answer.text
        assert answer.json()["code"] == "not-found"
    for path in ("charging", "sessions", "sessions?open=true"):
        told = await rented.anna.get(f"{V1}/me/{path}")
        assert told.status_code == 200
        for secret in ("Bert", "CARD-B", '"B"', "CP-2"):
            assert secret not in told.text
    commands = [name for name, _ in rented.his.asked if name.startswith("Remote")]
    assert commands == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"action": "pause", "spot": "A"},
        {"action": "start"},
        {"action": "start", "session_id": 1},
        {"action": "stop", "spot": "A"},
        {"action": "stop", "session_id": 0},
        {"action": "start", "spot": "A", "connector_id": 0},
        {"action": "start", "spot": "A", "more": 1},
    ],
)
async def test_what_makes_no_sense_is_refused(door: Door, body: dict) -> None:
    answer = await (await door.client(Role.RENTER)).post(CHARGING, json=body)

    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"]


async def test_who_is_no_renter_has_no_charges(owner: httpx.AsyncClient) -> None:
    for answer in (
        await owner.get(CHARGING),
        await owner.get(f"{V1}/me/sessions"),
        await owner.post(CHARGING, json={"action": "start", "spot": "A"}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
