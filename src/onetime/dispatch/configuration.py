"""Reads a station's configuration into the books, in chunks where the station wants that (C05)."""

from collections.abc import Sequence
from typing import Final

from onetime.domain.ids import StationId
from onetime.garage import Garage
from onetime.ocpp.exchange import Answered, BrokenAnswer, CallErrored
from onetime.ocpp.redaction import REPLACEMENT, is_secret_key
from onetime.ocpp.v16.core import GetConfigurationRequest, GetConfigurationResponse, KeyValue
from onetime.operations.configuration import (
    ReportedKey,
    keep_configuration,
    note_configuration_refused,
)

ACTION: Final = "GetConfiguration"
TIMEOUT_SECONDS: Final = 30.0
MAX_KEYS_KEY: Final = "GetConfigurationMaxKeys"
DEFAULT_CHUNK: Final = 10
MAX_CHUNK: Final = 50

CORE_KEYS: Final = (
    "AllowOfflineTxForUnknownId",
    "AuthorizationCacheEnabled",
    "AuthorizeRemoteTxRequests",
    "BlinkRepeat",
    "ClockAlignedDataInterval",
    "ConnectionTimeOut",
    "ConnectorPhaseRotation",
    "ConnectorPhaseRotationMaxLength",
    "GetConfigurationMaxKeys",
    "HeartbeatInterval",
    "LightIntensity",
    "LocalAuthorizeOffline",
    "LocalPreAuthorize",
    "MaxEnergyOnInvalidId",
    "MeterValuesAlignedData",
    "MeterValuesAlignedDataMaxLength",
    "MeterValuesSampledData",
    "MeterValuesSampledDataMaxLength",
    "MeterValueSampleInterval",
    "MinimumStatusDuration",
    "NumberOfConnectors",
    "ResetRetries",
    "StopTransactionOnEVSideDisconnect",
    "StopTransactionOnInvalidId",
    "StopTxnAlignedData",
    "StopTxnSampledData",
    "SupportedFeatureProfiles",
    "TransactionMessageAttempts",
    "TransactionMessageRetryInterval",
    "UnlockConnectorOnEVSideDisconnect",
    "WebSocketPingInterval",
    "LocalAuthListEnabled",
    "LocalAuthListMaxLength",
    "SendLocalListMaxLength",
    "ReserveConnectorZeroSupported",
    "ChargeProfileMaxStackLevel",
    "ChargingScheduleAllowedChargingRateUnit",
    "ChargingScheduleMaxPeriods",
    "ConnectorSwitch3to1PhaseSupported",
    "MaxChargingProfilesInstalled",
    "AdditionalRootCertificateCheck",
    "CertificateSignedMaxChainSize",
    "CertificateStoreMaxLength",
    "CpoName",
    "SecurityProfile",
)
"""The standard keys of OCPP 1.6 (section 9) and of its security extension."""


async def read_configuration(garage: Garage, station_id: StationId) -> bool:
    """Ask a station for all its keys and keep them; True when something was kept.

    A station that refuses the question for everything, or answers it with nothing, is asked for
    the standard keys in chunks of the size that it allows. Nothing is raised for what stations do;
    one that is away or deaf is asked again later.
    """
    outcome = await garage.stations.call(
        station_id, ACTION, GetConfigurationRequest(), TIMEOUT_SECONDS
    )
    match outcome:
        case Answered(GetConfigurationResponse(configuration_key=keys)) if keys:
            await _keep(garage, station_id, await _with_rest(garage, station_id, keys))
            return True
        case Answered() | CallErrored() | BrokenAnswer():
            return await _read_in_chunks(garage, station_id)
    return False


async def _with_rest(
    garage: Garage, station_id: StationId, keys: Sequence[KeyValue]
) -> list[KeyValue]:
    """Ask for the standard keys that are missing, when the answer was cut to the station's limit."""
    known = {each.key: each.value for each in keys}
    limit = _number(known.get(MAX_KEYS_KEY))
    if limit is None or len(keys) < limit:
        return list(keys)
    missing = [each for each in CORE_KEYS if each not in known]
    more, _ = await _ask(garage, station_id, missing, min(limit, MAX_CHUNK))
    return [*keys, *more]


async def _read_in_chunks(garage: Garage, station_id: StationId) -> bool:
    limited, answered = await _ask(garage, station_id, [MAX_KEYS_KEY], 1)
    limit = _number(limited[0].value) if limited else None
    keys, was_answered = await _ask(garage, station_id, CORE_KEYS, min(limit or DEFAULT_CHUNK, MAX_CHUNK))
    if keys:
        await _keep(garage, station_id, keys)
    elif answered or was_answered:
        await garage.archive.write(note_configuration_refused, station_id)
    return bool(keys)


async def _ask(
    garage: Garage, station_id: StationId, keys: Sequence[str], chunk: int
) -> tuple[list[KeyValue], bool]:
    """Ask for these keys, so many at a time; return what came, and whether anything did."""
    found: list[KeyValue] = []
    is_answered = False
    size = max(chunk, 1)
    for start in range(0, len(keys), size):
        request = GetConfigurationRequest(key=tuple(keys[start : start + size]))
        outcome = await garage.stations.call(station_id, ACTION, request, TIMEOUT_SECONDS)
        match outcome:
            case Answered(GetConfigurationResponse(configuration_key=reported)):
                found.extend(reported or ())
                is_answered = True
            case CallErrored() | BrokenAnswer():
                is_answered = True
            case _:
                break
    return found, is_answered


async def _keep(garage: Garage, station_id: StationId, keys: Sequence[KeyValue]) -> None:
    reported = [
        ReportedKey(
            each.key, REPLACEMENT if is_secret_key(each.key) else each.value, each.readonly
        )
        for each in keys
    ]
    await garage.archive.write(keep_configuration, station_id, reported)


def _number(text: str | None) -> int | None:
    try:
        number = int(text or "")
    except ValueError:
        return None
    return number if number > 0 else None
