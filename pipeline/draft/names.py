"""Names that a draft gives: columns, the listing, its address, and the field that names a record."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import NamedTuple
from urllib.parse import urlsplit

from pipeline.draft.figures import find_unit
from pipeline.draft.kinds import Kind, is_personal
from pipeline.listing import COLUMN_ENDS
from pipeline.model import Capture, Page
from pipeline.page import clean, slug
from pipeline.values import resolve

PLACEHOLDER = "https://example.org/"
TABLE, ID = "records", "record_id"
_TAKEN = (ID, "position", "municipality_id")
_UNITS = str.maketrans({"²": "2", "³": "3", "%": "pct", "€": "eur", "£": "gbp", "$": "usd"})
_MAX_NAME = 40
_MAX_TITLE = 120
_SHORT = 60  # characters of a text that may name a record
_MOST = 500  # characters of a text that is compared
_PAIRED = 6  # columns that are tried as pairs
_CANONICAL = re.compile(r"<link\b[^>]{0,300}>", re.IGNORECASE)
_HREF = re.compile(r"href\s*=\s*[\"']?([^\"'\s>]{1,500})", re.IGNORECASE)
_HEAD = 50_000  # bytes in which the canonical address stands


class Column(NamedTuple):
    """A field of the draft before it is written: label, kind, and its texts (None: absent)."""

    label: str
    kind: Kind
    values: tuple[str | None, ...]  # one for each record, lines joined by spaces
    records: int


def name_columns(columns: Sequence[Column]) -> list[str]:
    """Return a valid name for each column, in order, no two of a table alike."""
    taken = set(_TAKEN)
    names = []
    for number, column in enumerate(columns, start=1):
        base = _name_column(column) or f"field_{number}"
        ends = (*COLUMN_ENDS.get(column.kind.kind, ("",)), "_computed", "_low", "_high", "_status")
        name, count = base, 1
        while any(name + end in taken for end in ends):
            count += 1
            name = f"{base}_{count}"
        taken.update(name + end for end in ends)
        names.append(name)
    return names


def _name_column(column: Column) -> str:
    label, unit = find_unit(column.label)
    figures = column.kind.figures
    if figures is None:
        label, unit = column.label, ""
    elif not unit:
        unit = figures.unit
    name = to_name(label)
    end = to_name(unit)
    if end and end not in name.split("_") and not name.endswith(end):
        name = f"{name[: _MAX_NAME - len(end) - 1].rstrip('_')}_{end}"
    return name


def to_name(text: str) -> str:
    """Return a text as a name of lower-case letters, digits and `_`, empty if nothing is left.

    >>> to_name("Einwohner je km²"), to_name("Bürgermeister/in"), to_name("2. Rate"), to_name("—")
    ('einwohner_je_km2', 'buergermeister_in', 'f_2_rate', '')
    """
    name = slug(text.translate(_UNITS)).replace("-", "_")[:_MAX_NAME].strip("_")
    return f"f_{name}" if name[:1].isdigit() else name


def find_key(columns: Sequence[Column]) -> tuple[list[int], str]:
    """Return which columns name a record, and the doubt about it, if there is one."""
    able = [i for i, c in enumerate(columns) if c.kind.kind == "text" and not is_personal(c.label)]
    able = able or [i for i, c in enumerate(columns) if c.kind.kind in ("text", "district", "url")]
    able = able or [i for i, c in enumerate(columns) if c.kind.kind in ("integer", "decimal")]
    if not able:
        return [], ""
    different = {i: _count_different([columns[i]]) for i in able}
    records = len(columns[0].values)
    best = min(able, key=lambda i: (different[i] < records, _rank(columns[i]), i))
    if different[best] == records:
        return [best], ""
    for i, j in combinations(able[:_PAIRED], 2):
        if _count_different([columns[i], columns[j]]) == records:
            return [i, j], "no text alone differs in every record, these two together do"
    best = max(able, key=lambda i: (different[i], -_rank(columns[i])))
    return [best], "no text differs in every record; this one differs most"


def _rank(column: Column) -> int:
    """Return how little a column looks like a name: long texts, several lines."""
    texts = [text for text in column.values if text]
    length = sum(map(len, texts)) / max(len(texts), 1)
    words = sum(text[:1].isalpha() or text[:1] in "„“\"'«»‚‘(" for text in texts)
    return 2 * column.kind.many + (length > _SHORT) + 2 * (words * 2 < len(texts))


def _count_different(columns: Sequence[Column]) -> int:
    """Count the different names that the texts of columns make; one for each record is best."""
    rows = zip(*(column.values for column in columns), strict=True)
    return len({slug(" ".join(text or "" for text in row)[:_MOST]) for row in rows} - {""})


def find_title(page: Page, labels: Iterable[int], name: str) -> str:
    """Return the listing's title: its first heading, the page's, or the first short line."""
    first = min(labels, default=0)
    title = next((line.text for line in page.lines if line.heading == 1 and line.text), "")
    if not title and page.is_html:
        title = page.title
    if not title:
        title = next((line.text for line in page.lines[:first] if line.text), "")
    return clean(title[:_MAX_TITLE]) or clean(name[-_MAX_TITLE:]) or "A listing"


def find_url(capture: Capture, page: Page) -> tuple[str, str]:
    """Return the page's address, and where it was found, in words."""
    head = capture.body[:_HEAD].decode("utf-8", "replace") if page.is_html else ""
    canonical = next((tag for tag in _CANONICAL.findall(head) if "canonical" in tag.lower()), "")
    href = _HREF.search(canonical)
    found = (
        (capture.url or "", "the address under which it was received"),
        (href[1] if href else "", "the page calls it its canonical address"),
        (page.base or "", "the page's base address"),
    )
    for url, source in found:
        if url.startswith(("http://", "https://")):
            address = resolve(url, PLACEHOLDER).url
            if address and _is_good(address):
                return address, source
    return PLACEHOLDER, "uncertain: the page does not tell; put its address here"


def _is_good(url: str) -> bool:
    try:
        return bool(urlsplit(url).hostname)
    except ValueError:
        return False
