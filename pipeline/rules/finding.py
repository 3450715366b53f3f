"""A finding is a row of the table `checks`; a rule is a generator of findings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from typing import NamedTuple

from pipeline.listing import MUNICIPALITIES, FieldSpec, ListingSpec
from pipeline.model import Listing, Page, Verdict
from pipeline.tables import Item, Normalised, Register, Table


class Finding(NamedTuple):
    """What a rule found; in the order of the table's columns."""

    rule: str
    table_name: str
    row_id: str
    column_name: str | None
    record_id: str | None
    verdict: Verdict
    expected: str | None
    observed: str | None
    message: str


_Values = tuple[str, str, str, str | None, str | None, Verdict, str | None, str | None, str]
# `Finding(...)` for what rules find in each record, in half of the time.
new_finding: Callable[[_Values], Finding] = partial(tuple.__new__, Finding)


@dataclass(frozen=True, slots=True)
class Subject:
    """All that a rule may look at."""

    spec: ListingSpec
    tables: dict[str, Table]
    listing: Listing
    normalised: Normalised
    register: Register
    capture_id: str
    page: Page

    def ids(self) -> dict[int, str]:
        """Return the record ids by the records' positions."""
        return {item.draft.record.position: item.ids.record_id for item in self.normalised.items}


# What `map` asks of each of a record's readings.
state_of = attrgetter("state")


class Place(NamedTuple):
    """The row that a field's value stands in."""

    table: str
    row_id: str


def place(item: Item, field: FieldSpec, table: str) -> Place:
    """Return where a record's field stands; `table` is that of the records."""
    if field.table == MUNICIPALITIES:
        return Place(MUNICIPALITIES, item.ids.municipality_id)
    return Place(table, item.ids.record_id)
