"""Lines + listing spec -> records of labelled texts; nothing of the region is dropped.

    region   = from the first opening label to the end of the element that holds all records
               (text: to the end of the file)
    record   = opening field, then fields in any order, up to the next opening label,
               or to the end of its own element where each record has one
    field    = labelled line, then lines of text
    text     = one line; a `many` field goes on up to the next label, a heading, or the end of
               the record's element
    heading  = the line over a record, in HTML; the text of the field that the spec makes of it
    leftover = any other line: of a record (a warning), or between records

In HTML a table may hold records by columns and rows (`grids`): then the place of a cell tells its
field, and the cell's lines are its text.

Nothing here knows a listing's name or a kind's values; `labels` knows what a label is, `fields`
where a text ends.
"""

from __future__ import annotations

from bisect import bisect_left

from pipeline.fields import FieldReader
from pipeline.furniture import trim_links
from pipeline.grids.find import find_grids
from pipeline.grids.listing import GridListing
from pipeline.labels import Hit, find_labels
from pipeline.leftovers import Leftovers
from pipeline.model import FieldText, Listing, Page, Record
from pipeline.places import find_places
from pipeline.spec import ListingSpec

NOTHING = Listing((), (), (), 0, 0)


def parse_listing(page: Page, spec: ListingSpec) -> Listing:
    """Return the records of `page`, what was left over, and what is doubtful."""
    hits = find_labels(page, spec)
    if "tr" in page.tags:
        grids, lost = find_grids(page, spec)
        if grids:
            inside = {i for grid in grids for i in range(grid.first, grid.end)}
            outside = {i: hit for i, hit in hits.items() if i not in inside}
            return GridListing(RecordReader(page, spec, outside), hits, grids).read(lost)
    places = find_places(page, spec, hits)
    if places is None:
        return NOTHING
    if page.is_html:
        places = trim_links(page, spec, hits, places)
    reader = RecordReader(page, spec, hits)
    records = tuple(
        reader.read(position, place.first, place.end, place.heading)
        for position, place in enumerate(places.records, start=1)
    )
    headings = {place.heading for place in places.records}
    after = places.first
    for place in places.records:
        reader.leftovers.leave_between(after, place.first, headings)
        after = place.end
    reader.leftovers.leave_between(after, places.end, headings, warn=places.is_cut)
    return reader.finish(records, places.first, places.end, places.misplaced)


class RecordReader:
    """Reads records line by line."""

    def __init__(self, page: Page, spec: ListingSpec, hits: dict[int, Hit]) -> None:
        self.page, self.spec, self.hits = page, spec, hits
        self.order = sorted(hits)
        self.fields = FieldReader(page, spec, hits)
        self.leftovers = Leftovers(page, spec, hits)

    def read(self, position: int, first: int, end: int, heading: int | None) -> Record:
        """Read the record whose lines have the indices from `first` up to `end`."""
        order = self.order
        labels = order[bisect_left(order, first) : bisect_left(order, end)]
        found, left = self.fields.read(position, labels, end)
        self.leave(position, first, labels[0] if labels else end)
        for after, before in left:
            self.leave(position, after, before)
        last = _last_line(found[-1]) if found else first
        return self.close(position, first, last, found, heading)

    def leave(self, position: int, first: int, end: int) -> None:
        """Leave the lines of a record that no field takes, but for blank ones."""
        for line in self.page.lines[first:end]:
            if line.text:
                reason = "a heading inside a record" if line.heading else ""
                self.leftovers.leave(position, line, reason)

    def close(
        self, position: int, first: int, last: int, found: list[FieldText], heading: int | None
    ) -> Record:
        """Return the record with the fields `found`; a label that stands twice gives none."""
        lines = self.page.lines
        fields = {field.name: field for field in found}
        repeated: dict[str, list[FieldText]] = {}
        if len(fields) < len(found):
            fields, repeated = _part_repeated(found)
            for many in repeated.values():
                self.leftovers.leave_repeated(position, many)
        if self.spec.heading is not None and heading is not None:
            name = self.spec.heading.name
            fields[name] = self.fields.read_heading(position, name, heading)
        return Record(
            position,
            lines[first].number,
            lines[last].number,
            fields,
            {name: tuple(many) for name, many in repeated.items()},
            None if heading is None else lines[heading].span(),
        )

    def finish(
        self, records: tuple[Record, ...], first: int, end: int, misplaced: int | None
    ) -> Listing:
        """Return the listing whose region has the lines with the indices from `first` up to `end`."""
        lines = self.page.lines
        return Listing(
            records,
            tuple(sorted(self.leftovers.found, key=lambda leftover: leftover.span[:2])),
            tuple(self.fields.doubts),
            lines[first].number,
            lines[end - 1].number,
            None if misplaced is None else lines[misplaced].span(),
        )


def _part_repeated(
    found: list[FieldText],
) -> tuple[dict[str, FieldText], dict[str, list[FieldText]]]:
    """Return the fields whose label stands once in the record, and the others."""
    fields: dict[str, FieldText] = {}
    repeated: dict[str, list[FieldText]] = {}
    for field in found:
        name = field.name
        if name in repeated:
            repeated[name].append(field)
        elif name in fields:
            repeated[name] = [fields.pop(name), field]
        else:
            fields[name] = field
    return fields, repeated


def _last_line(field: FieldText) -> int:
    """Return the index of a field's last line."""
    return (field.texts[-1] if field.texts else field.label).line - 1
