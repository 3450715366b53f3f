"""Tables that may hold records below a row of headers, or beside a column of them.

Both readings of a table are offered; first the one under whose headers the values are of one sort,
numbers or words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set

from pipeline.draft.marks import MAX_LENGTH, MAX_WORDS
from pipeline.errors import SuspectPage
from pipeline.model import Page
from pipeline.page import fold
from pipeline.records import Budget, Row, read_rows

Labels = tuple[tuple[str, ...], ...]
_MAX_TABLES = 20
_MAX_LABELS = 40
_ROWS = 500  # that are looked at


def find_tables(page: Page, labels: Set[str]) -> list[tuple[Labels, int]]:
    """Return the headers of each such table, and how many values they explain.

    `labels` are texts (folded) that repeat in the page's lines: among values they are none.
    """
    found: dict[Labels, int] = {}  # tables of the same heads are of one listing
    budget = Budget()
    for table, line in _list_tables(page):
        try:
            rows = read_rows(page, table, line, budget)[:_ROWS]
        except SuspectPage:  # more cells than are read
            break
        whole = [row for row in rows if len(row.own()) > 1 and not row.is_foot]
        if len(whole) < 2:
            continue
        readings = _list_readings(whole)
        readings = [grid for grid in readings if _count_labels(grid, labels) < 2]
        told = [heads for heads in map(_read_heads, readings) if heads is not None]
        folded = _read_folded(whole)
        if folded is not None:
            told.insert(0, folded)
        for heads, score in told:
            found[heads] = found.get(heads, 0) + min(score, told[0][1])
    return list(found.items())


def _list_readings(rows: Sequence[Row]) -> list[list[list[str]]]:
    """Return a table's texts below heads in its first row, and beside heads in its first column."""
    bottom = max(cell.bottom for cell in rows[0].cells)
    below = [row for row in rows if row.top >= bottom - 1]
    if len(below) < 2:
        return []
    grid = _to_grid(below)
    grid = [grid[0], *(texts for texts in grid[1:] if texts != grid[0])]  # it may be printed again
    if len(grid) < 2:
        return []
    across = [list(column) for column in zip(*grid, strict=True)]
    readings = []
    if _is_of_heads(rows[0]) or len(grid[0]) > 2:
        readings.append(_without_names(grid, below))
    if len(across) > 2:
        readings.append(across)
    return sorted(readings, key=_count_mixed)


def _is_of_heads(row: Row) -> bool:
    return all(cell.tag == "th" for cell in row.own())


def _without_names(grid: list[list[str]], rows: Sequence[Row]) -> list[list[str]]:
    """Drop the first of two columns where it holds heads too: they may be labels of the other."""
    if len(grid[0]) == 2 and all(row.own()[0].tag == "th" for row in rows[1:]):
        return [grid[0], *(["", *texts[1:]] for texts in grid[1:])]
    return grid


def _read_folded(rows: Sequence[Row]) -> tuple[Labels, int] | None:
    """Return the heads of a table whose records take several rows, each below heads of its own."""
    heads: dict[tuple[str, ...], None] = {}
    for row in rows:
        if _is_of_heads(row):
            heads.setdefault(tuple(cell.text for cell in row.own()))
    texts = [text for row in heads for text in row]
    if len(heads) < 2 or len({fold(text) for text in texts}) < len(texts):
        return None
    if len(texts) > _MAX_LABELS or not all(map(_is_head, texts)):
        return None
    below = sum(len(row.own()) for row in rows if not _is_of_heads(row))
    below_all = sum(_is_of_heads(row) for row in rows) * 2 == len(rows)
    return (tuple((text,) for text in texts), below) if below_all else None


def _list_tables(page: Page) -> list[tuple[int, int]]:
    """Return the largest tables with the index of a line in each, in page order."""
    tables: dict[int, int] = {}
    sizes: Counter[int] = Counter()
    inside: dict[int, int] = {}
    for i, line in enumerate(page.lines):
        if line.element not in inside:
            element = line.element
            while element >= 0 and page.tags[element] != "table":
                element = page.parents[element]
            inside[line.element] = element
        table = inside[line.element]
        if table >= 0:
            tables.setdefault(table, i)
            sizes[table] += 1
    return sorted((table, tables[table]) for table, _ in sizes.most_common(_MAX_TABLES))


def _to_grid(rows: Sequence[Row]) -> list[list[str]]:
    """Return the texts of rows by column; a cell that covers several stands in each."""
    width = min(max(row.width for row in rows), _MAX_LABELS)
    grid = []
    for row in rows:
        texts = [""] * width
        for cell in row.cells:
            texts[cell.left : min(cell.right, width)] = [cell.text] * (
                min(cell.right, width) - cell.left
            )
        grid.append(texts)
    return grid


def _count_mixed(grid: Sequence[Sequence[str]]) -> float:
    """Return the share of columns, but for the first, with numbers and words below their head."""
    columns = list(zip(*grid[1:], strict=True))[1:]
    mixed = sum(
        len({text[:1].isdigit() for text in column if len(text) > 1}) > 1 for column in columns
    )
    return mixed / len(columns) if columns else 0.0


def _count_labels(grid: Sequence[Sequence[str]], labels: Set[str]) -> int:
    """Count the labels that stand below heads, each once."""
    return len(labels & {fold(text) for row in grid[1:] for text in row[1:]})


def _read_heads(grid: Sequence[Sequence[str]]) -> tuple[Labels, int] | None:
    """Return the heads of columns, one whose column is full first, and how many values they head."""
    heads = [(text, n) for n, text in enumerate(grid[0]) if _is_head(text)]
    if len(heads) < 2 or len({fold(text) for text, _ in heads}) < len(heads):
        return None
    if len(heads) * 2 <= len(grid[0]):
        return None
    filled = {n: sum(bool(row[n]) for row in grid[1:]) for _, n in heads}
    full = [n for _, n in heads if filled[n] == len(grid) - 1]
    opener = full[0] if full else heads[0][1]
    heads.sort(key=lambda head: (head[1] != opener, head[1]))
    return tuple((text,) for text, _ in heads), sum(filled.values())


def _is_head(text: str) -> bool:
    return (
        len(text) <= MAX_LENGTH
        and len(text.split()) <= MAX_WORDS
        and "@" not in text
        and ":" not in text
        and any(c.isalpha() for c in text)
        and not text[:1].isdigit()
    )
