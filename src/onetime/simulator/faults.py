"""What can go wrong with a station, and a random plan of it; knows no station."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from onetime.kit.times import EPOCH

SECONDS_PER_HOUR = 3600.0


class FaultKind(StrEnum):
    """The faults that can be asked for."""

    CUT_LINE = "cut-line"  # the connection is reset and stays away; messages queue up
    HALF_OPEN = "half-open"  # the old socket stays open and silent while a new one connects
    LOST_ANSWER_SAME_ID = (
        "lost-answer-same-id"  # the answer arrives and is dropped; reconnect, repeat
    )
    LOST_ANSWER_NEW_ID = "lost-answer-new-id"
    REPEAT_SAME_ID = "repeat-same-id"  # an answered message is sent once more
    REPEAT_NEW_ID = "repeat-new-id"
    DUPLICATE = "duplicate"  # one frame goes out twice, back to back
    REORDER = "reorder"  # two queued messages change places
    CLOCK_AHEAD = "clock-ahead"
    CLOCK_BEHIND = "clock-behind"
    CLOCK_AT_EPOCH = "clock-at-epoch"  # counts from 1970 (quirk T01)
    POWER_CUT_STOPS = "power-cut-stops"  # the transaction ends with PowerLoss after the reboot
    POWER_CUT_RESUMES = "power-cut-resumes"  # the transaction goes on after the reboot
    POWER_CUT_FORGETS = "power-cut-forgets"  # the transaction is forgotten: no Stop ever comes
    NO_BOOT = "no-boot"  # the next connection begins without BootNotification (quirk B02)
    NO_SUBPROTOCOL = "no-subprotocol"  # the next connection names no subprotocol (quirk K01)
    METER_RESET = "meter-reset"
    METER_ROLLBACK = "meter-rollback"
    IDLE_LOAD = "idle-load"  # the register moves outside of charges for a while


METER_FAULTS = frozenset({FaultKind.METER_RESET, FaultKind.METER_ROLLBACK, FaultKind.IDLE_LOAD})
RECONNECTS = frozenset({FaultKind.NO_BOOT, FaultKind.NO_SUBPROTOCOL})
CLOCK_FAULTS = frozenset({FaultKind.CLOCK_AHEAD, FaultKind.CLOCK_BEHIND, FaultKind.CLOCK_AT_EPOCH})
CLOCK_OFF_SECONDS = 3 * 3600.0
POWER_CUTS = frozenset(
    {FaultKind.POWER_CUT_STOPS, FaultKind.POWER_CUT_RESUMES, FaultKind.POWER_CUT_FORGETS}
)


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong at one station; `seconds` is how long it lasts, where it lasts.

    Both times are simulated seconds.
    """

    at: float
    station: int
    kind: FaultKind
    seconds: float = 0.0


@dataclass(frozen=True)
class FaultPlan:
    """Random faults on request: how many an hour for each station, and of which kinds."""

    per_station_hour: float
    kinds: tuple[FaultKind, ...] = tuple(FaultKind)
    shortest: float = 5.0
    longest: float = 900.0


def planned_faults(seed: int, stations: int, plan: FaultPlan) -> Iterator[Fault]:
    """Return faults in order of time, without end; the same seed gives the same faults."""
    rate = plan.per_station_hour * stations / SECONDS_PER_HOUR
    if rate <= 0 or not plan.kinds:
        return
    rng = random.Random(f"faults {seed}")
    at = 0.0
    while True:
        at += rng.expovariate(rate)
        # Short faults are common and long ones rare: the logarithm is spread evenly.
        seconds = plan.shortest * (plan.longest / plan.shortest) ** rng.random()
        yield Fault(at, rng.randrange(stations), rng.choice(plan.kinds), seconds)


@dataclass
class Switches:
    """The faults that wait for their moment in one station: each strikes once."""

    lose_answer: FaultKind | None = None
    repeat: FaultKind | None = None
    duplicate: bool = False
    reorder: bool = False
    skip_boot: bool = False
    skip_subprotocol: bool = False

    def arm(self, kind: FaultKind) -> None:
        """Let a fault wait for its moment; those of other kinds are not for here."""
        match kind:
            case FaultKind.LOST_ANSWER_SAME_ID | FaultKind.LOST_ANSWER_NEW_ID:
                self.lose_answer = kind
            case FaultKind.REPEAT_SAME_ID | FaultKind.REPEAT_NEW_ID:
                self.repeat = kind
            case FaultKind.DUPLICATE:
                self.duplicate = True
            case FaultKind.REORDER:
                self.reorder = True
            case FaultKind.NO_BOOT:
                self.skip_boot = True
            case FaultKind.NO_SUBPROTOCOL:
                self.skip_subprotocol = True
            case _:
                raise ValueError(f"{kind.value} does not wait for a moment")


class WrongClock:
    """What a station's clock shows while a fault lasts; all in simulated seconds."""

    def __init__(self, until: float = 0.0, offset: float = 0.0, epoch_at: float | None = None):
        self._until = until
        self._offset = timedelta(seconds=offset)
        self._epoch_at = epoch_at

    def shows(self, at: float, moment: datetime) -> datetime:
        """Return what the clock shows at a simulated second, whose true time is `moment`."""
        if at >= self._until:
            return moment
        if self._epoch_at is not None:
            return EPOCH + timedelta(seconds=max(0.0, at - self._epoch_at))
        return moment + self._offset


def wrong_clock(fault: Fault) -> WrongClock:
    """Return what a clock shows while one of the faults of clocks lasts."""
    until = fault.at + fault.seconds
    match fault.kind:
        case FaultKind.CLOCK_AT_EPOCH:
            return WrongClock(until, epoch_at=fault.at)
        case FaultKind.CLOCK_AHEAD:
            return WrongClock(until, CLOCK_OFF_SECONDS)
        case _:
            return WrongClock(until, -CLOCK_OFF_SECONDS)
