"""Texts that are like labels: by their shape, with a label inside, or spelled nearly like one.

No text is ever read as the label that it is like: it ends a field, or a person is told.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from difflib import get_close_matches

from pipeline.listing import FieldSpec, ListingSpec
from pipeline.page import fold

_FAR = 600  # characters before a colon that are looked at
_LONGEST_WORD = 100  # whose parts are compared with the labels
_STARTS = 2_000  # of lines that are compared with all labels; a comparison takes some 0.1 ms
_LABEL_LIKE = re.compile(r"([^:]{1,60}):(?!//)\s?\S")
_TIME = re.compile(r"(?<![0-9])[0-9]{1,2}:[0-9]{2}(?![0-9])")


def is_label_like(text: str) -> bool:
    """Tell whether a line reads like a label with its text: at most four words, colon, text.

    >>> [is_label_like(t) for t in ("Fördersumme: 1.000 €", "Bertlich:", "10:30 Uhr", "http://x.de")]
    [True, False, False, False]
    >>> is_label_like("Stand 2019:2018")
    True
    """
    match = _LABEL_LIKE.match(text)
    if match is None:
        return False
    words = match[1]
    if _TIME.search(text, max(match.end(1) - 2, 0), match.end(1) + 4):
        return False
    return len(words.split()) <= 4 and any(c.isalpha() for c in words)


def count_labels(text: str, labels: Mapping[str, str]) -> int:
    """Return how many fields have a label somewhere in `text`."""
    folded = fold(text)
    return len({name for label, name in labels.items() if label in folded})


def is_lone_label(text: str) -> bool:
    """Tell whether a line reads like a label whose text stands on the next line.

    >>> [is_lone_label(t) for t in ("Zielgruppe:", "für Hassel und Bertlich:", "Ziel: x")]
    [True, False, False]
    """
    words = text[:-1].split()
    return text.endswith(":") and 0 < len(words) <= 4 and text[0].isupper() and ":" not in text[:-1]


def find_inner_label(text: str, labels: Mapping[str, str]) -> str | None:
    """Return a known label that stands, with its colon, inside `text` (not at its start).

    A label may be glued to the word before it, where a line break was lost.

    >>> find_inner_label("Süd-OstKontakt: x", {"kontakt": "contacts"})
    'Kontakt'
    """
    end = text.find(":")
    while end > 0:
        before = text[:end] if end <= _FAR else text[end - _FAR : end]
        is_word = before.isalpha() and before[1:].islower()  # by itself: nothing stands inside
        if not is_word and fold(before).endswith(tuple(labels)):
            inner = _find_last_label(before.split(), labels)
            if inner is not None:
                return inner
        end = text.find(":", end + 1)
    return None


def _find_last_label(words: list[str], labels: Mapping[str, str]) -> str | None:
    """Return the known label that the last of some words are, or end with; not all of them."""
    for count in range(1, min(6, len(words)) + 1):
        inner = " ".join(words[-count:])
        if count < len(words) and fold(inner) in labels:
            return inner
        first = words[-count]
        for i in range(1, min(len(first), _LONGEST_WORD)):
            glued = inner[i:]
            if _is_boundary(first, i) and fold(glued) in labels:
                return glued
    return None


def _is_boundary(word: str, i: int) -> bool:
    """Tell whether a new word may begin at `i`: behind a mark or digit, or `tK` in `OstKontakt`."""
    return word[i].isupper() or not word[i - 1].isalpha()


def nearest_label(text: str, spec: ListingSpec) -> str | None:
    """Return the known label that a line's start, up to a colon, most resembles, or None."""
    start = fold(text.partition(":")[0])
    if len(start) > 60:
        return None
    by_fold = {fold(label): label for field in spec.fields for label in field.labels}
    close = get_close_matches(start, by_fold, n=1, cutoff=0.75)
    return by_fold[close[0]] if close else None


def tell_alias(field: FieldSpec, start: str) -> str:
    """Return the line of the listing spec that makes the text `start` a label of `field`.

    >>> tell_alias(FieldSpec("population", "towns", ("Einwohner",), "integer"), "Einw.")
    'in the [[field]] population of the listing spec: labels = ["Einwohner", "Einw."]'
    """
    labels = ", ".join(json.dumps(label, ensure_ascii=False) for label in (*field.labels, start))
    return f"in the [[field]] {field.name} of the listing spec: labels = [{labels}]"


class NearestLabels:
    """`nearest_label` for the lines of a page that no field takes; each start is compared once."""

    def __init__(self, spec: ListingSpec) -> None:
        self.spec = spec
        self.known: dict[str, str | None] = {}

    def find(self, text: str) -> str | None:
        """Return the label that the line's start most resembles; None too beyond the limit."""
        start = text.partition(":")[0]
        if start not in self.known:
            if len(self.known) == _STARTS:
                return None
            self.known[start] = nearest_label(start, self.spec)
        return self.known[start]
