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

from pipeline.model import Page
from pipeline.records.grids.cells import Budget, Cell, Row
from pipeline.records.grids.grid import (
    LONE_LABEL,
    NO_OPENING,
    SECOND_OPENING,
    Entry,
    Grid,
    Known,
)
from pipeline.records.grids.headers import Header, HeaderFinder


class RowReader:
    """Reads the rows of one table."""

    def __init__(
        self, page: Page, known: Known, table: int, rows: list[Row], budget: Budget
    ) -> None:
        self.page, self.known, self.rows, self.budget = page, known, rows, budget
        self.grid = Grid(table)
        self.finder = HeaderFinder(known, rows)
        self.header: Header | None = None
        self.entries: list[tuple[Entry, Cell]] = []  # those below the header, their opening cells
        self.is_lost = False  # below labels of no record
        self.above: dict[str, Cell] = {}  # labels in rows above the first header

    def read(self) -> Grid | None:
        """Return the table's records, or None if no row of it is a header."""
        at = 0
        while at < len(self.rows):
            header = self.finder.find(at, self.entries)
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

    def begin(self, header: Header, at: int) -> int:
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

    def read_row(self, header: Header, row: Row) -> None:
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
        elif 1 < sum(self.finder.compare(header, own)) > len(own) / 2:
            self.is_lost = True
            self.grid.lose(own, NO_OPENING)
        elif self.merges(header, row, own):
            return
        elif len(own) == 1 and self.known.find(own[0].text) == self.known.opening:
            self.is_lost = True
            self.grid.lose(own, LONE_LABEL)
        elif len(own) == 1 and len(header.cells) > 2:
            # A note spans columns, a record cut short does not.
            is_note = own[0].right - own[0].left > 1
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

    def merges(self, header: Header, row: Row, own: list[Cell]) -> bool:
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

    def names_record(self, header: Header, opening: Cell, own: list[Cell]) -> bool:
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

    def read_more(self, header: Header, own: list[Cell]) -> None:
        """Add the row below further labels of the record above."""
        entry = self.entries[0][0]
        if entry.names() & set(header.names):
            self.grid.lose(own, "stands in a second row below labels of one record")
            return
        count = len(entry.columns)
        entry.columns += header.columns()
        entry.add(own, [n if (n := header.find(cell)) is None else n + count for cell in own])
        entry.is_scattered = True  # the labels stand between its lines

    def read_record(self, header: Header, opening: Cell, row: Row, own: list[Cell]) -> None:
        self.budget.take(len(header.cells))
        entry = Entry(own[0].lines[0], own[-1].lines[-1], header.columns())
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


def _find_misfit(header: Header, row: Row, own: list[Cell]) -> str:
    """Return why a row does not fit its header, or an empty text."""
    if row.width != header.row.width or row.overlaps:
        return (
            f"stands in a row of {row.width} columns below a header of {header.row.width}, so no "
            "field of the row can be told"
        )
    if any(header.find(cell) is None for cell in own):
        return "stands in a row with a text across two columns, so no field of the row can be told"
    return ""
