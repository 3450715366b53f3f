"""Lines + listing spec -> records of labelled texts; nothing of the region is dropped.

    region   = from the first opening label to the end of the element that holds all records
               (text: to the end of the file)
    record   = opening field, then fields in any order, up to the next opening label,
               or to the end of its own element where each record has one
    field    = labelled line, then lines of text
    text     = one line; a `many` field goes on up to the next label, a heading, or the end of
               the record's element
    leftover = any other line: of a record (a warning), or between records

In HTML a table may hold records by columns and rows (`grids`): then the place of a cell tells its
field, and the cell's lines are its text (`grid_listing`).

Nothing here knows a listing's name or a kind's values; `labels` knows what a label is.
"""

from __future__ import annotations

from pipeline.furniture import trim_links
from pipeline.grid_listing import GridListing
from pipeline.grids import find_grids
from pipeline.labels import (
    Hit,
    NearestLabels,
    count_labels,
    find_inner_label,
    find_labels,
    has_value_element,
    is_label_like,
    is_lone_label,
)
from pipeline.model import (
    Doubt,
    FieldText,
    Leftover,
    Line,
    Listing,
    Page,
    Record,
    Span,
    Verdict,
    new_span,
)
from pipeline.places import find_places
from pipeline.spec import FieldSpec, ListingSpec
from pipeline.text import quote
from pipeline.values.contact_lines import has_sublabel

NOTHING = Listing((), (), (), 0, 0)
_SOME = 2  # labels that a line between records may name in passing


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
        reader.leave_between(after, place.first, headings)
        after = place.end
    reader.leave_between(after, places.end, headings)
    return reader.finish(records, places.first, places.end, places.misplaced)


class OpenField:
    """The field being read."""

    __slots__ = ("closed", "element", "label", "lead", "many", "name", "texts")

    def __init__(self, field: FieldSpec, label: Span, line: Line) -> None:
        self.name, self.many, self.label = field.name, field.many, label
        self.element, self.lead = line.element, line.lead
        self.texts: list[Span] = []
        self.closed = False


