"""All tables as one Excel workbook: `ihk.xlsx`.

    concepts_wide   one row for each record with all that other tables say of it
    ...             a sheet for each table, in the order in which they are published
    columns         what the file is, and what each column is

A text is a text cell: a spreadsheet never evaluates one, whatever it begins with.  What a cell cannot
hold (texts of more than 32,767 characters), and rows beyond 20,000 of a sheet, are told on the sheet
`columns`: each cell takes some 700 bytes while the file is made.
The archive is not compressed: deflate gives other bytes with other builds of zlib.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from pipeline.history import print_time
from pipeline.listing import ListingSpec
from pipeline.publish.citation import describe_source
from pipeline.publish.outputs.columns import COLUMNS, describe_columns, iter_about
from pipeline.publish.outputs.csv_de import cut_cell
from pipeline.tables import Column, Row, Rows, Table, Type, shape_wide, widen

MAX_ROWS = 20_001  # of a sheet, with its header; Excel holds 1,048,576
_MAX_NAME = 31
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
_TAKEN = {"history", COLUMNS}  # Excel keeps the first for itself
_WHOLE = "the Parquet files have all"
_EXACT = 10**15  # Excel has 15 digits
_FIRST_YEAR = 1901  # Excel counts days from 1900, and that year wrongly
_NARROW, _WIDE = 8, 60  # characters of a column
_DECIMALS = 6  # a column of numbers with more has no fixed format
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_EPOCH = datetime(1980, 1, 1, tzinfo=UTC)
_TIME = "yyyy-mm-dd hh:mm:ss"


class Sheet(NamedTuple):
    """A table and its rows, as many as a sheet holds, and what was lost on the way."""

    name: str
    table: Table
    rows: list[Row]
    losses: tuple[str, ...]


def render_workbook(
    rows: Rows, tables: dict[str, Table], spec: ListingSpec, made_from: dict[str, Any]
) -> bytes:
    """Return the workbook; the same bytes for the same rows."""
    from xlsxwriter import Workbook

    wide = shape_wide(spec, tables)
    contents = [(wide, widen(rows, tables, spec)), *((t, rows[n]) for n, t in tables.items())]
    names = name_sheets([table.name for table, _ in contents])
    sheets = [_fit(name, table, own) for name, (table, own) in zip(names, contents, strict=True)]
    source = describe_source(rows, tables, spec)
    at = source.captured_at
    buffer = io.BytesIO()
    book = Workbook(buffer, {"in_memory": True})
    created = at if at and at.year >= _EPOCH.year else _EPOCH
    title = _clean(spec.title)
    book.set_properties({"title": title, "author": "ihk-listing", "created": _naive(created)})
    pen = _Pen(book)
    for sheet in sheets:
        pen.write_table(book.add_worksheet(sheet.name), 0, sheet)
    about = list(iter_about(source, spec, made_from))
    about += [("Not whole", loss) for sheet in sheets for loss in sheet.losses]
    shape, described = describe_columns(tables, spec)
    pen.write_columns(book.add_worksheet(COLUMNS), about, _fit(COLUMNS, shape, described))
    book.close()
    return _store(buffer)


def name_sheets(names: Sequence[str]) -> list[str]:
    """Return a name that Excel takes for each sheet, no two alike in lower case.

    >>> name_sheets(["concepts", "history", "a/b", "x" * 40, "x" * 40])
    ['concepts', 'history~2', 'a_b', 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxx~2']
    """
    taken = set(_TAKEN)
    found: list[str] = []
    for name in names:
        plain = _FORBIDDEN.sub("_", name)
        own, n = plain[:_MAX_NAME], 1
        while own.lower() in taken:
            n += 1
            own = f"{plain[: _MAX_NAME - len(str(n)) - 1]}~{n}"
        taken.add(own.lower())
        found.append(own)
    return found


def _fit(name: str, table: Table, rows: list[Row]) -> Sheet:
    """Make rows fit into a sheet."""
    losses: list[str] = []
    if len(rows) >= MAX_ROWS:
        losses.append(
            f"{table.name}: {len(rows) - MAX_ROWS + 1} rows at the end are left out; {_WHOLE}"
        )
    texts = [i for i, column in enumerate(table.columns) if column.type == "string"]
    kept: list[Row] = []
    cut = dict.fromkeys(texts, 0)
    for row in rows[: MAX_ROWS - 1]:
        values = list(row)
        for i in texts:
            if values[i] is not None:
                values[i] = cut_cell(_clean(values[i]))
                cut[i] += values[i] != row[i]
        kept.append(tuple(values))
    for i, n in cut.items():
        if n:
            losses.append(
                f"{table.name}.{table.columns[i].name}: {n} texts that a cell cannot hold are cut, or "
                f"have � for a character; {_WHOLE}"
            )
    return Sheet(name, table, kept, tuple(losses))


class _Pen:
    """Writes sheets of a workbook in its formats."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._head = book.add_format({"bold": True, "valign": "top", "bottom": 1})

    def _format(self, code: str, *, wrap: bool = False) -> Any:
        return self._book.add_format({"num_format": code, "valign": "top", "text_wrap": wrap})

    def write_table(self, page: Any, top: int, sheet: Sheet) -> None:
        """Write header and rows from the row `top` on, with a filter over them."""
        columns, rows = sheet.table.columns, sheet.rows
        last = top + len(rows)
        cells: list[tuple[int, _Write, Any]] = []
        for i, column in enumerate(columns):
            values = [row[i] for row in rows if row[i] is not None]
            head = f"{column.name} (UTC)" if column.type == "timestamp" else column.name
            width = max(len(head) + 3, _measure(column, values))
            wrap = column.type == "string" and width > _WIDE
            cells.append(
                (i, _WRITERS[column.type], self._format(_choose_format(column, values), wrap=wrap))
            )
            page.set_column(i, i, min(max(width, _NARROW), _WIDE))
            page.write_string(top, i, head, self._head)
        for n, row in enumerate(rows, top + 1):
            for i, write, cell in cells:
                if row[i] is not None:
                    write(page, n, i, row[i], cell)
        page.autofilter(top, 0, last, len(columns) - 1)
        if top == 0:
            page.freeze_panes(1, 0)
        if rows:  # else Excel marks each AGS as a number that is stored as text
            from xlsxwriter.utility import xl_range

            page.ignore_errors(
                {"number_stored_as_text": xl_range(top + 1, 0, last, len(columns) - 1)}
            )

    def write_columns(self, page: Any, about: list[tuple[str, str]], table: Sheet) -> None:
        """Write the sheet that tells what the file and its columns are."""
        for n, (name, text) in enumerate(about):
            page.write_string(n, 0, name, self._head)
            page.write_string(n, 1, cut_cell(_clean(text)), self._format("@"))
        self.write_table(page, len(about) + 1, table)


def _choose_format(column: Column, values: list[Any]) -> str:
    if column.type == "float64":
        known = [repr(float(value)) for value in values]
        decimals = max((len(text.partition(".")[2]) for text in known), default=1)
        if decimals > _DECIMALS or any("e" in text for text in known):
            return "General"
        return "#,##0." + "0" * max(decimals, 1)
    return _FORMATS[column.type]


def _measure(column: Column, values: list[Any]) -> int:
    """Return the characters that a column's longest value takes, about."""
    if column.type == "timestamp":
        return len(_TIME) + 2
    return max((len(str(value)) for value in values), default=0) + 2


class _Exact(float):
    """A number that is written with all its digits; xlsxwriter prints 16, and some need 17."""

    def __format__(self, _: str) -> str:
        return repr(float(self))


def _write_whole(page: Any, row: int, column: int, value: int, cell: Any) -> None:
    if abs(value) < _EXACT:
        page.write_number(row, column, value, cell)
    else:
        page.write_string(row, column, str(value), cell)


def _write_time(page: Any, row: int, column: int, value: datetime, cell: Any) -> None:
    if value.year >= _FIRST_YEAR:
        page.write_datetime(row, column, _naive(value), cell)
    else:
        page.write_string(row, column, print_time(value), cell)


_Write = Callable[[Any, int, int, Any, Any], Any]  # sheet, row, column, value, format
_FORMATS: dict[Type, str] = {
    "string": "@", "int32": "#,##0", "int64": "#,##0", "bool": "General", "timestamp": _TIME,
}  # fmt: skip
_WRITERS: dict[Type, _Write] = {
    "string": lambda page, *cell: page.write_string(*cell),
    "int32": _write_whole,
    "int64": _write_whole,
    "float64": lambda page, row, column, value, cell: page.write_number(
        row, column, _Exact(value), cell
    ),
    "bool": lambda page, *cell: page.write_boolean(*cell),
    "timestamp": _write_time,
}


def _clean(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)


def _naive(time: datetime) -> datetime:
    return time.astimezone(UTC).replace(tzinfo=None)


def _store(buffer: io.BytesIO) -> bytes:
    """Return the archive with its members as they are, not compressed."""
    stored = io.BytesIO()
    with zipfile.ZipFile(buffer) as packed, zipfile.ZipFile(stored, "w") as plain:
        for member in packed.infolist():
            about = zipfile.ZipInfo(member.filename)  # of 1980
            about.create_system = 3
            plain.writestr(about, packed.read(member))
    return stored.getvalue()
