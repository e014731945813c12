"""Every command of OCPP 1.6 once: a payload, how a station agrees, and how it says no.

Where OCPP gives a station no word for no, the answer that comes closest to it stands here.
"""

from typing import Any

from msgspec import Struct

Json = dict[str, Any]
LATER = "2030-01-31T18:00:00Z"
HASH = {
    "hashAlgorithm": "SHA256",
    "issuerNameHash": "aa",
    "issuerKeyHash": "bb",
    "serialNumber": "1",
}
PROFILE = {
    "chargingProfileId": 1,
    "stackLevel": 0,
    "chargingProfilePurpose": "TxDefaultProfile",
    "chargingProfileKind": "Absolute",
    "chargingSchedule": {
        "chargingRateUnit": "A",
        "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 10.5}],
        "startSchedule": LATER,
    },
}
ACCEPTED = {"status": "Accepted"}
REJECTED = {"status": "Rejected"}


class Case(Struct, frozen=True):
    """One command; `simulated` is what a simulated station says that is idle."""

    payload: Json
    yes: Json
    no: Json
    simulated: Json | None = None


CASES: dict[str, Case] = {
    "CancelReservation": Case({"reservationId": 77}, ACCEPTED, REJECTED, REJECTED),
    "CertificateSigned": Case({"certificateChain": "PEM"}, ACCEPTED, REJECTED, REJECTED),
    "ChangeAvailability": Case(
        {"connectorId": 1, "type": "Operative"}, {"status": "Scheduled"}, REJECTED, ACCEPTED
    ),
    "ChangeConfiguration": Case(
        {"key": "HeartbeatInterval", "value": "60"},
        {"status": "RebootRequired"},
        {"status": "NotSupported"},
        ACCEPTED,
    ),
    "ClearCache": Case({}, ACCEPTED, REJECTED, ACCEPTED),
    "ClearChargingProfile": Case(
        {"id": 4_711}, ACCEPTED, {"status": "Unknown"}, {"status": "Unknown"}
    ),
    "DataTransfer": Case(
        {"vendorId": "maker", "messageId": "greet", "data": "hello"},
        {"status": "Accepted", "data": "good day"},
        {"status": "UnknownVendorId"},
        {"status": "UnknownVendorId"},
    ),
    "DeleteCertificate": Case(
        {"certificateHashData": HASH}, ACCEPTED, {"status": "NotFound"}, {"status": "NotFound"}
    ),
    "ExtendedTriggerMessage": Case(
        {"requestedMessage": "LogStatusNotification"},
        ACCEPTED,
        {"status": "NotImplemented"},
        ACCEPTED,
    ),
    "GetCompositeSchedule": Case(
        {"connectorId": 1, "duration": 60},
        {
            "status": "Accepted",
            "connectorId": 1,
            "scheduleStart": LATER,
            "chargingSchedule": PROFILE["chargingSchedule"],
        },
        REJECTED,
    ),
    "GetConfiguration": Case(
        {"key": ["HeartbeatInterval"]},
        {"configurationKey": [{"key": "HeartbeatInterval", "readonly": False, "value": "60"}]},
        {"unknownKey": ["HeartbeatInterval"]},
    ),
    "GetDiagnostics": Case(
        {"location": "ftp://files.example/in", "retries": 1},
        {"fileName": "diagnostics.zip"},
        {},
    ),
    "GetInstalledCertificateIds": Case(
        {"certificateType": "CentralSystemRootCertificate"},
        {"status": "Accepted", "certificateHashData": [HASH]},
        {"status": "NotFound"},
        {"status": "NotFound"},
    ),
    "GetLocalListVersion": Case({}, {"listVersion": 3}, {"listVersion": -1}, {"listVersion": 0}),
    "GetLog": Case(
        {
            "logType": "SecurityLog",
            "requestId": 5,
            "log": {"remoteLocation": "https://files.example/in", "oldestTimestamp": LATER},
        },
        {"status": "Accepted", "filename": "log.txt"},
        REJECTED,
    ),
    "InstallCertificate": Case(
        {"certificateType": "ManufacturerRootCertificate", "certificate": "PEM"},
        ACCEPTED,
        {"status": "Failed"},
        REJECTED,
    ),
    "RemoteStartTransaction": Case(
        {
            "idTag": "04A1B2C3D4E5F6",
            "connectorId": 99,
            "chargingProfile": {**PROFILE, "chargingProfilePurpose": "TxProfile"},
        },
        ACCEPTED,
        REJECTED,
        REJECTED,
    ),
    "RemoteStopTransaction": Case({"transactionId": 4_711}, ACCEPTED, REJECTED, REJECTED),
    "ReserveNow": Case(
        {
            "connectorId": 99,
            "expiryDate": LATER,
            "idTag": "04A1B2C3D4E5F6",
            "reservationId": 8,
            "parentIdTag": "GROUP",
        },
        ACCEPTED,
        {"status": "Occupied"},
        REJECTED,
    ),
    "Reset": Case({"type": "Soft"}, ACCEPTED, REJECTED, ACCEPTED),
    "SendLocalList": Case(
        {
            "listVersion": 9,
            "updateType": "Full",
            "localAuthorizationList": [
                {
                    "idTag": "04A1B2C3D4E5F6",
                    "idTagInfo": {"status": "Accepted", "expiryDate": LATER},
                }
            ],
        },
        ACCEPTED,
        {"status": "VersionMismatch"},
        ACCEPTED,
    ),
    "SetChargingProfile": Case(
        {"connectorId": 0, "csChargingProfiles": PROFILE},
        ACCEPTED,
        {"status": "NotSupported"},
        ACCEPTED,
    ),
    "SignedUpdateFirmware": Case(
        {
            "requestId": 6,
            "firmware": {
                "location": "https://files.example/firmware",
                "retrieveDateTime": LATER,
                "signingCertificate": "PEM",
                "signature": "c2lnbmVk",
            },
        },
        ACCEPTED,
        {"status": "InvalidCertificate"},
        {"status": "InvalidCertificate"},
    ),
    "TriggerMessage": Case(
        {"requestedMessage": "Heartbeat"}, ACCEPTED, {"status": "NotImplemented"}, ACCEPTED
    ),
    "UnlockConnector": Case(
        {"connectorId": 99},
        {"status": "Unlocked"},
        {"status": "UnlockFailed"},
        {"status": "NotSupported"},
    ),
    "UpdateFirmware": Case(
        {"location": "ftp://files.example/firmware", "retrieveDate": LATER}, {}, {}, {}
    ),
}
