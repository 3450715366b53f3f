"""Where a line is a label: the closed list of the spec against the start of a line.

    label    = one of the spec's labels, case and spacing aside
    labelled = label ":" [" "] [text]                a line, in text and HTML
             | label                                 a line, with `colon = false`
             | label, alone in its element           HTML: th, td, dt, div; a value stands behind
             | label, in the line's first inline element, another one behind it

Only the whole text before a colon is compared, so the longest label wins by itself, a line such as
`für Hassel und Westerholt/Bertlich:` stays a value, and no line is read twice.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import NamedTuple

from pipeline.model import Line, Page
from pipeline.spec import ListingSpec
from pipeline.text import fold

BARE = frozenset(("th", "td", "dt", "div"))
_VALUE_AFTER = {"th": "td", "td": "td", "dt": "dd"}
_STARTS = 2_000  # of lines that are compared with all labels; a comparison takes some 0.1 ms
_LABEL_LIKE = re.compile(r"([^:]{1,60}):(?!//)\s?\S")


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
    opening = spec.opens_with
    hits: dict[int, Hit] = {}
    by_head = _ByHead(labels)
    bare = BARE
    if page.is_html:
        bare |= {
            line.tag for line in page.lines if line.alone and labels.get(fold(line.text)) == opening
        }
    lines = page.lines
    with_colon = spec.colon
    taken = -1  # the index of a line that is a value because of where it stands
    for i, line in enumerate(lines):
        text = line.text
        if not text or i == taken:
            continue
        hit = None
        if with_colon:
            end = text.find(":", 1, longest)
            if end > 0:
                known = by_head[text[:end]]
                if known is not None:
                    hit = known[text[end + 1 : end + 2] == " "]
                elif colons > 1:
                    hit = _find_later_colon(text, by_head, longest, colons, end)
        elif len(text) <= longest and (name := labels.get(fold(text))):
            hit = Hit(name, len(text), len(text))
        if hit is None and (line.lead or (line.alone and line.tag in bare)):
            hit = _find_bare(line, labels, longest, is_last=i + 1 == len(lines))
        if hit is not None:
            hits[i] = hit
            if line.alone and hit.text_start >= len(text) and _has_value_cell(page, i):
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


def _has_value_cell(page: Page, i: int) -> bool:
    """Tell whether behind a label in line `i` comes the cell or `dd` that belongs to its own."""
    if i + 1 == len(page.lines):
        return False
    label, after = page.lines[i : i + 2]
    return _VALUE_AFTER.get(label.tag) == after.tag and (
        page.parents[label.element] == page.parents[after.element]
    )


def is_label_like(text: str) -> bool:
    """Tell whether a line reads like a label with its text: at most four words, colon, text.

    >>> [is_label_like(t) for t in ("Fördersumme: 1.000 €", "Bertlich:", "10:30 Uhr", "http://x.de")]
    [True, False, False, False]
    """
    match = _LABEL_LIKE.match(text)
    if match is None:
        return False
    words = match[1]
    if words[-1].isdigit() and text[match.end(1) + 1].isdigit():  # a time
        return False
    return len(words.split()) <= 4 and any(c.isalpha() for c in words)


def find_inner_label(text: str, labels: Mapping[str, str]) -> str | None:
    """Return a known label that stands, with its colon, inside `text` (not at its start)."""
    end = text.find(":")
    while end > 0:
        words = text[:end].split()
        for count in range(1, min(6, len(words) - 1) + 1):
            inner = " ".join(words[-count:])
            if fold(inner) in labels:
                return inner
        end = text.find(":", end + 1)
    return None


def nearest_label(text: str, spec: ListingSpec) -> str | None:
    """Return the known label that a line's start, up to a colon, most resembles, or None."""
    start = fold(text.partition(":")[0])
    if len(start) > 60:
        return None
    by_fold = {fold(label): label for field in spec.fields for label in field.labels}
    close = get_close_matches(start, by_fold, n=1, cutoff=0.75)
    return by_fold[close[0]] if close else None


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
