"""The lines of a contact block, each by itself: its kind, and its text without a sub-label.

line     = blank | detail | address | plain
detail   = sub-label ":" text | e-mail | phone number | other label ":" text
A sub-label may stand alone, its text on the next line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.model import Span
from pipeline.values.emails import Email, parse_email

_KINDS = {
    "phone": ("Fon", "Tel", "Telefon", "Telefonnummer", "Tel.-Nr", "Phone", "Ruf", "Durchwahl"),
    "mobile": ("Mobil", "Handy", "Mobiltelefon", "Mobilfunk"),
    "email": ("Email", "E-Mail", "Mail", "E-Mail-Adresse", "Mailadresse", "eMail"),
    "person": ("Ansprechpartner", "Ansprechpartnerin", "Ansprechperson", "Kontaktperson"),
    "address": ("Adresse", "Anschrift", "Postanschrift"),
    "other": ("Fax", "Telefax", "Web", "Internet", "Homepage", "Website", "www"),
}
_BY_LABEL = {label.lower(): kind for kind, labels in _KINDS.items() for label in labels}
_LABELS = "|".join(sorted((re.escape(label) for label in _BY_LABEL), key=len, reverse=True))
_SUBLABELS = re.compile(
    rf"(?P<label>{_LABELS})(?P<end>\.? ?: ?|\. (?=[+0(])| (?=[+0(]))", re.IGNORECASE
)
_NUMBER = re.compile(r"[+0(][0-9 ()/.–-]{4,30}")
_NOT_YET = {  # what cannot be the text of a sub-label that stands on the line above
    "phone": re.compile(r"[^0-9+(–-]"),
    "mobile": re.compile(r"[^0-9+(–-]"),
    "email": re.compile(r"[^@\[(–-]{2,}$"),
}
_NO_ONE = re.compile(r"(?!)")
_POSTAL = re.compile(r"(?:D-)?[0-9]{5} [^\W\d]")
_STREET = re.compile(
    r"(?:[^\W\d][\w.’'-]*[ -]?){1,5} ?[0-9]{1,4} ?[a-z]?(?: ?[-–/+] ?[0-9]{1,4} ?[a-z]?)?"
    r"(?:, ?(?:D-)?[0-9]{5} .*)?|Postfach [0-9 ]+"
)
_STREET_WORD = re.compile(
    r"(?:straße|strasse|str\.|weg|platz|allee|gasse|ring|ufer|damm|markt|hof|wall|postfach|chaussee)",
    re.IGNORECASE,
)
_DETAIL = re.compile(r"[0-9@:]")  # every detail holds one of these
_DIGIT = re.compile(r"[0-9]")
MAX_LENGTH = 200


@dataclass(slots=True)
class Item:
    """A line of the block: its kind, and its text without a sub-label."""

    kind: str  # a key of _KINDS, or "plain", "blank"
    line: Span
    text: Span
    email: Email | None = None


def iter_items(spans: Sequence[Span]) -> Iterator[Item]:
    """Yield the items of a block's lines; a sub-label and its text on the next line are one."""
    waiting: str | None = None  # the kind of a sub-label whose text stands on the next line
    blank: Item | None = None
    for span in spans:
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
        if waiting is None and _DETAIL.search(text) is None:
            yield Item("plain", span, span)
            continue
        sublabel = _find_sublabel(text)
        if sublabel:
            kind, end = sublabel
            waiting = kind if end == len(text) else None
            if waiting is None:
                yield _make(kind, span, _part(span, end, len(text)))
        elif waiting:
            yield _make(waiting, span, span)
            waiting = None
        elif "@" in text and (email := parse_email(text)).address:
            yield Item("email", span, span, email)
        elif _NUMBER.fullmatch(text):
            yield Item("phone", span, span)
        elif _is_address(text):
            yield Item("address", span, span)
        elif is_labelled(text):
            yield Item("other", span, span)
        else:
            yield Item("plain", span, span)


def _find_sublabel(text: str) -> tuple[str, int] | None:
    """Return the kind of a line's sub-label, and where its text begins."""
    label, colon, rest = text.partition(":")
    if colon and (kind := _BY_LABEL.get(label.lower())):
        return kind, len(label) + 1 + rest.startswith(" ")
    match = _SUBLABELS.match(text) if len(text) <= MAX_LENGTH else None
    return None if match is None else (_BY_LABEL[match["label"].lower()], match.end())


def has_sublabel(text: str) -> bool:
    """Tell whether a line begins with a label of a contact block: `Fon: 02303/1`.

    >>> has_sublabel("Fon: 02303/1"), has_sublabel("Fördersumme: 1")
    (True, False)
    """
    return _find_sublabel(text) is not None


def _make(kind: str, line: Span, text: Span) -> Item:
    return Item(kind, line, text, parse_email(text.text) if kind == "email" else None)


def is_labelled(text: str) -> bool:
    """Tell whether a line is a detail with a label that has no column: `Sprechzeiten: Mo`."""
    label, colon, rest = text.partition(":")
    return bool(colon and rest.strip()) and len(label.split()) <= 4 and not rest.startswith("//")


def _is_address(text: str) -> bool:
    if _DIGIT.search(text) is None:
        return False
    if _POSTAL.match(text):
        return True
    return (
        len(text) <= 80
        and text[-1:].isalnum()
        and _STREET_WORD.search(text) is not None
        and _STREET.fullmatch(text) is not None
    )


def _part(span: Span, start: int, end: int) -> Span:
    return Span(span.line, span.start + start, span.start + end, span.text[start:end])
