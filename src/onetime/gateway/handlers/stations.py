"""BootNotification, Heartbeat, StatusNotification: what a station says of itself."""

from typing import Final

from onetime.domain.stations import ConnectorReport, Identification
from onetime.garage import Transaction
from onetime.gateway.caller import Caller
from onetime.gateway.handlers.times import time_of
from onetime.ocpp.v16.core import (
    BootNotificationRequest,
    BootNotificationResponse,
    HeartbeatRequest,
    HeartbeatResponse,
    StatusNotificationRequest,
    StatusNotificationResponse,
)
from onetime.operations.clocks import note_clock
from onetime.operations.connectors import note_status
from onetime.operations.presence import note_boot, note_heartbeat

_NOTED: Final = StatusNotificationResponse()


def boot_notification(
    tx: Transaction, caller: Caller, request: BootNotificationRequest
) -> BootNotificationResponse:
    """Welcome a station that started: `Accepted`, our time, our heartbeat interval (B08).

    One that was asked to say what it is has not started because of that (B02).
    """
    identification = Identification(
        model=request.charge_point_model,
        vendor=request.charge_point_vendor,
        firmware_version=request.firmware_version,
        serial_number=request.charge_point_serial_number or request.charge_box_serial_number,
        ip_address=caller.address,
    )
    note_boot(tx, caller.station_id, identification, is_solicited=caller.is_solicited)
    return BootNotificationResponse(
        status="Accepted",
        current_time=tx.now,
        interval=tx.policy.heartbeat_interval_seconds,
    )


def heartbeat(tx: Transaction, caller: Caller, _request: HeartbeatRequest) -> HeartbeatResponse:
    """Note that the station is alive, and tell it the time."""
    note_heartbeat(tx, caller.station_id, tx.now)
    return HeartbeatResponse(current_time=tx.now)


def status_notification(
    tx: Transaction, caller: Caller, request: StatusNotificationRequest
) -> StatusNotificationResponse:
    """Keep the state of a connector, or with 0 of the station."""
    stated = request.timestamp
    if stated is not None:
        stated = time_of(tx, caller, stated)
        note_clock(tx, caller.station_id, stated)
    report = ConnectorReport(
        connector_id=request.connector_id,
        status=request.status,
        error_code=request.error_code,
        details=request.info,
        vendor_error_code=request.vendor_error_code,
        stated_time=stated,
    )
    note_status(tx, caller.station_id, report)
    return _NOTED
