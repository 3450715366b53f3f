"""What is found in a table whose place tells a text's field: records, headers, and the rest.

Only where texts stand is told here, by the indices of their lines; `grammar` reads them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from pipeline.listing import NUMBERS, ListingSpec
from pipeline.model import Page, Verdict
from pipeline.page import fold
from pipeline.records.grids.cells import Cell

NO_OPENING = "stands in a row of labels without the one that opens a record"
SECOND_OPENING = "stands among further labels of the record above, which it opens too"
LONE_LABEL = "is a label alone in its row, so what stands below it has no record"


class Column(NamedTuple):
    """A record's cells of one header: its field (None: no label of the listing), and their lines."""

    field: str | None
    header: Cell
    lines: list[int]


@dataclass(slots=True)
class Entry:
    """A record: its cells by column; `first` and `last` are indices of lines."""

    first: int
    last: int
    columns: list[Column]
    is_scattered: bool = False  # lines of others stand between its own
    heading: int | None = None

    def names(self) -> set[str]:
        """Return the fields of the record."""
        return {column.field for column in self.columns if column.field is not None}

    def add(self, cells: Sequence[Cell], columns: Sequence[int | None]) -> None:
        """Add cells, each to the column beside it."""
        for cell, n in zip(cells, columns, strict=True):
            if n is not None:
                self.columns[n].lines.extend(cell.lines)
                self.last = max(self.last, cell.lines[-1])


@dataclass(slots=True)
class Grid:
    """A table of records: its lines from `first` up to `end`.

    `headers` are cells with the field of each, `shared` the lines of cells of several records,
    `notes` those of no record, with a reason; `lost` is a line that reads like a record's, and why
    it is none.
    """

    table: int
    first: int = 0
    end: int = 0
    entries: list[Entry] = field(default_factory=list)
    headers: list[tuple[Cell, str | None]] = field(default_factory=list)
    shared: list[range] = field(default_factory=list)
    notes: list[tuple[list[int], str, Verdict | None]] = field(default_factory=list)
    lost: tuple[int, str] | None = None

    def close(self, page: Page) -> None:
        """Tell the grid's lines: those of the table from the first header on."""
        self.first = self.end = min(cell.lines[0] for cell, _ in self.headers)
        last, lines = page.ends[self.table], page.lines
        while self.end < len(lines) and self.table <= lines[self.end].element <= last:
            self.end += 1
        shared = {i for lines in self.shared for i in lines}
        self.notes = [
            (kept, reason, verdict)
            for lines, reason, verdict in self.notes
            if (kept := [i for i in lines if i not in shared])
        ]

    def note(self, cells: Sequence[Cell], reason: str, verdict: Verdict | None) -> None:
        """Leave a row; the verdict is told of its first text."""
        self.notes.append(([i for cell in cells for i in cell.lines], reason, verdict))

    def lose(self, cells: Sequence[Cell], reason: str) -> None:
        """Leave a row that reads like a record: the page is suspect."""
        self.note(cells, f"it {reason}", "fail")
        if self.lost is None:
            self.lost = cells[0].lines[0], reason


class Known:
    """The spec's labels, and which of a page's cells hold one and nothing else."""

    def __init__(self, spec: ListingSpec) -> None:
        self.labels, self.opening, self.key = spec.labels, spec.opens_with, spec.key
        self.is_named_above = spec.heading is not None and spec.heading.name in spec.key
        self.is_number = spec.field(spec.opens_with).kind in NUMBERS
        self.count = spec.labelled
        self.longest = 2 * max(map(len, spec.labels))

    def find(self, text: str) -> str | None:
        """Return the field whose label is the whole `text`."""
        return self.labels.get(fold(text)) if len(text) <= self.longest else None

    def is_record(self, names: int) -> bool:
        """Tell whether so many different labels are those of a record."""
        return names * 2 >= self.count

    def may_open(self, text: str) -> bool:
        """Tell whether a record may begin with `text`: a number has a digit."""
        return any(c.isdecimal() for c in text) if self.is_number else bool(text)
