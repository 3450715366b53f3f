"""The CSV for a German Excel: what each cell looks like, and that it can be undone."""

import csv
import io
import re
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, strategies as st

from pipeline.publish.outputs.csv_de import (
    MAX_CELL,
    cut_cell,
    guard,
    iter_csv_de,
    render_csv_de,
    unguard,
)
from pipeline.tables.schema import Column, Table
from pipeline.tables.wide import shape_wide, widen
from tests.publish.extractions import NAMES, extract

TYPES = ("string", "int32", "int64", "float64", "bool", "timestamp")
TABLE = Table("t", "d", tuple(Column(f"a_{name}", name, "") for name in TYPES), ())
TEXTS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=30)
STARTS = st.sampled_from([*"=+-@'\t\r\n\"; #0", "＝", "＋", "－", "＠", '="', "05", "Mai ", "=1+"])
HOSTILE = st.builds(str.__add__, STARTS, st.text(st.characters(codec="utf-8"), max_size=8))
ROWS = st.lists(
    st.tuples(
        st.none() | TEXTS | HOSTILE,
        st.none() | st.integers(-(2**31), 2**31 - 1),
        st.none() | st.integers(-(2**63), 2**63 - 1),
        st.none() | st.floats(allow_nan=False, allow_infinity=False),
        st.none() | st.booleans(),
        st.none() | st.integers(-(2**35), 2**37).map(lambda s: datetime.fromtimestamp(s, UTC)),
    ),
    max_size=8,
)
# Cells of the columns that are no text: what a German Excel reads as this type.
PLAIN = {
    "int32": re.compile(r"-?\d+"),
    "int64": re.compile(r"-?\d+"),
    "float64": re.compile(r"-?\d+(,\d+)?(E[+-]\d+)?"),
    "bool": re.compile(r"WAHR|FALSCH"),
    "timestamp": re.compile(r"\d\d\.\d\d\.\d{4} \d\d:\d\d:\d\d"),
}
OWN = re.compile(r'="(?:[^"]|"")*"', re.DOTALL)  # the one formula that the program writes
EVALUATED = tuple("=+-@\t\r\n＝＋－＠")


def read_cells(content: bytes) -> list[list[str]]:
    """Return the cells as any CSV reader gives them."""
    text = io.StringIO(content.decode("utf-8-sig"), newline="")
    return list(csv.reader(text, delimiter=";"))


def check_inert(table: Table, content: bytes) -> None:
    header, *rows = read_cells(content)
    assert header == list(table.names())
    for row in rows:
        for column, cell in zip(table.columns, row, strict=True):
            if column.type != "string":
                assert not cell or PLAIN[column.type].fullmatch(cell)
            elif not OWN.fullmatch(cell):
                assert not cell.startswith(EVALUATED)
                assert not cell.lstrip().startswith(EVALUATED)


@given(ROWS)
def test_any_rows_come_back(rows):
    content = render_csv_de(TABLE, rows)
    again = list(iter_csv_de(TABLE, content))
    assert again == rows
    assert [repr(row[3]) for row in again] == [repr(row[3]) for row in rows]  # -0.0 too
    check_inert(TABLE, content)


@given(TEXTS | HOSTILE)
def test_no_text_is_evaluated_and_each_comes_back(text):
    cell = guard(text)
    assert unguard(cell) == text
    assert OWN.fullmatch(cell) or not cell.startswith(EVALUATED)


@pytest.mark.parametrize("name", NAMES)
def test_every_table_comes_back(name):
    built = extract(name)
    wide = shape_wide(built.spec, built.tables)
    every = [(table, built.rows[table.name]) for table in built.tables.values()]
    for table, rows in [*every, (wide, widen(built.rows, built.tables, built.spec))]:
        content = render_csv_de(table, rows)
        assert list(iter_csv_de(table, content)) == [tuple(row) for row in rows]
        check_inert(table, content)


