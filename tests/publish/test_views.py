"""`views.sql`: the tables, the wide table and the findings as DuckDB shows them."""

import os
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings, strategies as st

from pipeline.extraction import Extraction
from pipeline.listing.spec import ListingSpec
from pipeline.publish.outputs import views
from pipeline.publish.outputs.views import render_views
from pipeline.tables.files import render_csv, render_parquet
from pipeline.tables.schema import Rows, Table, shape_tables
from pipeline.tables.wide import shape_wide, widen
from tests.publish.extractions import NAMES, extract
from tests.tables.test_wide import clash

KEYS = st.sampled_from(["a", "b", "c", "d"])
TEXTS = st.text(  # as the CSV holds them
    st.characters(codec="utf-8", exclude_characters="\0\r"), min_size=1, max_size=12
)
VALUES = {
    "string": st.none() | TEXTS,
    "int32": st.none() | st.integers(-(2**31), 2**31 - 1),
    "int64": st.none() | st.integers(-(2**63), 2**63 - 1),
    "float64": st.none() | st.floats(allow_nan=False, allow_infinity=False),
    "bool": st.none() | st.booleans(),
    "timestamp": st.none()
    | st.integers(-(2**31), 2**32).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
}


def publish(folder: Path, tables: dict[str, Table], rows: Rows, spec: ListingSpec) -> Path:
    """Write what the views need into a folder."""
    for name, table in tables.items():
        own = [tuple(row) for row in rows[name]]
        (folder / f"{name}.parquet").write_bytes(render_parquet(table, render_csv(table, own), {}))
    (folder / views.NAME).write_bytes(render_views(tables, spec))
    return folder


def publish_built(folder: Path, built: Extraction) -> Path:
    return publish(folder, built.tables, built.rows, built.spec)


def run(folder: Path, database: str = ":memory:") -> duckdb.DuckDBPyConnection:
    """Run the script from elsewhere, as its header says."""
    connection = duckdb.connect(database)
    connection.execute(f"SET file_search_path = '{folder}'")
    connection.execute((folder / views.NAME).read_text(encoding="utf-8"))
    return connection


def fetch(connection: duckdb.DuckDBPyConnection, table: Table) -> list[tuple]:
    """Return a view's rows; times by their milliseconds, so that no time zone's rules are needed."""
    shown = ", ".join(
        f'epoch_ms("{c.name}")' if c.type == "timestamp" else f'"{c.name}"' for c in table.columns
    )
    times = [i for i, column in enumerate(table.columns) if column.type == "timestamp"]
    found = []
    for row in connection.execute(f'SELECT {shown} FROM "{table.name}"').fetchall():
        values = list(row)
        for i in times:
            if values[i] is not None:
                values[i] = datetime.fromtimestamp(values[i] / 1000, UTC)
        found.append(tuple(values))
    return found


@pytest.mark.parametrize("name", NAMES)
def test_each_view_shows_the_rows_that_python_gives(name, tmp_path):
    built = extract(name)
    connection = run(publish_built(tmp_path, built))
    for table in built.tables.values():
        assert fetch(connection, table) == [tuple(row) for row in built.rows[table.name]]
    wide = shape_wide(built.spec, built.tables)
    assert fetch(connection, wide) == widen(built.rows, built.tables, built.spec)


@pytest.mark.parametrize("name", NAMES)
def test_the_findings_are_what_is_not_pass_the_worst_first(name, tmp_path):
    built = extract(name)
    checks = built.tables["checks"]
    connection = run(publish_built(tmp_path, built))
    verdict = checks.names().index("verdict")
    wanted = [
        tuple(row)
        for worst in ("fail", "warn", "not_checkable")
        for row in built.rows["checks"]
        if row[verdict] == worst
    ]
    found = connection.execute("SELECT * FROM findings")
    assert [column[0] for column in found.description] == list(checks.names())
    assert found.fetchall() == wanted
    assert wanted or name not in ("invented", "hostile")


@st.composite
def draw_rows(draw: st.DrawFn, tables: dict[str, Table], spec: ListingSpec) -> Rows:
    """Draw rows for all tables, their keys from a few, so that some meet and some do not."""
    rows: Rows = {}
    for table in tables.values():
        shared = {"capture_id", "municipality_id", spec.id}
        values = [KEYS if c.name in shared else VALUES[c.type] for c in table.columns]
        own = draw(st.lists(st.tuples(*values), max_size=6))
        if "position" in table.names():  # each place once, in any order
            at = table.names().index("position")
            places = draw(st.permutations(range(len(own))))
            own = [(*row[:at], n, *row[at + 1 :]) for n, row in zip(places, own, strict=True)]
        if len(table.key) == 1:
            at = table.names().index(table.key[0])
            own = list(
                {
                    row[at] or "none": (*row[:at], row[at] or "none", *row[at + 1 :]) for row in own
                }.values()
            )
        rows[table.name] = own
    rows["cells"] = [(*row[:3], "a", *row[4:]) for row in rows["cells"]]
    return rows


