"""The workbook, read back with openpyxl: every cell is the table's, with its type."""

import hashlib
import io
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import openpyxl
import pandas as pd
import pytest
from openpyxl.utils import get_column_letter

from pipeline.extraction import Extraction
from pipeline.publish.citation import describe_source
from pipeline.publish.outputs import workbook
from pipeline.publish.outputs.workbook import name_sheets, render_workbook
from pipeline.tables.schema import Column, Row, Rows, Table
from pipeline.tables.wide import shape_wide, widen
from tests.publish.extractions import DAY, NAMES, extract

FORMATS = {"int32": "#,##0", "int64": "#,##0", "bool": "General", "string": "@"}
KINDS = {"int32": "n", "int64": "n", "float64": "n", "bool": "b", "string": "s", "timestamp": "d"}
TIME = "yyyy-mm-dd hh:mm:ss"
EVIL = [
    "=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x.example";"y")', "http://x.example",
    "mailto:x@x.example", "05978036", "1E5", "1/2", "WAHR", "'x", '="x"', "{=1}", "<b>&amp;</b>",
    "_x0041_", "_x000D_", " x ", "🏘", "x" * 32_767, "]]>", "#NV",
]  # fmt: skip


def render(built: Extraction, **tables: list[Row]) -> bytes:
    made_from = {**built.made_from, "code_sha256": "0" * 64}  # the code may change beside a test
    return render_workbook({**built.rows, **tables}, built.tables, built.spec, made_from)


@cache
def rendered(name: str) -> bytes:
    return render(extract(name))


