"""Network addresses as quotas see them; never who is behind one."""

from ipaddress import IPv6Address, IPv6Network


def neighbourhood(address: str) -> str:
    """Return what shares one quota: an IPv4 address, or the /64 that one IPv6 customer has."""
    if ":" not in address:
        return address
    bare = address.partition("%")[0]
    mapped = IPv6Address(bare).ipv4_mapped
    return str(mapped) if mapped is not None else str(IPv6Network((bare, 64), strict=False))
