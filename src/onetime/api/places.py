"""Places in commands: where a station sends a file to, or fetches one; ours are filled in.

Knows where an address stands in which payload; never what is sent there.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from onetime.api.files import location_of
from onetime.api.firmware import address_of
from onetime.api.given import Act
from onetime.domain.files import FileKind
from onetime.operations.files import await_file
from onetime.queries.firmware import firmware_called

OWN: Final = "onetime"
"""What a command can say in place of an address: that the file is to come here."""
OWN_FIRMWARE: Final = "onetime:"
"""And with a name or number behind it, that firmware is to be fetched here."""
SENDING: Final[Mapping[str, FileKind]] = {
    "GetDiagnostics": FileKind.DIAGNOSTICS,
    "GetLog": FileKind.LOG,
}
PLACES: Final[Mapping[str, tuple[str, ...]]] = {
    "GetDiagnostics": ("location",),
    "GetLog": ("log", "remoteLocation"),
    "UpdateFirmware": ("location",),
    "SignedUpdateFirmware": ("firmware", "location"),
}
"""Where the address stands in the commands that have one."""


async def with_address(act: Act, station_id: str, action: str, payload: bytes) -> bytes:
    """Put an address of ours where a payload says `onetime`; leave others alone.

    Raises as `await_file`, and NotFound when there is no such firmware. What is no JSON is told
    later, by whoever checks payloads.
    """
    if action not in PLACES or OWN.encode() not in payload:
        return payload
    try:
        fields = msgspec.json.decode(payload, type=dict[str, object])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return payload
    *outer, name = PLACES[action]
    place: object = fields
    for each in outer:
        place = place.get(each) if isinstance(place, dict) else None
    said = place.get(name) if isinstance(place, dict) else None
    if not isinstance(place, dict) or not isinstance(said, str):
        return payload
    if action in SENDING and said == OWN:
        actor = act.principal.actor
        kind = SENDING[action]
        opened = await act.garage.archive.write(await_file, actor, station_id, kind)
        place[name] = location_of(act.base_url, opened)
    elif action not in SENDING and said.startswith(OWN_FIRMWARE):
        called = said.removeprefix(OWN_FIRMWARE)
        kept = await act.garage.archive.read(firmware_called, called, PLACES[action][0])
        place[name] = address_of(act.base_url, kept)
    else:
        return payload
    return msgspec.json.encode(fields)
