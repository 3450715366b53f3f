"""How every text of a page is cleaned, and how a slug is made of it.

White space runs become one space; then control, zero-width and soft-hyphen characters go; then
Unicode NFC.  Never NFKC: it would turn `km²` into `km2`.  The source is the contract of the
tables (README, "Lines"); `White_Space` is Unicode's property of that name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate
from unicodedata import is_normalized

WITHHELD = "[withheld]"  # stands for what shows a person, where that is withheld or was erased
_SPACE = "\\t-\\r \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000"
_SPACES = re.compile(f"[{_SPACE}]+")
_USUAL = " -~¡-¬®-ÿ–—‘-„…€"  # printable, in NFC, and no white space but the space
_UNUSUAL = re.compile(f"[^{_USUAL}]")
_DOUBLE = re.compile(r" {2,}")
_INVISIBLE = ("Cc", "Cf", "Cs")
_SLUG_PART = re.compile(r"[a-z0-9]+")


def clean(text: str) -> str:
    """Return `text` as a line holds it: one space for any white space, nothing invisible, NFC.

    >>> clean("  Fläche\\u00a0(km²):\\t88,56 ")
    'Fläche (km²): 88,56'
    >>> clean("Ein\\u00adwohner"), clean("Fla\\u0308che") == "Fläche"
    ('Einwohner', True)
    """
    text = text.strip(" \t\n\r\f")
    if (
        text.isprintable()  # no white space but the space, nothing invisible
        and "  " not in text
        and (text.isascii() or is_normalized("NFC", text))
    ):
        return text
    return _tidy(_SPACES.sub(" ", text)).strip(" ")


def clean_pieces(pieces: Sequence[str]) -> tuple[str, list[int]]:
    """Clean the concatenation of `pieces`; return it with each piece's start in it.

    The starts let a link or an inline element keep its place in the cleaned line.

    >>> clean_pieces(["  a ", " b", "c "])
    ('a bc', [0, 2, 3])
    """
    whole = "".join(pieces).rstrip(" \t\n\r\f")
    if "  " not in whole and (
        whole.isprintable() if whole.isascii() else _UNUSUAL.search(whole) is None
    ):
        text = whole.lstrip(" ")
        skipped, length = len(whole) - len(text), len(text)
        starts = list(accumulate(map(len, pieces), initial=-skipped))
        end = starts.pop()
        if skipped or end > length:
            starts = [min(max(start, 0), length) for start in starts]
        return text, starts
    parts: list[str] = []
    for piece in pieces:
        part = _tidy(_SPACES.sub(" ", piece))
        if parts and part[:1] and unicodedata.combining(part[0]):
            end = next((i for i, c in enumerate(part) if not unicodedata.combining(c)), len(part))
            parts[-1] = unicodedata.normalize("NFC", parts[-1] + part[:end])
            part = part[end:]
        parts.append(part)
    starts = []
    room: list[str] = []
    length, ends_in_space = 0, True
    for piece in parts:
        part = piece.lstrip(" ") if ends_in_space else piece
        starts.append(length)
        if part:
            room.append(part)
            length += len(part)
            ends_in_space = part[-1] == " "
    text = "".join(room).rstrip(" ")
    text = clean(text)
    return text, [min(start, len(text)) for start in starts]


def _tidy(text: str) -> str:
    unusual = _UNUSUAL.findall(text)
    if not unusual:
        return text
    for c in set(unusual):
        if unicodedata.category(c) in _INVISIBLE:
            text = text.replace(c, "")
    return unicodedata.normalize("NFC", _DOUBLE.sub(" ", text))


@lru_cache(maxsize=512)  # a town's name is compared with many texts
def slug(text: str) -> str:
    """Return the stable id part of a name: lower case, German umlauts spelt out, `-` between.

    >>> slug("Unna Königsborn Süd-Ost"), slug("Café"), slug("Straße 7")
    ('unna-koenigsborn-sued-ost', 'cafe', 'strasse-7')
    """
    if text.isascii():
        text = text.lower()
    else:
        text = spell_umlauts(unicodedata.normalize("NFC", text))
        if not text.isascii():
            marks = unicodedata.normalize("NFD", text)
            text = "".join(c for c in marks if not unicodedata.combining(c))
    return "-".join(_SLUG_PART.findall(text))


def spell_umlauts(text: str) -> str:
    """Return `text` (NFC) in lower case with its German umlauts and ß spelt out.

    >>> spell_umlauts("Ärzte, Straße")
    'aerzte, strasse'
    """
    low = text.lower()
    return low.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue").replace("ß", "ss")


def fold(text: str) -> str:
    """Return `text` for comparing labels: spaces and case aside, nothing else.

    >>> fold("Einwohner je km²") == fold("EINWOHNER  JE KM²")
    True
    """
    return text.replace(" ", "").lower()


def quote(text: str, limit: int = 60) -> str:
    """Return `text` between quotation marks, cut to `limit` characters, for a message.

    >>> quote("abc"), quote("a" * 70, 5)
    ('“abc”', '“aaaa…”')
    """
    return f"“{text}”" if len(text) <= limit else f"“{text[: limit - 1]}…”"
