"""The state of one connector: its meter, its charge, what it shows and reports; knows no socket.

`stay.py` tells when these things happen.
"""

import asyncio
import math
from collections import deque
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum, auto
from typing import Protocol

from onetime.simulator.car import Battery, Visit
from onetime.simulator.configuration import Configuration
from onetime.simulator.faults import FaultKind
from onetime.simulator.ledger import ChargeBegan, ChargeEnded, Ledger, MeterJumped, MeterStood
from onetime.simulator.messages import (
    Json,
    Sample,
    meter_value,
    meter_values,
    start_transaction,
    status_notification,
    stop_transaction,
)
from onetime.simulator.meter import Jump, Meter
from onetime.simulator.outbox import Charge, Message
from onetime.simulator.pace import Pace
from onetime.simulator.profiles import Profiles
from onetime.simulator.progress import Progress

MOST_AMPS = 32.0
IDLE_LOAD_WATTS = 400.0
ROLLBACK_WH = 750.0


class OrderKind(Enum):
    """What somebody else may want of a connector."""

    START = auto()
    STOP = auto()
    POWER_CUT = auto()


@dataclass(frozen=True)
class Order:
    """A wish that interrupts what a connector waits for."""

    kind: OrderKind
    at: float
    tag: str = ""
    reason: str = ""
    back_at: float = 0.0
    fault: FaultKind | None = None


class Host(Protocol):
    """What a connector needs of its station."""

    identity: str
    pace: Pace
    ledger: Ledger
    configuration: Configuration
    profiles: Profiles
    progress: Progress

    def wire_time(self, at: float) -> datetime:
        """Return what the station's clock shows at a simulated second."""
        ...

    def tell(self, message: Message) -> None:
        """Send a message when its turn comes."""
        ...

    async def permission(self, connector: int, tag: str) -> str | None:
        """Say by what right this tag may charge here now; None when it may not."""
        ...

    def take_reservation(self, connector: int, tag: str) -> int | None:
        """Use up the reservation that this tag has here, if any."""
        ...