TEXT_CELLS = [  # text, cell, why
    ("Unna", "Unna", "a word"),
    ("59423 Unna", "59423 Unna", "a word beside a number"),
    ("2. Bauabschnitt", "2. Bauabschnitt", "the same"),
    ("unna-koenigsborn/1", "unna-koenigsborn/1", "an id"),
    ("c374c303fdee", "c374c303fdee", "a digest with letters"),
    ("http://www.unna.example", "http://www.unna.example", "an address of the web"),
    ("lena@unna.example", "lena@unna.example", "an @ that does not lead"),
    ("Mai", "Mai", "a month without a day or year"),
    ("Q1 2018", "Q1 2018", "no date for Excel"),
    ("88,56 km²", "88,56 km²", "a number with a unit stays a text by itself"),
    ("05978036", '="05978036"', "AGS: a number would lose its zero"),
    ("59423", '="59423"', "a postcode: would be aligned and added up as a number"),
    ("+492303103700", '="+492303103700"', "phone: a number would lose its plus"),
    ("02303 / 103-700", '="02303 / 103-700"', "a phone as printed"),
    ("-5", '="-5"', "a negative number"),
    ("12.5", '="12.5"', "12 May"),
    ("12,5", '="12,5"', "a decimal"),
    ("1.234", '="1.234"', "a number with a group point"),
    ("1/2", '="1/2"', "1 February"),
    ("3-4", '="3-4"', "3 April"),
    ("1 1/2", '="1 1/2"', "a fraction"),
    ("1E5", '="1E5"', "100000"),
    ("12345678e123", '="12345678e123"', "a digest that reads like a number"),
    ("50 %", '="50 %"', "0.5"),
    ("12,50 €", '="12,50 €"', "an amount"),
    ("12 EUR", '="12 EUR"', "an amount"),
    ("(12)", '="(12)"', "-12"),
    ("12:30", '="12:30"', "a time"),
    ("5 PM", '="5 PM"', "a time"),
    ("Mai 2018", '="Mai 2018"', "a date"),
    ("1. März", '="1. März"', "a date"),
    ("Mrz 18", '="Mrz 18"', "a date"),
    ("mai-2018", '="mai-2018"', "an id that reads like a date"),
    ("Sa 12.5.2018", '="Sa 12.5.2018"', "a date"),
    ("2026-11-24T03:00:00Z", '="2026-11-24T03:00:00Z"', "a time in the table changes"),
    ("WAHR", '="WAHR"', "a truth value"),
    ("false", '="false"', "a truth value in the table changes"),
    ("#NV", '="#NV"', "an error"),
    ('5"', '="5"""', "a quotation mark is doubled"),
    ("1;2", '="1;2"', "a semicolon"),
    ("=1+1", "'=1+1", "OWASP"),
    ("+Plus", "'+Plus", "OWASP"),
    ("-Ort", "'-Ort", "OWASP"),
    ("@dorsten.example", "'@dorsten.example", "OWASP"),
    ("\tTab", "'\tTab", "OWASP"),
    ("\rCR", "'\rCR", "OWASP"),
    ("＝1+1", "'＝1+1", "OWASP: full width"),
    ("＠SUM", "'＠SUM", "OWASP: full width"),
    (" =1+1", "' =1+1", "a space before it may be stripped"),
    (" +1 und mehr", "' +1 und mehr", "a space before it may be stripped, too"),
    ('="05978036"', '\'="05978036"', "only the program writes this form"),
    ("'n Haus", "''n Haus", "an apostrophe of its own"),
    ("-" + "1" * 255, "'-" + "1" * 255, "longer than a text in a formula may be"),
]


@pytest.mark.parametrize(("text", "cell", "why"), TEXT_CELLS, ids=[c[2] for c in TEXT_CELLS])
def test_a_text_is_guarded_only_if_excel_would_take_it_for_something_else(text, cell, why):
    assert guard(text) == cell
    assert unguard(cell) == text


