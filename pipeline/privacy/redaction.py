"""The listing's lines as they may be shown, whole or without persons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pipeline.model import Listing, Page, Piece, Shown, Span
from pipeline.page import WITHHELD
from pipeline.tables import Row


def show_lines(page: Page, listing: Listing, cells: Iterable[Row], *, people: bool) -> Shown:
    """Return the listing's lines; without people only labels and what the cells `cells` hold is seen."""
    numbers = {cell[4] for cell in cells if cell[4] <= len(page.lines)}
    numbers.update(range(max(listing.first_line, 1), listing.last_line + 1))
    if people:
        return {n: (Piece(0, len(text), text),) for n in sorted(numbers)
                for text in (page.lines[n - 1].text,)}  # fmt: skip
    seen: dict[int, list[tuple[int, int]]] = {n: [] for n in numbers}
    for cell in cells:
        if cell[7] != WITHHELD and cell[4] in seen:
            seen[cell[4]].append((cell[5], cell[6]))
    for span in _iter_labels(listing):
        if span.line in seen:
            seen[span.line].append((span.start, span.end))
    return {n: tuple(_cut(page.lines[n - 1].text, seen[n])) for n in sorted(numbers)}


def _iter_labels(listing: Listing) -> Iterator[Span]:
    for record in listing.records:
        yield from (text.label for text in record.texts() if text.label is not record.heading)
    yield from listing.headers


def _cut(text: str, seen: list[tuple[int, int]]) -> Iterator[Piece]:
    """Yield the parts of a line, those that are not seen as `[withheld]`."""
    at = 0
    for start, end in [*sorted(seen), (len(text), len(text))]:
        if start > at:
            gap = text[at:start]
            hides = any(c.isalnum() for c in gap)
            yield Piece(at, start, WITHHELD if hides else gap)
            at = start
        if end > at:
            yield Piece(at, end, text[at:end])
            at = end
