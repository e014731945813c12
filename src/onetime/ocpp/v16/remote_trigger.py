"""Messages of the OCPP 1.6 remote trigger profile. Knows their wire form, never their effect."""

from typing import Literal

from msgspec import Struct

from onetime.ocpp.v16.types import Integer

MessageTrigger = Literal[
    "BootNotification",
    "DiagnosticsStatusNotification",
    "FirmwareStatusNotification",
    "Heartbeat",
    "MeterValues",
    "StatusNotification",
]
TriggerMessageStatus = Literal["Accepted", "Rejected", "NotImplemented"]


class TriggerMessageRequest(Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True):
    """Ask the station to send a message now (OCPP 1.6, 6.51)."""

    requested_message: MessageTrigger
    connector_id: Integer | None = None


class TriggerMessageResponse(Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True):
    """Whether the station will send it (OCPP 1.6, 6.52)."""

    status: TriggerMessageStatus
