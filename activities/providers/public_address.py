"""Which addresses a request to somebody else's server may go to: public ones only.

Sources: the IANA special-purpose registries (RFC 6890), RFC 6052 (NAT64), RFC 3056 (6to4), RFC 4380 (Teredo), and
https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16
"""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

Address = IPv4Address | IPv6Address

_CARRIERS = tuple(ip_network(network) for network in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"))
"""IPv6 addresses that hold an IPv4 address and lead to it; nobody's web hook needs one."""
_METADATA = frozenset({ip_address("168.63.129.16")})
"""Reached from inside of a cloud only, although its address is public. The others are link-local, ULA or CGNAT."""


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
    if isinstance(address, IPv6Address):
        carries = address.ipv4_mapped is not None or any(address in network for network in _CARRIERS)
        if carries or address.is_site_local:
            return False
    usual = address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)
    return usual and address not in _METADATA
