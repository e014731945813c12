"""Reads a station's configuration into the books, in chunks where the station wants that (C05)."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from onetime.dispatch.commands import Sent, send
from onetime.domain.commands import CommandStatus
from onetime.domain.ids import StationId
from onetime.domain.people import Actor
from onetime.garage import Garage
from onetime.ocpp.redaction import REPLACEMENT, is_secret_key
from onetime.ocpp.repair import repair_response
from onetime.ocpp.v16.core import GetConfigurationRequest, GetConfigurationResponse, KeyValue
from onetime.operations.configuration import (
    ReportedKey,
    keep_configuration,
    note_configuration_refused,
)
from onetime.operations.journal import note_quirk

ACTOR: Final = Actor("clock", "configuration")
ACTION: Final = "GetConfiguration"
TIMEOUT_SECONDS: Final = 30.0
MAX_KEYS_KEY: Final = "GetConfigurationMaxKeys"
DEFAULT_CHUNK: Final = 10
MAX_CHUNK: Final = 50
MAX_KEY_LENGTH: Final = 255  # 50 by OCPP 1.6
LENIENTLY_READ: Final = "C05"

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
    """Ask a station for all its keys and keep them; True when that is done until its next boot.

    A station that refuses the question for everything, or answers it with nothing, is asked for
    the standard keys in chunks of the size that it allows. Nothing is raised for what stations do;
    one that is away or deaf is asked again later. Raises StoreDown.
    """
    reply = await _call(garage, station_id, GetConfigurationRequest())
    if reply is None:
        return False
    if reply.keys:
        keys = await _with_rest(garage, station_id, reply.keys)
    else:
        keys = await _in_chunks(garage, station_id)
    if keys is None:
        return False
    if keys:
        await _keep(garage, station_id, keys)
    else:
        await garage.archive.write(note_configuration_refused, station_id)
    return True


class _Reply(Struct, frozen=True):
    """What a station answered; no keys also when it refused."""

    keys: tuple[KeyValue, ...]


async def _call(
    garage: Garage, station_id: StationId, request: GetConfigurationRequest
) -> _Reply | None:
    """Ask once; None when no answer came. An answer that breaks the schema is read as meant."""
    match await send(garage, ACTOR, station_id, request, timeout_seconds=TIMEOUT_SECONDS):
        case Sent(response=GetConfigurationResponse(configuration_key=keys)):
            return _Reply(keys or ())
        case Sent(status=CommandStatus.BROKEN_ANSWER, answer=str(text)):
            return await _as_meant(garage, station_id, text.encode())
        case Sent(status=CommandStatus.CALL_ERROR):
            return _Reply(())
    return None


async def _as_meant(garage: Garage, station_id: StationId, raw: bytes) -> _Reply:
    await garage.archive.write(note_quirk, station_id, LENIENTLY_READ)
    repaired = repair_response(ACTION, raw)
    if repaired is None:
        return _Reply(())
    assert isinstance(repaired.request, GetConfigurationResponse)
    return _Reply(repaired.request.configuration_key or ())


async def _with_rest(
    garage: Garage, station_id: StationId, keys: Sequence[KeyValue]
) -> list[KeyValue] | None:
    """Ask for the standard keys that are missing, when the answer was cut to a limit."""
    known = {each.key: each.value for each in keys}
    limit = _number(known.get(MAX_KEYS_KEY))
    if limit is None or len(keys) < limit:
        return list(keys)
    missing = [each for each in CORE_KEYS if each not in known]
    more = await _ask(garage, station_id, missing, min(limit, MAX_CHUNK))
    return None if more is None else [*keys, *more]


async def _in_chunks(garage: Garage, station_id: StationId) -> list[KeyValue] | None:
    limited = await _ask(garage, station_id, [MAX_KEYS_KEY], 1)
    if limited is None:
        return None
    limits = [_number(each.value) for each in limited if each.key == MAX_KEYS_KEY]
    limit = (limits[0] if limits else None) or DEFAULT_CHUNK
    return await _ask(garage, station_id, CORE_KEYS, min(limit, MAX_CHUNK))


async def _ask(
    garage: Garage, station_id: StationId, keys: Sequence[str], chunk: int
) -> list[KeyValue] | None:
    """Ask for these keys, so many at a time; None when the station ceased to answer."""
    found: list[KeyValue] = []
    for start in range(0, len(keys), chunk):
        request = GetConfigurationRequest(key=tuple(keys[start : start + chunk]))
        reply = await _call(garage, station_id, request)
        if reply is None:
            return None
        found.extend(reply.keys)
    return found


async def _keep(garage: Garage, station_id: StationId, keys: Sequence[KeyValue]) -> None:
    reported = [
        ReportedKey(
            each.key[:MAX_KEY_LENGTH],
            REPLACEMENT if is_secret_key(each.key) else each.value,
            each.readonly,
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
