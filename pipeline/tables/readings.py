"""A record's labelled texts -> readings: each field's value beside its source text.

A table from kind to reader, no ladder of branches; absent, empty and unreadable are three states.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from pipeline.contacts import Entry, parse_blocks
from pipeline.listing import FieldSpec, ListingSpec
from pipeline.model import FieldText, Line, Link, Record, Span, new_span
from pipeline.values import (
    Address,
    Number,
    is_absent,
    parse_district,
    parse_number,
    parse_website,
    resolve,
)

State = Literal["value", "absent", "repeated", "empty", "none", "unreadable"]


class Reading(NamedTuple):
    """What a field's text was read as.

    `state`: `absent` (no label), `repeated` (a label twice), `empty` (a label without text),
    `none` (the page says that there is none), `unreadable` (null, with a problem), or `value`.
    """

    state: State
    value: Any = None  # str, int, float, or what the kind's reader gives
    spans: tuple[Span, ...] = ()
    problem: str | None = None
    number: Number | None = None  # with its interval and qualifier
    url: Address | None = None

    @property
    def text(self) -> str:
        """The text as printed, lines joined by one space."""
        spans = self.spans
        return spans[0].text if len(spans) == 1 else " ".join(span.text for span in spans)


ABSENT = Reading("absent")
REPEATED = Reading("repeated")
EMPTY = Reading("empty")


class Download(NamedTuple):
    """A link or a line of a `links` field."""

    label: str
    spans: tuple[Span, ...]
    address: Address | None  # None where the page gives no link


@dataclass(slots=True)
class Draft:
    """A record with its values read, before it has an id."""

    record: Record
    readings: dict[str, Reading]
    downloads: list[Download]
    contacts: list[Entry]
    strays: list[tuple[Span, str, bool]]  # text of a field that its kind has no place for; warn?


def read_records(
    records: Sequence[Record], spec: ListingSpec, lines: tuple[Line, ...], base: str
) -> list[Draft]:
    """Read all fields of a page's records; links resolve against `base`.

    Field by field, not record by record: reading alike texts in a row takes a fifth less time.
    """
    drafts = [Draft(record, {}, [], [], []) for record in records]
    for field in spec.fields:
        name = field.name
        printed: list[tuple[Draft, FieldText]] = []
        for draft in drafts:
            record = draft.record
            text = record.fields.get(name)
            if text is None:
                draft.readings[name] = REPEATED if name in record.repeated else ABSENT
            else:
                printed.append((draft, text))
        if field.kind == "contacts":
            _read_contacts(printed, name)
        elif field.kind == "links":
            for draft, text in printed:
                draft.readings[name] = _read_links(draft, text, lines, base)
        else:
            read = _READERS[field.kind]
            for draft, text in printed:
                reading = read(text, field, spec, lines, base) if text.texts else EMPTY
                draft.readings[name] = reading
    return drafts


def _read_text(text: FieldText, field: FieldSpec, *_: Any) -> Reading:
    spans = text.texts
    if len(spans) > 1:
        spans = tuple(span for span in spans if span.text)
    value = spans[0].text if len(spans) == 1 else field.joint.join(span.text for span in spans)
    if len(value) < 20 and is_absent(value):
        return Reading("none", None, spans)
    return Reading("value", value, spans)


def _read_number(text: FieldText, field: FieldSpec, spec: ListingSpec, *_: Any) -> Reading:
    span = text.texts[0]
    whole = field.kind == "integer"
    number = parse_number(span.text, spec.locale, whole=whole, unit=field.unit or "")
    if number.value is None:
        state: State = "unreadable" if number.problem else "none"
        return Reading(state, None, (span,), number.problem, number)
    value = int(number.value) if whole else float(number.value)
    return Reading("value", value, (span,), None, number)


def _read_district(text: FieldText, field: FieldSpec, *_: Any) -> Reading:
    span = text.texts[0]
    if is_absent(span.text):
        return Reading("none", None, (span,))
    return Reading("value", parse_district(span.text), (span,))


def _read_url(
    text: FieldText, field: FieldSpec, spec: ListingSpec, lines: tuple[Line, ...], base: str
) -> Reading:
    span = text.texts[0]
    if is_absent(span.text):
        return Reading("none", None, (span,))
    href = _find_link(span, lines[span.line - 1].links)
    address = parse_website(span.text) if href is None else resolve(href, base)
    return Reading("value", span.text, (span,), None, None, address)


def _find_link(span: Span, links: tuple[Link, ...]) -> str | None:
    """Return where the first link leads of those that share characters with `span`."""
    for link in links:
        if link.start < span.end and span.start < link.end:
            return link.href
    return None


_Reader = Callable[[FieldText, FieldSpec, ListingSpec, tuple[Line, ...], str], Reading]
_READERS: dict[str, _Reader] = {
    "text": _read_text,
    "integer": _read_number,
    "decimal": _read_number,
    "district": _read_district,
    "url": _read_url,
}


def _read_links(draft: Draft, text: FieldText, lines: tuple[Line, ...], base: str) -> Reading:
    """Each link is a row with its own text, text without a link is one without an address."""
    open_links: dict[int, int] = {}  # number of the element -> index of its row
    for span in text.texts:
        at = span.start
        for link in lines[span.line - 1].links:
            if link.end <= span.start or link.start >= span.end:
                continue
            start = max(link.start, span.start)
            if at < start:
                _read_between(draft, span, at, start)
            piece = _slice(span, start, link.end)
            if link.element in open_links:
                row = draft.downloads[open_links[link.element]]
                draft.downloads[open_links[link.element]] = row._replace(
                    label=f"{row.label} {piece.text}", spans=(*row.spans, piece)
                )
            elif not is_absent(piece.text):
                open_links[link.element] = len(draft.downloads)
                draft.downloads.append(Download(piece.text, (piece,), resolve(link.href, base)))
            at = link.end
        if at < span.end:
            _read_between(draft, span, at, span.end)
    state: State = "value" if draft.downloads else "none" if text.texts else "empty"
    return Reading(state, None, text.texts)


_SEPARATORS = " ,;|/•·-–—"
_FILE_WORDS = frozenset(
    "pdf doc docx xls xlsx zip odt ppt pptx kb mb gb bytes byte kib mib ca".split()
)


def _read_between(draft: Draft, span: Span, start: int, end: int) -> None:
    """Read what stands between links: nothing, a note on the file's size, or a row of its own."""
    text = span.text[start - span.start : end - span.start]
    kept = text.strip(_SEPARATORS)
    if not any(c.isalnum() for c in kept) or is_absent(text.strip()):
        return
    begin = start + text.index(kept)
    piece = _slice(span, begin, begin + len(kept))
    if start > span.start and _is_file_note(kept):
        draft.strays.append((piece, "a note on the file in front of it", False))
    else:
        draft.downloads.append(Download(kept, (piece,), None))


def _is_file_note(text: str) -> bool:
    words = text.lower().replace(",", " ").replace(".", " ").replace("/", " ").strip("()[]").split()
    return all(word.strip("()[]") in _FILE_WORDS or word.isdigit() for word in words)


def _slice(span: Span, start: int, end: int) -> Span:
    if start == span.start and end == span.end:
        return span
    return new_span((span.line, start, end, span.text[start - span.start : end - span.start]))


def _read_contacts(printed: list[tuple[Draft, FieldText]], name: str) -> None:
    blocks: list[tuple[Draft, Sequence[Span]]] = []
    for draft, text in printed:
        texts = text.texts
        is_none = len(texts) == 1 and is_absent(texts[0].text)
        if not is_none:
            blocks.append((draft, texts))
        state: State = "none" if is_none else "value" if texts else "empty"
        draft.readings[name] = Reading(state, None, texts)
    reason = "no person, unit or detail of the contact block takes this line"
    found = parse_blocks([texts for _, texts in blocks])
    for (draft, _), (entries, strays) in zip(blocks, found, strict=True):
        draft.contacts = entries
        draft.strays += [(span, reason, True) for span in strays]
