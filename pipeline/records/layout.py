"""Where each record begins and ends among the lines: all knowledge of a listing's layout.

In a text the next opening label ends a record and the end of the file the last one.  In HTML the
listing ends with the smallest element that holds all records, and a record with its own element
where each has one; where records follow each other in one element, the last one ends at the first
thing that no other record has inside (a footer, a form, a horizontal rule).
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import NamedTuple

from pipeline.listing import ListingSpec
from pipeline.model import Page
from pipeline.page import fold
from pipeline.records.labels import Hit
from pipeline.records.misplaced import Misplaced, find_before, find_shifted
from pipeline.records.openings import find_openings

_LANDMARKS = frozenset(("footer", "nav", "aside", "form", "header"))


class Place(NamedTuple):
    """A record's lines, as indices: from its opening label up to `end` (exclusive)."""

    first: int
    end: int
    heading: int | None


class Places(NamedTuple):
    """The region's lines, as indices, and those of its records."""

    first: int
    end: int
    records: tuple[Place, ...]
    misplaced: int | None  # a label that stands directly before an opening one
    is_cut: bool = False  # the last record ends at a rule, and no rule stands between the others


def find_places(page: Page, spec: ListingSpec, hits: dict[int, Hit]) -> Places | None:
    """Return where the records stand; None if no opening label does."""
    openings = find_openings(page, spec, hits)
    if not openings:
        return None
    if page.is_html:
        return _Layout(page, spec, hits, openings).find()
    ends = [*openings[1:], len(page.lines)]
    records = tuple(Place(i, end, None) for i, end in zip(openings, ends, strict=True))
    order = sorted(hits)
    misplaced = find_before(page, spec, hits, order, openings[0])
    if misplaced is None:
        misplaced = find_shifted(page, spec, hits, order, openings[0])
    return Places(openings[0], len(page.lines), records, misplaced)


