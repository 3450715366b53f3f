"""The sheet that a mutation may change, and what it may say about the facts that its page states.

A mutation changes what is printed, and says for which cells the page itself now states something
else without any contradiction on it: those cannot be told by anybody who sees this page alone.
It raises `NotHere` where it would change nothing.  Draws come from one seeded generator.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from random import Random

from pipeline.drill.oracle import contradicts, read_printed
from pipeline.drill.pages.markup import Entry
from pipeline.drill.score import ANYTHING, Printed, Says
from pipeline.drill.sheet import Facts, Value
from pipeline.listing import CHILDREN, NUMBERS, FieldSpec, ListingSpec
from pipeline.page import fold

TEXTS = ("text", "url", "district")


class NotHere(Exception):  # no error: the mutation is drawn again
    """The mutation would change nothing on this sheet."""


@dataclass
class Copied:
    """A record as it is printed now: what it stated before, and what it states instead."""

    facts: Facts
    entries: list[Entry]
    says: Says


@dataclass
class Copy:
    """The sheet that a mutation may change."""

    spec: ListingSpec
    columns: dict[str, tuple[str, ...]]  # child table -> its columns behind key and position
    records: list[Copied]
    is_text: bool = False
    told: list[str] = field(default_factory=list)  # texts that a reader must be told of
    before: list[Entry] = field(default_factory=list)  # printed before the first record

    def field_of(self, entry: Entry) -> FieldSpec | None:
        """Return the field that an entry's label announces."""
        name = self.spec.labels.get(fold(entry.label))
        return self.spec.field(name) if name else None

    def printed(self) -> list[Printed]:
        """Return what is measured against."""
        return [
            Printed(
                record.facts,
                record.says,
                tuple(line for e in record.entries for line in e.lines if len(line) > 2),
            )
            for record in self.records
        ]

    def pick(self, draw: Random, kinds: tuple[str, ...] = ()) -> Iterator[tuple[Copied, int]]:
        """Yield one entry of a record, or the same field's in some or all: of these kinds."""
        record = draw.choice(self.records)
        at = [
            n
            for n, entry in enumerate(record.entries)
            if (own := self.field_of(entry)) and (not kinds or own.kind in kinds)
        ]
        if not at:
            raise NotHere
        chosen = draw.choice(at)
        wanted = self.field_of(record.entries[chosen])
        spread = draw.choice((0, 0, 0, 0.5, 1))
        yield record, chosen
        for other in self.records:
            if other is not record and draw.random() < spread:
                for n, entry in enumerate(other.entries):
                    if self.field_of(entry) == wanted:
                        yield other, n
                        break

    def one(
        self, draw: Random, kinds: tuple[str, ...] = ()
    ) -> tuple[Copied, int, Entry, FieldSpec]:
        """Return one entry of these kinds: its record, its place, itself and its field."""
        record, n = next(self.pick(draw, kinds))
        entry = record.entries[n]
        own = self.field_of(entry)
        if own is None:
            raise NotHere
        return record, n, entry, own


Mutation = Callable[[Copy, Random], None]


def start(
    spec: ListingSpec,
    columns: dict[str, tuple[str, ...]],
    records: Iterable[tuple[Facts, tuple[Entry, ...]]],
    *,
    is_text: bool,
) -> Copy:
    """Return a copy of a sheet that a mutation may change."""
    sheets = [Copied(facts, list(entries), Says({}, {})) for facts, entries in records]
    return Copy(spec, columns, sheets, is_text)


def say_number(copy: Copy, record: Copied, own: FieldSpec) -> None:
    """Say what a changed number states, unless the other numbers of its record contradict it."""
    printed = {
        found.name: entry.lines[0]
        for entry in record.entries
        if (found := copy.field_of(entry)) and found.kind in NUMBERS
    }
    value = read_printed(printed[own.name], own, copy.spec.locale)
    if value is None or not (own.minimum or value) <= value <= (own.maximum or value):
        return
    shared = sum(r.facts.municipality_id == record.facts.municipality_id for r in copy.records)
    if own.table != copy.spec.table and shared > 1:
        return
    checks = [c for c in copy.spec.checks if own.name in (c.numerator, c.denominator, c.quotient)]
    if any(contradicts(check, printed, copy.spec) for check in checks):
        return
    record.says.cells[own.table, own.name] = int(value) if own.kind == "integer" else float(value)
    for check in checks:
        for column in check.columns:
            record.says.cells[check.table, column] = ANYTHING


def say_lines(copy: Copy, record: Copied, own: FieldSpec, lines: tuple[str, ...]) -> None:
    """Say what a field states whose text is now these lines, as far as any text will do for it."""
    texts = [line for line in lines if line]
    if own.kind in NUMBERS:
        say_number(copy, record, own)
    elif own.kind == "links":
        record.says.children[CHILDREN["links"]] = tuple((t, ANYTHING, ANYTHING) for t in texts)
    elif own.kind in TEXTS:
        text: Value = own.joint.join(texts if own.many else texts[:1])
        record.says.cells[own.table, own.name] = ANYTHING if own.kind == "district" else text
        for column in own.columns[1:]:
            record.says.cells[own.table, column] = ANYTHING
        say_town(copy, record, own)


def say_town(copy: Copy, record: Copied, own: FieldSpec) -> None:
    """Say that a record whose naming text changed is called something else."""
    if own.name in copy.spec.key or own.kind == "district":
        record.says = record.says._replace(new_id=True)


def opens(copy: Copy, entry: Entry) -> bool:
    own = copy.field_of(entry)
    return own is not None and own.name == copy.spec.opens_with
