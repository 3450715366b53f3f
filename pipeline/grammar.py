"""Lines + listing spec -> records of labelled texts; nothing of the region is dropped.

    region   = from the first opening label to the end of the element that holds all records
               (text: to the end of the file)
    record   = opening field, then fields in any order, up to the next opening label,
               or to the end of its own element where each record has one
    field    = labelled line, then lines of text
    text     = one line; a `many` field goes on up to the next label, a heading, or the end of
               the record's element
    leftover = any other line: of a record (a warning), or between records

Nothing here knows a listing's name or a kind's values; `labels` knows what a label is.
"""

from __future__ import annotations

from pipeline.labels import Hit, NearestLabels, find_inner_label, find_labels, is_label_like
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


def parse_listing(page: Page, spec: ListingSpec) -> Listing:
    """Return the records of `page`, what was left over, and what is doubtful."""
    hits = find_labels(page, spec)
    places = find_places(page, spec, hits)
    if places is None:
        return NOTHING
    reader = _Reader(page, spec, hits)
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
    return Listing(
        records,
        tuple(sorted(reader.leftovers, key=lambda leftover: leftover.span[:2])),
        tuple(reader.doubts),
        page.lines[places.first].number,
        page.lines[places.end - 1].number,
        None if places.misplaced is None else page.lines[places.misplaced].span(),
    )


class _Open:
    """The field being read."""

    __slots__ = ("closed", "element", "label", "lead", "many", "name", "texts")

    def __init__(self, field: FieldSpec, label: Span, line: Line) -> None:
        self.name, self.many, self.label = field.name, field.many, label
        self.element, self.lead = line.element, line.lead
        self.texts: list[Span] = []
        self.closed = False


class _Reader:
    def __init__(self, page: Page, spec: ListingSpec, hits: dict[int, Hit]) -> None:
        self.page, self.spec, self.hits = page, spec, hits
        self.fields = {field.name: field for field in spec.fields}
        self.last = max(hits, default=0)
        self.nearest = NearestLabels(spec)
        self.leftovers: list[Leftover] = []
        self.doubts: list[Doubt] = []

    def read(self, position: int, first: int, end: int, heading: int | None) -> Record:
        """Read the record whose lines have the indices from `first` up to `end`."""
        lines, hits = self.page.lines, self.hits
        found: list[_Open] = []
        field: _Open | None = None
        last = first
        for i in range(first, end):
            line = lines[i]
            text = line.text
            hit = hits.get(i)
            if hit is not None:
                last = i
                label = new_span((line.number, 0, hit.label_end, text[: hit.label_end]))
                field = _Open(self.fields[hit.field], label, line)
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

    def is_end(self, field: _Open, i: int) -> bool:
        """Tell whether the field being read does not take line `i`."""
        line = self.page.lines[i]
        if not field.many:
            is_value = line.tag in ("td", "dd")  # its place tells, whatever it looks like
            return bool(field.texts) or field.closed or (is_label_like(line.text) and not is_value)
        if line.element == field.element or not self.page.is_html:
            return False
        if line.tag in ("dt", "th") or (field.lead and line.lead):
            return True  # in the place of a label, but none that is known
        return self.is_other_row(field, i)

    def is_other_row(self, field: _Open, i: int) -> bool:
        """Tell whether line `i` begins a row of its own, with a text where the label would be."""
        parents, line = self.page.parents, self.page.lines[i]
        if line.tag != "td":
            return False
        row = parents[line.element]
        if row == parents[field.element]:
            return False
        first = i
        while first and _row(self.page, first - 1) == row:
            first -= 1
        after = self.page.lines[i + 1] if i + 1 < len(self.page.lines) else None
        return first == i and after is not None and _row(self.page, i + 1) == row

    def is_footed(self, field: _Open, i: int) -> bool:
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

    def take(self, position: int, field: _Open, line: Line, start: int) -> None:
        whole = line.text
        text = whole[start:] if start else whole
        span = new_span((line.number, start, len(whole), text))
        field.texts.append(span)
        if ":" in text:
            inner = find_inner_label(text, self.spec.labels)
            if inner:
                reason = f"the label {quote(inner)} stands inside the text"
            elif field.many and start == 0 and self.is_foreign(field, text):
                reason = "the line looks like a label that is not in the listing spec"
            else:
                return
            self.doubts.append(Doubt(position, field.name, span, reason))

    def is_foreign(self, field: _Open, text: str) -> bool:
        if self.fields[field.name].kind == "contacts" and has_sublabel(text):
            return False
        return is_label_like(text)

    def close(
        self, position: int, first: int, last: int, found: list[_Open], heading: int | None
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

    def leave(self, position: int | None, line: Line, reason: str = "") -> None:
        is_like = is_label_like(line.text)
        near = self.nearest.find(line.text)
        if not reason:
            reason = "no field takes this line"
            if near and is_like:
                reason += f"; the nearest known label is {quote(near)}"
        verdict: Verdict | None = "warn" if position is not None or is_like else None
        self.leftovers.append(Leftover(position, line.span(), reason, verdict, None, near))

    def leave_between(self, first: int, end: int, headings: set[int | None]) -> None:
        """Leave the lines between two records, but for their headings."""
        for i in range(first, end):
            line = self.page.lines[i]
            if line.text and i not in headings:
                self.leave(None, line, "" if is_label_like(line.text) else "between records")


def _row(page: Page, i: int) -> int | None:
    line = page.lines[i]
    return page.parents[line.element] if line.tag in ("td", "th") else None
