"""Where a line is a label: the closed list of the spec against the start of a line.

    label    = one of the spec's labels, case and spacing aside
    labelled = label ":" [" "] [text]                a line, in text and HTML
             | label                                 a line, with `colon = false`
             | label, alone in its element           HTML: th, td, dt, div; a value stands behind
             | label, in the line's first inline element, another one or a block behind it

Only the whole text before a colon is compared, so the longest label wins by itself, a line such as
`für Hassel und Westerholt/Bertlich:` stays a value, and no line is read twice.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from typing import NamedTuple

from pipeline.model import Line, Page
from pipeline.spec import FieldSpec, ListingSpec
from pipeline.text import fold

BARE = frozenset(("th", "td", "dt", "div"))
_VALUE_AFTER = {"th": "td", "td": "td", "dt": "dd"}
_TAIL = 1  # letters
_FAR = 600  # characters before a colon that are looked at
_LONGEST_WORD = 100  # whose parts are compared with the labels
_STARTS = 2_000  # of lines that are compared with all labels; a comparison takes some 0.1 ms
_LABEL_LIKE = re.compile(r"([^:]{1,60}):(?!//)\s?\S")
_TIME = re.compile(r"(?<![0-9])[0-9]{1,2}:[0-9]{2}(?![0-9])")


class Hit(NamedTuple):
    """A label at a line's start: `text[:label_end]`, and where the value's text begins."""

    field: str
    label_end: int
    text_start: int


def find_labels(page: Page, spec: ListingSpec) -> dict[int, Hit]:
    """Return the hit of every line that begins with a label, by the line's index."""
    labels = spec.labels
    longest = 2 * max(map(len, labels))
    colons = max(label.count(":") for label in labels) + 1
    hits: dict[int, Hit] = {}
    by_head = _ByHead(labels)
    bare = _find_bare_tags(page, labels, spec.opens_with) if page.is_html else BARE
    lines = page.lines
    with_colon = spec.colon
    taken = -1  # the index of a line that is a value because of where it stands
    for i, line in enumerate(lines):
        text = line.text
        if not text:
            continue
        hit, is_value = None, i == taken  # unless it begins with a label and a colon
        if with_colon:
            end = text.find(":", 1, longest)
            if end > 0:
                known = by_head[text[:end]]
                if known is not None:
                    hit = known[text[end + 1 : end + 2] == " "]
                elif colons > 1:
                    hit = _find_later_colon(text, by_head, longest, colons, end)
        elif not is_value and len(text) <= longest and (name := labels.get(fold(text))):
            hit = Hit(name, len(text), len(text))
        if hit is None and not is_value and (line.lead or (line.alone and line.tag in bare)):
            hit = _find_bare(line, labels, longest, is_last=i + 1 == len(lines))
        if hit is not None:
            hits[i] = hit
            is_bare = line.alone or line.lead == len(text)
            if not is_bare or hit.text_start < len(text):
                continue
            if has_value_element(page, i) or _is_between(page, labels, i + 1):
                taken = i + 1
    return hits


def _find_bare(line: Line, labels: Mapping[str, str], longest: int, *, is_last: bool) -> Hit | None:
    """Return the label without a colon that an element of its own holds."""
    text, lead = line.text, line.lead
    if lead and (name := labels.get(fold(text[:lead]))):
        return Hit(name, lead, lead + (text[lead : lead + 1] == " "))
    if line.alone and len(text) <= longest and not is_last and (name := labels.get(fold(text))):
        return Hit(name, len(text), len(text))
    return None


class _ByHead(dict[str, tuple[Hit, Hit] | None]):
    """Texts before a colon -> their hit, and the one with a space behind the colon; a page has few."""

    def __init__(self, labels: Mapping[str, str]) -> None:
        super().__init__()
        self.labels = labels

    def __missing__(self, head: str) -> tuple[Hit, Hit] | None:
        known, name = None, self.labels.get(fold(head))
        if name is not None:
            end, start = len(head.rstrip(" ")), len(head) + 1
            known = Hit(name, end, start), Hit(name, end, start + 1)
        self[head] = known
        return known


