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

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from pipeline.listing import ListingSpec
from pipeline.model import Line, Page
from pipeline.page import fold

BARE = frozenset(("th", "td", "dt", "div"))
_VALUE_AFTER = {"th": "td", "td": "td", "dt": "dd"}


class Hit(NamedTuple):
    """A label at a line's start, as it is printed, and where the value's text begins."""

    field: str
    label: str
    text_start: int


def find_labels(page: Page, spec: ListingSpec) -> dict[int, Hit]:
    """Return the hit of every line that begins with a label, by the line's index."""
    labels = spec.labels
    longest = 2 * max(map(len, labels))
    colons = max(label.count(":") for label in labels) + 1
    hits: dict[int, Hit] = {}
    by_head = _ByHead(labels)
    bare: frozenset[str] | None = None  # not sought yet
    lines = page.lines
    with_colon = spec.colon
    # The index of a line that is a value because of where it stands, if it has no label and colon.
    taken = -1
    for i, line in enumerate(lines):
        text = line.text
        if not text:
            continue
        hit = None
        if with_colon:
            head, colon, rest = text.partition(":")
            if colon and len(head) < longest:
                known = by_head[head]
                if known is not None:
                    hit = known[rest != "" and rest[0] == " "]
                elif colons > 1 or not head:
                    hit = _find_later_colon(text, by_head, longest, colons, len(head))
        elif i != taken and len(text) <= longest and (name := labels.get(fold(text))):
            hit = Hit(name, text, len(text))
        if hit is None and i != taken and (line.lead or line.alone):
            hit = _find_bare(line, labels, longest, is_last=i + 1 == len(lines))
            if hit is not None and not line.lead and line.tag not in BARE:
                bare = bare or _find_bare_tags(page, labels, spec.opens_with)
                hit = hit if line.tag in bare else None
        if hit is not None:
            hits[i] = hit
            if hit.text_start < len(text) or not (line.alone or line.lead == len(text)):
                continue
            if has_value_element(page, i) or _is_between(page, labels, i + 1):
                taken = i + 1
    return hits


def _find_bare(line: Line, labels: Mapping[str, str], longest: int, *, is_last: bool) -> Hit | None:
    """Return the label without a colon that an element of its own holds."""
    text, lead = line.text, line.lead
    if lead and (name := labels.get(fold(text[:lead]))):
        return Hit(name, text[:lead], lead + (text[lead : lead + 1] == " "))
    if line.alone and len(text) <= longest and not is_last and (name := labels.get(fold(text))):
        return Hit(name, text, len(text))
    return None


class _ByHead(dict[str, tuple[Hit, Hit] | None]):
    """Texts before a colon -> their hit, and the one with a space behind the colon; a page has few."""

    def __init__(self, labels: Mapping[str, str]) -> None:
        super().__init__()
        self.labels = labels

    def __missing__(self, head: str) -> tuple[Hit, Hit] | None:
        known, name = None, self.labels.get(fold(head))
        if name is not None:
            label, start = head.rstrip(" "), len(head) + 1
            known = Hit(name, label, start), Hit(name, label, start + 1)
        self[head] = known
        return known


def _find_later_colon(
    text: str, by_head: _ByHead, longest: int, colons: int, end: int
) -> Hit | None:
    """Return the label before a colon behind the one at `end`: labels may hold colons."""
    for _ in range(1 if end else 0, colons):  # none stands before the colon at 0
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

    So it is where labels and values without a mark are neighbours: `Status`, `Gemeinde`, `Kreis`,
    also if a pair that the spec does not know stands between: `Status`, `Gemeinde`, `Lage`, `am Meer`,
    `Kreis`.
    """
    lines, parents = page.lines[i - 1 : i + 4], page.parents
    known = []
    for line in lines:
        if not line.alone or line.tag != lines[0].tag:
            break
        if parents[line.element] != parents[lines[0].element]:
            break
        known.append(fold(line.text) in labels)
    return known[:3] == [True, True, True] or known == [True, True, False, False, True]


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
