"""The lines of a contact block, each by itself: its kind, and its text without a sub-label.

line     = blank | detail | address | plain
detail   = sub-label ":" text | sub-label text | e-mail | phone number | other label ":" text
A sub-label may stand alone, its text on the next line; without a colon it is one only before a
text of its kind.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipeline.contacts.emails import Email, parse_email
from pipeline.contacts.persons import is_office, parse_person
from pipeline.model import Span, new_span

_KINDS = {
    "phone": ("Fon", "Tel", "Telefon", "Telefonnummer", "Tel.-Nr", "Phone", "Ruf", "Durchwahl",
              "Telephone"),
    "mobile": ("Mobil", "Handy", "Mobiltelefon", "Mobilfunk", "Mobile", "Mobile phone"),
    "email": ("Email", "E-Mail", "Mail", "E-Mail-Adresse", "Mailadresse", "eMail",
              "Email address"),
    "person": ("Ansprechpartner", "Ansprechpartnerin", "Ansprechperson", "Kontaktperson",
               "Ansprechpartner/in", "Ansprechpartner/-in", "Ansprechpartner(in)",
               "Ansprechpartner*in", "Ansprechpartner:in", "Ansprechpartner_in",
               "Contact person", "Contact name"),
    "address": ("Adresse", "Anschrift", "Postanschrift", "Hausanschrift", "Address",
                "Postal address"),
    "other": ("Fax", "Telefax", "Web", "Internet", "Homepage", "Website", "www", "Webseite"),
}  # fmt: skip
_FAX = ("fax", "telefax")
_BY_LABEL = {label.lower(): kind for kind, labels in _KINDS.items() for label in labels}
_LABELS = "|".join(sorted((re.escape(label) for label in _BY_LABEL), key=len, reverse=True))
_SUBLABELS = re.compile(
    rf"(?P<label>{_LABELS})(?P<end>\.? ?: ?|\. (?=[+0(])| (?=[+0(]|[^ @]+@|www\.|https?://))",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[+0(][0-9 ()/.–-]{4,30}")
_NOT_YET = {  # what cannot be the text of a sub-label that stands on the line above
    "phone": re.compile(r"[^0-9+(–-]"),
    "mobile": re.compile(r"[^0-9+(–-]"),
    "email": re.compile(r"[^@\[(–-]{2,}$"),
}
_NO_ONE = re.compile(r"(?!)")
_URL = re.compile(r"https?://\S+|(?:[\w-]+\.)+[a-z]{2,}(?:/\S*)?", re.IGNORECASE)
_POSTAL = re.compile(r"(?:D-)?[0-9]{5} [^\W\d]")
_POSTCODE_GB = re.compile(r"(?:[^\W\d][\w’',. -]* )?[A-Z]{1,2}[0-9][0-9A-Z]? [0-9][A-Z]{2}")
_STREET_GB = re.compile(
    r"[0-9]{1,4}[a-z]?(?: ?[-–] ?[0-9]{1,4})?,? (?:[^\W\d][\w’'-]*\.? ){1,4}"
    r"(?:Street|St|Road|Rd|Lane|Avenue|Square|Place|Terrace|Way|Drive|Close|Court|Row|Hill|Crescent)"
)
_STREET = re.compile(
    r"[^\W\d][\w.’'-]*(?: [^\W\d][\w.’'-]*){0,4} ?[0-9]{1,4} ?[a-z]?(?: ?[-–/+] ?[0-9]{1,4} ?[a-z]?)?"
    r"(?P<postal>, ?(?:D-)?[0-9]{5} .*)?|Postfach [0-9 ]+"
)
_STREET_WORD = re.compile(
    r"(?:straße|strasse|str\.|weg|platz|allee|gasse|ring|ufer|damm|markt|hof|wall|postfach|chaussee)",
    re.IGNORECASE,
)
_DETAIL = re.compile(r"[0-9@:]")  # every detail holds one of these, or `www.`
_DIGIT = re.compile(r"[0-9]")
MAX_LENGTH = 200


@dataclass(slots=True)
class Item:
    """A line of the block: its kind, and its text without a sub-label."""

    kind: str  # a key of _KINDS, or "plain", "blank", "lone": a sub-label without a text
    line: Span
    text: Span
    email: Email | None = None
    label: Span | None = None  # the sub-label on a line of its own

    @property
    def lines(self) -> tuple[Span, ...]:
        """The lines, with that of the sub-label."""
        return (self.line,) if self.label is None else (self.label, self.line)


def iter_items(spans: Sequence[Span]) -> Iterator[Item]:
    """Yield the items of a block's lines; a sub-label and its text on the next line are one."""
    waiting: str | None = None  # the kind of a sub-label whose text stands on the next line
    label: Span | None = None  # that sub-label
    blank: Item | None = None
    for n, span in enumerate(spans):
        text = span.text
        if not text:
            blank = Item("blank", span, span)
            if waiting is None:
                yield blank
            continue
        if waiting and _NOT_YET.get(waiting, _NO_ONE).match(text):  # the sub-label has no text
            waiting = None
            if blank:
                yield blank
        blank = None
        known = "" if waiting or ":" in text else _tell_bare(text)
        if known == "plain":
            yield Item("plain", span, span)
            continue
        if known:
            waiting, label = _find_bare(known, spans, n), span
            if waiting is None:
                yield Item("lone" if _is_sublabel(text, known) else "plain", span, span)
            continue
        sublabel = _find_sublabel(text)
        if sublabel:
            kind, end = sublabel
            if end == len(text):
                waiting, label = kind, span
            else:
                waiting = None
                yield _make(kind, span, _cut(span, end))
        elif waiting:
            yield _make(waiting, span, span, label)
            waiting = None
        elif "@" in text and (email := parse_email(text)).address:
            yield Item("email", span, span, email)
        else:
            yield Item(_tell_kind(text, _after(spans, n)), span, span)


