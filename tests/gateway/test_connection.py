"""How stations deviate: each deviation is counted, and costs no other station anything."""

from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus

from onetime.gateway.switchboard import Switchboard
from onetime.kit.clock import ManualClock
from tests.databases import NOW
from tests.garages import (
    BOOT,
    CARD,
    STARTED,
    Gone,
    House,
    Refused,
    all_sent,
    furnish,
    open_house,
    settings,
)
from tests.gateway.peers import Door, Porter, frame, on_uvloop, request

SESSIONS = "SELECT count(*) FROM charging_sessions"


def look_around(house: House) -> None:
    assert isinstance(house.garage.stations, Switchboard)
    house.garage.stations.look_around()


@on_uvloop
async def test_garbage_is_logged_and_the_socket_stays(sqlite_url: str, tmp_path: Path) -> None:
    furnish(sqlite_url)
    async with open_house(settings(tmp_path, sqlite_url)) as house:
        station = await house.connect()
        await station.tell("this is no message")
        await station.call("BootNotification", BOOT)

        assert house.rows("SELECT frame, outcome FROM ocpp_messages WHERE action IS NULL") == [
            ("this is no message", "unanswered")
        ]
        assert house.quirks()["K19"] == 1


@on_uvloop
async def test_a_secret_in_garbage_is_not_logged(sqlite_url: str, tmp_path: Path) -> None:
    furnish(sqlite_url)
    async with open_house(settings(tmp_path, sqlite_url)) as house:
        station = await house.connect()
        await station.tell('[3,"x",{"configurationKey":[{"key":"AuthorizationKey","value":"CANARY')
        await station.call("BootNotification", BOOT)
        assert "CANARY" not in str(house.rows("SELECT frame FROM ocpp_messages"))


@on_uvloop
async def test_stray_commas_are_read_over(sqlite_url: str, tmp_path: Path) -> None:
    furnish(sqlite_url)
    async with open_house(settings(tmp_path, sqlite_url)) as house:
        station = await house.connect()
        frame = (
            '[2,"a","MeterValues",{"connectorId":1,"meterValue":[,{"timestamp":'
            '"2026-03-01T11:00:00Z","sampledValue":[{"value":"5"},]}]}]'
        )
        assert await station.say(frame, "a") == [3, "a", {}]
        assert house.value("SELECT value FROM meter_readings") == 5
        assert house.quirks()["K19"] >= 1
        assert house.rows("SELECT id FROM review_items") == []


@on_uvloop
async def test_messages_that_break_off_are_answered_when_they_carry_energy(
    database_url: str, tmp_path: Path
) -> None:
    furnish(database_url)
    async with open_house(settings(tmp_path, database_url)) as house:
        station = await house.connect()
        start = await station.say('[2,"a","StartTransaction",{"connectorId":1,"idT', "a")
        assert start[0] == 3
        assert "'Invalid'" in str(start)
        assert await station.say('[2,"b","StopTransaction",{"transac', "b") == [3, "b", {}]
        assert await station.say('[2,"c","MeterValues",{"connec', "c") == [3, "c", {}]
        refused = await station.say('[2,"d","StatusNotification",{"connec', "d")
        assert refused[:3] == [4, "d", "FormationViolation"]

        kept = house.rows("SELECT action FROM quarantined_frames ORDER BY id")
        assert kept == [("StartTransaction",), ("StopTransaction",), ("MeterValues",)]
        assert house.value("SELECT count(*) FROM review_items WHERE kind = 'quarantine'") == 3
        assert house.quirks()["K19"] == 4
        assert "batch_rolled_back" not in house.events()


@on_uvloop
async def test_an_unreadable_frame_again_is_one_finding(sqlite_url: str, tmp_path: Path) -> None:
    furnish(sqlite_url)
    async with open_house(settings(tmp_path, sqlite_url)) as house:
        station = await house.connect()
        for _ in range(3):
            await station.say('[2,"b","StopTransaction",{"transac', "b")
        assert house.value("SELECT count(*) FROM quarantined_frames") == 1
        assert house.rows("SELECT count FROM review_items") == [(3,)]


@on_uvloop
async def test_unknown_actions_are_refused_by_name(sqlite_url: str, tmp_path: Path) -> None:
    furnish(sqlite_url)
    async with open_house(settings(tmp_path, sqlite_url)) as house:
        station = await house.connect()
        with pytest.raises(Refused, match="NotImplemented"):
            await station.call("Teleport", {})
        with pytest.raises(Refused, match="NotSupported"):
            await station.call("RemoteStartTransaction", {"idTag": "X"})
        with pytest.raises(Refused, match="OccurenceConstraintViolation"):
            await station.call("Authorize", {})
        await station.call("Authorize", {"idTag": CARD})
        assert house.rows("SELECT outcome FROM ocpp_messages ORDER BY id") == [
            ("refused",),
            ("refused",),
            ("refused",),
            ("answered",),
        ]


