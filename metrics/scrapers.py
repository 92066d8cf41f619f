"""Who may read `/metrics`: whoever sends METRICS_TOKEN, and whoever comes from an address in METRICS_ALLOW. Pure.

Judges the address that the server tells, and nothing a request says about itself: whose `X-Forwarded-For` counts is
decided before, by FORWARDED_ALLOW_IPS. No address is allowed by itself, not even the machine's own.
"""

import secrets
from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network


def knows(given: str, token: str) -> bool:
    """Whether `given` is the token; where none is set, nobody knows it."""
    return bool(token) and secrets.compare_digest(given.encode(), token.encode())


def allows(entries: Sequence[str], address: str) -> bool:
    """Whether `address` is one of `entries`, or inside. Raises ValueError where an entry is neither."""
    listed = networks(tuple(entries))
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False  # a Unix socket has none
    if isinstance(found, IPv6Address):
        # Only this form is made by our own machine. What else carries an IPv4 address anybody may have chosen.
        found = found.ipv4_mapped or found
    return any(found in network for network in listed)


@lru_cache(8)
def networks(entries: tuple[str, ...]) -> tuple[Network, ...]:
    """From entries such as `10.0.0.7`, `10.0.0.0/8`, `::1`. Raises ValueError naming a bad one."""
    return tuple(map(_network, entries))


def _network(entry: str) -> Network:
    try:
        return ip_network(entry.strip().strip("[]"), strict=False)
    except ValueError:
        raise ValueError(f"METRICS_ALLOW: {entry!r} is neither an address nor a network such as 10.0.0.0/8.") from None
