"""A station that is not ours charges at the real process: the client of the `ocpp` package."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

from ocpp.routing import on
from ocpp.v16 import ChargePoint, call, call_result
from ocpp.v16.enums import (
    AuthorizationStatus,
    ChargePointErrorCode,
    ChargePointStatus,
    Reason,
    RegistrationStatus,
)
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Subprotocol

from tests.cli.programs import started
from tests.cli.test_serve import LOCAL, address_of
from tests.garages import CARD, furnish

KEYS = [
    {"key": "HeartbeatInterval", "readonly": False, "value": "120"},
    {"key": "AuthorizationKey", "readonly": False, "value": "CANARY"},
    {"key": "NumberOfConnectors", "readonly": True, "value": "1"},
]


class Foreign(ChargePoint):  # type: ignore[misc]  # the package has no types
    """The package checks each message of both sides against the official schemas."""

    was_asked = False

    @on("GetConfiguration")
    def tell(self, **asked: object) -> call_result.GetConfiguration:
        self.was_asked = True
        return call_result.GetConfiguration(configuration_key=KEYS)


def test_a_station_that_is_not_ours_charges(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    path = tmp_path / "data" / "onetime.db"
    with started("serve", data_dir=tmp_path / "data", **LOCAL) as program:
        address = address_of(program)
        furnish(f"sqlite:///{path}", ["FOREIGN-1"])
        asyncio.run(asyncio.wait_for(visit(address), 20))
        with closing(sqlite3.connect(path)) as database:
            assert "CANARY" not in "\n".join(database.iterdump())
            assert database.execute(
                "SELECT station_id, token_id, meter_start, meter_stop, total_energy_kwh,"
                " stop_reason, ended_by FROM charging_sessions"
            ).fetchall() == [("FOREIGN-1", CARD, 1_000, 8_500, 7.5, "EVDisconnected", "station")]
            assert database.execute(
                "SELECT value, unit, context FROM meter_readings ORDER BY id"
            ).fetchall() == [(4.25, "kWh", "Sample.Periodic"), (8500, "Wh", "Transaction.End")]
            assert database.execute(
                "SELECT key, value FROM station_configurations ORDER BY key"
            ).fetchall() == [
                ("AuthorizationKey", "***"),
                ("HeartbeatInterval", "120"),
                ("NumberOfConnectors", "1"),
            ]
            assert database.execute(
                "SELECT status, error_code FROM station_connectors"
            ).fetchall() == [("Available", "NoError")]
            assert database.execute("SELECT quirk FROM quirk_counts").fetchall() == []


async def visit(address: str) -> None:
    while True:
        try:
            socket = await connect(
                f"{address}FOREIGN-1", subprotocols=[Subprotocol("ocpp1.6")], proxy=None
            )
            break
        except InvalidStatus:  # it has just been registered
            await asyncio.sleep(0.05)
    async with socket:
        station = Foreign("FOREIGN-1", socket)
        listening = asyncio.create_task(station.start())
        await charge(station)
        listening.cancel()


async def charge(station: Foreign) -> None:
    boot = await station.call(
        call.BootNotification(charge_point_model="Model", charge_point_vendor="Maker")
    )
    assert boot.status == RegistrationStatus.accepted
    assert boot.interval == 120
    await tell_status(station, ChargePointStatus.preparing)
    authorized = await station.call(call.Authorize(id_tag=CARD))
    assert authorized.id_tag_info["status"] == AuthorizationStatus.accepted
    begun = await station.call(
        call.StartTransaction(
            connector_id=1, id_tag=CARD, meter_start=1_000, timestamp="2026-03-01T11:00:00Z"
        )
    )
    assert begun.id_tag_info["status"] == AuthorizationStatus.accepted
    await tell_status(station, ChargePointStatus.charging)
    await station.call(
        call.MeterValues(
            connector_id=1,
            transaction_id=begun.transaction_id,
            meter_value=[sampled("2026-03-01T11:30:00Z", value="4.25", unit="kWh")],
        )
    )
    ended = await station.call(
        call.StopTransaction(
            transaction_id=begun.transaction_id,
            id_tag=CARD,
            meter_stop=8_500,
            timestamp="2026-03-01T12:00:00Z",
            reason=Reason.ev_disconnected,
            transaction_data=[
                sampled("2026-03-01T12:00:00Z", value="8500", context="Transaction.End")
            ],
        )
    )
    assert ended.id_tag_info["status"] == AuthorizationStatus.accepted
    await tell_status(station, ChargePointStatus.available)
    await station.call(call.Heartbeat())
    await asked(station)


async def asked(station: Foreign) -> None:
    """Stay until the central system has asked for the configuration."""
    async with asyncio.timeout(10):
        while not station.was_asked:
            await asyncio.sleep(0.02)
    await station.call(call.Authorize(id_tag="UNKNOWN"))  # a round trip: the answer was taken


async def tell_status(station: Foreign, status: ChargePointStatus) -> None:
    await station.call(
        call.StatusNotification(
            connector_id=1, error_code=ChargePointErrorCode.no_error, status=status
        )
    )


def sampled(at: str, **value: str) -> dict[str, object]:
    return {"timestamp": at, "sampled_value": [value]}
