"""Which reservation a charge uses."""

from datetime import UTC, datetime

import pytest
from msgspec import structs

from onetime.domain.ids import StationId
from onetime.domain.reservations import Reservation, ReservationStatus, Use, used_by

CP = StationId("CP-1")
KEPT = Reservation(
    id=1,
    station_id=CP,
    reservation_id=7,
    connector_id=1,
    id_tag="CARD-A",
    parent_id_tag=None,
    expiry_date=datetime(2026, 3, 1, 13, tzinfo=UTC),
    status=ReservationStatus.ACTIVE,
    session_id=None,
)
USE = Use(station_id=CP, connector_id=1, id_tag="CARD-B", parent_id_tag=None, reservation_id=None)


@pytest.mark.parametrize(
    ("kept", "use", "is_used"),
    [
        ({}, {}, False),
        ({}, {"id_tag": "card-a"}, True),
        ({}, {"id_tag": "CARD-A", "connector_id": 2}, False),
        ({"connector_id": 0}, {"id_tag": "CARD-A", "connector_id": 2}, True),
        ({}, {"reservation_id": 7}, True),
        ({}, {"reservation_id": 8}, False),
        ({"parent_id_tag": "Family"}, {"parent_id_tag": "FAMILY"}, True),
        ({"parent_id_tag": "Family"}, {"parent_id_tag": "Other"}, False),
        ({"parent_id_tag": ""}, {"parent_id_tag": ""}, False),
    ],
)
def test_a_charge_uses_the_reservation_that_it_names_or_whose_card_or_group_it_has(
    kept: dict[str, object], use: dict[str, object], is_used: bool
) -> None:
    reservation = structs.replace(KEPT, **kept)
    found = used_by([reservation], structs.replace(USE, **use))

    assert (found == reservation) is is_used


def test_a_charge_that_names_one_of_two_uses_that_one() -> None:
    named = structs.replace(KEPT, id=2, reservation_id=9, id_tag="CARD-C")
    found = used_by([KEPT, named], structs.replace(USE, id_tag="CARD-A", reservation_id=9))

    assert found == named