class RecordReader:
    """Reads records line by line; collects what is left over and what is doubtful."""

    def __init__(self, page: Page, spec: ListingSpec, hits: dict[int, Hit]) -> None:
        self.page, self.spec, self.hits = page, spec, hits
        self.fields = {field.name: field for field in spec.fields}
        self.last = max(hits, default=0)
        self.nearest = NearestLabels(spec)
        # Where no label has its text behind it, one that the spec does not have would not either.
        self.stand_apart = all(hit.text_start >= len(page.lines[i].text) for i, hit in hits.items())
        self.leftovers: list[Leftover] = []
        self.doubts: list[Doubt] = []

    def finish(
        self, records: tuple[Record, ...], first: int, end: int, misplaced: int | None
    ) -> Listing:
        """Return the listing whose region has the lines with the indices from `first` up to `end`."""
        lines = self.page.lines
        return Listing(
            records,
            tuple(sorted(self.leftovers, key=lambda leftover: leftover.span[:2])),
            tuple(self.doubts),
            lines[first].number,
            lines[end - 1].number,
            None if misplaced is None else lines[misplaced].span(),
        )

    def begin(self, name: str, label: Span, line: Line) -> OpenField:
        """Return a field to be read whose label stands in `line`."""
        return OpenField(self.fields[name], label, line)

    def read(self, position: int, first: int, end: int, heading: int | None) -> Record:
        """Read the record whose lines have the indices from `first` up to `end`."""
        lines, hits = self.page.lines, self.hits
        found: list[OpenField] = []
        field: OpenField | None = None
        last = first
        for i in range(first, end):
            line = lines[i]
            text = line.text
            hit = hits.get(i)
            if hit is not None:
                last = i
                label = new_span((line.number, 0, hit.label_end, text[: hit.label_end]))
                field = OpenField(self.fields[hit.field], label, line)
                found.append(field)
                if hit.text_start < len(text):
                    self.take(position, field, line, hit.text_start)
            elif not text:
                if field is not None and field.many and field.texts:
                    if self.is_footed(field, i):
                        field = None
                    elif not self.is_empty_label(i):
                        field.texts.append(line.span())
                elif field is not None and line.alone and line.tag in ("td", "dd", "div"):
                    field.closed = field.closed or not field.texts
            elif line.heading:
                field = None
                self.leave(position, line, "a heading inside a record")
            elif field is None or self.is_end(field, i):
                field = None
                self.leave(position, line)
            else:
                last = i
                self.take(position, field, line, 0)
        return self.close(position, first, last, found, heading)

    def is_end(self, field: OpenField, i: int) -> bool:
        """Tell whether the field being read does not take line `i`."""
        line = self.page.lines[i]
        if not field.many:
            if field.texts or field.closed:
                return True
            if line.tag in ("td", "dd") or not is_label_like(line.text):
                return False
            label = field.label.line - 1  # the place of a value tells, whatever it looks like
            if label == i - 1 and self.stand_apart:
                return False
            if not self.page.is_html or label != i - 1:
                return True
            is_bare = field.label.end == len(self.page.lines[label].text)
            return not is_bare and not has_value_element(self.page, label)
        if line.element == field.element or not self.page.is_html:
            return False
        if line.tag in ("dt", "th") or (field.lead and line.lead):
            return True  # in the place of a label, but none that is known
        return self.is_other_row(field, i) or self.is_other_cell(field, line)

    def is_other_cell(self, field: OpenField, line: Line) -> bool:
        """Tell whether `line` stands behind the cell that holds the text, in the label's own row."""
        if line.tag != "td" or not field.texts:
            return False
        before = self.page.lines[field.texts[-1].line - 1].element
        parents = self.page.parents
        return line.element != before and parents[line.element] == parents[field.element]

    def is_other_row(self, field: OpenField, i: int) -> bool:
        """Tell whether line `i` begins a row of its own, with a text where the label would be."""
        parents, ends, line = self.page.parents, self.page.ends, self.page.lines[i]
        if line.tag != "td":
            return False
        cell, row = line.element, parents[line.element]
        if row == parents[field.element] or cell != row + 1:
            return False  # not the row's first element
        is_first = self.page.lines[i - 1].element != cell
        return is_first and ends[cell] < ends[row]

    def is_footed(self, field: OpenField, i: int) -> bool:
        """Tell whether a text's last field ends at the blank line `i`: a footer may stand below."""
        if self.page.is_html or self.fields[field.name].kind == "contacts":
            return False
        return i > self.last

    def is_empty_label(self, i: int) -> bool:
        """Tell whether the blank line `i` is a label's place: rows go on below an empty `th`."""
        page, line = self.page, self.page.lines[i]
        if not line.alone or line.tag != "td":
            return line.alone and line.tag in ("th", "dt")
        row = _row(page, i)
        is_first = i == 0 or _row(page, i - 1) != row
        return is_first and i + 1 < len(page.lines) and _row(page, i + 1) == row

    def take(self, position: int, field: OpenField, line: Line, start: int) -> None:
        whole = line.text
        text = whole[start:] if start else whole
        span = new_span((line.number, start, len(whole), text))
        field.texts.append(span)
        if ":" in text:
            inner = find_inner_label(text, self.spec.labels)
            if inner:
                reason = f"the label {quote(inner)} stands inside the text"
            elif field.many and start == 0 and self.is_foreign(field, line):
                reason = "the line looks like a label that is not in the listing spec"
            else:
                return
            self.doubts.append(Doubt(position, field.name, span, reason))

    def is_foreign(self, field: OpenField, line: Line) -> bool:
        """Tell whether a line of a many-line field looks like a label that the spec does not have."""
        text = line.text
        if self.fields[field.name].kind == "contacts" and has_sublabel(text):
            return False
        if is_label_like(text):
            return True
        if line.tag in ("td", "dd") or not is_lone_label(text):
            return False
        label = field.label  # where the labels of the page stand alone, this one may be one too
        return len(self.page.lines[label.line - 1].text) <= label.end + len(" :")

    def close(
        self, position: int, first: int, last: int, found: list[OpenField], heading: int | None
    ) -> Record:
        lines = self.page.lines
        fields: dict[str, FieldText] = {}
        repeated: dict[str, list[FieldText]] = {}
        for field in found:
            while field.texts and not field.texts[-1].text:
                field.texts.pop()
            name = field.name
            text = FieldText(name, field.label, tuple(field.texts))
            if name in repeated:
                repeated[name].append(text)
            elif name in fields:
                repeated[name] = [fields.pop(name), text]
            else:
                fields[name] = text
        for name, texts in repeated.items():
            for text in texts:
                for span in filter(lambda span: span.text, text.texts):
                    reason = f"the label {quote(text.label.text)} stands twice in the record"
                    near = self.nearest.find(span.text)
                    self.leftovers.append(Leftover(position, span, reason, "fail", name, near))
        return Record(
            position,
            lines[first].number,
            lines[last].number,
            fields,
            {name: tuple(texts) for name, texts in repeated.items()},
            None if heading is None else lines[heading].span(),
        )

    def leave(
        self,
        position: int | None,
        line: Line,
        reason: str = "",
        *,
        warn: bool = False,
        verdict: Verdict | None = None,
    ) -> None:
        is_like = is_label_like(line.text)
        near = self.nearest.find(line.text)
        if not reason:
            reason = "no field takes this line"
            if near and is_like:
                reason += f"; the nearest known label is {quote(near)}"
        if verdict is None and (warn or position is not None or is_like):
            verdict = "warn"
        self.leftovers.append(Leftover(position, line.span(), reason, verdict, None, near))

    def leave_between(self, first: int, end: int, headings: set[int | None]) -> None:
        """Leave the lines between two records, but for their headings."""
        behind_label = False  # what follows was meant for a record that has no opening label
        for i in range(first, end):
            line = self.page.lines[i]
            if not line.text or i in headings:
                continue
            is_label = i in self.hits
            behind_label = behind_label or is_label
            reason = "" if is_label_like(line.text) else "between records"
            if count_labels(line.text, self.spec.labels) > _SOME:
                behind_label, reason = True, "it holds labels, but no record"
            if is_label:
                reason = "a known label outside of every record"
            self.leave(None, line, reason, warn=behind_label)


def _row(page: Page, i: int) -> int | None:
    line = page.lines[i]
    return page.parents[line.element] if line.tag in ("td", "th") else None
