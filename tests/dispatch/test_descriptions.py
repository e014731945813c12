"""What programs are told of a command is whole, and says what may be left out."""

import json

import jsonschema
import pytest

from onetime.dispatch.descriptions import COMMAND_NAMES, described
from tests.ocpp.schemas import as_we_read_it, full

KNOWN_TO_OCPP = 26


def test_all_commands_of_ocpp_and_its_security_extension_are_there() -> None:
    assert len(COMMAND_NAMES) == KNOWN_TO_OCPP


@pytest.mark.parametrize("action", COMMAND_NAMES)
def test_the_schemas_stand_by_themselves_and_take_what_ocpp_takes(action: str) -> None:
    told = described(action)

    assert told.sentence.endswith(".")
    for message, schema in ((action, told.request), (f"{action}Response", told.response)):
        assert "$ref" not in json.dumps(schema)
        jsonschema.Draft202012Validator.check_schema(schema)
        jsonschema.validate(full(as_we_read_it(message)), schema)
    assert told.request["additionalProperties"] is False
    assert "additionalProperties" not in json.dumps(told.response)


@pytest.mark.parametrize(
    ("action", "field"),
    [
        ("ReserveNow", "reservationId"),
        ("SendLocalList", "listVersion"),
        ("GetLog", "requestId"),
        ("SignedUpdateFirmware", "requestId"),
        ("SetChargingProfile", "csChargingProfiles"),
    ],
)
def test_what_is_filled_in_need_not_be_said(action: str, field: str) -> None:
    request = described(action).request

    assert field in str(request["properties"])
    assert field not in str(request["required"])


def test_a_stored_profile_may_be_named() -> None:
    for action in ("SetChargingProfile", "RemoteStartTransaction"):
        assert "charging_profile_id" in str(described(action).request["properties"])
    assert "charging_profile_id" not in str(described("Reset").request["properties"])
