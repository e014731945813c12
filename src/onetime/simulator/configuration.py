"""A station's configuration keys: what they hold and which may be changed; knows no frame."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from onetime.simulator.messages import Json, JsonObject

MOST_KEYS_PER_QUESTION = 20
LEAST_HEARTBEAT_SECONDS = 1.0

MEASURANDS = (
    "Energy.Active.Import.Register,Power.Active.Import,Current.Import,Current.Offered,Voltage,SoC"
)

WRITABLE: tuple[tuple[str, str], ...] = (
    ("AllowOfflineTxForUnknownId", "false"),
    ("AuthorizationCacheEnabled", "true"),
    ("AuthorizeRemoteTxRequests", "false"),
    ("ClockAlignedDataInterval", "0"),
    ("ConnectionTimeOut", "60"),
    ("CpoName", ""),
    ("HeartbeatInterval", "300"),
    ("LocalAuthListEnabled", "true"),
    ("LocalAuthorizeOffline", "true"),
    ("LocalPreAuthorize", "false"),
    ("MeterValueSampleInterval", "60"),
    ("MeterValuesAlignedData", "Energy.Active.Import.Register"),
    ("MeterValuesSampledData", MEASURANDS),
    ("ResetRetries", "1"),
    ("SecurityProfile", "0"),
    ("StopTransactionOnEVSideDisconnect", "true"),
    ("StopTransactionOnInvalidId", "true"),
    ("StopTxnAlignedData", ""),
    ("StopTxnSampledData", ""),
    ("TransactionMessageAttempts", "3"),
    ("TransactionMessageRetryInterval", "5"),
    ("UnlockConnectorOnEVSideDisconnect", "true"),
    ("WebSocketPingInterval", "0"),
)
READ_ONLY: tuple[tuple[str, str], ...] = (
    ("CertificateStoreMaxLength", "4"),
    ("ChargeProfileMaxStackLevel", "8"),
    ("ChargingScheduleAllowedChargingRateUnit", "Current,Power"),
    ("ChargingScheduleMaxPeriods", "24"),
    ("ConnectorPhaseRotation", "1.RST"),
    ("GetConfigurationMaxKeys", str(MOST_KEYS_PER_QUESTION)),
    ("LocalAuthListMaxLength", "1000"),
    ("MaxChargingProfilesInstalled", "10"),
    ("SendLocalListMaxLength", "100"),
    (
        "SupportedFeatureProfiles",
        "Core,FirmwareManagement,LocalAuthListManagement,Reservation,SmartCharging,RemoteTrigger",
    ),
)
SECRET = "AuthorizationKey"
PROFILE = "SecurityProfile"
NUMBERS = frozenset(
    {
        "ClockAlignedDataInterval",
        "ConnectionTimeOut",
        "HeartbeatInterval",
        "MeterValueSampleInterval",
        "ResetRetries",
        "TransactionMessageAttempts",
        "TransactionMessageRetryInterval",
        "WebSocketPingInterval",
    }
)
SWITCHES = frozenset(key for key, value in WRITABLE if value in ("true", "false"))


@dataclass
class Configuration:
    """What GetConfiguration shows and ChangeConfiguration changes."""

    values: dict[str, str] = field(default_factory=lambda: dict(WRITABLE))
    fixed: dict[str, str] = field(default_factory=lambda: dict(READ_ONLY))
    most_keys: int = MOST_KEYS_PER_QUESTION

    def number(self, key: str) -> int:
        """Return a whole number; only keys that `change` keeps numeric may be asked for."""
        return int(self.values[key])

    def heartbeat_seconds(self) -> float:
        """Return how long the station is silent at most."""
        return max(LEAST_HEARTBEAT_SECONDS, self.number("HeartbeatInterval"))

    def switched_on(self, key: str) -> bool:
        """Say whether a boolean key is true."""
        return self.values[key].lower() == "true"

    def words(self, key: str) -> list[str]:
        """Return the entries of a comma-separated list."""
        return [word.strip() for word in self.values[key].split(",") if word.strip()]

    def change(self, key: str, value: str) -> str:
        """Set a key and return the status of ChangeConfiguration.conf (OCPP 1.6, 5.3)."""
        if key in self.fixed:
            return "Rejected"
        if key not in self.values:
            return "NotSupported"
        if key in NUMBERS and not (value.isascii() and value.isdigit()):
            return "Rejected"
        if key in SWITCHES and value.lower() not in ("true", "false"):
            return "Rejected"
        self.values[key] = value
        return "Accepted"

    def shown(self, keys: Sequence[str]) -> JsonObject:
        """Answer GetConfiguration: at most so many keys as the station can tell at once (5.8)."""
        known = {**self.values, **self.fixed}
        asked = list(keys) if keys else list(known)
        unknown: list[Json] = [key for key in asked if key not in known]
        told = [key for key in asked if key in known][: self.most_keys]
        entries: list[Json] = [
            {"key": key, "readonly": key in self.fixed, "value": known[key]} for key in told
        ]
        answer: JsonObject = {"configurationKey": entries}
        if unknown:
            answer["unknownKey"] = unknown
        return answer
