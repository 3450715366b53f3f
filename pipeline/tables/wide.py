"""One row for each record with all that other tables say of it: a sheet for people.

    part = a column, and where its value comes from: the first that is not null of some columns of
           the record's own row; or
           the row that shares a key with it (the municipality's); or
           all rows that do, in the order of their positions, joined by "; " (downloads, contacts); or
           the row of the capture in force, the same for all records

The plan is the one definition of the wide table: `shape_wide` and `widen` walk it here, and
`publish/outputs/views.py` prints it as SQL.  Its columns follow from the listing spec, in this order: the
record's key and fields, its municipality with figures and verdicts, its downloads and contacts, its
web addresses, the time of the capture.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from pipeline.listing import CHILDREN, MUNICIPALITIES, NUMBERS, ListingSpec
from pipeline.tables.schema import Column, Row, Rows, Table

BETWEEN = "; "  # the texts of a list
PLACE = "position"  # the column by which records and the rows of a list are ordered
CELLS, CAPTURES, CAPTURE = "cells", "captures", "capture_id"  # what tells the capture in force
_LISTS = (  # kind of field, column, and what stands in it: the first that is not null
    ("links", "downloads", ("label",)),
    ("links", "download_urls", ("url",)),
    ("contacts", "contacts", ("person", "organisation")),
)


class Part(NamedTuple):
    """A column of the wide table: the first of `sources`, columns of `table`, that is not null."""

    column: Column
    table: str
    sources: tuple[str, ...]
    shared: str = ""  # the column that is the same in a record and its rows; empty: see above
    many: bool = False  # a list


def name_wide(spec: ListingSpec) -> str:
    """Return the name of the wide table: `concepts_wide`."""
    return f"{spec.table}_wide"


def plan_wide(spec: ListingSpec, tables: dict[str, Table]) -> tuple[Part, ...]:
    """Return the parts in order; of two with one name the later has its table's name in front."""
    parts: dict[str, Part] = {}
    for part in _iter_parts(spec, tables):
        name = part.column.name
        while name in parts:
            name = f"{part.table}_{name}"
        parts[name] = part._replace(column=part.column._replace(name=name))
    return tuple(parts.values())


def _iter_parts(spec: ListingSpec, tables: dict[str, Table]) -> Iterator[Part]:
    def make(name: str, table: str, *sources: str, shared: str = "", many: bool = False) -> Part:
        columns = {column.name: column for column in tables[table].columns}
        said = "; else ".join(columns[source].description for source in sources)
        if many:
            said = f"{said} (several joined by “{BETWEEN}”)"
        column = columns[sources[0]]._replace(name=name, description=said)
        return Part(column, table, sources, shared, many)

    fields = [field for field in spec.fields if field.table == spec.table]
    yield make(spec.id, spec.table, spec.id)
    for field in fields:
        if field.kind in (*NUMBERS, "text", "district"):
            yield make(field.name, spec.table, field.name)
    if spec.has_municipalities:
        for source, name in _iter_of_municipality(spec):
            yield make(name, MUNICIPALITIES, source, shared="municipality_id")
    for check in spec.checks:
        if check.table == spec.table:
            yield make(check.columns[-1], spec.table, check.columns[-1])
    kinds = {field.kind for field in spec.fields}
    for kind, name, sources in _LISTS:
        if kind in kinds:
            yield make(name, CHILDREN[kind], *sources, shared=spec.id, many=True)
    for field in fields:
        if field.kind == "url":
            yield make(f"{field.name}_url", spec.table, f"{field.name}_url")
    yield make("captured_at", CAPTURES, "captured_at")


def _iter_of_municipality(spec: ListingSpec) -> Iterator[tuple[str, str]]:
    """Yield columns of the municipality with the names that tell whose the figures are."""
    yield "municipality", "municipality"
    yield "ags", "ags"
    for field in spec.fields:
        if field.table == MUNICIPALITIES:
            yield field.name, f"municipality_{field.name}" if field.kind in NUMBERS else field.name
            if field.kind == "district":
                yield "district_ags", "district_ags"
    for check in spec.checks:
        if check.table == MUNICIPALITIES:
            yield check.columns[-1], check.columns[-1]


def shape_wide(spec: ListingSpec, tables: dict[str, Table]) -> Table:
    """Return the wide table of a listing."""
    columns = tuple(part.column for part in plan_wide(spec, tables))
    said = f"{tables[spec.table].description} With all that other tables say of it."
    return Table(name_wide(spec), said, columns, (spec.id,))


def list_sources(spec: ListingSpec, tables: dict[str, Table]) -> tuple[str, ...]:
    """Return the tables that `widen` looks into."""
    return tuple(dict.fromkeys([*(part.table for part in plan_wide(spec, tables)), "cells"]))


def widen(rows: Rows, tables: dict[str, Table], spec: ListingSpec) -> list[Row]:
    """Return the rows of the wide table, in the order of the page."""
    readers = [_read_part(part, rows, tables, spec) for part in plan_wide(spec, tables)]
    return [
        tuple(read(record) for read in readers) for record in _by_place(rows, tables[spec.table])
    ]


def _read_part(part: Part, rows: Rows, tables: dict[str, Table], spec: ListingSpec) -> _Reader:
    """Return the function that gives a record's value."""
    table = tables[part.table]
    names = table.names()
    places = [names.index(source) for source in part.sources]

    def pick(row: Row) -> Any:
        return next((row[i] for i in places if row[i] is not None), None)

    if part.table == spec.table:
        return pick
    if not part.shared:
        capture = find_capture(rows, tables)
        value = None if capture is None else pick(capture)
        return lambda _: value
    theirs, ours = names.index(part.shared), tables[spec.table].names().index(part.shared)
    values: dict[Any, list[Any]] = defaultdict(list)
    for row in _by_place(rows, table) if part.many else rows[part.table]:
        if (value := pick(row)) is not None:
            values[row[theirs]].append(value)
    if part.many:
        return lambda record: BETWEEN.join(values.get(record[ours], ())) or None
    return lambda record: next(iter(values.get(record[ours], ())), None)


def find_capture(rows: Rows, tables: dict[str, Table]) -> Row | None:
    """Return the row of the capture in force, the one that the cells were read from."""
    at, key = (tables[name].names().index(CAPTURE) for name in (CELLS, CAPTURES))
    in_force = {row[at] for row in rows[CELLS][:1]}
    return next((row for row in rows[CAPTURES] if row[key] in in_force), None)


def _by_place(rows: Rows, table: Table) -> list[Row]:
    place = table.names().index(PLACE)
    return sorted(rows[table.name], key=lambda row: row[place])


_Reader = Callable[[Row], Any]  # a record's row -> the value of a part
