"""What a bench station says: per ten messages two states, six meter values, a start and a stop.

Builds frames only; shares nothing with the product.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
MEASURANDS = (
    ("Energy.Active.Import.Register", "Wh", ""),
    ("Power.Active.Import", "W", ""),
    ("Current.Import", "A", "L1"),
    ("Current.Import", "A", "L2"),
    ("Current.Import", "A", "L3"),
    ("Voltage", "V", "L1-N"),
    ("Voltage", "V", "L2-N"),
    ("Voltage", "V", "L3-N"),
    ("Current.Offered", "A", ""),
    ("Temperature", "Celsius", ""),
)
QUEUED = 20
"""Meter values that a station has kept during an outage."""

Frames = Iterator[tuple[str, bytes]]
"""Action and frame of one message after another, each built when it is sent."""


def station_name(number: int) -> str:
    """Return the identity of a bench station."""
    return f"B{number:05}"


def card_of(number: int) -> str:
    """Return the card that is held to a bench station; one at many would be an alarm each time."""
    return f"04A1B2C3{number:06}"


class Script:
    """One station's endless conversation; the transaction id is set from each Start's answer."""

    def __init__(self, number: int) -> None:
        self.transaction_id = 0
        self._card = card_of(number)
        self._register = number * 1_000_000
        self._at = BEGIN + timedelta(milliseconds=number)
        self._message_id = 0

    def boot(self) -> bytes:
        """Return the first message."""
        return self._call(
            "BootNotification", '{"chargePointVendor":"Bench","chargePointModel":"One"}'
        )

    def frames(self) -> Frames:
        """Say ten messages again and again: the mix that throughput is measured with."""
        while True:
            yield "StatusNotification", self._status(1, "Charging")
            yield "StartTransaction", self._start()
            for _ in range(6):
                yield "MeterValues", self._meter_values()
            yield "StopTransaction", self._stop()
            yield "StatusNotification", self._status(1, "Available")

    def charge_begins(self) -> Frames:
        """Begin a charge."""
        yield "StartTransaction", self._start()

    def charges(self) -> Frames:
        """Begin and end charges without end."""
        while True:
            yield "StartTransaction", self._start()
            yield "StopTransaction", self._stop()

    def after_outage(self) -> Frames:
        """Say the states of station and connectors, then what was measured meanwhile."""
        for connector_id, status in ((0, "Available"), (1, "Charging"), (2, "Available")):
            yield "StatusNotification", self._status(connector_id, status)
        for _ in range(QUEUED):
            yield "MeterValues", self._meter_values()

    def _call(self, action: str, payload: str) -> bytes:
        self._message_id += 1
        return f'[2,"{self._message_id}","{action}",{payload}]'.encode()

    def _now(self) -> str:
        self._at += timedelta(seconds=30)
        return self._at.strftime("%Y-%m-%dT%H:%M:%SZ")

    def _status(self, connector_id: int, status: str) -> bytes:
        return self._call(
            "StatusNotification",
            f'{{"connectorId":{connector_id},"status":"{status}","errorCode":"NoError",'
            f'"timestamp":"{self._now()}"}}',
        )

    def _start(self) -> bytes:
        return self._call(
            "StartTransaction",
            f'{{"connectorId":1,"idTag":"{self._card}","meterStart":{self._register},'
            f'"timestamp":"{self._now()}"}}',
        )

    def _meter_values(self) -> bytes:
        self._register += 90
        samples = ",".join(
            f'{{"value":"{self._register if unit == "Wh" else 230 + index}",'
            f'"measurand":"{measurand}","unit":"{unit}","context":"Sample.Periodic"'
            + (f',"phase":"{phase}"' if phase else "")
            + "}"
            for index, (measurand, unit, phase) in enumerate(MEASURANDS)
        )
        return self._call(
            "MeterValues",
            f'{{"connectorId":1,"transactionId":{self.transaction_id},"meterValue":['
            f'{{"timestamp":"{self._now()}","sampledValue":[{samples}]}}]}}',
        )

    def _stop(self) -> bytes:
        return self._call(
            "StopTransaction",
            f'{{"transactionId":{self.transaction_id},"meterStop":{self._register},'
            f'"timestamp":"{self._now()}","reason":"Local","idTag":"{self._card}"}}',
        )
