"""Which tables of a page hold records by columns and rows, instead of line by line.

`rows` reads records below a row of labels, `columns` records beside a column of labels.
All other tables are lines like any others, and so is each in which these find no header.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.listing import ListingSpec
from pipeline.model import Page
from pipeline.records.grids.cells import Budget, find_table, read_rows
from pipeline.records.grids.columns import read_columns
from pipeline.records.grids.grid import Grid, Known
from pipeline.records.grids.rows import RowReader


def find_grids(page: Page, spec: ListingSpec) -> tuple[list[Grid], int | None]:
    """Return the tables that hold records by columns and rows, in page order.

    The second value is a line in a row of labels that belongs to no such table, if there is one
    beside them and it has half of the labels.
    """
    known, budget = Known(spec), Budget()
    grids: list[Grid] = []
    seen: set[int] = set()
    lost = None
    for line, table, count in _find_label_rows(page, known):
        if grids and line < grids[-1].end:
            continue
        if table not in seen:
            seen.add(table)
            rows = read_rows(page, table, line, budget)
            grid = RowReader(page, known, table, rows, budget).read()
            grid = grid or read_columns(page, known, table, rows, budget)
            if grid is not None:
                grids.append(grid)
                continue
        if lost is None and known.is_record(count):
            lost = line
    return grids, lost if grids else None


def _find_label_rows(page: Page, known: Known) -> Iterator[tuple[int, int, int]]:
    """Yield each row that may be a header, or opens a comparison: a line, its table, its labels."""
    tags, parents = page.tags, page.parents
    row, first = -1, -1
    names: set[str] = set()
    for i, line in enumerate(page.lines):
        name = known.find(line.text.removesuffix(":")) if line.text else None
        if name is None:
            continue
        cell = line.element
        while cell >= 0 and tags[cell] not in ("td", "th"):
            cell = parents[cell]
        if cell < 0 or tags[parents[cell]] != "tr":
            continue
        if parents[cell] != row:
            if len(names) > 1:
                yield first, find_table(page, row), len(names)
            row, first, names = parents[cell], i, set()
            if name == known.opening and _has_two_more(page, cell):
                yield i, find_table(page, row), 1
        names.add(name)
    if len(names) > 1:
        yield first, find_table(page, row), len(names)


def _has_two_more(page: Page, cell: int) -> bool:
    """Tell whether two cells stand behind a cell."""
    end = page.ends[page.parents[cell]]
    second = page.ends[cell] + 1
    return second <= end and page.ends[second] < end
