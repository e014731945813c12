"""What the owner decided about how the garage behaves; the door settings are elsewhere."""

from datetime import UTC, timedelta, tzinfo
from enum import StrEnum

from msgspec import Struct


class AuthorizationReply(StrEnum):
    """How much a station is told about a tag that may not charge."""

    PLAIN = "plain"
    DETAILED = "detailed"


class UnknownStations(StrEnum):
    """What happens when a station connects that nobody has registered."""

    REFUSE = "refuse"
    ACCEPT = "accept"


class Policy(Struct, frozen=True, kw_only=True):
    """The rules that operations go by."""

    heartbeat_interval_seconds: int = 120
    authorization_reply: AuthorizationReply = AuthorizationReply.PLAIN
    unknown_stations: UnknownStations = UnknownStations.REFUSE
    refuse_concurrent_charges: bool = False
    takeover_hold: timedelta = timedelta(0)
    site_timezone: tzinfo = UTC
    keep_stations_in_step: bool = True
    sign_in_idle: timedelta = timedelta(minutes=30)
    sign_in_longest: timedelta = timedelta(hours=12)
    second_factor_required: bool = False
    files_url: str = ""
    """Under which address stations find files here; empty: the one that was asked under."""
    file_hosts: frozenset[str] = frozenset()
    """The only hosts that people may send stations to for files; empty: any usual one."""


def hosts_of(named: str) -> frozenset[str]:
    """Return the hosts in a list with commas, in the form in which they are compared."""
    each = (name.strip().strip("[]").rstrip(".").lower() for name in named.split(","))
    return frozenset(filter(None, each))