VALUE_CELLS = [  # type, value, cell
    ("int64", 361876, "361876"),
    ("int64", 2**63 - 1, "9223372036854775807"),
    ("int32", -5, "-5"),
    ("float64", 88.56, "88,56"),
    ("float64", 88.0, "88,0"),
    ("float64", 663.0984643179765, "663,0984643179765"),
    ("float64", 1e-07, "1E-07"),
    ("float64", 1.5e300, "1,5E+300"),
    ("float64", -0.0, "-0,0"),
    ("bool", True, "WAHR"),
    ("bool", False, "FALSCH"),
    ("timestamp", datetime(2026, 11, 24, 3, tzinfo=UTC), "24.11.2026 03:00:00"),
    ("timestamp", datetime(987, 1, 2, tzinfo=UTC), "02.01.0987 00:00:00"),
    *((name, None, "") for name in TYPES),
]


@pytest.mark.parametrize(("kind", "value", "cell"), VALUE_CELLS)
def test_a_value_is_written_as_a_german_excel_reads_it(kind, value, cell):
    table = Table("t", "d", (Column("k", "string", ""), Column("a", kind, "")), ())
    content = render_csv_de(table, [("x", value)])
    assert content == f"\ufeffk;a\r\nx;{cell}\r\n".encode()
    assert list(iter_csv_de(table, content)) == [("x", value)]


def test_quotation_marks_and_semicolons_are_quoted_as_in_any_csv():
    table = Table("t", "d", (Column("a", "string", ""), Column("b", "string", "")), ())
    rows = [('„Hof“; "Kiez"', "05978036"), ("sagt =ja", None)]
    content = render_csv_de(table, rows)
    assert content.decode("utf-8-sig") == (
        'a;b\r\n"„Hof“; ""Kiez""";"=""05978036"""\r\nsagt =ja;\r\n'
    )
    assert list(iter_csv_de(table, content)) == rows


@pytest.mark.parametrize("glyph", ["x", "ä", "🏘"])
def test_a_cell_longer_than_excel_holds_ends_in_an_ellipsis(glyph):
    """The rest would run into the cells below, where it may begin with an equals sign."""
    units = len(glyph.encode("utf-16-le")) // 2
    whole = glyph * (MAX_CELL // units)
    assert cut_cell(whole) == whole
    cut = cut_cell(whole + "=1+1")
    assert cut.endswith(glyph + "…")
    assert MAX_CELL - 1 <= len(cut.encode("utf-16-le")) // 2 <= MAX_CELL
    assert len(guard("=" + "x" * MAX_CELL)) == MAX_CELL


def test_another_header_is_refused():
    with pytest.raises(ValueError, match="the header names other columns"):
        next(iter_csv_de(TABLE, b"a;b\r\n"))


@pytest.mark.parametrize("text", ["2026-11-24 03:00:00", "24.11.2026", "٢٤.11.2026 03:00:00"])
def test_a_time_of_another_form_is_refused(text):
    table = Table("t", "d", (Column("a", "timestamp", ""),), ())
    with pytest.raises(ValueError, match="is no time"):
        list(iter_csv_de(table, f"a\r\n{text}\r\n".encode()))


def test_the_example_of_the_documentation_undoes_the_guard(tmp_path):
    built = extract("invented")
    table = built.tables["municipalities"]
    path = tmp_path / "municipalities.csv"
    path.write_bytes(render_csv_de(table, built.rows["municipalities"]))
    page = (Path(__file__).parents[2] / "docs" / "excel.md").read_text(encoding="utf-8")
    code = page.split("```python\n")[1].split("```")[0]
    scope: dict = {}
    exec(code.replace("processed/de/", f"{tmp_path}/"), scope)
    towns = scope["towns"]
    assert towns["ags"].tolist() == [row[2] for row in built.rows["municipalities"]]
    assert towns["area_km2"].tolist() == [row[6] for row in built.rows["municipalities"]]
    assert isinstance(towns, pd.DataFrame)