class Connector:
    """The state of one connector."""

    def __init__(self, host: Host, number: int, meter: Meter) -> None:
        self.number = number
        self.meter = meter
        self.status = "Available"
        self.operative = True
        self.reserved = False
        self.charge: Charge | None = None
        self.host = host
        self.battery: Battery | None = None
        self._settled_at = 0.0
        self._idle_until = 0.0
        self._charges = 0
        self._orders: deque[Order] = deque()
        self._nudge = asyncio.Event()

    def order(self, order: Order) -> None:
        """Interrupt whatever the connector waits for."""
        self._orders.append(order)
        self._nudge.set()

    def show_idle(self, at: float) -> None:
        """Show what an unused connector shows: Available, Reserved or Unavailable."""
        if self.charge is None:
            word = "Reserved" if self.reserved else "Available"
            self.show(word if self.operative else "Unavailable", at)

    def tell_status(self, at: float) -> None:
        """Report the present state again."""
        message = status_notification(self.number, self.status, self.host.wire_time(at))
        self.host.tell(Message("StatusNotification", message))

    def tell_sample(self, at: float, key: str, context: str) -> None:
        """Report the meter now, with the measurands that a configuration key names."""
        value = self._value(at, key, context)
        self.host.tell(
            Message(
                "MeterValues",
                meter_values(self.number, [value]),
                durable=True,
                charge=self.charge,
                register_wh=self.meter.reading_wh,
            )
        )

    def settle(self, at: float) -> None:
        """Let the energy flow up to this second."""
        seconds = at - self._settled_at
        if seconds <= 0:
            return
        before = self.meter.moved_wh
        if self.battery is not None:
            self.meter.feed(self.battery.draw(seconds, self.limit_amps(self._settled_at)))
        else:
            self.meter.idle(max(0.0, min(at, self._idle_until) - self._settled_at))
        self.host.progress.energy_wh += self.meter.moved_wh - before
        self._settled_at = at

    def break_meter(self, kind: FaultKind, at: float, seconds: float) -> None:
        """Make one of the meter's faults happen."""
        self.settle(at)
        match kind:
            case FaultKind.METER_RESET:
                self._note_jump(self.meter.reset())
            case FaultKind.METER_ROLLBACK:
                self._note_jump(self.meter.roll_back(ROLLBACK_WH))
            case _:
                self.meter.idle_watts = IDLE_LOAD_WATTS
                self._idle_until = at + seconds

    def finish(self, at: float) -> None:
        """End a running charge when the run ends, and write down how the meter stands."""
        if self.charge is not None:
            self.end(self.charge, "Local", at)
        self.settle(at)
        self.note_meter()

    def begin(self, visit: Visit, tag: str, permission: str, at: float) -> Charge:
        """Let energy flow and report it."""
        host = self.host
        self.settle(at)
        self._charges += 1
        session = f"{host.identity}/{self.number}/{self._charges}"
        charge = Charge(session, self.number, tag, at)
        self.battery = Battery(visit.car, visit.needs_wh)
        self.charge = charge
        self.note_meter()
        register = self.meter.register_wh
        host.ledger.note(
            host.identity, ChargeBegan(session, self.number, tag, register, permission)
        )
        host.progress.charges_begun += 1
        host.progress.charging += 1
        if host.configuration.words("StopTxnSampledData"):
            charge.values.append(self._value(at, "StopTxnSampledData", "Transaction.Begin"))
        reading = self.meter.reading_wh
        reservation = host.take_reservation(self.number, tag)
        message = start_transaction(self.number, tag, reading, host.wire_time(at), reservation)
        host.tell(Message("StartTransaction", message, True, charge, reading))
        self.show("Charging", at)
        return charge

    def end(self, charge: Charge, reason: str, at: float, told: bool = True) -> None:
        """Stop the energy; the station tells of it unless it forgot the charge."""
        host = self.host
        self.settle(at)
        if host.configuration.words("StopTxnSampledData"):
            charge.values.append(self._value(at, "StopTxnSampledData", "Transaction.End"))
        self.battery = None
        self.charge = None
        host.profiles.end_of_transaction(self.number)
        register = self.meter.register_wh
        fact = ChargeEnded(charge.session, self.number, charge.tag, register, reason, told)
        host.ledger.note(host.identity, fact)
        self.note_meter()
        host.progress.charges_ended += 1
        host.progress.charging -= 1
        if told:
            reading = self.meter.reading_wh
            tag = charge.tag if reason == "Local" else None
            moment = host.wire_time(at)
            message = stop_transaction(reading, moment, reason, tag, charge.values)
            host.tell(Message("StopTransaction", message, True, charge, reading))

    async def wait(self, until: float) -> Order | None:
        """Wait for a simulated second or an order, whichever comes first."""
        pace = self.host.pace
        while not self._orders:
            left = until - pace.seconds()
            if left <= 0:
                return None
            try:
                async with asyncio.timeout(None if left == math.inf else left / pace.speed):
                    await self._nudge.wait()
            except TimeoutError:
                continue
            self._nudge.clear()
        return self._orders.popleft()

    def interval(self) -> float:
        """Return the seconds between samples of a charge; without end when they are off."""
        return self.host.configuration.number("MeterValueSampleInterval") or math.inf

    def next_aligned(self, at: float) -> float:
        """Return the second of the next clock-aligned sample after this one."""
        interval = self.host.configuration.number("ClockAlignedDataInterval")
        if not interval:
            return math.inf
        pace = self.host.pace
        midnight = pace.starts_at.replace(hour=0, minute=0, second=0)
        offset = (pace.starts_at - midnight).total_seconds()
        return (math.floor((at + offset) / interval) + 1) * interval - offset

    def limit_amps(self, at: float) -> float:
        """Return the current that the station offers on each phase."""
        began = at if self.charge is None else self.charge.began_at
        moment = self.host.pace.moment
        return self.host.profiles.limit_amps(self.number, moment(at), moment(began), MOST_AMPS)

    def _value(self, at: float, key: str, context: str) -> Json:
        self.settle(at)
        sample = Sample(self.host.wire_time(at), self.meter.reading_wh)
        if self.battery is not None:
            limit = self.limit_amps(at)
            sample = replace(
                sample,
                watts=self.battery.watts(limit),
                offered_amps=limit,
                phases=self.battery.car.phases,
                charged_percent=self.battery.charged_percent,
            )
        elif at < self._idle_until:
            sample = replace(sample, watts=self.meter.idle_watts)
        return meter_value(sample, self.host.configuration.words(key), context)

    def show_flow(self, at: float) -> None:
        """Show whether energy flows, and if not, at whose wish."""
        assert self.battery is not None
        if self.battery.full:
            self.show("SuspendedEV", at)
        elif self.battery.watts(self.limit_amps(at)) == 0:
            self.show("SuspendedEVSE", at)
        else:
            self.show("Charging", at)

    def show(self, status: str, at: float) -> None:
        """Take on a state and report it when it changed."""
        if status != self.status:
            self.status = status
            self.tell_status(at)

    def note_meter(self) -> None:
        """Write down how the meter truly stands."""
        host = self.host
        fact = MeterStood(self.number, self.meter.register_wh, self.meter.moved_wh)
        host.ledger.note(host.identity, fact)

    def _note_jump(self, jump: Jump) -> None:
        host = self.host
        session = None if self.charge is None else self.charge.session
        fact = MeterJumped(self.number, jump.before_wh, jump.after_wh, session)
        host.ledger.note(host.identity, fact)
