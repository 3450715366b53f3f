"""Where a cell comes from: the capture, the line with the span marked, the rule, the checks."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

from pipeline.errors import SourceUnavailable, SpecError
from pipeline.flow import judge_capture
from pipeline.listing import ListingSpec, read_spec
from pipeline.model import Piece, Shown
from pipeline.privacy import show_lines
from pipeline.publish import find_set, read_package
from pipeline.settings import Settings
from pipeline.store import CAPTURES, read_capture, read_stored
from pipeline.tables import Row, Table, iter_csv, iter_csv_texts, shape_tables

_READ_BY = {
    "integer": "a whole number as the listing's locale prints it (values/numbers.py)",
    "decimal": "a number as the listing's locale prints it (values/numbers.py)",
    "text": "the field's lines, joined by one space",
    "district": "null and free if it begins with kreisfrei, else as printed (values/districts.py)",
    "url": "as printed; its address from the link, else with http:// in front (values/links.py)",
}
_CHILD_RULES = {
    "downloads": "each link with its own text, else each line (tables/readings.py)",
    "contacts": "the lines of the contact block (contacts/entries.py)",
}
_COMPUTED = {
    "ags": "looked up by the municipality's name in the register (tables/register.py)",
    "district_ags": "the first five digits of ags",
    "position": "counted on the page",
    "municipality_id": "slug of the municipality's name (tables/identity.py)",
}


class Source(NamedTuple):
    """A line that a cell was read from, and the characters of it."""

    capture_id: str
    line: int
    start: int
    end: int
    raw_text: str
    text: str  # the whole line as it is shown; empty where the capture is not in the store
    shown: tuple[int, int] = (0, 0)  # where the span stands in `text`


class Explanation(NamedTuple):
    """What is known of a cell."""

    table: str
    row_id: str
    column: str
    value: str | None
    sources: tuple[Source, ...]
    rule: str
    checks: tuple[dict[str, str], ...]


def explain_cell(settings: Settings, table: str, row_id: str, column: str) -> Explanation:
    """Explain a published cell; raises SpecError if there is no such table, row or column."""
    folder = find_set(Path(settings.out))
    if folder is None:
        raise SourceUnavailable(f"{settings.out}: nothing is published yet; run ihk extract")
    recorded = read_package(folder)["made_from"]["settings"]
    spec = read_spec(recorded["listing"])
    tables = shape_tables(spec)
    shape = tables.get(table)
    if shape is None:
        raise SpecError(f"there is no table {table!r}{_near(table, list(tables))}")
    if not shape.key:
        raise SpecError(f"the rows of {table} have no key; choose a table that has one")
    if column not in shape.names():
        raise SpecError(f"{table} has no column {column!r}{_near(column, list(shape.names()))}")
    rows = {row[shape.key[0]]: row for row in _read(folder, table)}
    if row_id not in rows:
        raise SpecError(f"{table} has no row {row_id!r}{_near(row_id, list(rows))}")
    cells = list(iter_csv(tables["cells"], read_stored(folder / "cells.csv")))
    own = [cell for cell in cells if cell[:3] == (table, row_id, column)]
    people = bool(recorded.get("people", True))
    lines = _show_lines({cell[3] for cell in own}, cells, settings, spec, people=people)
    sources = tuple(_find_source(cell, lines[cell[3]].get(cell[4], ())) for cell in own)
    judged = _list_judged(spec)
    checks = tuple(
        check
        for check in _read(folder, "checks")
        if (check["table_name"], check["row_id"]) == (table, row_id)
        and (check["column_name"] in (column, "") or (check["rule"], column) in judged)
    )
    rule = _find_rule(spec, shape, column)
    return Explanation(
        table, row_id, column, rows[row_id].get(column) or None, sources, rule, checks
    )


def _read(folder: Path, table: str) -> list[dict[str, str]]:
    header, *rows = iter_csv_texts(read_stored(folder / f"{table}.csv"))
    return [dict(zip(header, row, strict=True)) for row in rows]


def _show_lines(
    names: set[str], cells: list[Row], settings: Settings, spec: ListingSpec, *, people: bool
) -> dict[str, Shown]:
    """Return the lines of the captures `names` as they may be shown; none of one not in the store."""
    folder = Path(settings.raw) / spec.name / CAPTURES
    shown: dict[str, Shown] = {}
    for name in names:
        shown[name] = {}
        if (folder / f"{name}.json").exists():
            judged = judge_capture(read_capture(folder, name), spec)
            own = [cell for cell in cells if cell[3] == name]
            shown[name] = show_lines(judged.page, judged.listing, own, people=people)
    return shown


def _find_source(cell: Row, pieces: tuple[Piece, ...]) -> Source:
    """Return where a cell was read: its place in the line, and in the line as it is shown."""
    name, line, start, end, raw_text = cell[3:]
    text, places = "", []
    for piece in pieces:
        if piece.start < end and piece.end > start:
            is_whole = len(piece.text) != piece.end - piece.start  # something else stands for it
            first = 0 if is_whole else max(start - piece.start, 0)
            last = len(piece.text) if is_whole else min(end, piece.end) - piece.start
            places += [len(text) + first, len(text) + last]
        text += piece.text
    shown = (min(places), max(places)) if places else (start, end)
    return Source(name, line, start, end, raw_text, text, shown)


def _find_rule(spec: ListingSpec, table: Table, column: str) -> str:
    if table.name in _CHILD_RULES:
        described = next(c.description for c in table.columns if c.name == column)
        return f"{described}: {_CHILD_RULES[table.name]}"
    for field in spec.fields:
        if field.table == table.name and column in (
            field.name,
            f"{field.name}_url",
            f"{field.name}_free",
        ):
            labels = "label " + " or ".join(f"“{label}”" for label in field.labels)
            if field.heading:
                labels = "the heading over the record"
            return f"{labels}, kind {field.kind}: {_READ_BY[field.kind]}"
    if column == spec.id:
        return f"slug of {' and '.join(spec.key)}, led by the municipality's (tables/identity.py)"
    if column == "municipality":
        return f"told by {', else '.join(spec.name_from)} (tables/identity.py)"
    for check in spec.checks:
        if column in check.columns:
            return f"computed from {check.numerator}, {check.denominator} and {check.quotient} (values/density.py)"
    return _COMPUTED.get(column, next(c.description for c in table.columns if c.name == column))


def _list_judged(spec: ListingSpec) -> set[tuple[str, str]]:
    """Return pairs of a rule of the spec and a column that it looks at or adds."""
    return {
        (check.name, column)
        for check in spec.checks
        for column in (check.numerator, check.denominator, check.quotient, *check.columns)
    }


def _near(name: str, known: list[str]) -> str:
    close = get_close_matches(name, known, n=1)
    return f"; did you mean {close[0]!r}?" if close else f"; there are {', '.join(known[:12])}"
