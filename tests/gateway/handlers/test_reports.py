"""Every other message of a station is answered as the official schema wants it, and kept."""

from pathlib import Path

import msgspec
import pytest

from onetime.gateway.routes import HEARTBEAT, ROUTES
from onetime.kit.clock import ManualClock
from tests.databases import NOW
from tests.garages import Answer, furnish, open_house, settings
from tests.gateway.peers import on_uvloop
from tests.ocpp.schemas import accepts, full, official

SECURITY = {
    "LogStatusNotification": {"status": "Uploading", "requestId": 7},
    "SecurityEventNotification": {
        "type": "TamperDetectionActivated",
        "timestamp": "2026-03-01T11:00:00Z",
        "techInfo": "lid",
    },
    "SignCertificate": {"csr": "-----BEGIN CERTIFICATE REQUEST-----"},
    "SignedFirmwareStatusNotification": {"status": "Downloaded", "requestId": 7},
}


@pytest.mark.parametrize("action", sorted(ROUTES))
@on_uvloop
async def test_each_message_is_answered_by_the_schema(
    action: str, sqlite_url: str, tmp_path: Path
) -> None:
    furnish(sqlite_url)
    payload = SECURITY.get(action) or full(official(action))
    async with open_house(settings(tmp_path, sqlite_url)) as house:
        station = await house.connect()
        answer = await station.call(action, payload)

        assert accepts(f"{action}Response", msgspec.json.encode(answer))
        kept = f"SELECT outcome FROM ocpp_messages WHERE action = '{action}'"
        await house.until(lambda: house.rows(kept) == [("answered",)])
        assert action == HEARTBEAT or station.heard[0][2] == answer


@pytest.mark.parametrize(
    ("action", "payload", "kept"),
    [
        ("DiagnosticsStatusNotification", {"status": "Uploaded"}, ("diagnostics", "Uploaded")),
        ("FirmwareStatusNotification", {"status": "Installed"}, ("firmware", "Installed")),
        ("LogStatusNotification", SECURITY["LogStatusNotification"], ("log", "Uploading")),
        (
            "SignedFirmwareStatusNotification",
            SECURITY["SignedFirmwareStatusNotification"],
            ("firmware", "Downloaded"),
        ),
        ("SignCertificate", SECURITY["SignCertificate"], ("certificate", "refused")),
        (
            "SecurityEventNotification",
            SECURITY["SecurityEventNotification"],
            ("security", "TamperDetectionActivated"),
        ),
    ],
)
@on_uvloop
async def test_a_report_is_kept(
    action: str, payload: Answer, kept: tuple[str, str], sqlite_url: str, tmp_path: Path
) -> None:
    furnish(sqlite_url)
    async with open_house(settings(tmp_path, sqlite_url)) as house:
        station = await house.connect()
        await station.call(action, payload)

        assert house.rows("SELECT kind, status FROM station_reports") == [kept]
        alarms = house.rows("SELECT kind FROM alarms")
        told = {"security": "security-event", "certificate": "certificate-trouble"}
        assert alarms == ([(told[kept[0]],)] if kept[0] in told else [])


@on_uvloop
async def test_vendors_words_are_not_understood_and_stay_in_the_log(
    sqlite_url: str, tmp_path: Path
) -> None:
    furnish(sqlite_url)
    async with open_house(settings(tmp_path, sqlite_url)) as house:
        station = await house.connect()
        words = {"vendorId": "Maker", "messageId": "hello", "data": "5"}
        assert await station.call("DataTransfer", words) == {"status": "UnknownVendorId"}
        assert '"messageId":"hello"' in str(house.value("SELECT frame FROM ocpp_messages"))


@on_uvloop
async def test_a_measurand_is_inferred_from_its_unit_and_never_booked(
    sqlite_url: str, tmp_path: Path
) -> None:
    furnish(sqlite_url)
    async with open_house(settings(tmp_path, sqlite_url), ManualClock(NOW)) as house:
        station = await house.connect()
        sampled = [{"value": "16", "unit": "A"}, {"value": "5"}]
        values = {"timestamp": "2026-03-01T11:00:00Z", "sampledValue": sampled}
        await station.call("MeterValues", {"connectorId": 1, "meterValue": [values]})
        assert house.rows("SELECT measurand, unit, value FROM meter_readings ORDER BY id") == [
            ("Current.Import", "A", 16.0),
            ("Energy.Active.Import.Register", "Wh", 5.0),
        ]
        assert house.quirks() == {"M03": 1}
