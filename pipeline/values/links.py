"""Links and web addresses: as printed -> absolute, or null with a reason."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache, partial
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


# As `new_span`: a page has several links for each record.
_new_address: Callable[[tuple[str, None]], Address] = partial(tuple.__new__, Address)


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
            return _new_address((origin + href, None))
    elif (address := _read_whole(href)) is not None:
        return address
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


@lru_cache(maxsize=512)  # a page repeats the websites of its towns
def _read_whole(href: str) -> Address | None:
    """Return a plain address with scheme and host as it is, None for another one."""
    return _new_address((href, None)) if _WHOLE.fullmatch(href) else None


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
    if "#" in url or "?" in url:
        url = url.partition("#")[0].partition("?")[0]
    path = url.partition("//")[2].partition("/")[2]
    if "%" in path:
        path = unquote(path)
    return _read_ending(path[path.rfind(".") :])


@lru_cache(maxsize=512)  # a page has many files of few types
def _read_ending(ending: str) -> str | None:
    """Return the type that the end of a path from its last point on tells, if it has a point."""
    match = _FILE_TYPE.match(ending)
    kind = match[1].lower() if match else None
    return None if kind in _PROGRAMS else kind
