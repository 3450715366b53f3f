"""Bytes -> text by the WHATWG order: BOM, header, meta, strict UTF-8, else windows-1252.

Neither `requests.text` nor BeautifulSoup's guesser is asked: both turn `km²` into something else
on short German pages.  Source of the order and of the names: the WHATWG Encoding and HTML
standards; an encoding outside of that list (`unicode_escape`, `idna`) is treated as undeclared.
"""

from __future__ import annotations

import codecs

from w3lib.encoding import html_body_declared_encoding, read_bom, resolve_encoding

_WHATWG = frozenset(
    "utf-8 utf-16-le utf-16-be cp866 iso8859-2 iso8859-3 iso8859-4 iso8859-5 iso8859-6 iso8859-7 "
    "iso8859-8 iso8859-10 iso8859-13 iso8859-14 iso8859-15 iso8859-16 koi8-r koi8-u mac-roman "
    "cp874 cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 mac-cyrillic gbk "
    "gb18030 big5 big5hkscs euc_jp iso2022_jp shift_jis cp932 euc_kr cp949".split()
)


def decode(body: bytes, declared: str | None = None, *, html: bool = True) -> str:
    """Return the text of `body`; what the encoding cannot read becomes U+FFFD.

    `declared` is the charset of the HTTP header.  A byte order mark beats it and is removed.

    >>> decode("km²".encode("cp1252")), decode("km²".encode("utf-8"))
    ('km²', 'km²')
    >>> decode(b'<meta charset="iso-8859-1">\\x80'), decode(b"\\xef\\xbb\\xbfx", "cp1252")
    ('<meta charset="iso-8859-1">€', 'x')
    """
    name, mark = find_encoding(body, declared, html=html)
    return body[len(mark) :].decode(name, "replace")


def find_encoding(
    body: bytes, declared: str | None = None, *, html: bool = True
) -> tuple[str, bytes]:
    """Return the name of the encoding of `body`, and its byte order mark or nothing."""
    mark, bom = read_bom(body)
    if mark and bom and mark in ("utf-8", "utf-16-le", "utf-16-be"):
        return mark, bom
    name = _known(declared)
    if name is None and html:
        name = _known(html_body_declared_encoding(body[:4096]))
        if name in ("utf-16-le", "utf-16-be"):  # a page whose meta could be read is not UTF-16
            name = "utf-8"
    if name is not None:
        return name, b""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252", b""
    return "utf-8", b""


def _known(label: str | None) -> str | None:
    if not label:
        return None
    try:
        name = codecs.lookup(resolve_encoding(label) or "").name
    except (LookupError, ValueError):
        return None
    name = {"utf-16": "utf-16-le", "iso8859-1": "cp1252", "ascii": "cp1252"}.get(name, name)
    return name if name in _WHATWG else None
