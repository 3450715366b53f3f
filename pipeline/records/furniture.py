"""What a page prints below each of its records that is no part of them: links that stay on it.

“Back to top” or “print” stands in the element of a record, where any other line is a text of its
last field or is told.  It is known by three signs together: the whole line is one link to a place
on the page or to a script, its words are letters, and it stands last in several records.
"""

from __future__ import annotations

from collections import Counter

from pipeline.listing import ListingSpec
from pipeline.model import Line, Page
from pipeline.records.labels import Hit
from pipeline.records.layout import Place, Places


def trim_links(page: Page, spec: ListingSpec, hits: dict[int, Hit], places: Places) -> Places:
    """Return the places of the records without such links at their ends."""
    ends = [_find_link(page, hits, place) for place in places.records]
    texts = Counter(
        page.lines[end].text
        for place, end in zip(places.records, ends, strict=True)
        if end is not None and not _is_below_links(spec, hits, place, end)
    )
    if not texts:
        return places
    records = [
        place if end is None or texts[page.lines[end].text] < 2 else place._replace(end=end)
        for place, end in zip(places.records, ends, strict=True)
    ]
    return places._replace(records=tuple(records))


def stays_on_page(line: Line) -> bool:
    """Tell whether the whole line is one link to a place on the page, or to a script of its own."""
    if len(line.links) != 1:
        return False
    (link,) = line.links
    href = link.href.strip().lower()
    return href.startswith(("#", "javascript:")) and link[:2] == (0, len(line.text))


def _find_link(page: Page, hits: dict[int, Hit], place: Place) -> int | None:
    """Return the line that ends a record and may be such a link."""
    i = place.end - 1
    while i > place.first and not page.lines[i].text:
        i -= 1
    line = page.lines[i]
    if i in hits or not line.text.replace(" ", "").isalpha() or not stays_on_page(line):
        return None
    return i


def _is_below_links(spec: ListingSpec, hits: dict[int, Hit], place: Place, i: int) -> bool:
    """Tell whether line `i` may be a document of the field above it: then it is no sign by itself."""
    label = max((k for k in range(place.first, i) if k in hits), default=None)
    return label is None or spec.field(hits[label].field).kind == "links"
