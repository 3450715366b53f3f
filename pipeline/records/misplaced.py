"""Labels that belong to no record: one whose opening label is gone, or that stands before it.

Then each record would take its neighbour's fields, so such a page is suspect.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

from pipeline.listing import ListingSpec
from pipeline.model import Page
from pipeline.records.labels import Hit

_LINES_BEFORE = 8  # more lines than a misplaced field has
_LINES_AWAY = 40  # the same with blank ones
_NEAR, _LEVELS = 100, 10  # how many labels, and elements around a record, a neighbour is sought in


def find_before(
    page: Page, spec: ListingSpec, hits: dict[int, Hit], order: list[int], opening: int
) -> int | None:
    """Return a label whose field ends directly before `opening`, or None."""
    at = bisect_left(order, opening)
    if not at:
        return None
    label = order[at - 1]
    if opening - label > _LINES_AWAY:
        return None
    between = [line for line in page.lines[label + 1 : opening] if line.text]
    if any(line.heading for line in between):
        return None
    hit = hits[label]
    own = int(hit.text_start >= len(page.lines[label].text))  # its text is on the next line
    allowed = _LINES_BEFORE if spec.field(hit.field).many else own
    return label if len(between) <= allowed else None


def find_shifted(
    page: Page, spec: ListingSpec, hits: dict[int, Hit], order: list[int], opening: int
) -> int | None:
    """Return the label before the first record whose field ends each record but the last.

    The last one lacks it: each would take its neighbour's text, however long.
    """
    at = bisect_left(order, opening)
    if not at or opening - order[at - 1] > _LINES_AWAY:
        return None
    if any(line.heading for line in page.lines[order[at - 1] : opening]):
        return None
    fields = [hits[i].field for i in order[at - 1 :]]
    starts = [n for n, name in enumerate(fields) if name == spec.opens_with]
    ends = {fields[n - 1] for n in starts}
    is_shifted = len(starts) > 1 and ends == {fields[0]} and fields[0] not in fields[starts[-1] :]
    return order[at - 1] if is_shifted else None


class Misplaced:
    """Looks for them in HTML, around the records in the element `all`."""

    def __init__(
        self, page: Page, spec: ListingSpec, hits: dict[int, Hit], openings: list[int], all_: int
    ) -> None:
        self.page, self.spec, self.hits, self.openings, self.all = page, spec, hits, openings, all_
        self.order = sorted(hits)
        self.before = self.order[: bisect_left(self.order, openings[0])]

    def find(self, branches: list[int] | None, end: int) -> int | None:
        """Return such a label; `branches` are the records' own elements, `end` ends the last one."""
        return next((i for i in self.iter_found(branches, end) if i is not None), None)

    def iter_found(self, branches: list[int] | None, end: int) -> Iterator[int | None]:
        """Yield what each way of looking finds."""
        yield self.find_inside(self.openings[0], self.all)
        for opening, branch in zip(self.openings[1:], (branches or ())[1:], strict=False):
            yield self.find_inside(opening, branch)
        if branches:
            yield self.find_lost(branches[0])
        yield find_shifted(self.page, self.spec, self.hits, self.order, self.openings[0])
        yield self.find_outside(end)
        if len(self.openings) == 1:
            yield self.find_neighbour()

    def find_inside(self, opening: int, outer: int) -> int | None:
        """Return a label inside the element `outer` whose field ends directly before `opening`."""
        at = bisect_left(self.order, opening)
        if not at or not self.page.holds(outer, self.page.lines[self.order[at - 1]].element):
            return None
        return find_before(self.page, self.spec, self.hits, self.order, opening)

    def find_lost(self, branch: int) -> int | None:
        """Return the last label of a record before all others that has lost its opening one."""
        tags, parents = self.page.tags, self.page.parents
        fields: dict[str, int] = {}
        for i in self.before:
            element = self.page.lines[i].element
            if element == self.all or not self.page.holds(self.all, element):
                continue
            while parents[element] != self.all:
                element = parents[element]
            if tags[element] == tags[branch]:
                fields[self.hits[i].field] = i
        return max(fields.values()) if len(fields) * 2 >= self.spec.labelled else None

    def find_outside(self, end: int) -> int | None:
        """Return the first label of a record outside the listing's element, without its opening one."""
        for found in (self.order[bisect_left(self.order, end) :], self.before):
            if len({self.hits[i].field for i in found}) * 2 >= self.spec.labelled:
                return found[0]
        return None

    def find_neighbour(self) -> int | None:
        """Return the first label of a record beside the only one that has an opening label.

        Looked at are, around each element that holds the record, its siblings of the same kind.
        """
        parents, tags = self.page.parents, self.page.tags
        own = self.all
        at = bisect_left(self.order, self.openings[0])
        near = self.order[max(at - _NEAR, 0) : at + _NEAR]
        for _ in range(_LEVELS):
            if own < 0:
                return None
            fields: dict[int, dict[str, int]] = {}
            for i in near:
                element = self.page.lines[i].element
                while element >= 0 and parents[element] != parents[own]:
                    element = parents[element]
                if element not in (-1, own) and tags[element] == tags[own]:
                    fields.setdefault(element, {}).setdefault(self.hits[i].field, i)
            for found in fields.values():
                if len(found) * 2 >= self.spec.labelled:
                    return min(found.values())
            own = parents[own]
        return None
