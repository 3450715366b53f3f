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

from pipeline.listing import ListingSpec
from pipeline.model import Listing, Page
from pipeline.records.furniture import trim_links
from pipeline.records.grids.find import find_grids
from pipeline.records.grids.listing import GridListing
from pipeline.records.labels import find_labels
from pipeline.records.layout import find_places
from pipeline.records.record_reader import RecordReader

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
