"""Rules about texts that are unlike those of the same field in the other records.

A text kind takes any text, so that two labels printed in each other's place would pass.  What the
other records print under the same label is the only measure; a page of one or two has none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from pipeline.listing import CHILDREN, MUNICIPALITIES, FieldSpec
from pipeline.model import FieldText, Line, Page
from pipeline.page import quote
from pipeline.rules.finding import Finding, Subject, place
from pipeline.tables import Item

_LONGEST = 200  # a longer text is words
_FIRSTS = frozenset("+0123456789")
_SIGNS = ("@", "/", "www", "kreis", "region")  # a text with a shape has one of them, or a first
_SHAPES = {
    "an e-mail address": re.compile(r"[^\s@]+@[^\s@]+\.[a-z]{2,}", re.IGNORECASE),
    "a web address": re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE),
    "a telephone number": re.compile(r"(?:\+|0)[0-9]{2,6}[ /()-][0-9 /()-]{3,}"),
    "a number": re.compile(r"[0-9][0-9.,' ]*(?:[^\W\d]{1,3}[²³]?|%|€)?"),
    "a district": re.compile(
        r"(?:(?:land)?kreis|städteregion|regionalverband|region) .+|.*[ -]kreis|kreisfrei.*",
        re.IGNORECASE,
    ),
}
_BLOCK = "a block with a telephone number or an e-mail address"


_Places = Iterator[tuple[Item, int]]


class _Column(NamedTuple):
    """The texts of a column, their shapes, and the record and its row, from 1, of each."""

    table: str
    name: str
    texts: list[str]
    shapes: list[str]
    places: _Places  # told only where the shapes differ


def check_shapes(subject: Subject) -> Iterator[Finding]:
    """A text has the shape that the field's texts have in the other records."""
    districts = {field.name for field in subject.spec.fields if field.kind == "district"}
    for table, column, texts, shapes, places in _iter_columns(subject):
        if len(set(shapes)) < 2:
            continue
        counts = Counter(shapes)
        usual, count = counts.most_common(1)[0]
        for (item, row), text, shape in zip(places, texts, shapes, strict=True):
            if shape == "a district" and column in districts:
                continue  # `kreisfrei` where others print a district's bare name
            if shape != usual and count >= 2 * counts[shape]:
                record_id = row_id = item.ids.record_id
                if table in CHILDREN.values():
                    row_id = f"{record_id}/{row}"
                elif table == MUNICIPALITIES:
                    row_id = item.ids.municipality_id
                yield Finding("shape", table, row_id, column, record_id, "warn", usual, text,
                              f"{quote(text)} is {shape}; in {count} other places "
                              f"{column} is {usual}.")  # fmt: skip


def check_elements(subject: Subject) -> Iterator[Finding]:
    """A text beside a label without a colon stands in one element, or in some that vary.

    Where labels and texts are neighbours without a mark, a label that the spec does not have, with
    its text, would be taken for two more lines.
    """
    spec, page = subject.spec, subject.page
    if not page.is_html:
        return
    holders: Counter[int] | None = None
    lines = page.lines
    for field in spec.fields:
        if not field.many:
            continue
        found = []
        for item in subject.normalised.items:
            text = item.draft.record.fields.get(field.name)
            if text is None or not _stands_unmarked(text, lines):
                continue
            holders = holders or _count_holders(subject)
            if told := _list_elements(text, page, holders):
                found.append((item, text, told))
        counts = Counter(len(told.firsts) for *_, told in found)
        usual = counts.most_common(1)[0][0] if counts else 0
        for item, text, told in found:
            n = len(told.firsts)
            if n > 1 and (told.is_own or usual == 1 or len(counts) == 1):
                own = field.table if field.table != MUNICIPALITIES else spec.table
                yield Finding("unclaimed", own, item.ids.record_id, field.name, item.ids.record_id,
                              "warn", "1 element", " | ".join(told.firsts),
                              f"The text of {quote(text.label.text)} stands in {n} elements beside "
                              f"each other; {quote(told.firsts[1])} may be another label.")  # fmt: skip


def check_headings(subject: Subject) -> Iterator[Finding]:
    """Each record has a heading if most have one; else the line over it may be one that lost its mark."""
    items, table = subject.normalised.items, subject.spec.table
    headed = sum(item.draft.record.heading is not None for item in items)
    if headed < max(2, len(items) / 2):
        return
    for above, item in pairwise(items):
        record = above.draft.record
        if item.draft.record.heading is not None or not record.fields:
            continue
        text = max(record.fields.values(), key=lambda text: text.label[:2])
        field = subject.spec.field(text.name)
        if field.many and len(text.texts) > 1:
            span = text.texts[-1]
            own = place(above, field, table)
            yield Finding("unclaimed", *own, field.name, above.ids.record_id, "warn", None, span.text,
                          f"Line {span.line}, {quote(span.text)}, was kept in {field.name}; it may be the "
                          "heading of the record below, which has none as others have.")  # fmt: skip


