"""Secrets do not get into the OCPP log."""

import pytest

from onetime.ocpp.redaction import is_secret_key, redacted

KEPT = '[3,"1",{"configurationKey":[{"key":"HeartbeatInterval","readonly":false,"value":"60"}]}]'


@pytest.mark.parametrize(
    "key",
    ["AuthorizationKey", "authorization_key", "Authorization Key", "StationPassword", "WifiSecret",
     "SIM-PIN", "sim pin", "apn-pass-phrase"],
)  # fmt: skip
def test_a_key_that_holds_a_secret_is_known_however_it_is_spelled(key: str) -> None:
    assert is_secret_key(key)


@pytest.mark.parametrize("key", ["HeartbeatInterval", "WebSocketPingInterval", "SpinUp"])
def test_other_keys_hold_none(key: str) -> None:
    assert not is_secret_key(key)


@pytest.mark.parametrize(
    "frame",
    [
        '[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"CANARY"}]',
        '[2,"1","ChangeConfiguration",{"key":"Authorization_Key","value":"CANARY"}]',
        '[2,"1","ChangeConfiguration",{"key":"\\u0041uthorizationKey","value":"CANARY"}]',
        '[2,"1","ChangeConfiguration",{"key":"\\u0041uthorizationKey","value":"CANARY"',
        '{"configurationKey":[{"key":"StationPassword","readonly":false,"value":"CANARY"}]}',
        '{"configurationKey":[,{"key":"StationPassword","value":"CANARY"}]}',
        '[2,"1","DataTransfer",{"vendorId":"V","data":"{\\"password\\":\\"CANARY\\"}"}]',
    ],
)
@pytest.mark.parametrize(
    "action", ["ChangeConfiguration", "GetConfiguration", "DataTransfer", None]
)
def test_a_secret_is_replaced(action: str | None, frame: str) -> None:
    assert "CANARY" not in redacted(action, frame)


@pytest.mark.parametrize("frame", [KEPT, "no json at all", '{ "spaced" : 1.50 }'])
@pytest.mark.parametrize("action", ["GetConfiguration", None])
def test_a_frame_without_secrets_stays_as_it_was(action: str | None, frame: str) -> None:
    assert redacted(action, frame) == frame


def test_a_depth_bomb_is_no_trouble() -> None:
    assert redacted(None, "[" * 100_000) == "[" * 100_000


@pytest.mark.parametrize("action", ["GetDiagnostics", "GetLog", "UpdateFirmware"])
@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("ftp://user:CANARY@files.example/in", "ftp://***@files.example/in"),
        ("ftp://user:CAN@CANARY@files.example", "ftp://***@files.example"),
        (
            "http://10.0.0.5:8000/files/CANARYCANARY_CANARY-CANARYCANARY",
            "http://10.0.0.5:8000/files/***",
        ),
        (
            r"http:\/\/10.0.0.5\/files\/CANARYCANARY_CANARY-CANARYCANARY\/cp.bin",
            r"http:\/\/10.0.0.5\/files\/***\/cp.bin",
        ),
        (
            "https://files.example/files/firmware-1.2.bin",
            "https://files.example/files/firmware-1.2.bin",
        ),
        ("https://files.example/a@b", "https://files.example/a@b"),
        ("https://files.example:8443/a?b=c@d", "https://files.example:8443/a?b=c@d"),
    ],
)
def test_a_login_in_an_address_is_replaced(action: str, address: str, shown: str) -> None:
    assert redacted(action, f'{{"location":"{address}"}}') == f'{{"location":"{shown}"}}'
