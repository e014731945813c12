"""Message types show their fields, and nulls are found where they stand."""

import pytest
from msgspec import Struct

from onetime.ocpp.actions import ACTIONS
from onetime.ocpp.shapes import holds_times, null_field, slots
from onetime.ocpp.v16 import core, smart_charging


def test_fields_are_known_by_their_names_on_the_wire() -> None:
    fields = slots(core.BootNotificationRequest)

    assert [slot.name for slot in fields.values() if slot.required] == [
        "charge_point_vendor",
        "charge_point_model",
    ]
    assert fields["chargeBoxSerialNumber"].name == "charge_box_serial_number"


@pytest.mark.parametrize(
    ("message", "has_times"),
    [
        (core.HeartbeatResponse, True),
        (core.AuthorizeResponse, True),
        (core.MeterValuesRequest, True),
        (smart_charging.SetChargingProfileRequest, True),
        (core.AuthorizeRequest, False),
        (core.GetConfigurationResponse, False),
    ],
)
def test_times_are_seen_at_any_depth(message: type[Struct], has_times: bool) -> None:
    assert holds_times(message) == has_times


@pytest.mark.parametrize(
    ("tree", "place"),
    [
        ({"connectorId": 1}, None),
        ({"connectorId": None}, "connectorId"),
        ({"vendorField": None}, None),
        (
            {"meterValue": [{}, {"sampledValue": [{"unit": None}]}]},
            "meterValue[1].sampledValue[0].unit",
        ),
        ({"meterValue": [None]}, "meterValue[0]"),
        ({"meterValue": {}}, None),
        ([], None),
    ],
)
def test_a_null_is_found_where_it_stands(tree: object, place: str | None) -> None:
    assert null_field(tree, core.MeterValuesRequest) == place


def test_every_message_has_a_shape() -> None:
    for action in ACTIONS.values():
        for message in (action.request, action.response):
            assert len(slots(message)) == len(message.__struct_fields__)