class _Elements(NamedTuple):
    firsts: list[str]  # the first line of each element that holds lines of a text
    is_own: bool  # whether label and text have an element of their own, which some lines are not in


def _stands_unmarked(text: FieldText, lines: Sequence[Line]) -> bool:
    """Tell whether a label stands alone in its element, and neither a colon nor a cell marks it."""
    number, _, end, _ = text.label
    line = lines[number - 1]
    return line.alone and len(line.text) == end and line.tag not in ("th", "td", "dt")


def _count_holders(subject: Subject) -> Counter[int]:
    """Return how many labels stand in children of each element."""
    page = subject.page
    return Counter(
        page.parents[page.lines[text.label.line - 1].element]
        for item in subject.normalised.items
        for text in item.draft.record.fields.values()
    )


def _list_elements(text: FieldText, page: Page, holders: Counter[int]) -> _Elements | None:
    """Return the elements beside each other in which a text stands, None where it begins outside."""
    label = page.lines[text.label.line - 1]
    holder = page.parents[label.element]
    is_own = holders[holder] == 1
    firsts: dict[int, str] = {}
    for span in text.texts:
        element = page.lines[span.line - 1].element
        if span.text and is_own and holder <= element <= page.ends[holder]:
            firsts.setdefault(holder, span.text)
        elif span.text and (is_own or page.parents[element] == holder):
            firsts.setdefault(element, span.text)
    if is_own and holder not in firsts:
        return None
    return _Elements(list(firsts.values()), is_own)


def _iter_columns(subject: Subject) -> Iterator[_Column]:
    """Yield the columns that take any text: those of the contact blocks first."""
    spec, items = subject.spec, subject.normalised.items
    found: list[tuple[str, str, list[str], _Places]] = []
    for field in spec.fields:
        if field.kind in ("text", "district"):
            found.append((field.table, field.name, *_list_values(items, field.name)))
        elif field.kind == "links":
            labels = [download.label for item in items for download in item.draft.downloads]
            rows = ((item, n) for item in items for n, _ in enumerate(item.draft.downloads, 1))
            found.append((CHILDREN["links"], "label", labels, rows))
        elif field.kind == "contacts":
            named = [c for c in subject.normalised.contacts if c.row[3] is not None]
            organisations = [contact.row[3] for contact in named]
            rows = ((contact.item, contact.row[2]) for contact in named)
            found.append((CHILDREN["contacts"], "organisation", organisations, rows))
            yield _read_blocks(items, field, spec.table)
    for table, column, texts, places in found:
        yield _Column(table, column, texts, _find_shapes(texts), places)


def _list_values(items: list[Item], name: str) -> tuple[list[str], _Places]:
    """Return the texts of a field that were read, and where they stand."""
    valued = [item for item in items if item.draft.readings[name].value is not None]
    return [item.draft.readings[name].text for item in valued], ((item, 1) for item in valued)


def _read_blocks(items: list[Item], field: FieldSpec, table: str) -> _Column:
    """Return the contact blocks as a column: of each its first line, and the shape of the whole."""
    own = [item for item in items if item.draft.contacts]
    blocks = [_list_lines(item, field) for item in own]
    shapes = [_find_block_shape(item, lines) for item, lines in zip(own, blocks, strict=True)]
    places = ((item, 1) for item in own)
    return _Column(table, field.name, [lines[0] for lines in blocks], shapes, places)


def _list_lines(item: Item, field: FieldSpec) -> list[str]:
    return [span.text for span in item.draft.readings[field.name].spans if span.text]


def _find_block_shape(item: Item, lines: list[str]) -> str:
    if len(lines) == 1:
        return find_shape(lines[0])
    for entry in item.draft.contacts:
        if entry.phones or entry.emails:
            return _BLOCK
    return "words"


def _find_shapes(texts: list[str]) -> list[str]:
    """Return what each text of a column looks like; a page repeats districts and documents."""
    known = {text: _match_shape(text) for text in _pick_signed(set(texts))} if texts else {}
    return [known.get(text, "words") for text in texts]


def _pick_signed(texts: set[str]) -> list[str]:
    """Return the texts that one of the patterns could fit; told for all at once, which is fast."""
    own = list(texts)
    low = "\n".join(own).lower()
    signs = [sign for sign in _SIGNS if sign in low]
    return [
        text
        for text, line in zip(own, low.split("\n"), strict=True)
        if line[:1] in _FIRSTS or [sign for sign in signs if sign in line]
    ]


def _match_shape(text: str) -> str:
    if len(text) <= _LONGEST:
        for shape, pattern in _SHAPES.items():
            if pattern.fullmatch(text):
                return shape
    return "words"


def find_shape(text: str) -> str:
    """Return what a text looks like.

    >>> find_shape("Kreis Unna"), find_shape("www.unna.de"), find_shape("IHK Unna 2020")
    ('a district', 'a web address', 'words')
    """
    return _find_shapes([text])[0]
