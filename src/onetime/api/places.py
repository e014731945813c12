"""Places in commands: where a station sends a file to, or fetches one; ours are filled in.

Knows where an address stands in which payload; never what is sent there.
"""

from collections.abc import Mapping
from typing import Final

import msgspec
from litestar.datastructures import URL

from onetime.api.files import location_of
from onetime.api.firmware import address_of
from onetime.api.ftp_door import FtpDoor, ftp_of
from onetime.api.given import Act
from onetime.dispatch.places import PLACES
from onetime.domain.files import FileKind
from onetime.operations.files import await_file
from onetime.queries.firmware import firmware_called

OWN: Final = "onetime"
"""What a command can say in place of an address: that the file is to come here, or from here."""
BY_FTP: Final = "+ftp"
"""And with this behind it, by FTP."""
SENDING: Final[Mapping[str, FileKind]] = {
    "GetDiagnostics": FileKind.DIAGNOSTICS,
    "GetLog": FileKind.LOG,
}
DEFAULT_PORTS: Final[Mapping[str, int]] = {"http": 80, "https": 443}
LOOPBACK: Final = frozenset({"127.0.0.1", "::1"})


async def with_address(
    act: Act, station_id: str, action: str, payload: bytes
) -> tuple[bytes, bool]:
    """Put an address of ours where a payload says `onetime`, `onetime+ftp`; leave others alone.

    Behind a colon stands which firmware is meant.

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
    way, _, called = said.partition(":")
    if way not in (OWN, OWN + BY_FTP) or (action in SENDING) is (":" in said):
        return payload, False
    ftp = ftp_of(act.state, ".".join(PLACES[action])) if way.endswith(BY_FTP) else None
    if action in SENDING:
        actor = act.principal.actor
        kind = SENDING[action]
        opened = await act.garage.archive.write(await_file, actor, station_id, kind)
        place[name] = ftp.upload(base, opened) if ftp else location_of(base, opened)
    else:
        kept = await act.garage.archive.read(firmware_called, called, PLACES[action][0])
        place[name] = ftp.download(base, kept) if ftp else address_of(base, kept)
    return msgspec.json.encode(fields), _is_ours(act, ftp)


def _is_ours(act: Act, ftp: FtpDoor | None) -> bool:
    """Say whether we are certainly called what our addresses begin with."""
    if act.garage.archive.policy.files_url or (ftp and ftp.address):
        return True
    said = URL(act.base_url)
    host = "" if said.hostname is None else said.hostname
    name, port = act.server or ("", None)
    is_named = host == name or (host == "localhost" and name in LOOPBACK)
    is_there = ftp is not None or (said.port or DEFAULT_PORTS.get(said.scheme)) == port
    return is_named and is_there
