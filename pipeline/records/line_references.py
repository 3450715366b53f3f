"""How a reason names what is wrong: a line by its number and label, never by its text.

A reason goes into the visit log and into errors, which must carry no person.
"""

from __future__ import annotations

import re

from pipeline.listing import ListingSpec
from pipeline.model import Listing, Page
from pipeline.page import fold, quote
from pipeline.records.likeness import nearest_label, tell_alias

# What a page without records may be instead, by words of its title and first lines.
_GUESSES = (
    ("a page that was not found", ("404", "nicht gefunden", "not found", "existiert nicht")),
    ("a login page", ("anmelden", "login", "passwort", "password", "einloggen")),
    ("a captcha", ("captcha", "are you human", "kein roboter", "not a robot", "just a moment")),
    ("a maintenance page", ("wartung", "maintenance", "vorübergehend nicht")),
    ("a consent wall", ("cookie", "einwilligung", "consent")),
)
_TWICE = re.compile("[ÂÃ][^ -~]|â€[^ -~]")
_WORDS_TO_GUESS = 400
_DOUBTS = 1000  # that are compared with the labels; a page may hold a hundred thousand
_LABEL_LENGTH = 40  # of a label without a colon, alone in its element


def name_line(number: int, text: str, spec: ListingSpec) -> str:
    """Name a line by its number and its label, if it begins with one or with what resembles one."""
    label = _find_label(text, spec)
    if not label:
        return f"line {number}"
    more = text[len(label) :].strip().removeprefix(":").strip()
    colon = ":" if ":" in text[len(label) : len(label) + 2] else ""
    return f"line {number}, {quote(label + colon + (' …' if more else ''))},"


def _find_label(text: str, spec: ListingSpec) -> str | None:
    """Return how a line begins if that is a label or resembles one, else None."""
    near = nearest_label(text, spec)
    if near is None:
        return None
    start, colon, _ = text.partition(":")
    words = start.split()
    if not colon and len(words) > len(near.split()):
        start = " ".join(words[: len(near.split())])
    return start.strip()


def _tell_remedy(text: str, spec: ListingSpec, field: str) -> str:
    """Name the line of the listing spec that makes a text's start a label; nothing if it is one."""
    start = _find_label(text, spec)
    if not start or fold(start) in spec.labels:
        return ""
    return f"; if that is its new name, write {tell_alias(spec.field(field), start)}"


def name_opening(spec: ListingSpec) -> str:
    """Name the labels that may open a record."""
    return " or ".join(quote(label) for label in spec.field(spec.opens_with).labels)


def name_near(listing: Listing, spec: ListingSpec, field: str) -> str:
    """Name the unknown label that most resembles a field's, as the end of a sentence."""
    unknown = [(left.span, left.near) for left in listing.leftovers]
    unknown += [
        (doubt.span, nearest_label(doubt.span.text, spec)) for doubt in listing.doubts[:_DOUBTS]
    ]
    for span, near in unknown:
        if near and spec.labels[fold(near)] == field:
            return (
                f"; {name_line(span.line, span.text, spec)} is near it"
                f"{_tell_remedy(span.text, spec, field)}"
            )
    return ""


def guess(page: Page, spec: ListingSpec) -> str:
    """Return the nearest guess why there is no record, as the end of a sentence."""
    for line in page.lines:
        if is_mojibake(line.text):
            return f"; {name_line(line.number, line.text, spec)} was decoded twice"
        if "\ufffd" in line.text:
            return f"; {name_line(line.number, line.text, spec)} is in another encoding"
    for line in page.lines[:2000]:
        may_be = ":" in line.text[:60] or (line.alone and len(line.text) <= _LABEL_LENGTH)
        near = nearest_label(line.text, spec) if may_be else None
        if near and spec.labels.get(fold(near)) == spec.opens_with:
            if fold(line.text.removesuffix(":")) in spec.labels:
                return f"; {name_line(line.number, line.text, spec)} has no text"
            return (
                f"; {name_line(line.number, line.text, spec)} is near {quote(near)}"
                f"{_tell_remedy(line.text, spec, spec.opens_with)}"
            )
    shown = " ".join([page.title, *(line.text for line in page.lines[:_WORDS_TO_GUESS])]).lower()
    for name, words in _GUESSES:
        if any(word in shown for word in words):
            return f"; it may be {name}"
    if page.title:
        return f"; the page's title is {quote(page.title)}"
    return ""


def may_be_mojibake(text: str) -> bool:
    """Tell fast whether `is_mojibake` may be true of a part of the text."""
    return "Ã" in text or "Â" in text or "â€" in text


def is_mojibake(text: str) -> bool:
    """Tell whether UTF-8 was read as windows-1252: `Ã` or `Â` with a continuation behind it.

    >>> is_mojibake("für Ã–ttl"), is_mojibake("Ã la carte")
    (True, False)
    """
    for match in _TWICE.finditer(text):
        try:
            match[0].encode("cp1252").decode("utf-8")
        except UnicodeError:
            continue
        return True
    return False
