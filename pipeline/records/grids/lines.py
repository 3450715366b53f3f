"""Which records of a page with grids stand line by line, beside the tables."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping

from pipeline.model import Page
from pipeline.records.grids.cells import find_table
from pipeline.records.grids.grid import Entry, Grid, Known
from pipeline.records.labels import Hit
from pipeline.records.layout import Place, Places
from pipeline.records.openings import is_figure

_OVER = 4  # lines that a table may have over its first label: a caption, the record's name


class LinePlaces:
    """Looks at the labels outside of all grids, `hits`."""

    def __init__(
        self, page: Page, hits: Mapping[int, Hit], known: Known, grids: list[Grid]
    ) -> None:
        self.page, self.hits, self.known, self.grids = page, hits, known, grids

    def find(self, places: Places | None, entries: list[Entry]) -> list[Place]:
        """Return the records that stand line by line, as far as the next grid or its heading."""
        if places is None:
            return []
        headings = [entry.heading for entry in entries if entry.heading is not None]
        begins, own = sorted([*headings, *(grid.first for grid in self.grids)]), []
        for place in places.records:
            at = bisect_left(begins, place.first)
            end = min(place.end, begins[at]) if at < len(begins) else place.end
            hits = self.hits
            fields = {hits[i].field for i in range(place.first, end) if i in hits}
            if len(fields) == 1 and (
                self.is_in_grid(place.first)  # whose lone rows are told
                or (
                    not self.is_own_table(place.first)
                    and not (self.known.is_number and is_figure(self.page, hits, place.first))
                )
            ):
                continue
            if self.may_open(place.first):
                own.append(place._replace(end=end))
        return own

    def is_in_grid(self, i: int) -> bool:
        """Tell whether line `i` stands in the table of a grid."""
        element = self.page.lines[i].element
        return any(self.page.holds(grid.table, element) for grid in self.grids)

    def is_own_table(self, i: int) -> bool:
        """Tell whether line `i` begins a small table of its own, as a record may that was cut short."""
        page = self.page
        table = find_table(page, page.lines[i].element)
        if page.tags[table] != "table":
            return False
        behind = page.lines[min(i + 1, len(page.lines) - 1)]
        over = [
            line
            for line in page.lines[max(i - _OVER, 0) : i]
            if page.holds(table, line.element) and line.text and not line.heading
        ]
        is_begun = i > _OVER and page.holds(table, page.lines[i - _OVER - 1].element)
        return page.holds(table, behind.element) and len(over) < 2 and not is_begun

    def may_open(self, i: int) -> bool:
        """Tell whether the text of the label in line `i` may open a record: a legend has no number."""
        lines = self.page.lines
        text = lines[i].text[self.hits[i].text_start :]
        return self.known.may_open(text or lines[min(i + 1, len(lines) - 1)].text)
