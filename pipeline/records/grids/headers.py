"""Rows of labels above rows of values: which rows of a table they are."""

from __future__ import annotations

from typing import NamedTuple

from pipeline.records.grids.cells import Cell, Row, find_covering
from pipeline.records.grids.grid import Column, Entry, Known

_AHEAD = 20  # rows that are looked at below a header to tell that it is one


class Header(NamedTuple):
    """A row of labels: its cells from left to right, and the field of each (None: unknown)."""

    cells: tuple[Cell, ...]
    names: list[str | None]
    row: Row
    opening: Cell | None  # None: the labels of the only record above go on

    def find(self, cell: Cell) -> int | None:
        """Return which of the header's cells stands above the whole of `cell`."""
        return find_covering(self.cells, cell)

    def is_repeated(self, row: Row) -> bool:
        """Tell whether a row prints the header again."""
        own = [cell.text for cell in row.own()]
        return own == [cell.text for cell in self.cells if cell.text]

    def columns(self) -> list[Column]:
        """Return a record's columns below the header, empty."""
        return [Column(name, cell, []) for cell, name in zip(self.cells, self.names, strict=True)]


class HeaderFinder:
    """Looks for headers among the rows of one table."""

    def __init__(self, known: Known, rows: list[Row]) -> None:
        self.known, self.rows = known, rows

    def find(self, at: int, entries: list[tuple[Entry, Cell]]) -> Header | None:
        """Return the header that row `at` begins, if its labels stand above values.

        `entries` are the records below the header before it, and their opening cells.
        """
        row = self.rows[at]
        bottoms = []
        names: set[str] = set()
        for cell in row.cells:
            name = self.known.find(cell.text)
            if name is not None:
                names.add(name)
                bottoms.append(cell.bottom)
        if len(names) < 2 or row.is_foot:
            return None
        lowest = self.rows[max(bottoms) - 1]
        found = [self.known.find(cell.text) for cell in lowest.cells]
        names = {name for name in found if name is not None}
        if len(names) < 2 or lowest.overlaps:
            return None
        opening = None
        if self.known.opening in names:
            opening = lowest.cells[found.index(self.known.opening)]
        elif len(entries) != 1 or names & entries[0][0].names():
            return None
        header = Header(lowest.cells, found, lowest, opening)
        return header if self.is_above_values(header, lowest.top + 1) else None

    def is_above_values(self, header: Header, at: int) -> bool:
        """Tell whether no labels stand below the header's, as they do in rows of label and value."""
        is_whole = all(
            name for cell, name in zip(header.cells, header.names, strict=True) if cell.text
        )
        if len(header.cells) == 2 and self.is_pair(header):
            return False
        for row in self.rows[at : at + _AHEAD]:
            own = row.own()
            if len(own) > 1 and not header.is_repeated(row):
                foreign, same = self.compare(header, own)
                is_few = (foreign + same) * 2 < len(own)  # a value may be a label's text
                return (not foreign and same < 2) or (is_whole and is_few)
        return is_whole

    def is_pair(self, header: Header) -> bool:
        """Tell whether two labels in a row are a label and its value, as in the rows around it."""
        if len({cell.tag for cell in header.cells}) > 1:
            return True
        top = header.row.top
        for row in self.rows[max(top - _AHEAD, 0) : top + _AHEAD]:
            if len(row.cells) != 2:
                continue
            label, value = (self.known.find(cell.text) for cell in row.cells)
            if label not in (None, *header.names) and value is None:
                return True
        return False

    def compare(self, header: Header, cells: list[Cell]) -> tuple[int, int]:
        """Count the cells with another label than the one above them, and those that repeat it."""
        foreign = same = 0
        for cell in cells:
            name = self.known.find(cell.text)
            if name is not None:
                above = header.find(cell)
                is_same = above is not None and header.names[above] == name
                foreign, same = foreign + (not is_same), same + is_same
        return foreign, same