@settings(max_examples=15)
@given(st.data())
def test_any_rows_give_the_same_wide_table_in_python_and_in_sql(tmp_path_factory, data):
    spec = data.draw(st.sampled_from([extract("known").spec, clash()]))
    tables = shape_tables(spec)
    rows = data.draw(draw_rows(tables, spec))
    folder = publish(tmp_path_factory.mktemp("set"), tables, rows, spec)
    wide = shape_wide(spec, tables)
    assert fetch(run(folder), wide) == widen(rows, tables, spec)


def test_thousands_of_findings_keep_the_order_of_the_table(tmp_path):
    """A sort of a few rows happens to be stable."""
    built = extract("invented")
    (row, *_) = built.rows["checks"]
    at = built.tables["checks"].names().index("verdict")
    verdicts = ("warn", "pass", "not_checkable", "fail")
    checks = [(str(n), *row[1:at], verdicts[n * 7 % 13 % 4], *row[at + 1 :]) for n in range(5_000)]
    folder = publish(tmp_path, built.tables, {**built.rows, "checks": checks}, built.spec)
    found = run(folder).execute("SELECT * FROM findings").fetchall()
    ranks = {"fail": 0, "warn": 1, "not_checkable": 2}
    assert found == sorted((r for r in checks if r[at] in ranks), key=lambda r: ranks[r[at]])


def test_the_script_works_in_the_directory_of_the_files(tmp_path, monkeypatch):
    built = extract("invented")
    monkeypatch.chdir(publish_built(tmp_path, built))
    connection = duckdb.connect()
    connection.execute(Path(views.NAME).read_text(encoding="utf-8"))
    assert connection.execute("SELECT count(*) FROM concepts_wide").fetchone() == (4,)


def test_a_database_that_keeps_the_views_needs_the_path_in_each_session(tmp_path, monkeypatch):
    built = extract("invented")
    (tmp_path / "processed").mkdir()
    publish_built(tmp_path / "processed", built)
    run(tmp_path / "processed", str(tmp_path / "kept.duckdb")).close()
    monkeypatch.chdir(tmp_path)
    connection = duckdb.connect("kept.duckdb")
    with pytest.raises(duckdb.IOException):
        connection.execute("SELECT * FROM concepts_wide")
    connection.execute("SET file_search_path = 'processed'")
    assert len(connection.execute("SELECT title FROM concepts_wide").fetchall()) == 4
    connection.execute((tmp_path / "processed" / views.NAME).read_text(encoding="utf-8"))  # again


def test_every_view_and_column_is_described_whatever_the_spec_says(tmp_path):
    built = extract("invented")
    evil = '\'); DROP VIEW concepts;\0 --\n"x";'
    tables = {
        name: Table(
            name,
            evil,
            tuple(column._replace(description=evil, unit=evil) for column in table.columns),
            table.key,
            table.foreign,
        )
        for name, table in built.tables.items()
    }
    connection = run(publish(tmp_path, tables, built.rows, built.spec))
    said = '\'); DROP VIEW concepts; -- "x";'
    comments = dict(
        connection.execute(
            "SELECT view_name, comment FROM duckdb_views() WHERE NOT internal"
        ).fetchall()
    )
    assert set(comments) == {*tables, "concepts_wide", "findings"}
    assert all(comments[name] == said for name in tables)
    columns = connection.execute(
        "SELECT comment FROM duckdb_columns() WHERE NOT internal AND table_name = 'contacts'"
    ).fetchall()
    assert set(columns) == {(f"{said} [{said}]",)}


def test_the_script_names_no_directory_and_is_the_same_wherever_it_lies(tmp_path):
    built = extract("known")
    script = render_views(built.tables, built.spec)
    files = set(script.decode().split("read_parquet('")[1:])
    assert {text.split("'")[0] for text in files} == {f"{name}.parquet" for name in built.tables}
    assert os.sep not in "".join(text.split("'")[0] for text in files)
    assert render_views(shape_tables(built.spec), built.spec) == script
