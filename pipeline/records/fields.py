"""Where a field's text ends: the lines that one label takes, and what is doubtful about them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import pairwise

from pipeline.contacts import MAX_LENGTH, has_sublabel
from pipeline.listing import FieldSpec, ListingSpec
from pipeline.model import Doubt, FieldText, Line, Page, Span, new_span
from pipeline.page import quote
from pipeline.records.furniture import stays_on_page
from pipeline.records.labels import Hit, has_value_element
from pipeline.records.likeness import find_inner_label, is_label_like, is_lone_label

# `FieldText(...)` for loops over all fields of a page, as `new_span`.
new_field: Callable[[tuple[str, Span, tuple[Span, ...]]], FieldText] = partial(
    tuple.__new__, FieldText
)


class OpenField:
    """The field being read."""

    __slots__ = ("closed", "label", "line", "many", "spec", "texts")

    def __init__(
        self, spec: FieldSpec, label: Span, line: Line, texts: tuple[Span, ...] = ()
    ) -> None:
        self.spec, self.label, self.line = spec, label, line  # `line`: the label's
        self.many = spec.many
        self.texts = list(texts)
        self.closed = False

    def close(self) -> FieldText:
        """Return the field as the page prints it, without blank lines at its end."""
        texts = self.texts
        while texts and not texts[-1].text:
            texts.pop()
        return new_field((self.spec.name, self.label, tuple(texts)))


class FieldReader:
    """Reads the texts of a page's fields line by line; collects what is doubtful."""

    def __init__(self, page: Page, spec: ListingSpec, hits: dict[int, Hit]) -> None:
        self.page, self.spec, self.hits = page, spec, hits
        self.sublabels = _Sublabels(spec.labels)
        self.fields = {field.name: field for field in spec.fields}
        self.last = max(hits, default=0)
        # Where no label has its text behind it, one that the spec does not have would not either.
        self.stand_apart = all(hit.text_start >= len(page.lines[i].text) for i, hit in hits.items())
        self.doubts: list[Doubt] = []

    def read(
        self, position: int, labels: Sequence[int], end: int
    ) -> tuple[list[FieldText], list[tuple[int, int]]]:
        """Return the fields of a record, and the lines that none of them takes.

        The labels stand in the lines `labels`, the record ends at line `end`.
        """
        lines, hits = self.page.lines, self.hits
        found: list[FieldText] = []
        left: list[tuple[int, int]] = []
        for i, after in pairwise((*labels, end)):
            line = lines[i]
            text, number = line.text, line.number
            name, words, start = hits[i]
            label = new_span((number, 0, len(words), words))
            rest = text[start:]
            texts = (new_span((number, start, len(text), rest)),) if rest else ()
            if i + 1 == after and ":" not in rest:  # so are most fields
                found.append(new_field((name, label, texts)))
                continue
            field = OpenField(self.fields[name], label, line, texts)
            if ":" in rest:
                self.look_at(position, field, line)
            stop = self.read_on(position, field, i + 1, after)
            found.append(field.close())
            if stop < after:
                left.append((stop, after))
        return found, left

    def read_on(self, position: int, field: OpenField, first: int, end: int) -> int:
        """Add the lines from `first` on to the field; return the first that it does not take."""
        lines, texts = self.page.lines, field.texts
        many, element = field.many, field.line.element
        for i in range(first, end):
            line = lines[i]
            text = line.text
            if not text:
                if self.take_blank(field, i):
                    return i
                continue
            is_own = many and line.element == element
            if line.heading or (not is_own and self.is_end(field, i)):
                return i
            texts.append(new_span((line.number, 0, len(text), text)))
            if ":" in text or line.links:
                self.look_at(position, field, line)
        return end

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
        return not self.page.is_html and field.spec.kind != "contacts" and i > self.last

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
        text = line.text
        field.texts.append(new_span((line.number, start, len(text), text[start:])))
        self.look_at(position, field, line)

    def look_at(self, position: int, field: OpenField, line: Line) -> None:
        """Tell what is doubtful about the last line of a field's text, which is of `line`."""
        span = field.texts[-1]
        reason = None
        if ":" in span.text:
            reason = self.find_label(field, line, span)
        elif line.links and len(field.texts) > 1 and stays_on_page(line):
            reason = self.find_control(field)
        if reason:
            self.doubts.append(Doubt(position, field.spec.name, span, reason))

    def find_label(self, field: OpenField, line: Line, span: Span) -> str | None:
        """Tell whether the last line of a field's text holds a label, or what reads like one."""
        text = span.text
        if field.spec.kind == "contacts" and self.sublabels.stand_before(text):
            return None
        if inner := find_inner_label(text, self.spec.labels):
            return f"the label {quote(inner)} stands inside the text"
        if field.many and span.start == 0 and self.is_foreign(field, line):
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


class _Sublabels(dict[str, bool]):
    """Texts before a line's colon -> whether they are a contact block's label, and hold no other."""

    def __init__(self, labels: Mapping[str, str]) -> None:
        super().__init__()
        self.labels = labels

    def stand_before(self, text: str) -> bool:
        """Tell whether one of them begins a text that has no other colon; a page has few."""
        head, _, rest = text.partition(":")
        return len(text) <= MAX_LENGTH and ":" not in rest and self[head]

    def __missing__(self, head: str) -> bool:
        text = f"{head}:"
        known = self[head] = has_sublabel(text) and not find_inner_label(text, self.labels)
        return known
