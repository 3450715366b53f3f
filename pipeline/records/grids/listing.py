"""Grids -> records: the cells of a table's records become fields, and nothing else is dropped.

A page may hold records in tables and others line by line; they are numbered in page order.  A line
of a cell that begins with the label of its column (phones show one) loses it; a line that begins
with another label is left, for then the columns are not what the header says.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING

from pipeline.model import FieldText, Leftover, Line, Listing, Record, Span
from pipeline.page import quote
from pipeline.records.fields import OpenField
from pipeline.records.grids.grid import NO_OPENING, Column, Entry, Grid, Known
from pipeline.records.grids.lines import LinePlaces
from pipeline.records.labels import Hit
from pipeline.records.layout import Place, Places, find_places, pick_headings

if TYPE_CHECKING:  # which calls this module
    from pipeline.records.record_reader import RecordReader


class GridListing:
    """Reads the records of a page with grids; `hits` are all labels of the page."""

    def __init__(self, reader: RecordReader, hits: Mapping[int, Hit], grids: list[Grid]) -> None:
        self.reader, self.page, self.hits, self.grids = reader, reader.page, hits, grids
        self.known = Known(reader.spec)
        self.order = sorted(reader.hits)
        self.headers: dict[int, Span] = {}  # by the index of the label's first line
        self.done: set[int] = set()  # indices of lines that have a place

    def read(self, lost: int | None) -> Listing:
        """Return the page's records; `lost` is a line of labels that belongs to none."""
        page, reader = self.page, self.reader
        places = find_places(page, reader.spec, reader.hits)
        found = self.find_entries()
        own = LinePlaces(page, reader.hits, self.known, self.grids).find(places, found)
        first, end = self.find_region(own, places)
        for grid in self.grids:
            self.read_headers(grid)
        entries: list[Entry | Place] = [*own, *found]
        records = [
            reader.read(position, entry.first, entry.end, entry.heading)
            if isinstance(entry, Place)
            else self.read_entry(position, entry)
            for position, entry in enumerate(sorted(entries, key=_get_first), start=1)
        ]
        for place in own:
            self.done.update(range(place.first, place.end))
        self.done.update(entry.heading for entry in entries if entry.heading is not None)
        for after, before in self.find_gaps(first, end):
            reader.leftovers.leave_between(after, before, set())
        misplaced = places.misplaced if places is not None and own else None
        shared = [line.span() for grid in self.grids for part in grid.shared
                  for line in page.lines[part.start : part.stop] if line.text]  # fmt: skip
        return reader.finish(tuple(records), first, end, misplaced)._replace(
            lost=self.find_lost(lost, own),
            headers=tuple(self.headers.values()),
            shared=tuple(shared),
        )

    def find_region(self, own: list[Place], places: Places | None) -> tuple[int, int]:
        """Return the region's lines, as indices: to the end of the element that holds all grids."""
        page, grids = self.page, self.grids
        first, end, outer = grids[0].first, grids[-1].end, grids[0].table
        while outer >= 0 and grids[-1].table > page.ends[outer]:
            outer = page.parents[outer]
        while end < len(page.lines) and page.holds(outer, page.lines[end].element):
            end += 1
        if own and places is not None:
            first, end = min(first, places.first), max(end, places.end)
        return first, end

    def find_entries(self) -> list[Entry]:
        """Return the grids' records; one that is alone in its table may stand under a heading."""
        alone = [grid for grid in self.grids if len(grid.entries) == 1]
        headings = pick_headings(
            self.page, self.reader.spec, [grid.first for grid in alone], self.hits
        )
        for grid, heading in zip(alone, headings, strict=True):
            if heading is None or not self.is_in_cell(heading):
                grid.entries[0].heading = heading
        return [entry for grid in self.grids for entry in grid.entries]

    def is_in_cell(self, i: int) -> bool:
        """Tell whether line `i` is among those of a grid."""
        n = bisect_right(self.grids, i, key=attrgetter("first")) - 1
        return n >= 0 and i < self.grids[n].end

    def read_headers(self, grid: Grid) -> None:
        """Give each header's lines a place, and the lines that belong to no record."""
        for cell, name in grid.headers:
            for i in cell.lines:
                line = self.page.lines[i]
                self.done.add(i)
                if name is not None:
                    text = line.text
                    if i == cell.lines[-1]:
                        text = text.removesuffix(":").rstrip(" ")
                    self.headers[i] = Span(line.number, 0, len(text), text)
                elif line.text:
                    self.reader.leftovers.leave(
                        None, line, "a header that is no label of the listing"
                    )
        for lines, reason, verdict in grid.notes:
            self.done.update(lines)
            for i in lines:
                line = self.page.lines[i]
                if line.text and verdict is None:
                    self.reader.leftovers.leave(None, line, reason)
                elif line.text:  # the row is told by its first line
                    told = verdict if i == lines[0] else None
                    self.reader.leftovers.found.append(Leftover(None, line.span(), reason, told))

    def read_entry(self, position: int, entry: Entry) -> Record:
        """Read the record whose cells are those of `entry`."""
        found = []
        for column in entry.columns:
            self.done.update(column.lines)
            if column.field is not None:
                found.append(self.read_column(position, column.field, column))
                continue
            title = column.header.text
            reason = f"its header is {quote(title)}, no label of the listing"
            if not title:
                reason = "it has no header"
            elif near := self.reader.leftovers.nearest.find(title):
                reason += f"; the nearest known label is {quote(near)}"
            for i in column.lines:
                if self.page.lines[i].text:
                    self.reader.leftovers.leave(position, self.page.lines[i], reason)
        record = self.reader.close(position, entry.first, entry.last, found, entry.heading)
        if not entry.is_scattered:
            return record
        numbers = sorted(i + 1 for column in entry.columns for i in column.lines)
        return record._replace(scattered=tuple(numbers))

    def read_column(self, position: int, name: str, column: Column) -> FieldText:
        """Read the lines of a field's cells."""
        reader, lines = self.reader, self.page.lines
        label = self.headers[column.header.lines[0]]
        field = OpenField(reader.fields.fields[name], label, lines[column.header.lines[0]])
        for i in column.lines:
            line, start = lines[i], 0
            hit = self.hits.get(i)
            if hit is not None and _is_label(line, hit, len(column.lines)):
                if hit.field != name or field.texts or field.label is not label:
                    reason = f"it begins with a label, in a cell of {quote(column.header.text)}"
                    reader.leftovers.leave(position, line, reason, verdict="fail")
                    continue
                field.label = Span(line.number, 0, len(hit.label), hit.label)
                start = hit.text_start
            if start < len(line.text):
                if field.texts and not field.many:
                    reader.leftovers.leave(position, line)
                else:
                    reader.fields.take(position, field, line, start)
            elif not line.text and field.many and field.texts:
                field.texts.append(line.span())
        return field.close()

    def find_gaps(self, first: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield the lines of the region that have no place yet, those that follow each other."""
        begin = None
        for i in range(first, end + 1):
            if i == end or i in self.done:
                if begin is not None:
                    yield begin, i
                begin = None
            elif begin is None:
                begin = i

    def find_lost(self, lost: int | None, own: list[Place]) -> tuple[Span, str] | None:
        """Return the first line that reads like a record's but belongs to none, and why."""
        found = [grid.lost for grid in self.grids if grid.lost is not None]
        if lost is not None:
            found.append((lost, NO_OPENING))
        found += self.find_lost_lines(own)
        if not found:
            return None
        i, reason = min(found, key=itemgetter(0))
        return self.page.lines[i].span(), reason

    def find_lost_lines(self, own: list[Place]) -> Iterator[tuple[int, str]]:
        """Yield where labels stand line by line, most of them, but not the one that opens a record."""
        parts = [(grid.first, grid.end) for grid in self.grids]
        parts += [(place.first, place.end) for place in own]
        after = 0
        for begin, end in [*sorted(parts), (len(self.page.lines), 0)]:
            inside = self.order[bisect_left(self.order, after) : bisect_left(self.order, begin)]
            names = {self.reader.hits[i].field for i in inside}
            if self.known.opening not in names and len(names) * 2 > self.known.count:
                yield inside[0], "belongs to a record without the label that opens one"
            after = end


def _get_first(entry: Entry | Place) -> int:
    return entry.first


def _is_label(line: Line, hit: Hit, count: int) -> bool:
    """Tell whether a line of a cell with `count` lines begins with a label, and is no value itself."""
    behind = line.text[len(hit.label) :].lstrip(" ")
    return bool(behind) or (count > 1 and not line.links)
