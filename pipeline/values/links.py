"""Links and web addresses: as printed -> absolute, or null with a reason."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple
from urllib.parse import quote, unquote, urljoin, urlsplit

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_HOST = re.compile(r"(?:[\w-]{1,63}\.)+[a-z]{2,63}(?::[0-9]{1,5})?(?:[/?#]\S*)?", re.IGNORECASE)
_SAFE = "!#$%&'()*+,/:;=?@[]~"
# The addresses that need no more than to be put together; all others go through urllib.
_PLAIN = r"(?:/[A-Za-z0-9_~.!$&'()*+,;=:@%/-]*)"
_ORIGIN = re.compile(r"https?://(?:[a-z0-9-]+\.)+[a-z]{2,63}(?::[0-9]{1,5})?(?=[/?#]|$)")
_WHOLE = re.compile(rf"{_ORIGIN.pattern}{_PLAIN}?")
_ROOTED = re.compile(rf"(?!//){_PLAIN}")
_CONTROLS = re.compile(r"[\x00-\x1f]")
_FILE_TYPE = re.compile(r"\.([a-z0-9]{1,8})$", re.IGNORECASE)
_MAX_LENGTH = 4096
_PROGRAMS = frozenset(("php", "asp", "aspx", "jsp", "do", "cgi", "pl"))


class Address(NamedTuple):
    """An absolute http(s) address, or None; `problem` tells why, if it is the page's fault."""

    url: str | None
    problem: str | None = None


def resolve(href: str, base: str) -> Address:
    """Resolve a link as printed against the page's base address; nothing is fetched.

    >>> resolve("/a b.pdf", "https://x.example/y/").url, resolve("//h.example/z", "https://x.example").url
    ('https://x.example/a%20b.pdf', 'https://h.example/z')
    >>> resolve("#", "https://x.example"), resolve("www.unna.example", "https://x.example").url
    (Address(url=None, problem=None), 'http://www.unna.example')
    >>> resolve("javascript:alert(1)", "https://x.example").problem
    'its scheme is javascript'
    """
    if href.startswith("/"):
        if _ROOTED.fullmatch(href) and "/." not in href and (origin := _find_origin(base)):
            return Address(origin + href)
    elif _WHOLE.fullmatch(href):
        return Address(href)
    href = _CONTROLS.sub("", href).strip()
    if not href or href.startswith("#"):
        return Address(None)
    if len(href) > _MAX_LENGTH:
        return Address(None, f"it has more than {_MAX_LENGTH:,} characters")
    scheme = _SCHEME.match(href)
    if scheme and scheme[1].lower() not in ("http", "https") and not _HOST.fullmatch(href):
        return Address(None, f"its scheme is {scheme[1].lower()}")
    if href[:4].lower() == "www.":
        href = "http://" + href
    try:
        url = urljoin(base, href)
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return Address(None, "it is no web address")
    except ValueError:
        return Address(None, "it is no web address")
    return Address(quote(url, safe=_SAFE))


@cache
def _find_origin(base: str) -> str | None:
    """Return the `scheme://host` of a page's address if it is a plain one."""
    match = _ORIGIN.match(base)
    return match[0] if match else None


def parse_website(text: str) -> Address:
    """Read a printed web address; `http://` is put in front unless a scheme is printed.

    >>> parse_website("www.unna.de").url, parse_website("https://x.example/a").url
    ('http://www.unna.de', 'https://x.example/a')
    >>> parse_website("siehe oben").problem
    'it is no web address'
    """
    bare = re.sub(r"^https?://", "", text, flags=re.IGNORECASE)
    if len(text) > _MAX_LENGTH or not _HOST.fullmatch(bare):
        return Address(None, "it is no web address")
    return Address(quote(text if len(bare) < len(text) else "http://" + text, safe=_SAFE))


def find_file_type(url: str) -> str | None:
    """Return the file name extension of an address in lower case; None for a program's.

    >>> find_file_type("https://x.example/a.PDF?v=1"), find_file_type("https://x.example/a/")
    ('pdf', None)
    """
    _, slashes, path = url.partition("#")[0].partition("?")[0].partition("//")
    path = path.partition("/")[2] if slashes else ""
    match = _FILE_TYPE.search(unquote(path) if "%" in path else path)
    kind = match[1].lower() if match else None
    return None if kind in _PROGRAMS else kind
