"""Which address a station, or a person, has to be told."""

import socket
from collections.abc import Sequence
from urllib.parse import quote

from msgspec import Struct

from onetime.kit.tls import pairs_in_files
from onetime.kit.x509 import Pair, Unreadable, seen_in
from onetime.settings import Settings, paths_of

EVERYWHERE = ("0.0.0.0", "::")
_ANYWHERE_ELSE = ("192.0.2.1", 9)  # kept for documents; connecting a datagram socket sends nothing
_SAFE = ":@!$&'()*+,;=-._~"
FIRST_TLS_PROFILE = 2


def ocpp_url(settings: Settings, identity: str) -> str:
    """Return the address that a station has to connect to, without encryption."""
    host = reachable(settings.ocpp_host)
    return f"ws://{host}:{settings.ocpp_port}/ocpp/{quote(identity, safe=_SAFE)}"


class Addresses(Struct, frozen=True):
    """Where stations find the server of these settings."""

    settings: Settings

    def of_station(
        self, station_id: str, security_profile: int, pairs: Sequence[Pair]
    ) -> str | None:
        """Return where a station has to connect; None when there is no such door.

        `pairs` are the certificates in the database, or those that the server shows.
        """
        if security_profile < FIRST_TLS_PROFILE:
            return ocpp_url(self.settings, station_id)
        name = tls_name(self.settings, pairs)
        return None if name is None else tls_url(self.settings, name, station_id)


def web_url(settings: Settings) -> str:
    """Return the address at which people and programs find the server."""
    if settings.public_url:
        return settings.public_url.rstrip("/") + "/"
    return f"http://{reachable(settings.http_host)}:{settings.http_port}/"


def tls_url(settings: Settings, name: str, identity: str) -> str:
    """Return the address of the encrypted door; `name` is one that its certificate is for."""
    host = f"[{name}]" if ":" in name else name
    return f"wss://{host}:{settings.ocpp_tls_port}/ocpp/{quote(identity, safe=_SAFE)}"


def tls_name(settings: Settings, pairs: Sequence[Pair]) -> str | None:
    """Return the first name in what the encrypted door shows; None when it is closed.

    `pairs` are the certificates in the database, which files go before.
    """
    files = paths_of(settings, settings.ocpp_tls_certificate)
    try:
        if files:
            pairs = pairs_in_files(files, paths_of(settings, settings.ocpp_tls_key))
        if not pairs:
            return None
        seen = seen_in(pairs[0].certificate)
    except Unreadable:
        return None
    named = [each for each in seen.names if not each.startswith("*")] or [seen.common_name]
    return named[0]


def setup_url(settings: Settings, secret: str | None) -> str | None:
    """Return the link with which the first owner comes in, if there is one to be made.

    The secret stands where browsers keep it to themselves: it is in no request and no log.
    """
    return f"{web_url(settings)}setup#{secret}" if secret else None


def reachable(host: str) -> str:
    """Return a host as others can call it: the own address where the server listens everywhere."""
    name = own_address() if host in EVERYWHERE else host
    return f"[{name}]" if ":" in name else name


def own_address() -> str:
    """Return this computer's address in its network, or its name when it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_ANYWHERE_ELSE)
            return str(probe.getsockname()[0])
        except OSError:
            return socket.gethostname()
