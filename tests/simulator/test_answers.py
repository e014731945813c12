"""What a central system may say: as strict as the official schemas, field by field."""

import json
from importlib.resources import files

import msgspec
import pytest
from jsonschema import Draft4Validator

from onetime.simulator import answers, requests
from onetime.simulator.answers import ANSWERS
from onetime.simulator.wire import Empty, Violation, strictly

SCHEMAS = files("ocpp") / "v16" / "schemas"
TIME = "2026-01-31T12:00:00Z"
REQUESTS: dict[str, type[msgspec.Struct]] = {
    "CancelReservation": requests.CancelReservation,
    "CertificateSigned": requests.CertificateSigned,
    "ChangeAvailability": requests.ChangeAvailability,
    "ChangeConfiguration": requests.ChangeConfiguration,
    "ClearCache": Empty,
    "ClearChargingProfile": requests.ClearChargingProfile,
    "DataTransfer": requests.DataTransfer,
    "DeleteCertificate": requests.DeleteCertificate,
    "ExtendedTriggerMessage": requests.ExtendedTriggerMessage,
    "GetCompositeSchedule": requests.GetCompositeSchedule,
    "GetConfiguration": requests.GetConfiguration,
    "GetDiagnostics": requests.GetDiagnostics,
    "GetInstalledCertificateIds": requests.GetInstalledCertificateIds,
    "GetLocalListVersion": Empty,
    "GetLog": requests.GetLog,
    "InstallCertificate": requests.InstallCertificate,
    "RemoteStartTransaction": requests.RemoteStart,
    "RemoteStopTransaction": requests.RemoteStop,
    "ReserveNow": requests.ReserveNow,
    "Reset": requests.Reset,
    "SendLocalList": requests.SendLocalList,
    "SetChargingProfile": requests.SetChargingProfile,
    "SignedUpdateFirmware": requests.SignedUpdateFirmware,
    "TriggerMessage": requests.TriggerMessage,
    "UnlockConnector": requests.UnlockConnector,
    "UpdateFirmware": requests.UpdateFirmware,
}
TYPES: dict[str, type[msgspec.Struct]] = {
    **REQUESTS,
    **{f"{action}Response": kind for action, kind in ANSWERS.items()},
}


def schema(name: str) -> dict:
    """The schema with each reference replaced by what it refers to."""
    book: dict = json.loads((SCHEMAS / f"{name}.json").read_text("utf-8-sig"))

    def plain(part: object) -> object:
        match part:
            case {"$ref": str(place)}:
                return plain(book["definitions"][place.rpartition("/")[2]])
            case dict():
                return {key: plain(each) for key, each in part.items() if key != "definitions"}
            case list():
                return [plain(each) for each in part]
        return part

    whole = plain(book)
    assert isinstance(whole, dict)
    return whole


def full(part: dict) -> object:
    """Return a value that fills every field of a schema."""
    match part:
        case {"enum": [word, *_]}:
            return word
        case {"type": "object"}:
            return {name: full(one) for name, one in part.get("properties", {}).items()}
        case {"type": "array"}:
            return [full(part["items"])]
        case {"type": "integer"}:
            return 1
        case {"type": "number"}:
            return 10
        case {"type": "boolean"}:
            return True
        case {"format": "date-time"}:
            return TIME
        case {"format": "uri"}:
            return "https://example.org/f"
    return "x" * part.get("maxLength", 5)


def spoiled(value: object) -> list[object]:
    """Return the value in all the ways in which one place of it is wrong, or lacking."""
    if isinstance(value, dict):
        variants: list[object] = [{**value, "more": 1}]
        for name, one in value.items():
            variants.append({k: v for k, v in value.items() if k != name})
            variants += [{**value, name: other} for other in spoiled(one)]
        return [*variants, [], "text", None]
    if isinstance(value, list):
        return [[one] for one in spoiled(value[0])] + [{}, "text", None]
    if isinstance(value, str):
        return [value + "x" * 600, 7, None, {}, [], True]
    return ["1", None, {}, [], True, 1.25]


def accepted(kind: type[msgspec.Struct], value: object) -> bool:
    try:
        strictly(kind, msgspec.Raw(json.dumps(value).encode()))
    except Violation:
        return False
    return True


@pytest.mark.parametrize("name", sorted(TYPES))
def test_it_is_as_strict_as_the_schema(name: str):
    validator = Draft4Validator(schema(name))
    whole = full(schema(name))
    assert accepted(TYPES[name], whole), name

    for variant in spoiled(whole):
        if not validator.is_valid(variant):
            assert not accepted(TYPES[name], variant), (name, variant)


@pytest.mark.parametrize("name", sorted(TYPES))
def test_what_the_schema_does_not_demand_may_be_left_out(name: str):
    validator = Draft4Validator(schema(name))
    whole = full(schema(name))
    assert isinstance(whole, dict)

    for field in whole:
        less = {key: value for key, value in whole.items() if key != field}
        assert accepted(TYPES[name], less) == validator.is_valid(less), field


@pytest.mark.parametrize("time", ["2026-01-31T12:00:00", "yesterday", "2026-01-31", ""])
def test_a_time_without_zone_or_sense_is_a_violation(time: str):
    assert not accepted(answers.HeartbeatAnswer, {"currentTime": time})


def test_a_violation_names_the_field():
    with pytest.raises(Violation, match="idTagInfo"):
        strictly(answers.AuthorizeAnswer, msgspec.Raw(b'{"idTagInfo":{"status":"Okay"}}'))
