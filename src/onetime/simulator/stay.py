"""The story at one connector: cars come, charge and leave; knows no message and no socket.

What happens is dated with the second for which it was planned, not with the second at which the
computer got round to it: the messages of a run depend on its seed alone.
"""

import math
from collections.abc import Iterator
from dataclasses import replace

from onetime.simulator.car import Car, Visit
from onetime.simulator.connector import Connector, Order, OrderKind
from onetime.simulator.faults import FaultKind

ASK_AGAIN_SECONDS = 60.0
LATE_SECONDS = 2.0
"""Real seconds by which the plan may run behind before the present time is used."""
GUEST = Car("", 60_000, 3, 16)
GUEST_STAYS_SECONDS = 3600.0
GUEST_PLUGS_AFTER = 5.0
"""Who starts a charge by remote stands beside an unplugged car: it comes as a guest."""

FORGOTTEN = ""
"""The reason of a charge's end that the station never reports."""


async def live(connector: Connector, visits: Iterator[Visit]) -> None:
    """Receive the planned cars, and guests who start by remote, until cancelled."""
    connector.note_meter()
    upcoming = next(visits, None)
    while True:
        order = await _rest(connector, math.inf if upcoming is None else upcoming.arrives_at)
        if order is None:
            assert upcoming is not None
            visit, upcoming = upcoming, next(visits, None)
            await _receive(connector, visit, None)
        elif order.kind is OrderKind.START:
            car = replace(GUEST, tag=order.tag)
            leaves_at = order.at + GUEST_STAYS_SECONDS
            guest = Visit(car, order.at, GUEST_PLUGS_AFTER, leaves_at, car.battery_wh / 2)
            await _receive(connector, guest, order)
        else:
            connector.show_idle(order.at)


async def _receive(connector: Connector, visit: Visit, remote: Order | None) -> None:
    """One stay of a car, from the plug to the empty place."""
    if not connector.operative:
        return
    connector.show("Preparing", visit.arrives_at)
    at = visit.arrives_at + visit.plugs_after
    await connector.host.pace.until(at)
    tag, permission = visit.car.tag, "remote"
    if remote is None or connector.host.configuration.switched_on("AuthorizeRemoteTxRequests"):
        at, tag, permission = await _permitted(connector, tag, at, visit.departs_at)
    if permission:
        at = await _charge(connector, visit, tag, permission, at)
    connector.show_idle(max(at, visit.departs_at))


async def _permitted(
    connector: Connector, tag: str, at: float, until: float
) -> tuple[float, str, str]:
    """Wait for permission as long as the car stands there; an empty one means it never came."""
    pace = connector.host.pace
    while at < until:
        permission = await connector.host.permission(connector.number, tag)
        if pace.seconds() - at > LATE_SECONDS * pace.speed:
            at = pace.seconds()
        if permission is not None:
            return at, tag, permission
        again_at = min(at + ASK_AGAIN_SECONDS, until)
        order = await _rest(connector, again_at)
        if order is None:
            at = again_at
        elif order.kind is OrderKind.START:
            return max(at, order.at), order.tag, "remote"
        else:
            at = max(at, order.at)
    return at, tag, ""


async def _charge(
    connector: Connector, visit: Visit, tag: str, permission: str, at: float
) -> float:
    """Charge until the car leaves or somebody ends it; return when the place is empty."""
    charge = connector.begin(visit, tag, permission, at)
    reason, at = await _measure(connector, visit, at)
    if connector.charge is charge:
        connector.end(charge, reason or "PowerLoss", at, told=reason != FORGOTTEN)
    if at < visit.departs_at:
        connector.show("Finishing", at)
        while await _rest(connector, visit.departs_at) is not None:
            pass
    return max(at, visit.departs_at)


async def _measure(connector: Connector, visit: Visit, at: float) -> tuple[str, float]:
    """Report samples until the charge ends; return why and when."""
    due = at + connector.interval()
    while True:
        stop = min(due, visit.departs_at, connector.next_aligned(at))
        order = await connector.wait(stop)
        if order is None:
            at = stop
            connector.settle(at)
            if at >= visit.departs_at:
                return "EVDisconnected", at
            if at >= due:
                connector.tell_sample(at, "MeterValuesSampledData", "Sample.Periodic")
                due = at + connector.interval()
            else:
                connector.tell_sample(at, "MeterValuesAlignedData", "Sample.Clock")
            connector.show_flow(at)
        elif order.kind is OrderKind.STOP:
            return order.reason, max(order.at, at)
        elif order.kind is OrderKind.POWER_CUT:
            at = max(order.at, at)
            reason = await _in_the_dark(connector, order, at)
            if reason is not None:
                return reason, at
            at = max(order.back_at, at)
            due = at + connector.interval()


async def _in_the_dark(connector: Connector, order: Order, at: float) -> str | None:
    """Wait for the power; return why the charge ended, None when it goes on."""
    connector.settle(at)
    battery, connector.battery = connector.battery, None
    await connector.host.pace.until(order.back_at)
    connector.settle(order.back_at)
    match order.fault:
        case FaultKind.POWER_CUT_RESUMES:
            connector.battery = battery
            return None
        case FaultKind.POWER_CUT_FORGETS:
            return FORGOTTEN
        case _:
            return "PowerLoss"


async def _rest(connector: Connector, until: float) -> Order | None:
    """Wait without a charge; clock-aligned samples go on meanwhile, power cuts pass by."""
    at = connector.host.pace.seconds()
    while True:
        stop = min(until, connector.next_aligned(at))
        order = await connector.wait(stop)
        if order is None and stop < until:
            at = stop
            connector.tell_sample(at, "MeterValuesAlignedData", "Sample.Clock")
        elif order is not None and order.kind is OrderKind.POWER_CUT:
            await connector.host.pace.until(order.back_at)
            at = order.back_at
        else:
            return order
