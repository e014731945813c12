"""What a program may leave out of a payload, or name by its number, and is filled in for it.

Knows which field of which action; the numbers are given out, and profiles kept, elsewhere.
"""

from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from onetime.dispatch.payloads import Fields
from onetime.domain.charging_profiles import Profile
from onetime.domain.errors import Faulty, FieldFault
from onetime.domain.ids import StationId
from onetime.garage import Transaction
from onetime.ocpp.codec import encode
from onetime.ocpp.v16.types import ChargingProfile, ChargingSchedule
from onetime.operations.charging_profiles import profile_for
from onetime.operations.local_lists import number_list
from onetime.operations.numbers import number_request
from onetime.operations.reservations import number_reservation

NUMBERED: Final[Mapping[str, tuple[str, Callable[[Transaction, StationId], int]]]] = {
    "ReserveNow": ("reservationId", lambda tx, _: number_reservation(tx)),
    "SendLocalList": ("listVersion", number_list),
    "GetLog": ("requestId", lambda tx, _: number_request(tx)),
    "SignedUpdateFirmware": ("requestId", lambda tx, _: number_request(tx)),
}
PROFILED: Final[Mapping[str, str]] = {
    "SetChargingProfile": "csChargingProfiles",
    "RemoteStartTransaction": "chargingProfile",
}
"""Where a charging profile stands in a payload."""
STORED: Final = "charging_profile_id"
"""What may stand in place of one: the number of a stored profile."""
_ANY: Final = 1
_ANY_PROFILE: Final[Fields] = {
    "chargingProfileId": _ANY,
    "stackLevel": 0,
    "chargingProfilePurpose": "TxProfile",
    "chargingProfileKind": "Relative",
    "chargingSchedule": {
        "chargingRateUnit": "A",
        "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 6.0}],
    },
}


def has_gap(action: str, fields: Fields) -> bool:
    """Say whether something has to be filled in."""
    return _number_left_out(action, fields) is not None or _names_profile(action, fields)


def as_if_filled(action: str, fields: Fields) -> Fields:
    """Return the fields with something that fits in each gap, so that the rest can be checked.

    Raises Faulty when what names a profile is no number, or stands beside a profile.
    """
    whole = dict(fields)
    if (name := _number_left_out(action, fields)) is not None:
        whole[name] = _ANY
    if _names_profile(action, fields):
        place, number = PROFILED[action], whole.pop(STORED)
        if type(number) is not int:
            raise Faulty([FieldFault(STORED, "This has to be a whole number.")])
        if place in whole:
            sentence = f"This stands in place of {place}: leave one of them out."
            raise Faulty([FieldFault(STORED, sentence)])
        whole[place] = _ANY_PROFILE
    return whole


def filled_in(tx: Transaction, station_id: StationId, action: str, fields: Fields) -> Fields:
    """Return the fields without gaps; a number that is given out is given to nobody else.

    Raises NotFound when there is no such profile.
    """
    whole = dict(fields)
    if _names_profile(action, fields):
        number = whole.pop(STORED)
        assert isinstance(number, int)
        profile = profile_for(tx, number, station_id, _running_at(action, fields))
        whole[PROFILED[action]] = as_fields(number, profile)
    if (name := _number_left_out(action, fields)) is not None:
        whole[name] = NUMBERED[action][1](tx, station_id)
    return whole


def as_fields(profile_id: int, profile: Profile) -> Fields:
    """Return a stored profile as it stands in a payload."""
    kept = msgspec.structs.asdict(profile)
    schedule = msgspec.convert(profile.charging_schedule, ChargingSchedule, from_attributes=True)
    on_wire = ChargingProfile(
        **{**kept, "charging_profile_id": profile_id, "charging_schedule": schedule}
    )
    return msgspec.json.decode(encode(on_wire), type=Fields)


def _running_at(action: str, fields: Fields) -> int | None:
    """Return the connector whose charge a profile may be meant for; none runs before its start."""
    place = fields.get("connectorId")
    return place if action == "SetChargingProfile" and isinstance(place, int) else None


def _number_left_out(action: str, fields: Fields) -> str | None:
    numbered = NUMBERED.get(action)
    return numbered[0] if numbered is not None and numbered[0] not in fields else None


def _names_profile(action: str, fields: Fields) -> bool:
    return action in PROFILED and STORED in fields
