"""The CSV that a German Excel opens by double click: `de/NAME.csv`.

UTF-8 with BOM, semicolons, CRLF; comma in numbers, `24.11.2026 03:00:00` (UTC), `WAHR`, `FALSCH`.
Excel reads every cell of a CSV as if somebody had typed it.  So a text is written, first that fits:

    '=1+1       behind an apostrophe, if it begins with = @ or a tab, ... or an apostrophe itself
    ="05978036" as a formula that gives the text, if Excel would read a number, a time or a truth value
    '-Ort       behind an apostrophe, if it begins with + or -
    Unna        as it is, else

Both forms are undone by `iter_csv_de`; docs/excel.md tells the rule.  One thing is lost: a cell
longer than Excel holds ends in `…`, since Excel would let its end run into the cells below as if it
were a cell of its own.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from pipeline.tables import Row, Table, Type, iter_csv_texts, read_csv

MAX_CELL = 32_767  # UTF-16 units that a cell of Excel holds (Excel specifications and limits)
_MAX_QUOTED = 255  # characters of a text in a formula (the same)
_FORMULA = tuple("=@\t\r\n＝＠＋－")  # OWASP, CSV Injection; of these no phone begins
_SIGNS = ("+", "-")
_MONTHS = (
    "januar jänner februar märz mrz april mai juni juli august september oktober november dezember "
    "january february march may june july october december"
).split()
_DAYS = (
    "montag dienstag mittwoch donnerstag freitag samstag sonntag "
    "monday tuesday wednesday thursday friday saturday sunday"
).split()
_WORDS = {
    *(month[:n] for month in _MONTHS for n in range(3, len(month) + 1)),
    *(day[:n] for day in _DAYS for n in range(2, len(day) + 1)),
    *("e", "a", "p", "am", "pm", "t", "z", "eur"),
}
_WORD = re.compile(r"[^\W\d_]+")
_DIGIT = re.compile(r"\d")
_VALUE = re.compile(r"wahr|falsch|true|false|#\S+", re.IGNORECASE)
_TIME = re.compile(r"(\d{2})\.(\d{2})\.(\d{4}) (\d{2}):(\d{2}):(\d{2})", re.ASCII)


def render_csv_de(table: Table, rows: Iterable[Row]) -> bytes:
    """Return the table as a CSV for a German Excel; null is empty."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(table.names())
    printers = [_PRINTERS[column.type] for column in table.columns]
    for row in rows:
        writer.writerow(
            [
                None if value is None else show(value)
                for show, value in zip(printers, row, strict=True)
            ]
        )
    return text.getvalue().encode("utf-8-sig")


def iter_csv_de(table: Table, content: bytes) -> Iterator[Row]:
    """Yield the rows of a CSV that `render_csv_de` made; ValueError if the columns are others."""
    return read_csv(table, iter_csv_texts(content, "utf-8-sig", ";"), _READERS)


def guard(text: str) -> str:
    """Return a text as a cell that a spreadsheet shows as this text and takes for nothing else.

    >>> guard("Unna"), guard("05978036"), guard("+492303103700"), guard("Mai 2018")
    ('Unna', '="05978036"', '="+492303103700"', '="Mai 2018"')
    >>> guard("=1+1"), guard("-Ort"), guard("'n Haus")
    ("'=1+1", "'-Ort", "''n Haus")
    """
    bare = text.lstrip()
    if text.startswith(("'", *_FORMULA)) or bare.startswith(_FORMULA):
        return cut_cell(f"'{text}")
    if is_value(text):
        if len(text) <= _MAX_QUOTED:
            return '="' + text.replace('"', '""') + '"'
        return cut_cell(f"'{text}")
    return cut_cell(f"'{text}" if bare.startswith(_SIGNS) else text)


def unguard(cell: str) -> str:
    """Return the text of a cell that `guard` made."""
    if cell.startswith('="'):
        return cell[2:-1].replace('""', '"')
    return cell.removeprefix("'")


def is_value(text: str) -> bool:
    """Tell whether a German Excel may take a text for a number, a time, a truth value or an error.

    It may where a digit stands and every word is a month, a day of the week, `E`, `AM`, `T` or `EUR`.

    >>> [is_value(text) for text in ("1/2", "3-4", "12.5", "1E5", "12:30", "1. Mai 18", "wahr")]
    [True, True, True, True, True, True, True]
    >>> [is_value(text) for text in ("59423 Unna", "Mai", "2. Bauabschnitt", "88,56 km²")]
    [False, False, False, False]
    """
    if _VALUE.fullmatch(text.strip()):
        return True
    return _DIGIT.search(text) is not None and all(
        word[0].lower() in _WORDS for word in _WORD.finditer(text)
    )


def cut_cell(text: str) -> str:
    """Return a text that fits into a cell, its end an ellipsis if some is lost."""
    if len(text) * 2 <= MAX_CELL:
        return text
    units = text.encode("utf-16-le")
    if len(units) <= 2 * MAX_CELL:
        return text
    return units[: 2 * MAX_CELL - 2].decode("utf-16-le", "ignore") + "…"


def _print_time(time: datetime) -> str:
    return (
        f"{time.day:02}.{time.month:02}.{time.year:04} "
        f"{time.hour:02}:{time.minute:02}:{time.second:02}"
    )


def _read_time(text: str) -> datetime:
    found = _TIME.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no time")
    day, month, year, hour, minute, second = map(int, found.groups())
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


_PRINTERS: dict[Type, Any] = {
    "string": guard,
    "int32": str,
    "int64": str,
    "float64": lambda number: repr(float(number)).replace(".", ",").upper(),
    "bool": {True: "WAHR", False: "FALSCH"}.__getitem__,
    "timestamp": _print_time,
}
_READERS: dict[Type, Any] = {
    "string": unguard,
    "int32": int,
    "int64": int,
    "float64": lambda text: float(text.replace(",", ".")),
    "bool": {"WAHR": True, "FALSCH": False}.__getitem__,
    "timestamp": _read_time,
}
