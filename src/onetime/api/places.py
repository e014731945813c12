"""Places in commands: where a station sends a file to, or fetches one; ours are filled in.

Knows where an address stands in which payload; never what is sent there.
"""

from collections.abc import Mapping
from typing import Final

import msgspec
from litestar.datastructures import URL

from onetime.api.files import location_of
from onetime.api.firmware import address_of
from onetime.api.given import Act
from onetime.dispatch.places import PLACES
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
DEFAULT_PORTS: Final[Mapping[str, int]] = {"http": 80, "https": 443}
LOOPBACK: Final = frozenset({"127.0.0.1", "::1"})


async def with_address(
    act: Act, station_id: str, action: str, payload: bytes
) -> tuple[bytes, bool]:
    """Put an address of ours where a payload says `onetime`; leave others alone.

    Returns with it whether the address is ours beyond doubt: it may begin with what whoever asks
    says that we are called, and then it is judged as any other. Raises
    as `await_file`, and NotFound when there is no such firmware. What is no JSON is told later, by
    whoever checks payloads.
    """
    if action not in PLACES or OWN.encode() not in payload:
        return payload, False
    try:
        fields = msgspec.json.decode(payload, type=dict[str, object])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return payload, False
    *outer, name = PLACES[action]
    base = act.garage.archive.policy.files_url or act.base_url
    place: object = fields
    for each in outer:
        place = place.get(each) if isinstance(place, dict) else None
    said = place.get(name) if isinstance(place, dict) else None
    if not isinstance(place, dict) or not isinstance(said, str):
        return payload, False
    if action in SENDING and said == OWN:
        actor = act.principal.actor
        kind = SENDING[action]
        opened = await act.garage.archive.write(await_file, actor, station_id, kind)
        place[name] = location_of(base, opened)
    elif action not in SENDING and said.startswith(OWN_FIRMWARE):
        called = said.removeprefix(OWN_FIRMWARE)
        kept = await act.garage.archive.read(firmware_called, called, PLACES[action][0])
        place[name] = address_of(base, kept)
    else:
        return payload, False
    return msgspec.json.encode(fields), _is_ours(act)


def _is_ours(act: Act) -> bool:
    """Say whether we are certainly called what our addresses begin with."""
    if act.garage.archive.policy.files_url:
        return True
    said = URL(act.base_url)
    host = "" if said.hostname is None else said.hostname
    name, port = act.server or ("", None)
    is_named = host == name or (host == "localhost" and name in LOOPBACK)
    return is_named and (said.port or DEFAULT_PORTS.get(said.scheme)) == port
