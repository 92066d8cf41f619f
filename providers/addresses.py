"""Where a provider may be. Decides about addresses it is given; resolves no name and opens no connection.

Public addresses are fine. Private ones (loopback, local networks, link-local, reserved) only where an operator lists
the host or its network in PRIVATE_PROVIDER_HOSTS. The metadata services of clouds hand out credentials to whoever
asks, so they are refused always.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

METADATA_NAMES = frozenset({"metadata.google.internal", "metadata.goog", "metadata", "instance-data"})
METADATA_ADDRESSES: frozenset[Address] = frozenset(
    ip_address(text)
    for text in (
        "169.254.169.254",
        "169.254.170.2",  # credentials of containers
        "169.254.170.23",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
        "fd00:ec2::254",
        "fd00:ec2::23",
        "fd20:ce::254",
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")


class AddressRefused(Exception):
    """A provider may not be at this address. `str()` is a sentence for staff."""


@dataclass(frozen=True, slots=True)
class AddressPolicy:
    """Hosts (lower case) and networks inside that providers may be at."""

    hosts: frozenset[str]
    networks: tuple[Network, ...]

    @classmethod
    def parse(cls, allowed: Iterable[str]) -> "AddressPolicy":
        """From entries such as `localhost`, `gpu-2`, `10.0.0.0/8`, `::1`. Raises ValueError naming a bad entry."""
        hosts, networks = set[str](), list[Network]()
        for entry in allowed:
            text = entry.strip().strip("[]")
            try:
                networks.append(ip_network(text, strict=False))
            except ValueError:
                hosts.add(_host(entry))
        return cls(frozenset(hosts), tuple(networks))

    def check(self, host: str, ip: str) -> None:
        """Raises AddressRefused unless a provider called `host` may be reached at the address `ip`."""
        name = plain_host(host)
        self.check_name(name)
        address = unwrapped(ip_address(ip.strip("[]")))
        if address in METADATA_ADDRESSES:
            raise AddressRefused(f"{name} ({address}) is a cloud metadata service; no provider may be there.")
        if is_public(address) or name in self.hosts or any(_inside(address, network) for network in self.networks):
            return
        raise AddressRefused(
            f"{name} is at the private address {address}. If a provider really is there, "
            f"list {name if _is_name(name) else address} in PRIVATE_PROVIDER_HOSTS."
        )

    def check_name(self, host: str) -> None:
        """Raises AddressRefused for what a name alone gives away; an address written as host is judged whole."""
        name = plain_host(host)
        if name in METADATA_NAMES:
            raise AddressRefused(f"{name} is a cloud metadata service; no provider may be there.")

    def check_host(self, host: str) -> None:
        """As far as can be told without resolving: literal addresses and names that stand for this machine."""
        name = plain_host(host)
        if not _is_name(name):
            self.check(name, name)
        elif name == "localhost" or name.endswith(".localhost"):
            self.check(name, "127.0.0.1")
        else:
            self.check_name(name)


def plain_host(host: str) -> str:
    return host.strip().strip("[]").rstrip(".").lower()


def unwrapped(address: Address) -> Address:
    """The IPv4 address that an IPv6 address carries (mapped, 6to4, NAT64), else the address itself, unscoped."""
    if isinstance(address, IPv4Address):
        return address
    carried = address.ipv4_mapped or address.sixtofour
    if carried is None and address in _NAT64:
        carried = IPv4Address(int(address) & 0xFFFFFFFF)
    return carried or IPv6Address(int(address))


def is_public(address: Address) -> bool:
    return address.is_global and not address.is_multicast and not address.is_reserved


def _is_name(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return True
    return False


def _inside(address: Address, network: Network) -> bool:
    return address.version == network.version and address in network


def _host(entry: str) -> str:
    name = plain_host(entry)
    if not name or any(character in name for character in "/:@?#*, "):
        raise ValueError(f"PRIVATE_PROVIDER_HOSTS: {entry!r} is neither a host name nor a network such as 10.0.0.0/8.")
    return name
