"""The table of actions is whole, and its directions are those of OCPP 1.6."""

from collections import Counter

from onetime.ocpp.actions import ACTIONS

FROM_STATION = {
    "Authorize",
    "BootNotification",
    "DataTransfer",
    "DiagnosticsStatusNotification",
    "FirmwareStatusNotification",
    "Heartbeat",
    "LogStatusNotification",
    "MeterValues",
    "SecurityEventNotification",
    "SignCertificate",
    "SignedFirmwareStatusNotification",
    "StartTransaction",
    "StatusNotification",
    "StopTransaction",
}


def test_there_are_28_actions_and_11_of_the_security_extension() -> None:
    by_profile = Counter(action.profile for action in ACTIONS.values())

    assert by_profile.pop("Security") == 11
    assert by_profile.total() == 28


def test_a_station_sends_these_and_the_central_system_sends_the_others_and_data_transfer() -> None:
    assert {name for name, action in ACTIONS.items() if action.from_station} == FROM_STATION
    sent_to_station = {name for name, action in ACTIONS.items() if action.to_station}
    assert sent_to_station == (set(ACTIONS) - FROM_STATION) | {"DataTransfer"}


def test_each_action_is_named_after_its_two_messages() -> None:
    for name, action in ACTIONS.items():
        assert action.name == name
        assert action.request.__name__ == f"{name}Request"
        assert action.response.__name__ == f"{name}Response"
