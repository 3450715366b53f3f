"""Addresses: may the one that an operator gives be visited, and whose are they?

A redirect must not lead to those that the IANA registries of special-purpose addresses do not call
globally reachable.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from pipeline.errors import SpecError

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_UNICAST = ipaddress.ip_network("2000::/3")  # all that IANA has given out for public hosts


def check_url(url: str, name: str = "the setting url") -> str:
    """Return the address without its fragment; SpecError, naming its place, if it is none to visit."""
    wrong = f"{url!r} is not an absolute http or https address; mend {name}"
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise SpecError(wrong) from None
    if not good or not url.isprintable():
        raise SpecError(wrong)
    if parts.username is not None:
        raise SpecError(f"{name} holds a password, which the log would tell; take it out")
    return parts._replace(fragment="").geturl()


def get_host(url: str) -> str:
    """Return the name of an address's host, empty if it has none."""
    return urlsplit(url).hostname or ""


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine, by its name alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_public(address: str) -> bool:
    """Tell whether an IP address is globally reachable, also where IPv6 wraps an IPv4 one.

    >>> [is_public(a) for a in ("127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "8.8.8.8")]
    [False, False, False, False, True]
    >>> [is_public(a) for a in ("::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "fe80::1%eth0")]
    [False, False, False, False]
    >>> [is_public(a) for a in ("::7f00:1", "fec0::1", "2001:db8::1", "2a00::1", "64:ff9b::808:808")]
    [False, False, False, True, True]
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo and ip.teredo[1])
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner:
            return is_public(str(inner))
        if ip not in _UNICAST:
            return False
    return ip.is_global and not ip.is_multicast


def is_same_host(host: str, other: str) -> bool:
    """Tell whether two names of hosts, as an address or a socket has them, are of one."""
    return host.lower().strip("[]").rstrip(".") == other.lower().strip("[]").rstrip(".")
