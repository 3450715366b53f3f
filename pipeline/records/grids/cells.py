"""An HTML table as rows of placed cells, after the table model of the HTML standard; no label.

A cell covers `colspan` columns and `rowspan` rows of its row group, so a row holds its own cells
and those that reach into it from above.  The cost is bounded: spans are intervals, and a table in
which too many cells reach into too many rows is refused.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pipeline.errors import SuspectPage
from pipeline.model import Page

_MAX_PLACED = 1_000_000  # cells of a page's rows and records, one counted wherever it reaches
_SECTIONS = frozenset(("thead", "tbody", "tfoot"))
_CELLS = ("td", "th")


class Cell(NamedTuple):
    """A cell: its columns `left` to `right` and rows `top` to `bottom`, half-open, and its lines.

    `lines` holds the indices of the lines inside it that are not blank at its ends; `text` is
    theirs, joined by spaces and without a colon at the end.
    """

    tag: str
    left: int
    right: int
    top: int
    bottom: int
    lines: range
    text: str


class Row(NamedTuple):
    """A row: its cells from left to right, also those from above; `top` counts rows from 0."""

    top: int
    cells: tuple[Cell, ...]
    width: int  # the first column behind the last cell
    is_foot: bool  # in a tfoot
    overlaps: bool  # two cells want the same place

    def own(self) -> list[Cell]:
        """Return the cells with a text that begin in this row."""
        return [cell for cell in self.cells if cell.top == self.top and cell.text]


@dataclass(slots=True)
class Budget:
    """How many more cells may be placed on the page."""

    left: int = _MAX_PLACED

    def take(self, count: int) -> None:
        """Count placed cells; raises SuspectPage beyond the limit."""
        self.left -= count
        if self.left < 0:
            raise SuspectPage(
                f"the page has tables of more than {_MAX_PLACED:,} cells, counting each in every row "
                "and column that it reaches; cut it down to the listing"
            )


def read_rows(page: Page, table: int, line: int, budget: Budget) -> list[Row]:
    """Return the rows of the element `table`; `line` is the index of a line inside it."""
    while line and table <= page.lines[line - 1].element <= page.ends[table]:
        line -= 1
    rows: list[Row] = []
    found = list(_iter_rows(page, table))
    heights = Counter(section for section, *_ in found)
    section, below = -1, 0
    reaching: list[Cell] = []  # the cells from above that end below the row before, by column
    for own_section, row, is_foot in found:
        if own_section != section:
            section, below = own_section, len(rows) + heights[own_section]
        placed = [cell for cell in reaching if cell.bottom > len(rows)]
        reaching = placed
        column, at, overlaps = 0, 0, False
        cells: list[Cell] = []
        for element in _iter_children(page, row):
            if page.tags[element] not in _CELLS:
                continue
            while at < len(placed) and placed[at].left <= column:
                column = max(column, placed[at].right)
                at += 1
            columns, height = page.spans.get(element, (1, 1))
            line, inside = _find_lines(page, element, line)
            right = column + columns
            overlaps = overlaps or (at < len(placed) and placed[at].left < right)
            bottom = min(len(rows) + height, below) if height else below
            cells.append(
                Cell(page.tags[element], column, right, len(rows), bottom, inside,
                     _join(page, inside))
            )  # fmt: skip
            column = right
        taller = [cell for cell in cells if cell.bottom > len(rows) + 1]
        if taller:
            reaching = sorted([*placed, *taller], key=_get_left)
        whole = tuple(sorted([*placed, *cells], key=_get_left)) if placed else tuple(cells)
        budget.take(1 + len(whole))
        width = max((cell.right for cell in whole), default=0)
        rows.append(Row(len(rows), whole, width, is_foot, overlaps))
    return rows


def find_table(page: Page, element: int) -> int:
    """Return the innermost table around an element, or the document where there is none."""
    while element > 0 and page.tags[element] != "table":
        element = page.parents[element]
    return element


def find_covering(heads: Sequence[Cell], cell: Cell) -> int | None:
    """Return which of the cells of a row, from left to right, covers all columns of `cell`."""
    n = bisect_right(heads, cell.left, key=_get_left) - 1
    return n if n >= 0 and cell.right <= heads[n].right else None


def _get_left(cell: Cell) -> int:
    return cell.left


def _iter_children(page: Page, element: int) -> Iterator[int]:
    child, end = element + 1, page.ends[element]
    while child <= end:
        yield child
        child = page.ends[child] + 1


def _iter_rows(page: Page, table: int) -> Iterator[tuple[int, int, bool]]:
    """Yield each row of a table, not of those inside it: its section, itself, is it a foot."""
    for child in _iter_children(page, table):
        tag = page.tags[child]
        if tag == "tr":
            yield table, child, False
        elif tag in _SECTIONS:
            for row in _iter_children(page, child):
                if page.tags[row] == "tr":
                    yield child, row, tag == "tfoot"


def _find_lines(page: Page, element: int, line: int) -> tuple[int, range]:
    """Return the line behind an element, and its lines; `line` stands before or in it."""
    lines, end = page.lines, page.ends[element]
    while line < len(lines) and lines[line].element < element:
        line += 1
    first = line
    while line < len(lines) and element <= lines[line].element <= end:
        line += 1
    last = line
    while first < last and not lines[first].text:
        first += 1
    while first < last and not lines[last - 1].text:
        last -= 1
    return line, range(first, last)


def _join(page: Page, inside: range) -> str:
    text = " ".join(page.lines[i].text for i in inside if page.lines[i].text)
    return text.removesuffix(":").rstrip(" ")
