"""Places that a command may send a station to, to fetch a file or to leave one (S27).

A station that is told an address calls it from within the house, with rights that whoever wrote
the command may not have. Knows addresses as text; never looks a name up, for stations do that
themselves.
"""

import re
from collections.abc import Collection
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final
from urllib.parse import SplitResult, urlsplit

SCHEMES: Final = ("http", "https", "ftp", "ftps", "sftp")
MAX_PLACE_LENGTH: Final = 2_000
_PLAIN: Final = re.compile(r"[!-\[\]-~]+")  # ASCII without blanks, controls and backslash
_NAME: Final = re.compile(
    r"(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_-]{1,63}"
)
_NUMBER: Final = re.compile(r"(0x[0-9a-f]*|[0-9]+)")
_WITHIN: Final = ("localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback")
_METADATA: Final = ("metadata", "metadata.google.internal", "instance-data", "metadata.azure.com")
_METADATA_ADDRESSES: Final = frozenset(
    map(ip_address, ("100.100.100.200", "192.0.0.192", "168.63.129.16", "fd00:ec2::254"))
)
Address = IPv4Address | IPv6Address


def why_refused(place: str, hosts: Collection[str] = ()) -> str | None:
    """Say in a sentence why a station is not sent to a place; None when it is.

    `hosts` are those that are allowed: where some are named, only they, and only by https.
    """
    parts = _split(place)
    if parts is None:
        return "This has to be an address such as https://host/path, in ASCII and without blanks."
    host = (parts.hostname or "").rstrip(".")
    if hosts:
        is_named = parts.scheme == "https" and "@" not in parts.netloc and host in hosts
        return (
            None
            if is_named
            else (
                f"FILE_HOSTS allows https:// and the hosts that it names, not {parts.scheme}://{host};"
                " if that is this server, set FILES_URL."
            )
        )
    if parts.scheme not in SCHEMES:
        return f"This has to begin with one of {', '.join(f'{each}://' for each in SCHEMES)}."
    if _leads_inside(host):
        return (
            "A station is not sent to itself, or to an address that means something else to each"
            " computer: name a host as the garage knows it."
        )
    return None


def _split(place: str) -> SplitResult | None:
    """Return the parts of an address that all programs read alike; None for others."""
    if len(place) > MAX_PLACE_LENGTH or not _PLAIN.fullmatch(place):
        return None
    try:
        parts = urlsplit(place)
        port = parts.port
    except ValueError:
        return None
    authority = parts.netloc
    is_in_brackets = "[" in authority
    if not parts.hostname or authority.count("@") > 1 or "%" in authority.rpartition("@")[2]:
        return None
    host = parts.hostname.rstrip(".")
    is_read_alike = _is_address(host) if is_in_brackets else _NAME.fullmatch(host)
    return parts if is_read_alike and port != 0 else None


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _leads_inside(host: str) -> bool:
    """Say whether a host is the station itself, its neighbourhood, or no ordinary address."""
    if host in _METADATA or any(host == each or host.endswith(f".{each}") for each in _WITHIN):
        return True
    try:
        found: Address = ip_address(host)
    except ValueError:
        # 2130706433, 0x7f.1 and 0177.0.0.1 are addresses to some programs, and to others none.
        return _NUMBER.fullmatch(host.rpartition(".")[2]) is not None
    inner = _inside(found)
    return any(
        each.is_loopback
        or each.is_link_local
        or each.is_unspecified
        or each.is_multicast
        or each.is_reserved
        or each in _METADATA_ADDRESSES
        for each in (found, inner)
    )


def _inside(address: Address) -> Address:
    """Return the address that is wrapped in another one, or the address itself."""
    if isinstance(address, IPv4Address):
        return address
    wrapped = address.ipv4_mapped or address.sixtofour
    if wrapped is not None:
        return wrapped
    is_translated = int(address) >> 32 == 0x64FF9B << 64
    is_compatible = int(address) >> 32 == 0
    return IPv4Address(int(address) & 0xFFFFFFFF) if is_translated or is_compatible else address