def _find_later_colon(
    text: str, by_head: _ByHead, longest: int, colons: int, end: int
) -> Hit | None:
    """Return the label before a colon behind the one at `end`: labels may hold colons."""
    for _ in range(1, colons):
        end = text.find(":", end + 1, longest)
        if end < 0:
            return None
        known = by_head[text[:end]]
        if known is not None:
            return known[text[end + 1 : end + 2] == " "]
    return None


def has_value_element(page: Page, i: int) -> bool:
    """Tell whether behind a label in line `i` comes the element that its own place gives its value."""
    if i + 1 == len(page.lines):
        return False
    label, after = page.lines[i : i + 2]
    parents, ends, element = page.parents, page.ends, label.element
    if not label.alone:  # it stands in the value's parent
        return element < after.element and ends[element + 1] == ends[element]
    row = parents[element]
    if row == parents[after.element] and _VALUE_AFTER.get(label.tag) == after.tag:
        return True
    second = ends[element] + 1
    if element == row + 1 and second <= ends[row]:  # of two elements in one the second one is it
        return second <= after.element and ends[second] == ends[row]
    is_alone = element == row + 1 and ends[element] == ends[row]
    if (label.tag, after.tag, is_alone) != ("th", "td", True) or after.element != ends[row] + 2:
        return False
    below = parents[after.element]  # one cell in a row, one in the next
    return parents[below] == parents[row] and ends[below] == ends[after.element]


def _is_between(page: Page, labels: Mapping[str, str], i: int) -> bool:
    """Tell whether line `i`, a label's word, is the value of the one before it: another one follows.

    So it is where labels and values without a mark are neighbours: `Status`, `Gemeinde`, `Kreis`.
    """
    lines, parents = page.lines[i - 1 : i + 2], page.parents
    return len(lines) == 3 and all(
        line.alone
        and line.tag == lines[0].tag
        and parents[line.element] == parents[lines[0].element]
        and fold(line.text) in labels
        for line in lines
    )


def _find_bare_tags(page: Page, labels: Mapping[str, str], opening: str) -> frozenset[str]:
    """Return the tags of elements that hold labels without a colon: most of the opening ones."""
    counts: Counter[str] = Counter()
    for line in page.lines:
        is_bare = line.alone or line.lead == len(line.text) > 0
        if is_bare and labels.get(fold(line.text)) == opening:
            counts[line.tag if line.alone else ""] += 1
    if BARE.issuperset(counts):
        return BARE
    with_colon = sum(
        labels.get(fold(line.text.partition(":")[0])) == opening
        for line in page.lines
        if ":" in line.text
    )
    most = max(with_colon, *counts.values())
    return BARE.union(tag for tag, count in counts.items() if count * 2 > most)


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
    ends = _list_ends(tuple(labels))
    end = text.find(":")
    while end > 0:
        words = text[max(end - _FAR, 0) : end].split()
        if not words or fold(words[-1][-_TAIL:])[-_TAIL:] not in ends:
            end = text.find(":", end + 1)
            continue
        for count in range(1, min(6, len(words)) + 1):
            inner = " ".join(words[-count:])
            if count < len(words) and fold(inner) in labels:
                return inner
            first = words[-count]
            for i in range(1, min(len(first), _LONGEST_WORD)):
                glued = inner[i:]
                if _is_boundary(first, i) and fold(glued) in labels:
                    return glued
        end = text.find(":", end + 1)
    return None


@cache
def _list_ends(labels: tuple[str, ...]) -> frozenset[str]:
    """Return the last letters of labels, which few of a page's words before a colon end with."""
    return frozenset(label[-_TAIL:] for label in labels)


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
