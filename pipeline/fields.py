"""Where a field's text ends: the lines that one label takes, and what is doubtful about them."""

from __future__ import annotations

from pipeline.furniture import stays_on_page
from pipeline.labels import Hit, has_value_element
from pipeline.likeness import find_inner_label, is_label_like, is_lone_label
from pipeline.model import Doubt, FieldText, Line, Page, Span, new_span
from pipeline.spec import FieldSpec, ListingSpec
from pipeline.text import quote
from pipeline.values.contact_lines import has_sublabel


class OpenField:
    """The field being read."""

    __slots__ = ("closed", "label", "line", "many", "spec", "texts")

    def __init__(self, spec: FieldSpec, label: Span, line: Line) -> None:
        self.spec, self.label, self.line = spec, label, line  # `line`: the label's
        self.many = spec.many
        self.texts: list[Span] = []
        self.closed = False

    def close(self) -> FieldText:
        """Return the field as the page prints it, without blank lines at its end."""
        texts = self.texts
        while texts and not texts[-1].text:
            texts.pop()
        return FieldText(self.spec.name, self.label, tuple(texts))


class FieldReader:
    """Reads the texts of a page's fields line by line; collects what is doubtful."""

    def __init__(self, page: Page, spec: ListingSpec, hits: dict[int, Hit]) -> None:
        self.page, self.spec = page, spec
        self.fields = {field.name: field for field in spec.fields}
        self.last = max(hits, default=0)
        # Where no label has its text behind it, one that the spec does not have would not either.
        self.stand_apart = all(hit.text_start >= len(page.lines[i].text) for i, hit in hits.items())
        self.doubts: list[Doubt] = []

    def begin(self, position: int, hit: Hit, line: Line) -> OpenField:
        """Return the field whose label stands in `line`, with the text behind the label."""
        name, end, start = hit
        label = new_span((line.number, 0, end, line.text[:end]))
        field = OpenField(self.fields[name], label, line)
        if start < len(line.text):
            self.take(position, field, line, start)
        return field

    def read_heading(self, position: int, name: str, i: int) -> FieldText:
        """Return the text of the field that is made of the heading in line `i`."""
        lines = self.page.lines
        span, before = lines[i].span(), i - 1
        while before > 0 and not lines[before].text:
            before -= 1
        if before >= 0 and lines[before].heading == lines[i].heading:
            reason = "another heading of its level stands directly above it"
            self.doubts.append(Doubt(position, name, span, reason))
        return FieldText(name, Span(span.line, 0, 0, ""), (span,))

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
        if line.element == field.line.element or not self.page.is_html:
            return False
        if line.tag in ("dt", "th") or (field.line.lead and line.lead):
            return True  # in the place of a label, but none that is known
        return self.is_other_row(field, i) or self.is_other_cell(field, line)

    def is_other_cell(self, field: OpenField, line: Line) -> bool:
        """Tell whether `line` stands behind the cell that holds the text, in the label's own row."""
        if line.tag != "td" or not field.texts:
            return False
        before = self.page.lines[field.texts[-1].line - 1].element
        parents = self.page.parents
        is_in_row = parents[line.element] == parents[field.line.element]
        return is_in_row and not self.page.holds(line.element, before)

    def is_other_row(self, field: OpenField, i: int) -> bool:
        """Tell whether line `i` begins a row of its own, with a text where the label would be."""
        parents, ends, line = self.page.parents, self.page.ends, self.page.lines[i]
        if line.tag != "td":
            return False
        cell, row = line.element, parents[line.element]
        if row == parents[field.line.element] or cell != row + 1:
            return False  # not the row's first element
        is_first = self.page.lines[i - 1].element != cell
        return is_first and ends[cell] < ends[row]

    def take_blank(self, field: OpenField, i: int) -> bool:
        """Add the blank line `i` to the field's text, or tell that the field ends there."""
        line = self.page.lines[i]
        if field.many and field.texts:
            if self.is_footed(field, i):
                return True
            if not self.is_empty_label(i) and not (line.alone and line.tag == "dd"):
                field.texts.append(line.span())  # an empty `dd` shows no blank line
        elif line.alone and line.tag in ("td", "dd", "div"):
            field.closed = field.closed or not field.texts
        return False

    def is_footed(self, field: OpenField, i: int) -> bool:
        """Tell whether a text's last field ends at the blank line `i`: a footer may stand below."""
        if self.page.is_html or field.spec.kind == "contacts":
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
        """Add what stands in `line` from `start` on to the field's text."""
        whole = line.text
        text = whole[start:] if start else whole
        span = new_span((line.number, start, len(whole), text))
        field.texts.append(span)
        if ":" in text:
            reason = self.find_label(field, line, text)
        elif line.links and len(field.texts) > 1 and stays_on_page(line):
            reason = self.find_control(field)
        else:
            return
        if reason:
            self.doubts.append(Doubt(position, field.spec.name, span, reason))

    def find_label(self, field: OpenField, line: Line, text: str) -> str | None:
        """Tell whether the last line of a field's text holds a label, or what reads like one."""
        if inner := find_inner_label(text, self.spec.labels):
            return f"the label {quote(inner)} stands inside the text"
        if field.many and text is line.text and self.is_foreign(field, line):
            return "the line looks like a label that is not in the listing spec"
        return None

    def find_control(self, field: OpenField) -> str | None:
        """Tell whether only the last line of a field's text is a link that stays on the page."""
        before = self.page.lines[field.texts[-2].line - 1]
        if stays_on_page(before):
            return None  # documents whose addresses the page does not show
        return "the line is a link that stays on the page, unlike the one before"

    def is_foreign(self, field: OpenField, line: Line) -> bool:
        """Tell whether a line of a many-line field looks like a label that the spec does not have."""
        text = line.text
        if field.spec.kind == "contacts" and has_sublabel(text):
            return False
        if is_label_like(text):
            return True
        if line.tag in ("td", "dd") or not is_lone_label(text):
            return False
        label = field.label  # where the labels of the page stand alone, this one may be one too
        return len(self.page.lines[label.line - 1].text) <= label.end + len(" :")


def _row(page: Page, i: int) -> int | None:
    line = page.lines[i]
    return page.parents[line.element] if line.tag in ("td", "th") else None
