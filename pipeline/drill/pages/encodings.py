"""A document's bytes in the encodings, and with the invisible characters, that a page may have."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from pipeline.drill.pages.markup import META

_MARKUP = re.compile(
    r"(<!--.*?-->|<(?:script|style)\b.*?</(?:script|style)>|<[^>]+>|&#?\w+;)", re.DOTALL
)


def _in_text(pattern: str, replacement: str) -> Callable[[str], bytes]:
    """Replace in text only: never in tags, comments, scripts, styles or character references."""

    def encode(document: str) -> bytes:
        parts = _MARKUP.split(document)
        parts[::2] = [re.sub(pattern, replacement, part) for part in parts[::2]]
        return "".join(parts).encode()

    return encode


def _cp1252(meta: str) -> Callable[[str], bytes]:
    return lambda document: document.replace(META, meta).encode("cp1252", "xmlcharrefreplace")


_LONG_WORD = r"([^\W\d_]{3})(?=[^\W\d_]{3})"

ENCODINGS: dict[str, Callable[[str], bytes]] = {
    "utf8": lambda document: document.encode(),
    "utf8_bom": lambda document: document.encode("utf-8-sig"),
    "cp1252": _cp1252('<meta charset="windows-1252">'),
    "cp1252_undeclared": _cp1252(""),
    "iso_8859_15": lambda document: document.replace(
        META, '<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-15">'
    ).encode("iso-8859-15", "xmlcharrefreplace"),
    "references": lambda document: document.encode("ascii", "xmlcharrefreplace"),
    "utf16": lambda document: ("\ufeff" + document).encode("utf-16-le"),
    "nfd": lambda document: unicodedata.normalize("NFD", document).encode(),
    "nbsp": _in_text(r"(?<![\n ]) ", "\u00a0"),
    "soft_hyphen": _in_text(_LONG_WORD, "\\1\u00ad"),
    "zero_width": _in_text(_LONG_WORD, "\\1\u200b"),
    "thin_space": _in_text(r"(?<![\n ]) ", "\u2009"),
    "bidi_marks": _in_text(_LONG_WORD, "\\1\u200e"),
    "cr": lambda document: document.replace("\n", "\r").encode(),
    "crlf": lambda document: document.replace("\n", "\r\n").encode(),
}
