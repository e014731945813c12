"""Meter readings: what one sampled value says, and which of them move the energy books."""

import math
from datetime import datetime
from decimal import Decimal, InvalidOperation

from msgspec import Struct

REGISTER = "Energy.Active.Import.Register"
"""The measurand that energy is booked from, and OCPP's default (OCPP 1.6, 7.31)."""

DEFAULT_CONTEXT = "Sample.Periodic"
DEFAULT_LOCATION = "Outlet"
_REGISTER_LOCATIONS = frozenset({"Outlet", "Inlet"})
_FACTORS = {"Wh": 1, "kWh": 1000}
MAX_NUMBER_LENGTH = 64
MAX_MAGNITUDE = 10**13


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


def number(text: str) -> float | None:
    """Return a finite, believable number, or None (M14): never NaN, 1e30 or 5,000 digits."""
    if len(text) > MAX_NUMBER_LENGTH:
        return None
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and abs(value) <= MAX_MAGNITUDE else None


def register_wh(samplings: tuple[Sampling, ...]) -> list[tuple[datetime, int]]:
    """Return the energy register in whole Wh at each moment that has one.

    Only the total counts: a value of one phase or of another location than the outlet is left
    alone (M07), and so is a value that was inferred.
    """
    found = []
    for sampling in samplings:
        values = [wh for sample in sampling.samples if (wh := _as_register(sample)) is not None]
        if values:
            found.append((sampling.stated_time, max(values)))
    return found


def _as_register(sample: Sample) -> int | None:
    if sample.measurand != REGISTER or sample.phase is not None or sample.value is None:
        return None
    factor = _FACTORS.get(sample.unit)
    if factor is None or sample.location not in _REGISTER_LOCATIONS or sample.value < 0:
        return None
    try:
        return round(Decimal(repr(sample.value)) * factor)
    except InvalidOperation:
        return None
