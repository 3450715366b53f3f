"""Records in a table's rows below a row of labels.

    grid    = a row of cells, at least two of which are labels, the opening one among them (and the
              rows that they reach down to), then rows of values
    record  = a row of values that fits the header: as wide, and no text across two of its cells;
              then rows that the opening cell reaches down to and that bring no other key
    field   = the cells of a record below a label's cell
    no record: the header printed again, a row with one text, a foot

A cell that reaches into several records belongs to each.  A row never gives a value to a label that
does not stand above it, so a row with a cell too few or too many is no record: if it reads like
one, the page is suspect.
"""

from __future__ import annotations

from typing import NamedTuple

from pipeline.model import Page
from pipeline.records.grids.cells import Budget, Cell, Row, find_covering
from pipeline.records.grids.grid import (
    LONE_LABEL,
    NO_OPENING,
    SECOND_OPENING,
    Column,
    Entry,
    Grid,
    Known,
)

_AHEAD = 20  # rows that are looked at below a header to tell that it is one


class _Header(NamedTuple):
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


class RowReader:
    """Reads the rows of one table."""

    def __init__(
        self, page: Page, known: Known, table: int, rows: list[Row], budget: Budget
    ) -> None:
        self.page, self.known, self.rows, self.budget = page, known, rows, budget
        self.grid = Grid(table)
        self.header: _Header | None = None
        self.entries: list[tuple[Entry, Cell]] = []  # those below the header, their opening cells
        self.is_lost = False  # below labels of no record
        self.above: dict[str, Cell] = {}  # labels in rows above the first header

    def read(self) -> Grid | None:
        """Return the table's records, or None if no row of it is a header."""
        at = 0
        while at < len(self.rows):
            header = self.find_header(at)
            if header is not None:
                at = self.begin(header, at)
                continue
            if self.header is not None:
                self.read_row(self.header, self.rows[at])
            else:
                self.look_before(self.rows[at])
            at += 1
        if self.header is None:
            return None
        headers = {cell for cell, _ in self.grid.headers}
        above = {name: cell for name, cell in self.above.items() if cell not in headers}
        if self.known.opening in above:
            self.grid.lost = above[self.known.opening].lines[0], LONE_LABEL
        elif self.known.is_record(len(above)):
            self.grid.lost = min(cell.lines[0] for cell in above.values()), NO_OPENING
        self.grid.close(self.page)
        return self.grid

    def look_before(self, row: Row) -> None:
        """Look for labels above the first header: those of a record that is not read."""
        for cell in row.own():
            name = self.known.find(cell.text)
            if name is not None:
                self.above.setdefault(name, cell)

    def find_header(self, at: int) -> _Header | None:
        """Return the header that row `at` begins, if its labels stand above values."""
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
        elif len(self.entries) != 1 or names & self.entries[0][0].names():
            return None
        header = _Header(lowest.cells, found, lowest, opening)
        return header if self.is_above_values(header, lowest.top + 1) else None

    def is_above_values(self, header: _Header, at: int) -> bool:
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

    def is_pair(self, header: _Header) -> bool:
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

    def compare(self, header: _Header, cells: list[Cell]) -> tuple[int, int]:
        """Count the cells with another label than the one above them, and those that repeat it."""
        foreign = same = 0
        for cell in cells:
            name = self.known.find(cell.text)
            if name is not None:
                above = header.find(cell)
                is_same = above is not None and header.names[above] == name
                foreign, same = foreign + (not is_same), same + is_same
        return foreign, same

    def begin(self, header: _Header, at: int) -> int:
        """Take up a header that begins in row `at`; return the row below it."""
        if header.opening is not None:
            self.entries = []
            before = self.header.names if self.header is not None else []
            if {*before, None} & {*header.names, None} == {self.known.opening, None}:
                self.grid.lost = header.opening.lines[0], SECOND_OPENING
        self.header, self.is_lost = header, False
        self.grid.headers += [
            (cell, name) for cell, name in zip(header.cells, header.names, strict=True) if cell.text
        ]
        lower = set(header.cells)
        self.grid.headers += [
            (cell, None)
            for row in self.rows[at : header.row.top]
            for cell in row.own()
            if cell not in lower
        ]
        return header.row.top + 1

    def read_row(self, header: _Header, row: Row) -> None:
        own = row.own()
        if not own:
            return
        is_full = len(own) * 2 >= len(header.cells)
        if header.is_repeated(row):
            self.grid.headers += [(cell, self.known.find(cell.text)) for cell in own]
        elif row.is_foot:
            self.grid.note(own, "it stands in the foot of a table", "warn" if is_full else None)
        elif self.is_lost:
            self.grid.note(own, "it stands below labels of no record", "fail")
        elif 1 < sum(self.compare(header, own)) > len(own) / 2:
            self.is_lost = True
            self.grid.lose(own, NO_OPENING)
        elif self.merges(header, row, own):
            return
        elif len(own) == 1 and self.known.find(own[0].text) == self.known.opening:
            self.is_lost = True
            self.grid.lose(own, LONE_LABEL)
        elif len(own) == 1 and len(header.cells) > 2:
            is_note = (
                own[0].right - own[0].left > 1
            )  # a note spans columns, a record cut short does not
            self.grid.note(own, "it stands alone in its row", None if is_note else "warn")
        elif misfit := _find_misfit(header, row, own):
            if is_full:
                self.grid.lose(own, misfit)
            else:
                self.grid.note(own, f"it {misfit}", "fail")
        elif header.opening is None:
            self.read_more(header, own)
        elif not self.names_record(header, header.opening, own):
            self.grid.note(own, "it names no record", "warn")
        else:
            self.read_record(header, header.opening, row, own)

    def merges(self, header: _Header, row: Row, own: list[Cell]) -> bool:
        """Add a row to the record above it if the opening cell reaches down and no key is new."""
        if not self.entries or header.opening is None:
            return False
        entry, opening = self.entries[-1]
        if opening.bottom <= row.top or _find_misfit(header, row, own):
            return False
        above = [header.find(cell) for cell in own]
        if any(n is not None and header.names[n] in self.known.key for n in above):
            return False
        entry.add(own, above)
        return True

    def names_record(self, header: _Header, opening: Cell, own: list[Cell]) -> bool:
        """Tell whether a row has a text for the key, or one that may open a record.

        Where the key is the heading over the table, half of the texts do.
        """
        if self.known.is_named_above and len(own) * 2 >= len(header.cells):
            return True
        for cell in own:
            n = header.find(cell)
            if n is not None and header.names[n] in self.known.key:
                return True
            if n is not None and header.cells[n] is opening and self.known.may_open(cell.text):
                return True
        return False

    def read_more(self, header: _Header, own: list[Cell]) -> None:
        """Add the row below further labels of the record above."""
        entry = self.entries[0][0]
        if entry.names() & set(header.names):
            self.grid.lose(own, "stands in a second row below labels of one record")
            return
        count = len(entry.columns)
        entry.columns += _make_columns(header)
        entry.add(own, [n if (n := header.find(cell)) is None else n + count for cell in own])
        entry.is_scattered = True  # the labels stand between its lines

    def read_record(self, header: _Header, opening: Cell, row: Row, own: list[Cell]) -> None:
        self.budget.take(len(header.cells))
        entry = Entry(own[0].lines[0], own[-1].lines[-1], _make_columns(header))
        for cell in row.cells:
            n = header.find(cell)
            if n is None or not cell.text:
                continue
            if cell.top < row.top:
                if header.names[n] is None:
                    continue  # told of the record that it begins in
                self.grid.shared.append(cell.lines)
            entry.columns[n].lines.extend(cell.lines)
        self.grid.entries.append(entry)
        first = next(cell for cell in row.cells if cell.right > opening.left)
        self.entries.append((entry, first))


def _make_columns(header: _Header) -> list[Column]:
    return [Column(name, cell, []) for cell, name in zip(header.cells, header.names, strict=True)]


def _find_misfit(header: _Header, row: Row, own: list[Cell]) -> str:
    """Return why a row does not fit its header, or an empty text."""
    if row.width != header.row.width or row.overlaps:
        return (
            f"stands in a row of {row.width} columns below a header of {header.row.width}, so no "
            "field of the row can be told"
        )
    if any(header.find(cell) is None for cell in own):
        return "stands in a row with a text across two columns, so no field of the row can be told"
    return ""
