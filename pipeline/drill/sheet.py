"""A capture that was read -> the sheet that its page prints, and the facts that its tables state.

The sheet is what mutations change and forms render; the facts are what a mutant is measured
against.  Both are of the records in page order.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from pipeline.drill.pages.forms import Entry, Sheet
from pipeline.flow import Judged
from pipeline.listing import CHILDREN, MUNICIPALITIES, ListingSpec
from pipeline.model import FieldText, Record
from pipeline.tables import Row, Rows, Table

Cell = tuple[str, str]  # table and column
Value = Any  # of a cell: text, number, truth value or None


class Facts(NamedTuple):
    """What the tables state about one record."""

    record_id: str
    municipality_id: str | None
    cells: dict[Cell, Value]
    children: dict[str, tuple[Row, ...]]  # table -> rows without keys and positions


# Positions are the page's, and what a ratio allows is computed from numbers compared already.
_NOT_COMPARED = ("_low", "_high")


def read_facts(rows: Rows, tables: Mapping[str, Table], spec: ListingSpec) -> dict[int, Facts]:
    """Return the facts of each record by its position on the page."""
    towns = {row[0]: row for row in rows.get(MUNICIPALITIES, ())}
    children: dict[str, dict[str, list[Row]]] = {}
    for name in CHILDREN.values():
        for row in rows.get(name, ()):
            children.setdefault(row[1], {}).setdefault(name, []).append(row[3:])
    found = {}
    for row in rows[spec.table]:
        own = dict(zip(tables[spec.table].names(), row, strict=True))
        record_id, position = own.pop(spec.id), own.pop("position")
        town_id = own.pop("municipality_id", None)
        cells = {(spec.table, column): value for column, value in own.items()}
        if town_id in towns:
            names = tables[MUNICIPALITIES].names()[1:]
            cells |= {
                (MUNICIPALITIES, column): value
                for column, value in zip(names, towns[town_id][1:], strict=True)
            }
        computed = {
            (check.table, check.name + end) for check in spec.checks for end in _NOT_COMPARED
        }
        cells = {cell: value for cell, value in cells.items() if cell not in computed}
        own_children = {
            name: tuple(children.get(record_id, {}).get(name, ()))
            for name in CHILDREN.values()
            if name in tables
        }
        found[position] = Facts(record_id, town_id, cells, own_children)
    return found


def read_sheet(judged: Judged, spec: ListingSpec, facts: Mapping[int, Facts]) -> Sheet:
    """Return what the page of an accepted capture prints, blank lines in a value kept."""
    records = judged.listing.records
    headings = []
    for record in records:
        known = facts.get(record.position)
        town = known.cells.get((MUNICIPALITIES, "municipality")) if known else None
        named = record.heading.text if spec.heading and record.heading else None
        headings.append(str(named or town or f"Nr. {record.position}"))
    return Sheet(
        spec.title,
        tuple(_read_entries(record, judged, spec) for record in records),
        tuple(headings),
        spec.colon,
    )


def _read_entries(record: Record, judged: Judged, spec: ListingSpec) -> tuple[Entry, ...]:
    texts = [text for text in record.texts() if text.label.text]  # but not one that the heading is
    texts.sort(key=lambda text: (text.label.line, text.label.start))
    return tuple(_read_entry(text, judged, spec) for text in texts)


def _read_entry(text: FieldText, judged: Judged, spec: ListingSpec) -> Entry:
    label = text.label
    behind = judged.page.lines[label.line - 1].text[label.end : label.end + 2]
    lines = tuple(span.text for span in text.texts) or ("",)
    if text.texts and text.texts[0].line != label.line and spec.colon and not judged.page.is_html:
        lines = ("", *lines)
    gap = " " if behind == ": " and lines[0] else ""
    return Entry(label.text, lines, gap, spec.field(text.name).kind)
