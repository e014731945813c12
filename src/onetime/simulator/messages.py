"""What a station says, as JSON objects in OCPP 1.6 words; knows no state and no socket.

Written by hand and apart from the product's own message types, so that a misreading there is seen
here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias, Union

from onetime.kit.times import to_wire
from onetime.simulator.car import VOLTS

Json: TypeAlias = Union[bool, int, float, str, list["Json"], dict[str, "Json"], None]  # noqa: UP007 - a string beside | is no type at run time
JsonObject: TypeAlias = dict[str, Json]

VENDOR = "Stranger"
MODEL = "Wallbox 22"
FIRMWARE = "1.0.0"
NO_TRANSACTION = -1
"""What a station sends in a Stop when it never learned the transaction's id (quirk X06)."""

REGISTER = "Energy.Active.Import.Register"
PHASES = ("L1", "L2", "L3")


@dataclass(frozen=True)
class Sample:
    """What a meter shows at one moment."""

    moment: datetime
    register_wh: int
    watts: float = 0.0
    offered_amps: float = 0.0
    phases: int = 3
    charged_percent: float | None = None


def boot_notification(identity: str, firmware: str = FIRMWARE) -> JsonObject:
    """Introduce the station (OCPP 1.6, 4.2)."""
    return {
        "chargePointVendor": VENDOR,
        "chargePointModel": MODEL,
        "chargePointSerialNumber": identity[-25:],
        "firmwareVersion": firmware,
        "meterType": "simulated",
    }


def status_notification(connector: int, status: str, moment: datetime) -> JsonObject:
    """Tell the state of a connector; connector 0 is the station itself (OCPP 1.6, 4.9)."""
    return {
        "connectorId": connector,
        "errorCode": "NoError",
        "status": status,
        "timestamp": to_wire(moment),
    }


def start_transaction(
    connector: int, tag: str, register_wh: int, moment: datetime, reservation: int | None
) -> JsonObject:
    """Report a charge that has begun (OCPP 1.6, 4.8)."""
    message: JsonObject = {
        "connectorId": connector,
        "idTag": tag,
        "meterStart": register_wh,
        "timestamp": to_wire(moment),
    }
    if reservation is not None:
        message["reservationId"] = reservation
    return message


def stop_transaction(
    register_wh: int, moment: datetime, reason: str, tag: str | None, values: list[Json]
) -> JsonObject:
    """Report a charge that has ended; the transaction's id is added when it is sent (4.10)."""
    message: JsonObject = {
        "meterStop": register_wh,
        "timestamp": to_wire(moment),
        "reason": reason,
    }
    if tag is not None:
        message["idTag"] = tag
    if values:
        message["transactionData"] = values
    return message


def meter_values(connector: int, values: list[Json]) -> JsonObject:
    """Report samples of a meter (OCPP 1.6, 4.7)."""
    return {"connectorId": connector, "meterValue": values}


def meter_value(sample: Sample, measurands: Sequence[str], context: str) -> Json:
    """Return one sample with the measurands that were asked for and are known here."""
    sampled: list[Json] = []
    for measurand in measurands:
        for value, unit, phase in _measured(sample, measurand):
            one: JsonObject = {
                "value": value,
                "context": context,
                "measurand": measurand,
                "unit": unit,
            }
            if phase is not None:
                one["phase"] = phase
            sampled.append(one)
    if not sampled:
        sampled.append({"value": str(sample.register_wh), "context": context})
    return {"timestamp": to_wire(sample.moment), "sampledValue": sampled}


def _measured(sample: Sample, measurand: str) -> list[tuple[str, str, str | None]]:
    amps = sample.watts / VOLTS / sample.phases
    phases = PHASES[: sample.phases]
    match measurand:
        case "Energy.Active.Import.Register":
            return [(str(sample.register_wh), "Wh", None)]
        case "Power.Active.Import":
            return [(f"{sample.watts:.0f}", "W", None)]
        case "Current.Import":
            return [(f"{amps:.1f}", "A", phase) for phase in phases]
        case "Current.Offered":
            return [(f"{sample.offered_amps:.1f}", "A", None)]
        case "Voltage":
            return [(f"{VOLTS:.1f}", "V", f"{phase}-N") for phase in phases]
        case "SoC" if sample.charged_percent is not None:
            return [(f"{sample.charged_percent:.0f}", "Percent", None)]
        case _:
            return []
