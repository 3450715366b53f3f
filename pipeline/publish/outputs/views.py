"""The tables as SQL views over their Parquet files, for DuckDB: `views.sql`.

Files are named without a directory, so that the script is the same wherever the set lies: DuckDB
looks for them in the working directory, or where `file_search_path` says, each time a view is read.
The wide view prints the plan of `wide.py`.  Whatever a spec says is quoted.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.listing import ListingSpec
from pipeline.page import clean
from pipeline.tables import (
    BETWEEN,
    CAPTURE,
    CAPTURES,
    CELLS,
    PLACE,
    Part,
    Table,
    plan_wide,
    shape_wide,
)

NAME = "views.sql"
FINDINGS = "findings"
_CHECKS = "checks"
_WORST_FIRST = ("fail", "warn", "not_checkable")
_HEADER = """\
-- {title}
-- The tables as views over their Parquet files, for DuckDB.
--
-- In this directory:         duckdb -init {name}
-- From elsewhere:            SET file_search_path = 'processed';  -- the directory of the files
--                            .read processed/{name}
-- A database that keeps the views needs the same SET in each session.
-- Times are in UTC; SET TimeZone = 'UTC'; shows them so.
"""


def render_views(tables: dict[str, Table], spec: ListingSpec) -> bytes:
    """Return the script: a view for each table, the wide one, and what was found."""
    statements = [_HEADER.format(title=clean(spec.title), name=NAME)]
    for table in tables.values():
        statements += _view(table, _select(_columns(table), _file(table)))
    wide = shape_wide(spec, tables)
    statements += _view(wide, _select_wide(tables, spec))
    checks = tables[_CHECKS]
    found = Table(FINDINGS, "Checks that are not pass, the worst first.", checks.columns, ())
    statements += _view(found, _select_findings(checks))
    return "\n".join(statements).encode()


def _view(table: Table, select: str) -> Iterator[str]:
    name = _name(table.name)
    yield f"CREATE OR REPLACE VIEW {name} AS\n{select};"
    yield f"COMMENT ON VIEW {name} IS {_text(clean(table.description))};"
    for column in table.columns:
        said = clean(f"{column.description} [{column.unit}]" if column.unit else column.description)
        yield f"COMMENT ON COLUMN {name}.{_name(column.name)} IS {_text(said)};"
    yield ""


def _columns(table: Table) -> str:
    return ", ".join(_name(name) for name in table.names())


def _file(table: Table, options: str = "") -> str:
    return f"read_parquet({_text(f'{table.name}.parquet')}{options})"


def _select(columns: str, source: str, *clauses: str) -> str:
    return "\n".join([f"SELECT {columns}", f"FROM {source}", *clauses])


def _select_findings(checks: Table) -> str:
    verdict = _name("verdict")
    ranks = " ".join(f"WHEN {_text(name)} THEN {i}" for i, name in enumerate(_WORST_FIRST))
    return _select(
        _columns(checks),
        _file(checks, ", file_row_number = true"),
        f"WHERE {verdict} IS DISTINCT FROM 'pass'",
        f"ORDER BY CASE {verdict} {ranks} END, file_row_number",
    )


def _select_wide(tables: dict[str, Table], spec: ListingSpec) -> str:
    """Return the plan of the wide table as a query, its rows in the order of the page."""
    parts = plan_wide(spec, tables)
    columns = (f"{_value(part)} AS {_name(part.column.name)}" for part in parts)
    joined = {part.table: part for part in parts if part.shared}
    joins = (
        f"LEFT JOIN {_joined(part, parts)} AS {_name(table)} ON "
        f"{_name(table, part.shared)} = {_name(spec.table, part.shared)}"
        for table, part in joined.items()
    )
    order = f"ORDER BY {_name(spec.table, PLACE)}"
    return _select(",\n  ".join(columns), _name(spec.table), *joins, order)


def _value(part: Part) -> str:
    """Return the expression of a part in the query."""
    if part.many:
        return _name(part.table, part.column.name)
    if part.shared or part.table != CAPTURES:
        return _first(part, part.table)
    in_force = _select(_name(CAPTURE), _name(CELLS))
    own = _select(_first(part), _name(part.table), f"WHERE {_name(CAPTURE)} IN ({in_force})")
    return "(" + own.replace("\n", " ") + ")"


def _joined(part: Part, parts: tuple[Part, ...]) -> str:
    """Return what a record is joined with: a table, or its lists with one row for each record."""
    if not part.many:
        return _name(part.table)
    lists = ", ".join(
        f"string_agg({_first(own)}, {_text(BETWEEN)} ORDER BY {_name(PLACE)}) AS "
        f"{_name(own.column.name)}"
        for own in parts
        if own.table == part.table
    )
    shared = _name(part.shared)
    own = _select(f"{shared}, {lists}", _name(part.table), f"GROUP BY {shared}")
    return "(" + own.replace("\n", " ") + ")"


def _first(part: Part, table: str | None = None) -> str:
    """Return the first of a part's sources that is not null."""
    names = [_name(table, source) if table else _name(source) for source in part.sources]
    return names[0] if len(names) == 1 else f"coalesce({', '.join(names)})"


def _name(*parts: str) -> str:
    return ".".join('"' + part.replace('"', '""') + '"' for part in parts)


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
