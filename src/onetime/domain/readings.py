"""Meter readings: what one sampled value says, and which of them move the energy books."""

import itertools
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from msgspec import Struct

REGISTER = "Energy.Active.Import.Register"
"""The measurand that energy is booked from, and OCPP's default (OCPP 1.6, 7.31)."""
POWER = "Power.Active.Import"
IDLE_WATTS = 100
"""What a station and a car use that do not charge."""

DEFAULT_CONTEXT = "Sample.Periodic"
DEFAULT_LOCATION = "Outlet"
BEGIN = "Transaction.Begin"
MAX_NUMBER_LENGTH = 64
MAX_MAGNITUDE = 10**13
_is_decimal = re.compile(
    r"\s*[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?\s*"
).fullmatch
_REGISTER_LOCATIONS = (DEFAULT_LOCATION, "Inlet")
_FACTORS = {"Wh": 1, "kWh": 1000}
_PER_WATT = {"W": 1.0, "kW": 0.001}
_PHASES = {"L1": 1, "L1-N": 1, "L2": 2, "L2-N": 2, "L3": 3, "L3-N": 3}
_ALL_PHASES = frozenset({1, 2, 3})


class Sample(Struct, frozen=True):
    """One sampled value; `raw` is the station's text where it is not a finite number."""

    measurand: str
    value: float | None
    unit: str
    phase: str | None
    context: str
    location: str
    raw: str | None
    format: str | None = None


class Sampling(Struct, frozen=True):
    """All values that a station sampled at one moment, as it stated it."""

    stated_time: datetime
    samples: tuple[Sample, ...]


class Register(Struct, frozen=True):
    """The energy register (Wh) at one moment; `is_begin` when it is that of a charge's begin."""

    stated_time: datetime
    wh: int
    is_begin: bool


def number(text: str) -> float | None:
    """Return a finite, believable number, or None (M14): never NaN, 1e30 or 5,000 digits."""
    if len(text) > MAX_NUMBER_LENGTH or not _is_decimal(text):
        return None
    value = float(text)
    return value if -MAX_MAGNITUDE <= value <= MAX_MAGNITUDE else None


def registers_of(samplings: Iterable[Sampling]) -> list[Register]:
    """Return the energy register in whole Wh at each moment that has one.

    The value of a charge's begin may stand beside that of the moment (M08). The total counts, the
    sum of the phases only if all three are there (M07), a value at the inlet only if there is none
    at the outlet.
    """
    found = []
    for sampling in samplings:
        registers = [each for each in sampling.samples if each.measurand == REGISTER]
        for is_begin in (True, False):
            wh = _register_wh([each for each in registers if (each.context == BEGIN) is is_begin])
            if wh is not None:
                found.append(Register(sampling.stated_time, wh, is_begin))
    return found


def is_flowing(sample: Sample) -> bool:
    """Say whether a sample is power that flows into a car."""
    if sample.value is None:
        return False
    return sample.measurand == POWER and sample.value > IDLE_WATTS * _PER_WATT.get(sample.unit, 1)


def energy_of_power(samples: Iterable[tuple[datetime, Sample]]) -> int:
    """Return the Wh that power samples make, in the order of time: the area under them.

    The total of a moment counts, or the sum of its phases.
    """
    totals: dict[datetime, float] = {}
    phases: dict[datetime, float] = {}
    for at, sample in samples:
        if sample.measurand == POWER and sample.value is not None and sample.unit in _PER_WATT:
            of_moment = totals if sample.phase is None else phases
            of_moment[at] = of_moment.get(at, 0.0) + sample.value / _PER_WATT[sample.unit]
    watts = sorted({**phases, **totals}.items())
    area = sum(
        (later - earlier) / timedelta(hours=1) * (power + next_power) / 2
        for (earlier, power), (later, next_power) in itertools.pairwise(watts)
    )
    return round(area)


def unusable(samples: Iterable[Sample]) -> list[Sample]:
    """Return what is no finite number, or a register below zero (M14); signed bytes are neither."""
    return [
        each
        for each in samples
        if (each.value is None or (each.value < 0 and each.measurand == REGISTER))
        and each.format is None
    ]


def _register_wh(registers: list[Sample]) -> int | None:
    if not registers:
        return None
    for location in _REGISTER_LOCATIONS:
        here = [each for each in registers if each.location == location]
        totals = [wh for each in here if each.phase is None if (wh := _wh(each)) is not None]
        if totals:
            return max(totals)
        phases = {
            _PHASES[each.phase]: wh
            for each in here
            if each.phase in _PHASES
            if (wh := _wh(each)) is not None
        }
        if phases.keys() == _ALL_PHASES:
            return sum(phases.values())
    return None


def _wh(register: Sample) -> int | None:
    factor = _FACTORS.get(register.unit)
    if factor is None or register.value is None or register.value < 0:
        return None
    if factor == 1 and (whole := int(register.value)) == register.value:
        return whole
    return round(Decimal(repr(register.value)) * factor)