@on_uvloop
async def test_traffic_before_the_boot_is_answered_and_counted_once(
    sqlite_url: str, tmp_path: Path
) -> None:
    furnish(sqlite_url)
    async with open_house(settings(tmp_path, sqlite_url)) as house:
        station = await house.connect()
        await station.call("StartTransaction", STARTED)
        await station.call("Heartbeat", {})
        await station.call("BootNotification", BOOT)
        await station.call("Heartbeat", {})
        await station.call("BootNotification", BOOT)
        assert house.quirks()["B01"] == 1
        await station.end()
        await house.until(lambda: not house.value("SELECT is_online FROM charging_stations"))
        assert "B02" not in house.quirks()


@on_uvloop
async def test_a_station_that_never_boots_is_counted_when_it_goes(
    sqlite_url: str, tmp_path: Path
) -> None:
    furnish(sqlite_url)
    async with open_house(settings(tmp_path, sqlite_url)) as house:
        station = await house.connect()
        await station.call("Authorize", {"idTag": CARD})
        await station.end()
        await house.until(lambda: house.quirks() == {"B01": 1})


@on_uvloop
async def test_a_new_socket_without_a_boot_keeps_what_the_last_boot_said(
    sqlite_url: str, tmp_path: Path
) -> None:
    furnish(sqlite_url)
    clock = ManualClock(NOW)
    async with open_house(settings(tmp_path, sqlite_url), clock) as house:
        station = await house.connect()
        await station.call("BootNotification", BOOT)
        await station.end()
        station = await house.connect()
        await station.call("Authorize", {"idTag": CARD})
        look_around(house)
        assert "B02" not in house.quirks()
        clock.advance(61)
        look_around(house)
        await house.until(lambda: house.quirks() == {"B02": 1})
        await station.call("BootNotification", BOOT)  # asked for, perhaps: no reboot, no quirk
        await station.end()
        assert house.rows("SELECT vendor, model FROM charging_stations") == [("Maker", "Model")]
        await house.until(lambda: not house.value("SELECT is_online FROM charging_stations"))
        assert house.quirks() == {"B02": 1}


@on_uvloop
async def test_a_station_without_subprotocol_is_taken_for_ocpp_1_6(
    sqlite_url: str, tmp_path: Path
) -> None:
    furnish(sqlite_url)
    async with open_house(settings(tmp_path, sqlite_url)) as house:
        station = await house.connect(subprotocols=None)
        assert station.socket.subprotocol is None
        await station.call("BootNotification", BOOT)
        assert house.quirks() == {"K01": 1}


@pytest.mark.parametrize(
    ("offered", "chosen", "quirks"),
    [
        (("ocpp2.0.1", "OCPP1.6"), "OCPP1.6", {"K02": 1}),
        (("ocpp2.0.1", "ocpp1.6"), "ocpp1.6", {}),
    ],
)
@on_uvloop
async def test_of_several_versions_1_6_is_chosen(
    offered: tuple[str, ...], chosen: str, quirks: dict[str, int], sqlite_url: str, tmp_path: Path
) -> None:
    furnish(sqlite_url)
    async with open_house(settings(tmp_path, sqlite_url)) as house:
        station = await house.connect(subprotocols=offered)
        assert station.socket.subprotocol == chosen
        await station.call("BootNotification", BOOT)
        assert house.quirks() == quirks


@on_uvloop
async def test_a_station_of_other_versions_is_closed_and_people_are_told_why(
    sqlite_url: str, tmp_path: Path
) -> None:
    furnish(sqlite_url)
    async with open_house(settings(tmp_path, sqlite_url)) as house:
        station = await house.connect(subprotocols=("ocpp2.0.1", "ocpp2.1"))
        assert station.socket.subprotocol is None
        assert await station.closed() == 1002
        assert not house.value("SELECT is_online FROM charging_stations")
        knocks = "SELECT identity, reason FROM knocks"
        await house.until(lambda: house.rows(knocks) == [("CP-1", "foreign-version")])


@on_uvloop
async def test_a_compressed_frame_ends_its_own_line_only(sqlite_url: str, tmp_path: Path) -> None:
    furnish(sqlite_url, ["CP-1", "CP-2"])
    async with open_house(settings(tmp_path, sqlite_url)) as house:
        other = await house.connect("CP-2")
        door = Door(house.listener, Porter())
        async with door.peer() as peer:
            peer.write(request("Sec-WebSocket-Protocol: ocpp1.6", target="/ocpp/CP-1"))
            await peer.head()
            peer.write(frame(1, b"squeezed", bits=0x40))
            assert await peer.close_code() == 1002
        await house.until(lambda: house.quirks() == {"K14": 1})
        await other.call("BootNotification", BOOT)


