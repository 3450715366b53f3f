"""Rules about texts that are unlike those of the same field in the other records.

A text kind takes any text, so that two labels printed in each other's place would pass.  What the
other records print under the same label is the only measure; a page of one or two has none.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from pipeline.model import FieldText, Page
from pipeline.rules.finding import Finding, Subject
from pipeline.spec import CHILDREN, MUNICIPALITIES
from pipeline.text import quote

_LONGEST = 200  # a longer text is words
_MAY_BE = re.compile(r"^[+0-9]|[@/]|www|kreis|region", re.IGNORECASE)
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


class _Text(NamedTuple):
    table: str
    row_id: str
    column: str
    record_id: str
    text: str
    shape: str


def check_shapes(subject: Subject) -> Iterator[Finding]:
    """A text has the shape that the field's texts have in the other records."""
    by_column: dict[tuple[str, str], list[_Text]] = defaultdict(list)
    for text in _iter_texts(subject):
        by_column[text.table, text.column].append(text)
    districts = {field.name for field in subject.spec.fields if field.kind == "district"}
    for texts in by_column.values():
        counts = Counter(text.shape for text in texts)
        usual, count = counts.most_common(1)[0]
        for text in texts:
            if text.shape == "a district" and text.column in districts:
                continue  # `kreisfrei` where others print a district's bare name
            if text.shape != usual and count >= 2 * counts[text.shape]:
                yield Finding("shape", text.table, text.row_id, text.column, text.record_id, "warn",
                              usual, text.text,
                              f"{quote(text.text)} is {text.shape}; in {count} other places "
                              f"{text.column} is {usual}.")  # fmt: skip


def check_elements(subject: Subject) -> Iterator[Finding]:
    """A text beside a label without a colon stands in one element, or in some that vary.

    Where labels and texts are neighbours without a mark, a label that the spec does not have, with
    its text, would be taken for two more lines.
    """
    spec, page = subject.spec, subject.page
    if not page.is_html:
        return
    records = [item.draft.record for item in subject.normalised.items]
    holders = Counter(
        page.parents[page.lines[text.label.line - 1].element]
        for record in records
        for text in record.fields.values()
    )
    for field in spec.fields:
        if not field.many:
            continue
        found = []
        for item in subject.normalised.items:
            text = item.draft.record.fields.get(field.name)
            if text is not None and (told := _count_elements(text, page, holders)):
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


class _Elements(NamedTuple):
    firsts: list[str]  # the first line of each element that holds lines of a text
    is_own: bool  # whether label and text have an element of their own, which some lines are not in


def _count_elements(text: FieldText, page: Page, holders: Counter[int]) -> _Elements | None:
    """Return the elements beside each other in which a text stands.

    None where a colon or a cell tells what is a label.
    """
    label = page.lines[text.label.line - 1]
    if not label.alone or len(label.text) != text.label.end or label.tag in ("th", "td", "dt"):
        return None
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
        return None  # the text begins outside
    return _Elements(list(firsts.values()), is_own)


def _iter_texts(subject: Subject) -> Iterator[_Text]:
    spec = subject.spec
    for item in subject.normalised.items:
        ids = item.ids
        for field in spec.fields:
            reading = item.draft.readings[field.name]
            if field.kind in ("text", "district") and reading.value is not None:
                shared = field.table == MUNICIPALITIES
                row_id = ids.municipality_id if shared else ids.record_id
                yield _make(field.table, row_id, field.name, ids.record_id, reading.text)
        for n, download in enumerate(item.draft.downloads, start=1):
            row_id = f"{ids.record_id}/{n}"
            yield _make(CHILDREN["links"], row_id, "label", ids.record_id, download.label)
        for field in spec.fields:
            if field.kind == "contacts" and item.draft.contacts:
                lines = [s.text for s in item.draft.readings[field.name].spans if s.text]
                shape = find_shape(lines[0]) if len(lines) == 1 else "words"
                if len(lines) > 1 and any(e.phones or e.emails for e in item.draft.contacts):
                    shape = "a block with a telephone number or an e-mail address"
                yield _Text(spec.table, ids.record_id, field.name, ids.record_id, lines[0], shape)
    for contact in subject.normalised.contacts:
        organisation = contact.entry.organisation
        if organisation is not None:
            yield _make(CHILDREN["contacts"], contact.row[0], "organisation",
                        contact.item.ids.record_id, organisation.text)  # fmt: skip


def _make(table: str, row_id: str, column: str, record_id: str, text: str) -> _Text:
    return _Text(table, row_id, column, record_id, text, find_shape(text))


def find_shape(text: str) -> str:
    """Return what a text looks like.

    >>> find_shape("Kreis Unna"), find_shape("www.unna.de"), find_shape("IHK Unna 2020")
    ('a district', 'a web address', 'words')
    """
    if len(text) <= _LONGEST and _MAY_BE.search(text):
        for shape, pattern in _SHAPES.items():
            if pattern.fullmatch(text):
                return shape
    return "words"
