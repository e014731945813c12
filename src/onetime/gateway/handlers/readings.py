"""MeterValues: sampled values with OCPP's defaults filled in (OCPP 1.6, 7.43)."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from msgspec import Struct

from onetime.domain.readings import (
    DEFAULT_CONTEXT,
    DEFAULT_LOCATION,
    REGISTER,
    Sample,
    Sampling,
    number,
)
from onetime.garage import Transaction
from onetime.gateway.caller import Caller
from onetime.gateway.handlers.times import time_of
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
_KINDS: Final = 2_048
"""Kinds of values that are remembered: a station sends the same few again and again."""


class _Kind(Struct, frozen=True, eq=False):
    """What a sampled value is a value of, with all that follows from that alone."""

    measurand: str
    unit: str
    phase: str | None
    context: str
    location: str
    is_signed: bool
    is_register: bool
    quirk: str | None


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
        kinds = tuple(
            [
                _kind(e.measurand, e.unit, e.phase, e.context, e.location, e.format)
                for e in value.sampled_value
            ]
        )
        found |= _quirks_of(kinds)
        samples = [
            _sample(kind, each.value, caller.register_factor)
            for kind, each in zip(kinds, value.sampled_value, strict=True)
        ]
        samplings.append(Sampling(time_of(tx, caller, value.timestamp), tuple(samples)))
    for quirk in sorted(found.difference(caller.quirks)):
        note_quirk(tx, caller.station_id, quirk)
    return tuple(samplings)


@lru_cache(_KINDS)
def _kind(
    stated: str | None,
    unit: str | None,
    phase: str | None,
    context: str | None,
    location: str | None,
    form: str | None,
) -> _Kind:
    measurand = stated or _inferred(unit)
    return _Kind(
        measurand,
        unit or _UNITS.get(measurand.partition(".")[0], ""),
        phase,
        context or DEFAULT_CONTEXT,
        location or DEFAULT_LOCATION,
        is_signed=form == SIGNED,
        is_register=stated is None or stated == REGISTER,
        quirk=_unit_quirk(stated, unit),
    )


def _sample(kind: _Kind, text: str, register_factor: int) -> Sample:
    amount = None if kind.is_signed else number(text)
    is_kept = amount is None
    if register_factor != 1 and kind.measurand == REGISTER and kind.unit == "Wh":
        is_kept = True
        if amount is not None:
            amount *= register_factor
    return Sample(
        kind.measurand,
        amount,
        kind.unit,
        kind.phase,
        kind.context,
        kind.location,
        text if is_kept else None,
        SIGNED if kind.is_signed else None,
    )


@lru_cache(_KINDS)
def _quirks_of(kinds: tuple[_Kind, ...]) -> frozenset[str]:
    """Name how samples of one moment deviate."""
    found = {each.quirk for each in kinds if each.quirk is not None}
    registers = [each for each in kinds if each.quirk is None and each.is_register]
    if len({each.context == BEGIN for each in registers}) > 1:
        found.add(BEGIN_AND_NOW)
    if registers and all(each.phase is not None for each in registers):
        found.add(PER_PHASE)
    return frozenset(found)


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
