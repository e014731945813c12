"""Which address a station, or a person, has to be told."""

import socket
from urllib.parse import quote

from msgspec import Struct

from onetime.settings import Settings

EVERYWHERE = ("0.0.0.0", "::")
_ANYWHERE_ELSE = ("192.0.2.1", 9)  # kept for documents; connecting a datagram socket sends nothing
_SAFE = ":@!$&'()*+,;=-._~"
FIRST_TLS_PROFILE = 2


def ocpp_url(settings: Settings, identity: str) -> str:
    """Return the address that a station has to connect to."""
    host = reachable(settings.ocpp_host)
    return f"ws://{host}:{settings.ocpp_port}/ocpp/{quote(identity, safe=_SAFE)}"


class Addresses(Struct, frozen=True):
    """Where stations find the server of these settings."""

    settings: Settings

    def of_station(self, station_id: str, security_profile: int) -> str | None:
        """Return where a station has to connect; None when there is no such door."""
        return ocpp_url(self.settings, station_id) if is_served(security_profile) else None


def web_url(settings: Settings) -> str:
    """Return the address at which people and programs find the server."""
    return f"http://{reachable(settings.http_host)}:{settings.http_port}/"


def is_served(security_profile: int) -> bool:
    """Say whether there is an address for this profile: encrypted connections are not served."""
    return security_profile < FIRST_TLS_PROFILE


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
