"""Where in a payload a station is told a place, and whether it may be sent there (S27)."""

from collections.abc import Mapping
from typing import Final

from onetime.dispatch.payloads import Fields
from onetime.domain.errors import Faulty, FieldFault
from onetime.domain.policy import Policy
from onetime.kit.places import why_refused

PLACES: Final[Mapping[str, tuple[str, ...]]] = {
    "GetDiagnostics": ("location",),
    "GetLog": ("log", "remoteLocation"),
    "UpdateFirmware": ("location",),
    "SignedUpdateFirmware": ("firmware", "location"),
}
"""Where the address stands in the commands that have one."""
OWN_FILES: Final = "/files/"


def place_in(action: str, fields: Fields) -> str | None:
    """Return the place that a payload tells; None when it tells none."""
    found: object = fields
    for name in PLACES.get(action, ()):
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, str) else None


def require_place(policy: Policy, action: str, fields: Fields) -> None:
    """Refuse to send a station where it must not go; raises Faulty."""
    place = place_in(action, fields)
    own = policy.files_url.rstrip("/")
    if place is None or (own and place.startswith(own + OWN_FILES)):
        return
    sentence = why_refused(place, policy.file_hosts)
    if sentence is not None:
        raise Faulty([FieldFault(".".join(PLACES[action]), sentence)])
