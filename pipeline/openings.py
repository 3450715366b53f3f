"""Which lines open a record: the opening label where others follow it, and what stands before it."""

from __future__ import annotations

import sys
from bisect import bisect_left, bisect_right
from collections.abc import Mapping

from pipeline.labels import Hit
from pipeline.model import Page
from pipeline.spec import NUMBERS, ListingSpec

_LINES_BEFORE = 8  # more lines than a misplaced field has
_LINES_AWAY = 40  # the same with blank ones


def find_openings(page: Page, spec: ListingSpec, hits: dict[int, Hit]) -> list[int]:
    """Return the lines that open a record; a label in running prose opens none."""
    opening = spec.field(spec.opens_with)
    order = sorted(hits)
    found = [i for i in order if hits[i].field == opening.name]
    if opening.kind in NUMBERS:
        found = [i for i in found if not _is_prose(page.lines[i].text[hits[i].text_start :])]
    if not found:
        return []
    ends = [*found[1:], len(page.lines)]
    rich = [i for i, end in zip(found, ends, strict=True) if _next(order, i) < end]
    bare = set(found).difference(rich)
    if not bare:
        return rich
    firsts = [_find_first(page, spec, hits, order, bare, i) for i in rich]
    numeric = opening.kind in NUMBERS and bool(rich)
    short = [i for i in bare if numeric and i < firsts[0] and is_figure(page, hits, i)]
    return sorted([*firsts, *short]) or found


def is_figure(page: Page, hits: Mapping[int, Hit], i: int) -> bool:
    """Tell whether the text of the label in line `i` is a figure: then it opens a record cut short."""
    text = page.lines[i].text[hits[i].text_start :]
    if not text and i + 1 < len(page.lines):
        text = page.lines[i + 1].text
    return text[:1].isdigit() and len(text.split()) < 3


def _find_first(
    page: Page, spec: ListingSpec, hits: dict[int, Hit], order: list[int], bare: set[int], i: int
) -> int:
    """Return where a record begins whose opening label stands twice or more in a row."""
    while (before := find_before(page, spec, hits, order, i)) in bare and before is not None:
        i = before
    return i


def _next(order: list[int], i: int) -> int:
    """Return the first label behind line `i`, or a line behind all."""
    at = bisect_right(order, i)
    return order[at] if at < len(order) else sys.maxsize


def _is_prose(text: str) -> bool:
    return len(text.split()) > 3 and not any(c.isdigit() for c in text)


def find_before(
    page: Page, spec: ListingSpec, hits: dict[int, Hit], order: list[int], opening: int
) -> int | None:
    """Return a label whose field ends directly before `opening`, or None."""
    at = bisect_left(order, opening)
    if not at:
        return None
    label = order[at - 1]
    if opening - label > _LINES_AWAY:
        return None
    between = [line for line in page.lines[label + 1 : opening] if line.text]
    if any(line.heading for line in between):
        return None
    hit = hits[label]
    own = int(hit.text_start >= len(page.lines[label].text))  # its text is on the next line
    allowed = _LINES_BEFORE if spec.field(hit.field).many else own
    return label if len(between) <= allowed else None
