"""Addresses that an operator gives: may they be visited, and whose are they?"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from pipeline.errors import SpecError


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
