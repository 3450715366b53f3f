"""Which lines open a record: the opening label where others follow it, and what stands before it."""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections.abc import Mapping

from pipeline.listing import NUMBERS, ListingSpec
from pipeline.model import Page
from pipeline.records.labels import Hit
from pipeline.records.misplaced import find_before

_DIGIT = re.compile(r"[0-9]")
_LONG_NAME = 8  # words
_LINES_OVER = 8  # that an element may have over its record, blank ones too


def find_openings(page: Page, spec: ListingSpec, hits: dict[int, Hit]) -> list[int]:
    """Return the lines that open a record; a label in running prose opens none."""
    opening = spec.field(spec.opens_with)
    order, name = sorted(hits), opening.name
    found = [i for i in order if hits[i].field == name]
    is_prose = _is_prose if opening.kind in NUMBERS else _is_long_sentence
    found = [i for i in found if not is_prose(page.lines[i].text[hits[i].text_start :])]
    if not found:
        return []
    ends = [*found[1:], len(page.lines)]
    rich = [i for i, end in zip(found, ends, strict=True) if _next(order, i) < end]
    bare = set(found).difference(rich)
    if not bare:
        return rich
    if not rich:
        return found
    firsts = [_find_first(page, spec, hits, order, bare, i) for i in rich]
    if opening.kind in NUMBERS:
        short = [i for i in bare if i < firsts[0] and is_figure(page, hits, i)]
    else:
        short = [
            i
            for i in bare
            if (i < firsts[0] or i > rich[-1])
            and not _is_sentence(page.lines[i].text)
            and _is_placed_like(page, order, i, rich[0])
        ]
    return sorted([*firsts, *short])


def is_figure(page: Page, hits: Mapping[int, Hit], i: int) -> bool:
    """Tell whether the text of the label in line `i` is a figure: then it opens a record cut short."""
    text = page.lines[i].text[hits[i].text_start :]
    if not text and i + 1 < len(page.lines):
        text = page.lines[i + 1].text
    return text[:1].isdigit() and len(text.split()) < 3


def _is_placed_like(page: Page, order: list[int], i: int, opening: int) -> bool:
    """Tell whether a lone label stands as one that opens a record: below a heading as that one.

    Or first in an element of its own, or below the same texts there, a table's header.
    """
    lines, parents = page.lines, page.parents
    if lines[i].tag != lines[opening].tag or lines[i].lead != lines[opening].lead:
        return False
    over, other = _find_over(page, i), _find_over(page, opening)
    if lines[over].heading and lines[over].heading == lines[other].heading:
        return True
    own, record = lines[i].element, lines[opening].element
    while own >= 0 and not page.holds(parents[own], record):
        own = parents[own]
    while record >= 0 and parents[record] != parents[own]:
        record = parents[record]
    if own < 0 or record < 0 or page.tags[own] != page.tags[record]:
        return False
    after = _next(order, opening)
    return (
        after < len(lines)
        and page.holds(record, lines[after].element)
        and _list_over(page, own, i) == _list_over(page, record, opening)
    )


def _list_over(page: Page, element: int, i: int) -> list[str] | None:
    """Return the texts over line `i` in an element, but for headings and digits; None if many."""
    texts: list[str] = []
    for line in reversed(page.lines[max(i - _LINES_OVER, 0) : i]):
        if not page.holds(element, line.element):
            return texts
        if line.text and not line.heading:
            texts.append("" if line.tag in ("td", "th") else _DIGIT.sub("", line.text))
    return texts if i <= _LINES_OVER else None


def _find_over(page: Page, i: int) -> int:
    """Return the line with a text over line `i`, near to it, or the page's first."""
    over = range(i - 1, max(i - _LINES_OVER, 0), -1)
    return next((k for k in over if page.lines[k].text), 0)


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


def _is_sentence(text: str) -> bool:
    """Tell whether a text ends as a sentence does, and not as `e. V.`."""
    return text.endswith((".", "!", "?")) and text[-3:-1].isalpha()


def _is_long_sentence(text: str) -> bool:
    return len(text.split()) > _LONG_NAME and _is_sentence(text)


def _is_prose(text: str) -> bool:
    return len(text.split()) > 3 and not any(c.isdigit() for c in text)
