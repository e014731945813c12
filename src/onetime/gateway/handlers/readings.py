"""MeterValues: sampled values with OCPP's defaults filled in (OCPP 1.6, 7.43)."""

from collections.abc import Iterable
from functools import cache
from typing import Final

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
    SampledValue,
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
    note_quirks(tx, caller, request.meter_value)
    return _RECEIVED


def note_quirks(tx: Transaction, caller: Caller, values: Iterable[MeterValue]) -> None:
    """Count how samples deviate that keep to the schema, each way once for a message."""
    found = {quirk for value in values for quirk in _quirks_of(value.sampled_value)}
    for quirk in sorted(found.difference(caller.quirks)):
        note_quirk(tx, caller.station_id, quirk)


def samplings_of(
    tx: Transaction, caller: Caller, values: Iterable[MeterValue]
) -> tuple[Sampling, ...]:
    """Turn OCPP's meter values into garage words, as this station is to be read (T03, M02)."""
    return tuple(
        Sampling(
            time_of(tx, caller, value.timestamp),
            tuple(_sample(each, caller.register_factor) for each in value.sampled_value),
        )
        for value in values
    )


def _sample(value: SampledValue, register_factor: int) -> Sample:
    measurand = value.measurand or _inferred(value.unit)
    unit = value.unit or _UNITS.get(measurand.partition(".")[0], "")
    is_signed = value.format == SIGNED
    amount = None if is_signed else number(value.value)
    is_scaled = register_factor != 1 and measurand == REGISTER and unit == "Wh"
    if is_scaled and amount is not None:
        amount *= register_factor
    return Sample(
        measurand,
        amount,
        unit,
        value.phase,
        value.context or DEFAULT_CONTEXT,
        value.location or DEFAULT_LOCATION,
        value.value if amount is None or is_scaled else None,
        SIGNED if is_signed else None,
    )


def _quirks_of(samples: Iterable[SampledValue]) -> set[str]:
    found = set()
    contexts, phases = set(), set()
    for each in samples:
        if (quirk := _unit_quirk(each.measurand, each.unit)) is not None:
            found.add(quirk)
        elif each.measurand is None or each.measurand == REGISTER:
            contexts.add(each.context == BEGIN)
            phases.add(each.phase)
    if len(contexts) > 1:
        found.add(BEGIN_AND_NOW)
    if phases and None not in phases:
        found.add(PER_PHASE)
    return found


@cache
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
