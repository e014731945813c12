"""The table of what stations may send: action -> request type and handler."""

from collections.abc import Callable, Mapping
from typing import Final, Generic, Protocol, TypeVar

from msgspec import Struct

from onetime.garage import Transaction
from onetime.gateway.caller import Caller
from onetime.gateway.handlers import readings, reports, sessions, stations, tokens
from onetime.ocpp.repair import NEVER_REFUSED
from onetime.ocpp.v16 import core, firmware, security

RequestT = TypeVar("RequestT", bound=Struct)

BOOT: Final = "BootNotification"
HEARTBEAT: Final = "Heartbeat"
"""The one message that need not wait for the disk (promise 1)."""

UNBUDGETED: Final = NEVER_REFUSED | {BOOT, "Authorize", "SecurityEventNotification"}
"""Messages that the OCPP log holds however often they come; of others a flood is cut (N04)."""


class Answering(Protocol):
    """A route, whatever its request is."""

    def answer(self, tx: Transaction, caller: Caller, request: Struct) -> Struct:
        """Run the handler on a request that was decoded for this action."""
        ...


class Route(Generic[RequestT]):
    """One action that a station may send."""

    __slots__ = ("handler", "request")

    def __init__(
        self, request: type[RequestT], handler: Callable[[Transaction, Caller, RequestT], Struct]
    ) -> None:
        self.request = request
        self.handler = handler

    def answer(self, tx: Transaction, caller: Caller, request: Struct) -> Struct:
        """Run the handler on a request that was decoded for this action."""
        assert isinstance(request, self.request)
        return self.handler(tx, caller, request)


ROUTES: Final[Mapping[str, Answering]] = {
    "Authorize": Route(core.AuthorizeRequest, tokens.authorize),
    "BootNotification": Route(core.BootNotificationRequest, stations.boot_notification),
    "DataTransfer": Route(core.DataTransferRequest, reports.data_transfer),
    "DiagnosticsStatusNotification": Route(
        firmware.DiagnosticsStatusNotificationRequest, reports.diagnostics_status_notification
    ),
    "FirmwareStatusNotification": Route(
        firmware.FirmwareStatusNotificationRequest, reports.firmware_status_notification
    ),
    "Heartbeat": Route(core.HeartbeatRequest, stations.heartbeat),
    "LogStatusNotification": Route(
        security.LogStatusNotificationRequest, reports.log_status_notification
    ),
    "MeterValues": Route(core.MeterValuesRequest, readings.meter_values),
    "SecurityEventNotification": Route(
        security.SecurityEventNotificationRequest, reports.security_event_notification
    ),
    "SignCertificate": Route(security.SignCertificateRequest, reports.sign_certificate),
    "SignedFirmwareStatusNotification": Route(
        security.SignedFirmwareStatusNotificationRequest,
        reports.signed_firmware_status_notification,
    ),
    "StartTransaction": Route(core.StartTransactionRequest, sessions.start_transaction),
    "StatusNotification": Route(core.StatusNotificationRequest, stations.status_notification),
    "StopTransaction": Route(core.StopTransactionRequest, sessions.stop_transaction),
}