@lru_cache(maxsize=512)  # a page repeats its units
def _tell_bare(text: str) -> str:
    """Return the kind of a line that is all of a sub-label, or "plain"; "" if it may be a detail."""
    if _DETAIL.search(text) is not None or "www." in text:
        return ""
    return _BY_LABEL.get(text.removesuffix(".").lower(), "plain")


def _tell_kind(text: str, after: str) -> str:
    """Return the kind of a line that has no sub-label and is no e-mail address."""
    if _NUMBER.fullmatch(text):
        return "phone"
    if _is_address(text, after):
        return "address"
    return "other" if is_labelled(text) else "plain"


def _find_sublabel(text: str) -> tuple[str, int] | None:
    """Return the kind of a line's sub-label, and where its text begins."""
    label, colon, rest = text.partition(":")
    if colon and (kind := _BY_LABEL.get(label.lower())) and rest[:3] != "in:":
        return kind, len(label) + 1 + (rest[:1] == " ")
    match = _SUBLABELS.match(text) if len(text) <= MAX_LENGTH else None
    return None if match is None else (_BY_LABEL[match["label"].lower()], match.end())


def _is_sublabel(text: str, kind: str) -> bool:
    """Tell whether a line is a sub-label that could be nothing else: `Internet` may be a unit."""
    return kind in ("phone", "mobile", "email") or text.removesuffix(".").lower() in _FAX


def _find_bare(kind: str, spans: Sequence[Span], n: int) -> str | None:
    """Return the kind of a sub-label without a colon if its text stands on the next line."""
    after = _after(spans, n) or next((span.text for span in spans[n + 2 : n + 3]), "")
    return kind if len(after) <= MAX_LENGTH and _FITS[kind](after) else None


def has_sublabel(text: str) -> bool:
    """Tell whether a line begins with a label of a contact block: `Fon: 02303/1`.

    >>> has_sublabel("Fon: 02303/1"), has_sublabel("Fördersumme: 1")
    (True, False)
    """
    return _find_sublabel(text) is not None


def _make(kind: str, line: Span, text: Span, label: Span | None = None) -> Item:
    return Item(kind, line, text, parse_email(text.text) if kind == "email" else None, label)


def is_labelled(text: str) -> bool:
    """Tell whether a line is a detail with a label that has no column: `Sprechzeiten: Mo`."""
    label, colon, rest = text.partition(":")
    return bool(colon and rest.strip()) and len(label.split()) <= 4 and not rest.startswith("//")


def _after(spans: Sequence[Span], n: int) -> str:
    return spans[n + 1].text if n + 1 < len(spans) else ""


def _is_address(text: str, after: str = "") -> bool:
    """Tell whether a line is of an address; a street without a street's word is before a town."""
    if _DIGIT.search(text) is None:
        return False
    if _POSTAL.match(text) or (len(text) <= 80 and _is_address_gb(text)):
        return True
    street = _STREET.fullmatch(text) if len(text) <= 80 and text[-1:].isalnum() else None
    if street is None or _STREET_WORD.search(text) is not None:
        return street is not None
    return (street["postal"] is not None or _POSTAL.match(after) is not None) and not is_office(
        text
    )


def _is_address_gb(text: str) -> bool:
    return _POSTCODE_GB.fullmatch(text) is not None or _STREET_GB.fullmatch(text) is not None


def _is_number(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None


_FITS: dict[str, Callable[[str], bool]] = {  # kind -> whether a text is of it
    "phone": _is_number,
    "mobile": _is_number,
    "email": lambda text: parse_email(text).address is not None,
    "person": lambda text: parse_person(text) is not None,
    "address": _is_address,
    "other": lambda text: _is_number(text) or _URL.fullmatch(text) is not None,
}


def _cut(span: Span, start: int) -> Span:
    line, begin, _, text = span
    text = text[start:]
    begin += start
    return new_span((line, begin, begin + len(text), text))
