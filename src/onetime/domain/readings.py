"""Meter readings: what one sampled value says, and which of them move the energy books."""

import itertools
import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import astuple

from onetime.kit.memory import Memory

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
_are_plain = re.compile(r"(?:-?[0-9]{1,12}(?:\.[0-9]{1,20})? )*").fullmatch
PATTERNS = 1_024
"""Combinations of kinds that are remembered: a station sends the same few again and again."""
MOST_REMEMBERED = 50
"""Few stations have more than thirty values at one moment; more are not remembered."""
LONGEST_REMEMBERED = 50
"""No word of OCPP's is longer."""
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


class Kind(Struct, frozen=True, cache_hash=True):
    """What a sampled value is a value of."""

    measurand: str
    unit: str
    phase: str | None
    context: str
    location: str
    format: str | None = None


class Sampling(Struct, frozen=True):
    """All values that a station sampled at one moment, as it stated it, by the column.

    `texts` holds the station's own text where a value is not a finite number; it is empty where
    all values are. Most that is to be known of values follows from their kinds alone, so that it
    is found once for all messages of a station.
    """

    stated_time: datetime
    kinds: tuple[Kind, ...]
    values: Sequence[float | None]
    texts: Sequence[str | None] = ()

    @classmethod
    def of(cls, stated_time: datetime, samples: Sequence[Sample]) -> "Sampling":
        """Return the sampling that these values make."""
        texts = [each.raw for each in samples]
        return cls(
            stated_time,
            tuple(
                [
                    Kind(e.measurand, e.unit, e.phase, e.context, e.location, e.format)
                    for e in samples
                ]
            ),
            [each.value for each in samples],
            texts if any(text is not None for text in texts) else (),
        )

    def samples(self) -> tuple[Sample, ...]:
        """Return the values one by one."""
        return tuple(
            Sample(k.measurand, value, k.unit, k.phase, k.context, k.location, text, k.format)
            for k, value, text in zip(
                self.kinds, self.values, self.texts or itertools.repeat(None), strict=False
            )
        )


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


def is_usual(kinds: Iterable[Sequence[str | None]]) -> bool:
    """Say whether kinds of values, each with its words, are like those that most stations send.

    What follows from others is not remembered: who makes them up is to fill no memory (S12).
    """
    count = 0
    for words in kinds:
        count += 1
        if any(word and len(word) > LONGEST_REMEMBERED for word in words):
            return False
    return count <= MOST_REMEMBERED


def numbers(texts: Sequence[str]) -> Sequence[float | None]:
    """Return what `number` says of each text, at once where all are written as nearly always."""
    if _are_plain(" ".join(texts) + " "):
        try:
            return list(map(float, texts))
        except ValueError:
            pass  # one that has a space in it looked like two
    return [number(text) for text in texts]


def registers_of(samplings: Iterable[Sampling]) -> list[Register]:
    """Return the energy register in whole Wh at each moment that has one.

    The value of a charge's begin may stand beside that of the moment (M08). The total counts, the
    sum of the phases only if all three are there (M07), a value at the inlet only if there is none
    at the outlet.
    """
    return [
        Register(sampling.stated_time, wh, is_begin)
        for sampling in samplings
        for is_begin, places in _places(sampling.kinds)
        if (wh := _register_wh(places, sampling.values)) is not None
    ]


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


def unusable(samplings: Iterable[Sampling]) -> list[Sample]:
    """Return what is no finite number, or a register below zero (M14); signed bytes are neither."""
    return [
        each
        for sampling in samplings
        if sampling.texts or any(value is None or value < 0 for value in sampling.values)
        for each in sampling.samples()
        if (each.value is None or (each.value < 0 and each.measurand == REGISTER))
        and each.format is None
    ]


class _Place(Struct, frozen=True):
    """Where the registers of one location stand among the values: totals, and those of phases."""

    totals: tuple[tuple[int, int], ...]  # index, Wh for one of its unit
    phases: tuple[tuple[int, int, int], ...]  # phase, index, Wh for one of its unit


def _registers_among(kinds: tuple[Kind, ...]) -> tuple[tuple[bool, tuple[_Place, ...]], ...]:
    """Return for the begin of a charge, then for the moment, where the register can be found."""
    registers = [
        (index, each, _FACTORS[each.unit])
        for index, each in enumerate(kinds)
        if each.measurand == REGISTER and each.unit in _FACTORS
    ]
    found = []
    for is_begin in (True, False):
        those = [each for each in registers if (each[1].context == BEGIN) is is_begin]
        if those:
            found.append((is_begin, tuple(_place(those, each) for each in _REGISTER_LOCATIONS)))
    return tuple(found)


_places = Memory(_registers_among, lambda kinds: is_usual(map(astuple, kinds)), PATTERNS)


def _place(registers: list[tuple[int, Kind, int]], location: str) -> _Place:
    here = [each for each in registers if each[1].location == location]
    return _Place(
        tuple((index, factor) for index, kind, factor in here if kind.phase is None),
        tuple(
            (_PHASES[kind.phase], index, factor)
            for index, kind, factor in here
            if kind.phase in _PHASES
        ),
    )


def _register_wh(places: Iterable[_Place], values: Sequence[float | None]) -> int | None:
    for place in places:
        totals = [
            wh for index, factor in place.totals if (wh := _wh(values[index], factor)) is not None
        ]
        if totals:
            return max(totals)
        phases = {
            phase: wh
            for phase, index, factor in place.phases
            if (wh := _wh(values[index], factor)) is not None
        }
        if phases.keys() == _ALL_PHASES:
            return sum(phases.values())
    return None


def _wh(value: float | None, factor: int) -> int | None:
    if value is None or value < 0:
        return None
    if factor == 1 and (whole := int(value)) == value:
        return whole
    return round(Decimal(repr(value)) * factor)
