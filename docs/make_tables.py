"""Writes docs/tables.md from the tables of the listing `ihk`: `.venv/bin/python docs/make_tables.py`.

A test compares the page with what this gives, so that it is never older than the tables.
"""

from __future__ import annotations

from pathlib import Path

from pipeline.listing.spec_reader import read_spec
from pipeline.tables.schema import Column, Table, shape_tables
from pipeline.tables.wide import shape_wide

PAGE = Path(__file__).parent / "tables.md"
_AS_PARQUET = {"timestamp": "timestamp[ms, UTC]"}
_HEAD = """\
# The tables and the other files

Made by `docs/make_tables.py` from the tables of the listing `ihk`; do not edit. Another listing has other
columns: they follow from its spec ([listing-spec.md](listing-spec.md)).

Each table is published as `processed/NAME.parquet` and `processed/NAME.csv`: the same rows in the same order,
that of the page. Absent is null, in the CSV an empty text. CSV is UTF-8 with comma, point and LF. Times are UTC,
in the CSV `2026-11-24T03:00:00Z`. In Parquet each column carries its description, unit and page label.

*page* is the column's label on the page. *read* columns hold text of the page, with a row in `cells` for each piece
([provenance.md](provenance.md)); *computed* ones are counted, computed or looked up here and have none.

"""
_WIDE = """\
## {name}

{description} It is no file of its own: `pipeline.load("{name}")` gives it, `views.sql` defines it as a view,
and the workbook and `de/` hold it if they are published.

"""
_FILES = """\
## Files beside the tables

| file | published | what it is |
|---|---|---|
| `datapackage.json` | always | all files with columns, keys and sha256, and their origin (Data Package v2) |
| `changes.atom` | always | the table `changes` as an Atom feed, one entry for each state of the page |
| `views.sql` | always | the tables and `{wide}` as views, for DuckDB |
| `ihk.xlsx` | `excel = true` | the tables as sheets of a workbook; [excel.md](excel.md) |
| `de/*.csv` | `csv_de = true` | each table as a German Excel opens it; [excel.md](excel.md) |
| `report.html` | `report = true` | the listing as a page for readers, with its findings and sources |

The settings stand in `settings.toml`. With `people = false` persons are withheld from all of these:
[privacy.md](privacy.md).
"""


def render() -> str:
    """Return the page."""
    spec = read_spec("ihk")
    tables = shape_tables(spec)
    wide = shape_wide(spec, tables)
    parts = [_HEAD, *(_render_table(table) for table in tables.values())]
    parts.append(_WIDE.format(name=wide.name, description=wide.description))
    parts += [_render_columns(wide), _FILES.format(wide=wide.name)]
    return "".join(parts)


def _render_table(table: Table) -> str:
    key = f"Key: `{', '.join(table.key)}`." if table.key else "It has no key."
    refers = "".join(f" `{column}` names a row of `{other}`." for column, other in table.foreign)
    return f"## {table.name}\n\n{table.description} {key}{refers}\n\n{_render_columns(table)}"


def _render_columns(table: Table) -> str:
    """Return the columns as a table of the page, without a heading that would say nothing."""
    shown = {
        "column": lambda column: f"`{column.name}`",
        "type": lambda column: _AS_PARQUET.get(column.type, column.type),
        "unit": lambda column: column.unit or "",
        "page": lambda column: column.label or "",
        "from": lambda column: "computed" if column.derived else "read",
        "description": lambda column: column.description,
    }
    if not any(column.unit for column in table.columns):
        del shown["unit"]
    if not any(column.label for column in table.columns):
        del shown["page"]
    if not _is_of_page(table.columns):
        del shown["from"]
    lines = [shown, ["---"] * len(shown)]
    lines += [[show(column) for show in shown.values()] for column in table.columns]
    return "".join(f"| {' | '.join(_escape(cell) for cell in line)} |\n" for line in lines) + "\n"


def _is_of_page(columns: tuple[Column, ...]) -> bool:
    """Tell whether a table holds what the page says; the others tell of it."""
    return any(column.derived for column in columns)


def _escape(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
