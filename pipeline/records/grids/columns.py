"""Records in a table's columns beside a column of labels: a comparison.

    grid    = rows that begin with a label, the opening one once among them; at least two columns
              of values, each with a text for the opening label and for half of the others; few of
              them may be words that are labels elsewhere
    record  = a column of values
    heading = its text in the row above the first label

In a row of another width, or with a text across two columns, no field can be told: the page is
suspect.
"""

from __future__ import annotations

from pipeline.model import Page
from pipeline.records.grids.cells import Budget, Cell, Row, find_covering
from pipeline.records.grids.grid import Column, Entry, Grid, Known


def read_columns(
    page: Page, known: Known, table: int, rows: list[Row], budget: Budget
) -> Grid | None:
    """Return the records of a table's columns, or None if it is no comparison."""
    firsts = [(row, own[0]) for row in rows if (own := row.own())]
    openings = [(row, cell) for row, cell in firsts if known.find(cell.text) == known.opening]
    if len(openings) != 1:
        return None
    opens, opening = openings[0]
    heads = [cell for cell in opens.cells if cell.left >= opening.right]
    if len(heads) < 2 or not all(known.may_open(cell.text) for cell in heads):
        return None
    labels = {row.top: cell for row in rows for cell in row.cells if _is_below(cell, opening)}
    names = {top: name for top, cell in labels.items() if (name := known.find(cell.text))}
    if len(set(names.values())) < 2 or not _is_filled(rows, names, heads, known):
        return None
    first = min(names)
    grid = Grid(table, entries=[Entry(c.lines[0], 0, [], is_scattered=True) for c in heads])
    above: list[Cell] = []
    for row in rows:
        own = row.own()
        if row.top < first:
            above = own if row.width == opens.width else []
        elif row.top not in labels:
            is_note = len(own) == 1 and own[0].right - own[0].left > 1
            grid.note(own, "it stands in a row without a label", None if is_note else "warn")
        else:
            budget.take(len(heads))
            _read_row(grid, row, opens, heads, labels[row.top], names.get(row.top))
    names_above = {(c.left, c.right): c.lines[0] for c in above if len(c.lines) == 1}
    for entry, head in zip(grid.entries, heads, strict=True):
        indices = [i for column in entry.columns for i in column.lines]
        entry.first, entry.last = min(indices), max(indices)
        entry.heading = names_above.get((head.left, head.right))
    grid.close(page)
    return grid


def _is_below(cell: Cell, opening: Cell) -> bool:
    """Tell whether a cell stands in the column of labels, and has a text."""
    return (cell.left, cell.right) == (opening.left, opening.right) and bool(cell.text)


def _is_filled(rows: list[Row], names: dict[int, str], heads: list[Cell], known: Known) -> bool:
    """Tell whether each column has a text beside half of the labels, and few of them are labels."""
    filled, foreign = [0] * len(heads), [0] * len(heads)
    for row in rows:
        if row.top not in names:
            continue
        for cell in row.own():
            if cell.left < heads[0].left:
                continue
            place = find_covering(heads, cell)
            if place is not None:
                filled[place] += 1
                foreign[place] += known.find(cell.text) not in (None, names[row.top])
    return all(
        texts * 2 >= len(names) and labels * 2 < texts
        for texts, labels in zip(filled, foreign, strict=True)
    )


def _read_row(
    grid: Grid, row: Row, opens: Row, heads: list[Cell], label: Cell, name: str | None
) -> None:
    """Add a row's cells to the records of their columns."""
    if label.top == row.top:
        grid.headers.append((label, name))
    cells = [cell for cell in row.own() if cell is not label]
    places = [find_covering(heads, cell) for cell in cells]
    if row.width != opens.width or row.overlaps or None in places:
        width = f"of {row.width} columns, not {opens.width} as the first label's"
        misfit = width if row.width != opens.width else "with a text across two columns"
        if cells:
            grid.lose(cells, f"stands in a row {misfit}, so no record of the row can be told")
        return
    for entry in grid.entries:
        if not entry.columns or entry.columns[-1].header is not label:
            entry.columns.append(Column(name, label, []))
    for cell, n in zip(cells, places, strict=True):
        if n is not None:
            grid.entries[n].add([cell], [-1])
