"""What a mutant's tables state, against what its page prints: right, flagged or silently wrong.

A cell is right if it states what the page printed before the mutation.  One that does not is

    flagged        if the page is suspect, or a `warn` or `fail` that the page did not have before
                   names the cell: its row and column, or the numbers that it is checked against
    undetectable   if it states what the mutated page prints, and nothing on the page contradicts
                   that: a changed letter in a title.  The mutation tells beforehand which cells.
    silent         otherwise: silently wrong

A null counts like any other value: a cell that is lost without a word is silently wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from pipeline.drill.flags import Flags
from pipeline.drill.sheet import Cell, Facts, Value
from pipeline.listing import MUNICIPALITIES, ListingSpec
from pipeline.tables import Row

Grade = Literal["right", "flagged", "undetectable", "silent"]
GRADES: tuple[Grade, ...] = ("right", "flagged", "undetectable", "silent")


class Anything:
    """Stands for a value that the mutation cannot foretell."""


ANYTHING = Anything()


class Says(NamedTuple):
    """What the mutated page prints in place of a fact, where nothing on it contradicts."""

    cells: dict[Cell, Value]
    children: dict[str, tuple[Row, ...]]
    new_id: bool = False  # the record is called something else now


class Printed(NamedTuple):
    """A record as the mutated page prints it."""

    facts: Facts  # what it stated before
    says: Says
    lines: tuple[str, ...]  # of its fields' texts


class Wrong(NamedTuple):
    """A cell that does not state what the page printed before the mutation."""

    grade: Grade
    record_id: str
    table: str
    column: str
    before: Value
    published: Value


class Scorer(NamedTuple):
    """Compares the records of one mutant with what its page prints."""

    spec: ListingSpec
    columns: Mapping[str, tuple[str, ...]]  # child table -> its columns behind key and position
    flags: Flags

    def score(
        self, printed: Sequence[Printed], found: Mapping[int, Facts], told: Sequence[str]
    ) -> Iterator[Wrong]:
        """Yield every wrong cell; `told` are texts that the tables' readers must be told of."""
        pairs, missing, extra = _pair(printed, found)
        for record, facts in pairs:
            yield from self.compare(record, facts)
        for record in missing:
            grade = _grade(any(map(self.flags.quote, record.lines)))
            yield Wrong(grade, record.facts.record_id, self.spec.table, self.spec.id,
                        record.facts.record_id, None)  # fmt: skip
        for facts in extra:
            grade = _grade(facts.record_id in self.flags.records)
            yield Wrong(grade, facts.record_id, self.spec.table, self.spec.id,
                        None, facts.record_id)  # fmt: skip
        for text in told:
            if not self.flags.quote(text):
                yield Wrong("silent", "", "unclaimed", "text", text, None)

    def compare(self, record: Printed, facts: Facts) -> Iterator[Wrong]:
        before, says = record.facts, record.says
        if facts.record_id != before.record_id and not says.new_id:
            named = any(
                self.flags.name_cell(self.spec.table, facts.record_id, key) for key in self.spec.key
            ) or self.flags.name_town(facts) or self.flags.name_cell(
                self.spec.table, facts.record_id, self.spec.id)  # fmt: skip
            yield Wrong(_grade(named), before.record_id, self.spec.table,
                        self.spec.id, before.record_id, facts.record_id)  # fmt: skip
        for cell, value in before.cells.items():
            published = facts.cells.get(cell)
            if published == value:
                continue
            table, column = cell
            row_id = facts.municipality_id if table == MUNICIPALITIES else facts.record_id
            of_town = column in ("municipality", "ags", "district_ags")
            named = self.flags.name_cell(table, row_id, column) or (
                of_town and self.flags.name_town(facts)
            )
            grade = _grade(named, is_said=_says(says.cells, cell, published))
            yield Wrong(grade, facts.record_id, table, column, value, published)
        for table, rows in before.children.items():
            yield from self.compare_rows(table, rows, facts, says.children.get(table))

    def compare_rows(
        self, table: str, rows: tuple[Row, ...], facts: Facts, says: tuple[Row, ...] | None
    ) -> Iterator[Wrong]:
        published = facts.children.get(table, ())
        if _is_same(published, rows):
            return
        undetectable = says is not None and _is_same(published, says)
        for before, after, position in _align(rows, published):
            row_id = f"{facts.record_id}/{position}"
            for n, column in enumerate(self.columns[table]):
                old = before[n] if before else None
                new = after[n] if after else None
                if old == new:
                    continue
                named = self.flags.name_child(table, facts.record_id, row_id, column)
                grade = _grade(named, is_said=undetectable)
                yield Wrong(grade, facts.record_id, table, column, old, new)


def _grade(is_told: bool, *, is_said: bool = False) -> Grade:
    return "flagged" if is_told else "undetectable" if is_said else "silent"


def _says(cells: Mapping[Cell, Value], cell: Cell, published: Value) -> bool:
    return cell in cells and (cells[cell] is ANYTHING or bool(cells[cell] == published))


def _is_same(rows: Sequence[Row], others: Sequence[Row]) -> bool:
    """Tell whether the rows are the same in any order; ANYTHING equals all."""
    left = list(others)
    for row in rows:
        match = next((o for o in left if _is_equal(row, o)), None)
        if match is None:
            return False
        left.remove(match)
    return not left


def _is_equal(row: Row, other: Row) -> bool:
    return all(a == b or ANYTHING in (a, b) for a, b in zip(row, other, strict=True))


def _align(
    rows: tuple[Row, ...], published: tuple[Row, ...]
) -> Iterator[tuple[Row | None, Row | None, int]]:
    """Pair rows that are most alike; yield each pair that differs, with the published position."""
    left = list(rows)
    unmatched = []
    for position, row in enumerate(published, start=1):
        if row in left:
            left.remove(row)
        else:
            unmatched.append((position, row))
    for position, row in unmatched:
        best = max(left, key=lambda other: _count_equal(row, other), default=None)
        if best is not None:
            left.remove(best)
        yield best, row, position
    for row in left:
        yield row, None, 0


def _count_equal(row: Row, other: Row) -> int:
    return sum(a == b and a is not None for a, b in zip(row, other, strict=True))


def _pair(
    printed: Sequence[Printed], found: Mapping[int, Facts]
) -> tuple[list[tuple[Printed, Facts]], list[Printed], list[Facts]]:
    """Pair what is printed with what was found: by place if all were, else by what is alike."""
    left = dict(found)
    if set(found) == set(range(1, len(printed) + 1)):
        return [(record, found[n]) for n, record in enumerate(printed, start=1)], [], []
    pairs, missing, open_ = [], [], []
    by_id = {facts.record_id: n for n, facts in found.items()}
    for record in printed:
        n = by_id.get(record.facts.record_id)
        if n in left:
            pairs.append((record, left.pop(n)))
        elif n is None or record.says.new_id:
            open_.append(record)
    for record in open_:
        best = max(left, key=lambda n: _count_cells(record.facts, left[n]), default=None)
        if best is not None and _count_cells(record.facts, left[best]) > 1:
            pairs.append((record, left.pop(best)))
        else:
            missing.append(record)
    return pairs, missing, list(left.values())


def _count_cells(facts: Facts, other: Facts) -> int:
    return sum(v == other.cells.get(c) and v is not None for c, v in facts.cells.items())