def open_book(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def list_tables(built: Extraction) -> list[tuple[Table, list[Row]]]:
    wide = shape_wide(built.spec, built.tables)
    every = [(table, built.rows[name]) for name, table in built.tables.items()]
    return [(wide, widen(built.rows, built.tables, built.spec)), *every]


def as_read(value: Any, column: Column) -> Any:
    """Return a value as openpyxl gives it."""
    return value.replace(tzinfo=None) if column.type == "timestamp" and value else value


def check_sheet(sheet: Any, table: Table, rows: list[Row]) -> None:
    header, *found = sheet.iter_rows()
    assert [cell.value for cell in header] == [
        f"{column.name} (UTC)" if column.type == "timestamp" else column.name
        for column in table.columns
    ]
    assert all(cell.font.b for cell in header)
    assert len(found) == len(rows)
    for cells, row in zip(found, rows, strict=True):
        for cell, column, value in zip(cells, table.columns, row, strict=True):
            assert cell.value == as_read(value, column)
            if value is not None:
                assert cell.data_type == KINDS[column.type]
                assert type(value) in (type(cell.value), float, datetime)
                assert cell.number_format == FORMATS.get(column.type, cell.number_format)
    last = f"{get_column_letter(len(table.columns))}{len(rows) + 1}"
    assert sheet.auto_filter.ref == f"A1:{last}"
    assert sheet.freeze_panes == "A2"


@pytest.mark.parametrize("name", NAMES)
def test_every_cell_is_the_tables_own(name):
    built = extract(name)
    book = open_book(rendered(name))
    tables = list_tables(built)
    assert book.sheetnames == [*(table.name for table, _ in tables), "columns"]
    for table, rows in tables:
        check_sheet(book[table.name], table, rows)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_in_the_file_is_a_formula_or_a_link(name):
    with zipfile.ZipFile(io.BytesIO(rendered(name))) as file:
        assert not [member for member in file.namelist() if "rels/sheet" in member]
        for member in file.namelist():
            if member.startswith("xl/worksheets/"):
                tags = {
                    element.tag.partition("}")[2]
                    for element in ET.fromstring(file.read(member)).iter()
                }
                assert not tags & {"f", "hyperlink", "hyperlinks"}


def test_any_text_is_a_text_cell():
    built = extract("invented")
    (row, *_) = built.rows["contacts"]
    rows = [(text, *row[1:3], *[text] * (len(row) - 3)) for text in EVIL]
    book = open_book(render(built, contacts=rows))
    check_sheet(book["contacts"], built.tables["contacts"], rows)


def test_numbers_keep_all_their_digits_and_show_what_the_column_has():
    built = extract("known")
    book = open_book(rendered("known"))
    names = built.tables["municipalities"].names()
    shown = {
        name: cell.number_format
        for name, cell in zip(names, book["municipalities"][2], strict=True)
    }
    assert shown["area_km2"] == "#,##0.00"
    assert shown["density_per_km2"] == "#,##0.0"
    assert shown["density_computed"] == "General"
    assert shown["population"] == "#,##0"


NUMBERS = [0.1 + 0.2, 1e-7, 1.5e300, 5e-324, -0.0, 123456.78, 663.0984643179765]


def replaced(table: Table, row: Row, **values: Any) -> Row:
    return tuple(values.get(name, value) for name, value in zip(table.names(), row, strict=True))


@pytest.mark.parametrize("number", NUMBERS)
def test_a_decimal_is_stored_exactly(number):
    built = extract("invented")
    table = built.tables["municipalities"]
    rows = [replaced(table, row, area_km2=number) for row in built.rows["municipalities"]]
    cell = open_book(render(built, municipalities=rows))["municipalities"].cell(
        2, 1 + table.names().index("area_km2")
    )
    assert (cell.value, cell.data_type) == (number, "n")


def test_a_whole_number_that_excel_would_round_is_a_text():
    built = extract("invented")
    table = built.tables["municipalities"]
    cells = []
    for number in (10**15 - 1, 10**15, -(2**63)):
        rows = [replaced(table, row, population=number) for row in built.rows["municipalities"]]
        sheet = open_book(render(built, municipalities=rows))["municipalities"]
        cells.append(sheet.cell(2, 1 + table.names().index("population")).value)
    assert cells == [10**15 - 1, str(10**15), str(-(2**63))]


def test_times_are_dates_in_utc_and_older_ones_texts():
    built = extract("story")
    sheet = open_book(rendered("story"))["captures"]
    at = 1 + built.tables["captures"].names().index("captured_at")
    assert sheet.cell(1, at).value == "captured_at (UTC)"
    assert (sheet.cell(2, at).value, sheet.cell(2, at).number_format) == (
        DAY.replace(tzinfo=None),
        TIME,
    )
    table = built.tables["captures"]
    old = [
        replaced(table, row, captured_at=datetime(1899, 12, 31, tzinfo=UTC))
        for row in built.rows["captures"]
    ]
    sheet = open_book(render(built, captures=old))["captures"]
    assert sheet.cell(2, at).value == "1899-12-31T00:00:00Z"


def test_an_empty_table_keeps_its_header_and_its_filter():
    built = extract("invented")
    empty: Rows = {name: [] for name in built.tables if name != "captures"}  # a set has one
    book = open_book(render(built, **empty))
    for name in empty:
        check_sheet(book[name], built.tables[name], [])
    check_sheet(book["concepts_wide"], shape_wide(built.spec, built.tables), [])


def test_pandas_reads_the_zero_of_an_ags():
    frame = pd.read_excel(io.BytesIO(rendered("known")), "municipalities", dtype=str)
    rows = extract("known").rows["municipalities"]
    assert frame["ags"].tolist() == [row[2] for row in rows]
    assert all(ags.startswith("05") for ags in frame["ags"])


@pytest.mark.parametrize("name", NAMES)
def test_the_last_sheet_explains_every_column(name):
    built = extract(name)
    sheet = open_book(rendered(name))["columns"]
    rows = list(sheet.values)
    top = next(i for i, row in enumerate(rows) if row[0] == "table")
    assert rows[top] == (
        "table", "column", "type", "unit", "label on the page", "description", "origin",
    )  # fmt: skip
    assert [row[:6] for row in rows[top + 1 :]] == [
        (table.name, c.name, c.type, c.unit, c.label, c.description)
        for table, _ in list_tables(built)
        for c in table.columns
    ]
    assert sheet.auto_filter.ref == f"A{top + 1}:G{len(rows)}"


def test_the_origin_tells_what_was_read_and_what_was_computed():
    rows = open_book(rendered("invented"))["columns"].values
    origins = {row[:2]: row[6] for row in rows if row[6]}
    assert origins["municipalities", "population"] == "read"
    assert origins["municipalities", "density_computed"] == "computed"
    assert origins["concepts_wide", "ags"] == "computed"
    assert origins["concepts_wide", "contacts"] == "read"
    assert origins["concepts_wide", "captured_at"] == "recorded"
    assert origins["checks", "verdict"] == "recorded"


def test_the_last_sheet_tells_what_the_file_is_and_how_to_cite_it():
    built = extract("story")
    rows = open_book(rendered("story"))["columns"].iter_rows(values_only=True)
    about = {row[0]: row[1] for row, _ in zip(rows, range(8), strict=False)}
    assert about["Title"] == built.spec.title
    assert about["Source"] == built.spec.url
    assert about["Captured at (UTC)"] == "2026-11-25T03:00:00Z"
    assert about["Capture"].startswith(built.capture_id)
    source = describe_source(built.rows, built.tables, built.spec)
    assert (about["How to cite"], about["Rights"]) == (source.citation, source.rights)


LONG = [  # text, what is shown
    ("x" * 32_768, "x" * 32_766 + "…"),
    ("🏘" * 16_384, "🏘" * 16_383 + "…"),
    ("a\ufffeb\x07c", "a\ufffdb\ufffdc"),
]


@pytest.mark.parametrize(("text", "shown"), LONG, ids=["long", "surrogates", "no XML"])
def test_a_text_that_a_cell_cannot_hold_is_changed_and_told(text, shown):
    built = extract("invented")
    table = built.tables["concepts"]
    rows = [replaced(table, row, quarter=text) for row in built.rows["concepts"]]
    book = open_book(render(built, concepts=rows))
    assert book["concepts"].cell(2, 1 + table.names().index("quarter")).value == shown
    told = [row[1] for row in book["columns"].values if row[0] == "Not whole"]
    assert told == [
        f"{name}.quarter: 4 texts that a cell cannot hold are cut, or have � for a character; "
        "the Parquet files have all"
        for name in ("concepts_wide", "concepts")
    ]


def test_rows_that_a_sheet_cannot_hold_are_left_out_and_told(monkeypatch):
    monkeypatch.setattr(workbook, "MAX_ROWS", 4)
    built = extract("invented")
    book = open_book(render(built, downloads=[], contacts=[], cells=[], checks=[]))
    assert [row[0] for row in book["concepts"].values] == [
        "concept_id", *(row[0] for row in built.rows["concepts"][:3]),
    ]  # fmt: skip
    told = [row[1] for row in book["columns"].values if row[0] == "Not whole"]
    assert "concepts: 1 rows at the end are left out; the Parquet files have all" in told


def test_a_whole_table_is_told_nothing_of():
    for name in NAMES:
        sheet = open_book(rendered(name))["columns"]
        assert "Not whole" not in [row[0] for row in sheet.values]


def test_sheets_have_names_that_excel_takes():
    names = name_sheets(["columns", "HISTORY", "a" * 40, "a" * 40, "x[1]:*?/\\", "X_1______"])
    assert names == [
        "columns~2", "HISTORY~2", "a" * 31, "a" * 29 + "~2", "x_1______", "X_1______~2",
    ]  # fmt: skip


SCRIPT = """
import hashlib, sys, time
sys.path[:0] = {path!r}
time.time = lambda: 4_000_000_000.0
from tests.publish.extractions import extract
from tests.publish.test_workbook import rendered
print(hashlib.sha256(rendered("story")).hexdigest())
"""


def test_the_same_rows_give_the_same_bytes_in_another_process_at_another_time():
    path = [str(Path(__file__).parents[2]), *sys.path]
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SCRIPT.format(path=path)],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LC_ALL": "C.UTF-8"},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == hashlib.sha256(rendered("story")).hexdigest()
    assert render(extract("story")) == rendered("story")


def test_the_archive_hangs_on_no_clock_and_no_zlib():
    with zipfile.ZipFile(io.BytesIO(rendered("known"))) as file:
        for member in file.infolist():
            assert member.date_time == (1980, 1, 1, 0, 0, 0)
            assert member.compress_type == zipfile.ZIP_STORED
            assert member.create_system == 3  # Unix, on any system
        assert b"1980-01-01T00:00:00Z" not in file.read("docProps/core.xml")
        assert b"2026-11-24T03:00:00Z" in file.read("docProps/core.xml")