@on_uvloop
async def test_fragments_are_put_together(sqlite_url: str, tmp_path: Path) -> None:
    furnish(sqlite_url)
    async with open_house(settings(tmp_path, sqlite_url)) as house:
        station = await house.connect()
        await station.socket.send(['[2,"a","Auth', 'orize",{"idTag":"CA', 'RD-1"}]'])
        await all_sent(station)
        await house.until(lambda: station.heard)
        assert station.heard == [[3, "a", {"idTagInfo": {"status": "Accepted"}}]]


@on_uvloop
async def test_a_message_that_is_too_large_raises_an_alarm(sqlite_url: str, tmp_path: Path) -> None:
    furnish(sqlite_url)
    async with open_house(settings(tmp_path, sqlite_url)) as house:
        station = await house.connect()
        await station.call("DataTransfer", {"vendorId": "V", "data": "x" * 1_000_000})
        with pytest.raises(Gone):
            await station.call("DataTransfer", {"vendorId": "V", "data": "x" * 1_100_000})
        assert await station.closed() == 1009
        await house.until(lambda: house.rows("SELECT kind FROM alarms") == [("message-too-large",)])
        assert house.quirks()["K17"] == 1


@on_uvloop
async def test_answers_that_nobody_waits_for_are_ignored(sqlite_url: str, tmp_path: Path) -> None:
    furnish(sqlite_url)
    async with open_house(settings(tmp_path, sqlite_url)) as house:
        station = await house.connect()
        for each in ('[3,"x",{}]', '[4,"x","InternalError","",{}]', '[3,"x",{"a":'):
            await station.tell(each)
        await station.call("BootNotification", BOOT)
        ignored = [each for each in house.logs if each["event"] == "answer_ignored"]
        assert [each["why"] for each in ignored] == ["unknown"] * 3


@on_uvloop
async def test_a_line_that_is_silent_for_three_intervals_is_closed(
    sqlite_url: str, tmp_path: Path
) -> None:
    furnish(sqlite_url)
    clock = ManualClock(NOW)
    async with open_house(settings(tmp_path, sqlite_url), clock) as house:
        station = await house.connect()
        await station.call("BootNotification", BOOT)
        clock.advance(359)
        await all_sent(station)  # a ping of the station's is a sign of life
        clock.advance(359)
        look_around(house)
        await station.call("Heartbeat", {})
        clock.advance(361)
        look_around(house)
        assert await station.closed() == 1008


@on_uvloop
async def test_a_station_that_never_answers_pings_stays_and_is_counted_once(
    sqlite_url: str, tmp_path: Path
) -> None:
    furnish(sqlite_url)
    clock = ManualClock(NOW)
    async with open_house(settings(tmp_path, sqlite_url), clock) as house:
        station = await house.connect()
        await station.call("BootNotification", BOOT)
        for _ in range(3):
            clock.advance(300)
            look_around(house)
            await station.call("Heartbeat", {})
        await house.until(lambda: house.quirks().get("K11") == 1)


@on_uvloop
async def test_a_boot_tells_the_time_without_fraction_and_an_interval(
    sqlite_url: str, tmp_path: Path
) -> None:
    furnish(sqlite_url)
    async with open_house(settings(tmp_path, sqlite_url), ManualClock(NOW)) as house:
        station = await house.connect()
        assert await station.call("BootNotification", BOOT) == {
            "status": "Accepted",
            "currentTime": "2026-03-01T12:00:00Z",
            "interval": 120,
        }
        assert house.rows("SELECT vendor, model, ip_address FROM boot_logs") == [
            ("Maker", "Model", "127.0.0.1")
        ]


@on_uvloop
async def test_an_identity_may_hold_colons_and_percents(sqlite_url: str, tmp_path: Path) -> None:
    furnish(sqlite_url, ["00:1B:44", "50%25"], profile=1)
    async with open_house(settings(tmp_path, sqlite_url)) as house:
        password = b"a-password-of-24-letters"
        station = await house.connect("00:1B:44", password)
        await station.call("BootNotification", BOOT)
        station = await house.connect("/50%2525/", password, name="50%25")
        await station.call("BootNotification", BOOT)
        assert house.quirks("50%25") == {"K03": 1}
        for identity in ("00:1B:44", "50%2525", "a%2Fb", "%00%0A", "%FF", "NOBODY"):
            assert await house.status(identity, b"wrong") == 401
        with pytest.raises(InvalidStatus, match="404"):
            await house.connect("")
        await house.until(lambda: house.value("SELECT count(*) FROM knocks") == 7)
