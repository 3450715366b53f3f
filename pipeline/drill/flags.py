"""The warnings and failures that a mutant's page has and did not have before, and what they name."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.drill.sheet import Facts
from pipeline.listing import CHILDREN, MUNICIPALITIES, ListingSpec
from pipeline.tables import Row

# The columns of a contact whose flags are about another one too: an address is compared with a name.
_NAMES = ("organisation", "person", "given_name", "family_name", "academic_title", "salutation")
_BESIDE = {"phone_text": ("phone",), **dict.fromkeys(_NAMES, ("person", "email"))}


class Flags:
    """The warnings and failures that a page has and did not have before."""

    def __init__(self, checks: Sequence[Row], known: frozenset[Row], spec: ListingSpec) -> None:
        self.spec = spec
        self.rows = [row for row in checks if row[5] in ("warn", "fail") and row not in known]
        self.places = {(row[1], row[2], row[3]) for row in self.rows}
        self.records = {row[4] for row in self.rows if row[4]}
        self.names: dict[str, set[str]] = {}
        for check in spec.checks:
            parts = {check.numerator, check.denominator, check.quotient}
            for name in (*parts, *check.columns):
                self.names.setdefault(name, set()).update(parts)
        for field in spec.fields:
            if len(field.columns) > 1:
                self.names |= {name: set(field.columns) for name in field.columns}
        self.fields = {
            CHILDREN[field.kind]: field.name for field in spec.fields if field.kind in CHILDREN
        }

    def name_cell(self, table: str, row_id: str | None, column: str) -> bool:
        """Tell whether a flag names this cell, or one that it is checked against."""
        names = self.names.get(column, set()) | {column}
        return row_id is not None and any((table, row_id, name) in self.places for name in names)

    def name_child(self, table: str, record_id: str, row_id: str | None, column: str) -> bool:
        """Tell whether a flag names this cell of a child row, or the field that it stands in."""
        own = {column, *_BESIDE.get(column, ())}
        return (self.spec.table, record_id, self.fields[table]) in self.places or any(
            (table, row_id, name) in self.places for name in own
        )

    def quote(self, text: str) -> bool:
        """Tell whether a flag shows this text."""
        return any(text in f"{row[7]} {row[8]}" for row in self.rows)

    def name_town(self, facts: Facts) -> bool:
        """Tell whether a flag names what the municipality's name was read from."""
        sources = {
            (MUNICIPALITIES, facts.municipality_id, "municipality"),
            (MUNICIPALITIES, facts.municipality_id, "ags"),
            *(
                (table, row_id, column)
                for table, row_id, column in self.places
                if table == CHILDREN["contacts"]
                and row_id.startswith(f"{facts.record_id}/")
                and column in ("organisation", "phone")
            ),
            (self.spec.table, facts.record_id, self.fields.get(CHILDREN["contacts"])),
            *((self.spec.table, facts.record_id, key) for key in self.spec.key),
        }
        return bool(sources & self.places)
