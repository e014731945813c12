"""Card numbers are shown whole to those who work with cards, and to nobody else (S15)."""

import pytest

from onetime.dispatch.commands import send_payload
from onetime.domain.accounts import Role
from onetime.domain.ids import StationId
from tests.api.doors import V1, Door
from tests.api.test_rights import at, roles_for
from tests.garage_makers import OWNER, a_card, a_renter
from tests.garages import BOOT, STARTED

CARD = "04CANARYB2C3"
STRANGE = "05CANARYD4E5"
CP = StationId("CP-1")
REPEATS = ("RemoteStartTransaction", b'{"connectorId":1,"idTag":"04CANARYB2C3"}')
RESERVES = (
    "ReserveNow",
    b'{"connectorId":1,"idTag":"04CANARYB2C3","parentIdTag":"04CANARYB2C3",'
    b'"expiryDate":"2099-01-01T00:00:00Z"}',
)
BREAKS = ("UnlockConnector", b'{"connectorId":1}')
FAILS = ("ClearCache", b"{}")
AGREES = {"status": "Accepted", "idTag": CARD}
"""What every command but FAILS is answered; it is no answer to BREAKS."""
ERROR = r'[4,"$id","InternalError","{\"idTag\":\"04CANARYB2C3\"}",{}]'


async def used(door: Door) -> None:
    """Let cards be held, used, reserved for, sent to a station and refused."""
    await door.perform(lambda tx: a_card(tx, CARD, a_renter(tx)))
    station = await door.arrival()
    station.replies = lambda action, payload: ERROR if action == FAILS[0] else AGREES
    await station.call("BootNotification", BOOT)
    for tag in (CARD, STRANGE):
        await station.call("Authorize", {"idTag": tag})
    await station.call("DataTransfer", {"vendorId": "V", "data": f'{{"idTag":"{CARD}"}}'})
    for action, payload in (REPEATS, RESERVES, BREAKS, FAILS):
        await send_payload(door.house.garage, OWNER, CP, action, payload)
    await station.call("StartTransaction", {**STARTED, "idTag": CARD})
    await station.say('[2,"x","StartTransaction",{"idTag":"05CANARYD4E5","meterStart":[]}]', "x")


async def shown_to(door: Door, role: Role) -> dict[str, str]:
    """All that a role can read, by its route."""
    client = await door.client(role)
    told = {}
    for route in door.routes():
        if route.method != "GET" or role not in roles_for(route):
            continue
        for path in {at(route, 1), at(route, 1).replace("/stations/1", "/stations/CP-1")}:
            told[path] = (await client.get(path)).text
    return told


async def test_whoever_may_not_see_cards_sees_how_they_end(door: Door) -> None:
    await used(door)
    told = await shown_to(door, Role.INSTALLER)

    assert [path for path, text in told.items() if "CANARY" in text] == []
    for path in ("stations/CP-1/messages", "stations/CP-1/commands", "reservations"):
        assert "…B2C3" in told[f"{V1}/{path}"], path
    installer = await door.client(Role.INSTALLER)
    for words, is_found in ((CARD[-4:], True), (CARD[2:], False)):
        answer = await installer.get(f"{V1}/stations/CP-1/messages?search={words}")
        assert bool(answer.json()["items"]) == is_found, words


@pytest.mark.parametrize("role", [Role.OWNER, Role.MANAGER])
async def test_whoever_issues_cards_sees_them_whole(door: Door, role: Role) -> None:
    await used(door)
    told = await shown_to(door, role)

    places = ["tokens", "sessions", "reservations", "stations/CP-1/commands"]
    places += ["stations/CP-1/messages"] if role is Role.OWNER else []
    assert [path for path in places if CARD not in told[f"{V1}/{path}"]] == []


async def test_the_log_of_the_program_has_no_card_in_it(door: Door) -> None:
    await used(door)
    await shown_to(door, Role.OWNER)

    assert door.house.logs
    assert "CANARY" not in repr(door.house.logs)
