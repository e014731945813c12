"""MeterValues: sampled values with OCPP's defaults filled in (OCPP 1.6, 7.43)."""

from collections.abc import Iterable
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
from onetime.ocpp.v16.core import (
    MeterValue,
    MeterValuesRequest,
    MeterValuesResponse,
    SampledValue,
)
from onetime.operations.journal import note_quirk
from onetime.operations.readings import Metering, record_readings

SIGNED: Final = "SignedData"
INFERRED: Final = "M03"
_UNITS: Final = {"Energy": "Wh", "Power": "W", "Current": "A", "Voltage": "V", "SoC": "Percent"}
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
        samplings=samplings_of(request.meter_value, caller.register_factor),
    )
    record_readings(tx, metering, caller.frame)
    if any(_is_inferred(each) for value in request.meter_value for each in value.sampled_value):
        note_quirk(tx, caller.station_id, INFERRED)
    return _RECEIVED


def samplings_of(values: Iterable[MeterValue], register_factor: int = 1) -> tuple[Sampling, ...]:
    """Turn OCPP's meter values into garage words; the factor is that of the station (M02)."""
    return tuple(
        Sampling(
            value.timestamp, tuple(_sample(each, register_factor) for each in value.sampled_value)
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


def _is_inferred(value: SampledValue) -> bool:
    return value.measurand is None and value.unit in _INFERRED


def _inferred(unit: str | None) -> str:
    """Without measurand it is the energy register, unless the unit says otherwise (M03)."""
    return REGISTER if unit is None else _INFERRED.get(unit, REGISTER)
