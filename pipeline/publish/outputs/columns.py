"""The sheet `columns` of the workbook: what the file is, and what each column of it is.

origin = read      from the page
         computed  or looked up here
         recorded  of the page or of the reading: captures, cells, checks, changes
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.history import print_time
from pipeline.listing import CHILDREN, MUNICIPALITIES, ListingSpec
from pipeline.publish.citation import Source
from pipeline.tables import Column, Row, Table, name_wide, plan_wide
from pipeline.version import VERSION

COLUMNS = "columns"
_HEADER = ("table", "column", "type", "unit", "label on the page", "description", "origin")


def describe_columns(tables: dict[str, Table], spec: ListingSpec) -> tuple[Table, list[Row]]:
    """Return a table with a row for each column of the wide table and of the others."""
    wide = name_wide(spec)
    columns = [(wide, part.table, part.column) for part in plan_wide(spec, tables)]
    columns += [(name, name, column) for name, t in tables.items() for column in t.columns]
    read = {spec.table, MUNICIPALITIES, *CHILDREN.values()}
    rows: list[Row] = []
    for name, source, column in columns:
        origin = "recorded" if source not in read else "computed" if column.derived else "read"
        rows.append((name, column.name, column.type, column.unit, column.label,
                     column.description, origin))  # fmt: skip
    shape = tuple(Column(name, "string", "") for name in _HEADER)
    return Table(COLUMNS, "What each column is.", shape, ()), rows


def iter_about(
    source: Source, spec: ListingSpec, made_from: dict[str, Any]
) -> Iterator[tuple[str, str]]:
    """Yield what the file is, as names and texts."""
    yield "Title", spec.title
    yield "Source", source.url
    yield "Captured at (UTC)", print_time(source.captured_at) if source.captured_at else "unknown"
    yield "Capture", f"{source.capture_id}, the first 12 hex digits of the sha256 of its bytes"
    if made_from["as_of"]:
        yield "As of (UTC)", made_from["as_of"]
    yield (
        "Made by",
        (
            f"ihk-listing {VERSION}, code {made_from['code_sha256'][:12]}, "
            f"listing spec {made_from['spec_sha256'][:12]}"
        ),
    )
    yield "How to cite", source.citation
    yield "Rights", source.rights
    yield (
        "Conventions",
        (
            "An empty cell is null: the page does not say it. Times are UTC. origin: read from the page, "
            "computed or looked up here, recorded of the page or of the reading."
        ),
    )
