"""A printed e-mail address -> the address, and whether its local part fits a person's name."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache, partial
from typing import NamedTuple
from urllib.parse import unquote

from pipeline.page import slug, spell_umlauts

_ADDRESS = re.compile(
    r"[A-Za-z0-9ÄÖÜäöüß!#$%&'*+/=?^_`{|}~.-]{1,64}@((?:[A-Za-z0-9ÄÖÜäöüß-]{1,63}\.)+[A-Za-z]{2,63})"
)
_AT = re.compile(r" ?(?:\[at\]|\(at\)|\{at\}|\[ät\]|\(ät\)) ?", re.IGNORECASE)
_DOT = re.compile(r" ?(?:\[dot\]|\(dot\)|\[punkt\]|\(punkt\)) ?", re.IGNORECASE)
_MAX_LENGTH = 254  # RFC 5321
_SPLIT = re.compile(r"[^a-z]+")
_NAME = re.compile(r"[a-z]{4,}")
_BETWEEN = re.compile(r"[^a-z0-9]+")
# Local parts that name an office, not a person.
_OFFICES = frozenset(
    "info kontakt post poststelle rathaus stadt stadtverwaltung gemeinde verwaltung buergerbuero "
    "buero office service mail email zentrale presse pressestelle redaktion webmaster team "
    "stadtplanung planung planungsamt stadtentwicklung quartier quartiersmanagement quartiersbuero "
    "stadtteilbuero stadtumbau sekretariat soziales sozialamt sozialplanung jugendamt "
    "bauamt umwelt stadtteilmanagement projekt markt rathauspost "
    "contact enquiries hello admin planning regeneration housing council reception".split()
)


class Email(NamedTuple):
    """An address with its domain in lower case; `decoded` if it was written with `[at]`."""

    address: str | None
    decoded: bool = False


# As `new_span`: nearly each contact has one.
_new_email: Callable[[tuple[str | None, bool]], Email] = partial(tuple.__new__, Email)


def parse_email(text: str) -> Email:
    """Read an e-mail address as printed.

    >>> parse_email("M.Muster@Unna.Example"), parse_email("m.muster [at] unna.example")
    (Email(address='M.Muster@unna.example', decoded=False), Email(address='m.muster@unna.example', decoded=True))
    >>> parse_email("siehe Webseite").address
    """
    if len(text) > _MAX_LENGTH:
        return Email(None)
    decoded = False
    if "@" not in text:
        text = _DOT.sub(".", _AT.sub("@", text))
        decoded = True
    elif "[" in text or "(" in text:
        text = _DOT.sub(".", text)
        decoded = True
    match = _ADDRESS.fullmatch(text)
    if match is None or ".." in text or text[0] == "." or ".@" in text:
        return Email(None)
    local = text[: match.start(1)]
    return _new_email((local + match[1].lower(), decoded))


def parse_mailto(href: str) -> str | None:
    """Return the address of a `mailto:` link, without its parameters; None for another link.

    >>> parse_mailto("mailto:M.Muster%40unna.example?subject=IHK")
    'M.Muster@unna.example'
    """
    if href[:7].lower() != "mailto:":
        return None
    return parse_email(unquote(href[7:].partition("?")[0]).strip()).address


def names_person(address: str, person: str) -> bool:
    """Tell whether the local part carries a family name of `person` (umlauts spelt out).

    >>> names_person("LBeispiel@x.example", "Dr. Lena Beispiel")
    True
    >>> names_person("quartier@x.example", "Lena Beispiel")
    False
    """
    return carries(squeeze_local(address), person)


def carries(local: str, person: str) -> bool:
    """Tell whether a squeezed local part carries one of the names of `person`."""
    return any(name in local for name in find_names(person))


@lru_cache(maxsize=512)  # what rules compare was compared before
def squeeze_local(address: str) -> str:
    """Return the letters and digits of a local part, spelt out, without what stands between.

    >>> squeeze_local("M.Grünspan-Muster@x.example")
    'mgruenspanmuster'
    """
    local = _spell_out(address.partition("@")[0])
    bare = local.replace(".", "")  # most have no more than points
    return bare if bare.isalnum() else _BETWEEN.sub("", bare)


@lru_cache(maxsize=512)
def find_names(person: str) -> tuple[str, ...]:
    """Return what a squeezed local part may carry of a name: long words, and the family name.

    >>> find_names("Jo Grünspan"), find_names("Jo Maria Le-Bon")
    (('gruenspan',), ('maria', 'lebon'))
    """
    spelt = _spell_out(person)
    names = tuple(_NAME.findall(spelt))
    family = spelt.rpartition(" ")[2]
    if family in names[-1:]:
        return names
    family = _BETWEEN.sub("", family)  # it is a short one, or has a hyphen
    return (*names, family) if len(family) > 2 else names


def _spell_out(text: str) -> str:
    """Return `text` in lower case and ASCII, as in a slug; what stands between words is kept."""
    if text.isascii():
        return text.lower()
    spelt = spell_umlauts(text)
    return spelt if spelt.isascii() else slug(text)


def is_office_address(address: str) -> bool:
    """Tell whether the local part names an office or a function instead of a person.

    >>> is_office_address("info@x.example"), is_office_address("l.beispiel@x.example")
    (True, False)
    """
    return any(part in _OFFICES for part in _SPLIT.split(slug(address.partition("@")[0])))