class _Layout:
    """The places of an HTML page's records."""

    def __init__(
        self, page: Page, spec: ListingSpec, hits: dict[int, Hit], openings: list[int]
    ) -> None:
        self.page, self.spec, self.hits, self.openings = page, spec, hits, openings
        self.order = sorted(hits)
        self.all = self.common(self.find_members())

    def find_members(self) -> list[int]:
        """Return lines whose smallest common element holds all records."""
        if len(self.openings) > 1:
            return self.openings
        firsts: dict[str, int] = {}
        for i in self.order:
            if i >= self.openings[0]:
                firsts.setdefault(self.hits[i].field, i)
        return list(firsts.values())

    def common(self, indices: Iterable[int]) -> int:
        """Return the smallest element that holds the lines with these indices."""
        elements = [self.page.lines[i].element for i in indices]
        element = elements[0]
        for other in elements[1:]:
            while not self.page.holds(element, other):
                element = self.page.parents[element]
        if len(elements) == 1:  # one label alone: its value stands beside or below it
            element = self.page.parents[element]
            lines, i = self.page.lines, self.openings[0]
            if self.hits[i].text_start >= len(lines[i].text) and i + 1 < len(lines):
                while not self.page.holds(element, lines[i + 1].element):
                    element = self.page.parents[element]
        return element

    def branch(self, i: int) -> int:
        """Return the child of the listing's element that holds line `i`, or that element."""
        element, parents, all_ = self.page.lines[i].element, self.page.parents, self.all
        while element != all_ and parents[element] != all_:
            element = parents[element]
        return element

    def find(self) -> Places:
        openings, lines = self.openings, self.page.lines
        end = openings[-1]
        while end < len(lines) and self.page.holds(self.all, lines[end].element):
            end += 1
        branches = self.find_branches(end)
        headings = pick_headings(self.page, self.spec, self.openings, self.hits)
        records: list[Place] = []
        is_cut = False
        for n, first in enumerate(openings):
            last = openings[n + 1] if n + 1 < len(openings) else end
            element = branches[n] if branches else self.all
            while not self.page.holds(element, lines[last - 1].element):
                last -= 1
            if n + 1 == len(openings):
                last = self.find_end(records, first, last, is_own=branches is not None)
                if branches is None:
                    last, is_cut = self.find_rule(records, last)
            else:
                last = self.skip_headings(first, last)
            records.append(Place(first, last, headings[n]))
        misplaced = Misplaced(self.page, self.spec, self.hits, openings, self.all)
        return Places(openings[0], end, tuple(records), misplaced.find(branches, end), is_cut)

    def find_branches(self, end: int) -> list[int] | None:
        """Return each record's own element, or None where records share one."""
        lines, ends, order = self.page.lines, self.page.ends, self.order
        branches = [self.branch(i) for i in self.openings]
        if len(set(branches)) < len(branches) or self.all in branches or len(branches) == 1:
            return None
        starts = [bisect_left(order, i) for i in (*self.openings, end)]
        for branch, (first, after) in zip(branches, pairwise(starts), strict=True):
            labels, last = order[first:after], ends[branch]
            outside = [i for i in labels if not branch <= lines[i].element <= last]
            inside = len(labels) - len(outside)
            if branch != branches[-1] and (inside < 2 or len(outside) * 4 > inside):
                return None
            behind = {self.hits[i].field for i in outside}
            if len(behind) * 2 >= self.spec.labelled:  # a record without its opening label
                return None
        return branches

    def skip_headings(self, first: int, end: int) -> int:
        """Return where a record ends whose next one has blank lines and headings over it."""
        lines = self.page.lines
        while end - 1 > first and (lines[end - 1].heading or not lines[end - 1].text):
            end -= 1
        return end

    def find_end(self, others: list[Place], first: int, end: int, *, is_own: bool) -> int:
        """Return where the last record ends, in an element of its own or in that of the others."""
        lines, tags = self.page.lines, self.page.tags
        known = set()
        if not is_own:
            known = {tags[b] for i in range(self.openings[0], first) if (b := self.branch(i)) >= 0}
        last = self.last_label(end)
        for i in range(last + 1, end):
            branch = self.branch(i)
            if branch == self.all and i + 1 < end:  # the start tag of its paragraph may be lost
                branch = self.branch(i + 1)
            tag = tags[branch] if branch >= 0 else ""
            is_other = not is_own and (lines[i].heading or (known and tag not in known))
            if is_other or (self.is_apart(i, last) and not any(map(self.ends_apart, others))):
                return i
        return end

    def last_label(self, end: int) -> int:
        """Return the last label before line `end`."""
        return self.order[bisect_left(self.order, end) - 1]

    def ends_apart(self, place: Place) -> bool:
        """Tell whether a record ends with lines that stand apart, so that they may be its own."""
        label = self.last_label(place.end)
        return any(self.is_apart(i, label) for i in range(label + 1, place.end))

    def is_apart(self, i: int, label: int) -> bool:
        """Tell whether line `i` stands in a footer, a form or the like, which does not hold a label."""
        element, own = self.page.lines[i].element, self.page.lines[label].element
        while not self.page.holds(element, own):
            if self.page.tags[element] in _LANDMARKS:
                return True
            element = self.page.parents[element]
        return False

    def find_rule(self, others: list[Place], end: int) -> tuple[int, bool]:
        """Return where the last record ends that has a rule behind its last label, and no other has.

        The second value tells whether nothing but this rule says so: none stands between the others.
        """
        label = self.last_label(end)
        found = self.next_rule(label + 1)
        if found >= end or any(self.next_rule(place.first + 1) < place.end for place in others):
            return end, False
        between = zip(others, self.openings[1:], strict=True)
        is_usual = bool(others) and all(self.next_rule(a.end) <= b for a, b in between)
        return found, not is_usual

    def next_rule(self, i: int) -> int:
        """Return the first line at or behind line `i` that stands below a rule."""
        rules = self.page.rules
        at = bisect_left(rules, i)
        return rules[at] if at < len(rules) else len(self.page.lines)


def pick_headings(
    page: Page, spec: ListingSpec, firsts: list[int], hits: Mapping[int, Hit]
) -> list[int | None]:
    """Return the heading directly over each record, where all are of one level, and no label."""
    lines = page.lines
    found: list[int | None] = []
    for first in firsts:
        i = first - 1
        while i >= 0 and not lines[i].text:
            i -= 1
        found.append(i if i >= 0 and lines[i].heading and i not in hits else None)
    levels = Counter(lines[i].heading for i in found if i is not None)
    if not levels:
        return found
    level = levels.most_common(1)[0][0]
    if len(found) == 1 and (level == 1 or fold(lines[found[0] or 0].text) == fold(spec.title)):
        return [None]
    return [i if i is not None and lines[i].heading == level else None for i in found]
