"""Which addresses a request to somebody else's server may go to: public ones only.

Sources: the IANA special-purpose address registries (RFC 6890), https://www.iana.org/assignments/ipv6-address-space and
https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16
"""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

Address = IPv4Address | IPv6Address

_UNICAST = ip_network("2000::/3")
"""All public IPv6 addresses of hosts; mapped, translated (NAT64), unique-local, link-local and multicast ones are outside."""
_NEVER = tuple(
    ip_network(network)
    for network in (
        "192.0.0.0/24",  # protocol assignments, and the metadata of a cloud; Python's opinion of it depends on its version
        "168.63.129.16/32",  # the metadata of another one; public, but reached from inside only
        "2001::/23",  # protocol assignments: Teredo, which carries an IPv4 address
        "2002::/16",  # 6to4, which carries one too
    )
)


def parsed(address: str) -> Address:
    """Return an address as the resolver gives it, without the zone of a link-local one. Raises ValueError."""
    return ip_address(address.partition("%")[0])


def may_be_reached(address: Address, *, permits_loopback: bool = False) -> bool:
    """Return whether a request may go there.

    Refused are loopback, private, link-local, carrier-grade NAT, unique-local, multicast, reserved and unspecified
    addresses, clouds' metadata, and IPv6 addresses that carry an IPv4 one.
    """
    if address.is_loopback:
        return permits_loopback
    if isinstance(address, IPv6Address) and address not in _UNICAST:
        return False
    is_usual = address.is_global and not (address.is_multicast or address.is_reserved)
    return is_usual and not any(address in network for network in _NEVER)
