"""Where a provider may be. Every address that leads inside needs to be listed; metadata services never may."""

import pytest

from providers.addresses import AddressPolicy, AddressRefused

CLOSED = AddressPolicy.parse([])
USUAL = AddressPolicy.parse(["127.0.0.0/8", "::1", "localhost"])


@pytest.mark.parametrize("ip", ["1.1.1.1", "104.18.7.192", "2606:4700::6812:7c0", "::ffff:1.1.1.1"])
def test_public_addresses_are_fine(ip: str) -> None:
    CLOSED.check("api.example.com", ip)


INSIDE = [
    "127.0.0.1",
    "127.8.9.10",
    "::1",
    "0.0.0.0",  # noqa: S104
    "::",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.1.1",
    "fe80::1",
    "fe80::1%eth0",
    "fd12:3456::1",
    "224.0.0.1",
    "ff02::1",
    "255.255.255.255",
    "240.0.0.1",
    "198.18.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "2002:7f00:1::",
    "64:ff9b::10.0.0.1",
]


@pytest.mark.parametrize("ip", INSIDE)
def test_private_addresses_need_to_be_listed(ip: str) -> None:
    with pytest.raises(AddressRefused, match="PRIVATE_PROVIDER_HOSTS"):
        CLOSED.check("gpu-2", ip)


@pytest.mark.parametrize(
    ("listed", "host", "ip"),
    [
        ("gpu-2", "gpu-2", "10.1.2.3"),
        ("GPU-2", "gpu-2.", "10.1.2.3"),
        ("10.0.0.0/8", "gpu-2", "10.1.2.3"),
        ("10.1.2.3/8", "gpu-2", "10.1.2.3"),
        ("10.0.0.0/8", "gpu-2", "::ffff:10.1.2.3"),
        ("10.1.2.3", "10.1.2.3", "10.1.2.3"),
        ("fd00::/8", "gpu-2", "fd12:3456::1"),
        ("fe80::/10", "gpu-2", "fe80::1%eth0"),
        ("[::1]", "localhost", "::1"),
    ],
)
def test_a_listed_host_or_network_is_allowed(listed: str, host: str, ip: str) -> None:
    AddressPolicy.parse([listed]).check(host, ip)


@pytest.mark.parametrize(("listed", "host", "ip"), [("gpu-2", "gpu-20", "10.1.2.3"), ("10.0.0.0/16", "a", "10.1.2.3")])
def test_what_is_near_a_listed_one_is_not_listed(listed: str, host: str, ip: str) -> None:
    with pytest.raises(AddressRefused):
        AddressPolicy.parse([listed]).check(host, ip)


METADATA = ["169.254.169.254", "fd00:ec2::254", "100.100.100.200", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe"]


@pytest.mark.parametrize("ip", METADATA)
def test_metadata_services_are_refused_even_when_listed(ip: str) -> None:
    everything = AddressPolicy.parse(["0.0.0.0/0", "::/0", "trap", "metadata.google.internal", ip])
    with pytest.raises(AddressRefused, match="metadata"):
        everything.check("trap", ip)


@pytest.mark.parametrize("name", ["metadata.google.internal", "Metadata.Google.Internal."])
def test_metadata_names_are_refused_wherever_they_lead(name: str) -> None:
    with pytest.raises(AddressRefused, match="metadata"):
        AddressPolicy.parse(["0.0.0.0/0", name]).check(name, "1.1.1.1")
    with pytest.raises(AddressRefused, match="metadata"):
        CLOSED.check_host(name)


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "::1", "localhost", "api.localhost", "LOCALHOST."])
def test_without_a_lookup_literal_addresses_are_judged(host: str) -> None:
    with pytest.raises(AddressRefused):
        CLOSED.check_host(host)
    USUAL.check_host(host)


@pytest.mark.parametrize("host", ["gpu-2", "api.openai.com", "1.1.1.1"])
def test_without_a_lookup_other_names_pass(host: str) -> None:
    CLOSED.check_host(host)


@pytest.mark.parametrize("entry", ["http://gpu-2", "gpu-2:8000", "10.0.0.0/40", "", "a b", "*.corp"])
def test_a_bad_entry_is_named(entry: str) -> None:
    with pytest.raises(ValueError, match="PRIVATE_PROVIDER_HOSTS"):
        AddressPolicy.parse(["localhost", entry])
