"""MeterValues: sampled values with OCPP's defaults filled in (OCPP 1.6, 7.43)."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Final, TypeAlias

from msgspec import Struct

from onetime.domain.readings import (
    DEFAULT_CONTEXT,
    DEFAULT_LOCATION,
    PATTERNS,
    REGISTER,
    Kind,
    Sampling,
    is_usual,
    numbers,
)
from onetime.garage import Transaction
from onetime.gateway.caller import Caller
from onetime.gateway.handlers.times import time_of
from onetime.kit.memory import Memory
from onetime.ocpp.v16.core import (
    MeterValue,
    MeterValuesRequest,
    MeterValuesResponse,
)
from onetime.operations.journal import note_quirk
from onetime.operations.readings import Metering, record_readings

SIGNED: Final = "SignedData"
BEGIN: Final = "Transaction.Begin"
WITHOUT_UNIT: Final = "M01"
INFERRED: Final = "M03"
FOREIGN_UNIT: Final = "M06"
PER_PHASE: Final = "M07"
BEGIN_AND_NOW: Final = "M08"
_UNITS: Final = {"Energy": "Wh", "Power": "W", "Current": "A", "Voltage": "V", "SoC": "Percent"}
_FITTING: Final = {
    "Energy": frozenset({"Wh", "kWh", "varh", "kvarh"}),
    "Power": frozenset({"W", "kW", "VA", "kVA", "var", "kvar"}),
    "Current": frozenset({"A"}),
    "Voltage": frozenset({"V"}),
}
_ALL_UNITS: Final = frozenset().union(*_FITTING.values())
_INFERRED: Final = {
    "A": "Current.Import",
    "V": "Voltage",
    "W": "Power.Active.Import",
    "kW": "Power.Active.Import",
    "Percent": "SoC",
}
_RECEIVED: Final = MeterValuesResponse()


_stated: Final = attrgetter("measurand", "unit", "phase", "context", "location", "format")

Stated: TypeAlias = tuple[str | None, str | None, str | None, str | None, str | None, str | None]


class _Pattern(Struct, frozen=True):
    """The kinds of values that come together, and how they deviate from the schema's meaning."""

    kinds: tuple[Kind, ...]
    quirks: frozenset[str]
    has_signed: bool


def meter_values(
    tx: Transaction, caller: Caller, request: MeterValuesRequest
) -> MeterValuesResponse:
    """Keep the sampled values of a connector."""
    metering = Metering(
        station_id=caller.station_id,
        connector_id=request.connector_id,
        transaction_id=request.transaction_id,
        samplings=samplings_of(tx, caller, request.meter_value),
    )
    record_readings(tx, metering, caller.frame)
    return _RECEIVED


def samplings_of(
    tx: Transaction, caller: Caller, values: Iterable[MeterValue]
) -> tuple[Sampling, ...]:
    """Turn OCPP's meter values into garage words, as this station is to be read (T03, M02).

    How samples deviate that keep to the schema is counted, each way once for a message.
    """
    samplings: list[Sampling] = []
    found: set[str] = set()
    for value in values:
        sampled = value.sampled_value
        pattern = _known_pattern(tuple(map(_stated, sampled)))
        found |= pattern.quirks
        texts = [each.value for each in sampled]
        amounts = numbers(texts)
        at = time_of(tx, caller, value.timestamp)
        if caller.register_factor == 1 and not pattern.has_signed and None not in amounts:
            samplings.append(Sampling(at, pattern.kinds, amounts))
        else:
            samplings.append(_read_closely(at, pattern, texts, amounts, caller.register_factor))
    for quirk in sorted(found.difference(caller.quirks)):
        note_quirk(tx, caller.station_id, quirk)
    return tuple(samplings)


def _read_closely(
    at: datetime,
    pattern: _Pattern,
    texts: Sequence[str],
    amounts: Sequence[float | None],
    register_factor: int,
) -> Sampling:
    """Read values that are not all plain numbers, or of a register that is to be multiplied.

    What the station said is kept where it is not what is booked.
    """
    values: list[float | None] = []
    said: list[str | None] = []
    for kind, text, stated in zip(pattern.kinds, texts, amounts, strict=True):
        amount = None if kind.format is not None else stated
        is_kept = amount is None
        if register_factor != 1 and kind.measurand == REGISTER and kind.unit == "Wh":
            is_kept = True
            if amount is not None:
                amount *= register_factor
        values.append(amount)
        said.append(text if is_kept else None)
    return Sampling(at, pattern.kinds, values, said)


def _pattern(stated: tuple[Stated, ...]) -> _Pattern:
    """Fill in OCPP's defaults, and name how the values of one moment deviate."""
    quirks = [_unit_quirk(measurand, unit) for measurand, unit, *_ in stated]
    found = {each for each in quirks if each is not None}
    kinds = tuple([_kind(*each) for each in stated])
    registers = [
        kind
        for kind, (measurand, *_), quirk in zip(kinds, stated, quirks, strict=True)
        if quirk is None and measurand in (None, REGISTER)
    ]
    if len({each.context == BEGIN for each in registers}) > 1:
        found.add(BEGIN_AND_NOW)
    if registers and all(each.phase is not None for each in registers):
        found.add(PER_PHASE)
    return _Pattern(kinds, frozenset(found), any(each.format is not None for each in kinds))


_known_pattern: Final = Memory(_pattern, is_usual, PATTERNS)


def _kind(
    stated: str | None,
    unit: str | None,
    phase: str | None,
    context: str | None,
    location: str | None,
    form: str | None,
) -> Kind:
    measurand = stated or _inferred(unit)
    return Kind(
        measurand,
        unit or _UNITS.get(measurand.partition(".")[0], ""),
        phase,
        context or DEFAULT_CONTEXT,
        location or DEFAULT_LOCATION,
        SIGNED if form == SIGNED else None,
    )


def _unit_quirk(measurand: str | None, unit: str | None) -> str | None:
    """Name what is wrong with a unit: none for a power (M01), or one of something else (M06)."""
    if measurand is None:
        return INFERRED if unit in _INFERRED else None
    family = measurand.partition(".")[0]
    fitting = _FITTING.get(family)
    if fitting is None or measurand == "Power.Factor":
        return None
    if unit is None:
        return WITHOUT_UNIT if family != "Energy" else None
    return FOREIGN_UNIT if unit in _ALL_UNITS and unit not in fitting else None


def _inferred(unit: str | None) -> str:
    """Without measurand it is the energy register, unless the unit says otherwise (M03)."""
    return REGISTER if unit is None else _INFERRED.get(unit, REGISTER)
