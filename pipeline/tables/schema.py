"""The tables: their columns, keys and foreign keys, as the listing spec shapes them.

This is the one place that knows column names, types, units and descriptions; rows are tuples in
the order of a table's columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from pipeline.listing import CHILDREN, MUNICIPALITIES, FieldSpec, ListingSpec

Type = Literal["string", "int32", "int64", "float64", "bool", "timestamp"]
Row = tuple[Any, ...]
Rows = dict[str, list[Row]]  # table name -> its rows


class Column(NamedTuple):
    """A column: its name and type, and what a reader should know of it."""

    name: str
    type: Type
    description: str
    unit: str | None = None
    label: str | None = None  # on the page
    derived: bool = False  # computed or looked up here, not read from the page
    later: bool = False  # sets of 0.1 do not have it


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its columns, its key, and the columns that name rows of other tables."""

    name: str
    description: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    foreign: tuple[tuple[str, str], ...] = ()  # column -> table

    def names(self) -> tuple[str, ...]:
        """Return the column names in order."""
        return tuple(column.name for column in self.columns)

    def names_before(self) -> tuple[str, ...]:
        """Return the column names that a set of 0.1 has."""
        return tuple(column.name for column in self.columns if not column.later)


def shape_tables(spec: ListingSpec) -> dict[str, Table]:
    """Return the tables of a listing by name, in the order in which they are published."""
    tables = [_record_table(spec)]
    if spec.has_municipalities:
        tables.insert(0, _municipalities(spec))
    kinds = {field.kind for field in spec.fields}
    record = (spec.id, spec.table)
    if "links" in kinds:
        tables.append(Table(CHILDREN["links"], "Documents that a record offers.",
                            _downloads(spec), ("download_id",), (record,)))  # fmt: skip
    if "contacts" in kinds:
        tables.append(Table(CHILDREN["contacts"], "Persons, or offices without a named person.",
                            _contacts(spec), ("contact_id",), (record,)))  # fmt: skip
    tables += [
        Table("checks", "What was checked, and what came out.", _checks(spec), ()),
        Table("cells", "Where each text was read.", _CELLS, ()),
        Table("unclaimed", "Text of the listing that no field took.", _unclaimed(spec), ()),
        Table("captures", "The stored states of the page.", _CAPTURES, ("capture_id",)),
        Table("changes", "What changed from one state of the page to the next.",
              _changes(spec), ()),
    ]  # fmt: skip
    return {table.name: table for table in tables}


def _record_table(spec: ListingSpec) -> Table:
    columns = [Column(spec.id, "string", "Key: slug of what names the record", derived=True)]
    foreign: tuple[tuple[str, str], ...] = ()
    if spec.has_municipalities:
        columns.append(
            Column("municipality_id", "string", "The record's municipality", derived=True)
        )
        foreign = (("municipality_id", MUNICIPALITIES),)
    columns.append(Column("position", "int32", "Place on the page, from 1", derived=True))
    columns += _field_columns(spec, spec.table)
    return Table(spec.table, f"One row per record of “{spec.title}”.", tuple(columns),
                 (spec.id,), foreign)  # fmt: skip


def _municipalities(spec: ListingSpec) -> Table:
    columns = [
        Column("municipality_id", "string", "Key: slug of the name", derived=True),
        Column("municipality", "string", "Name of the municipality"),
        Column("ags", "string", "Official municipality key (AGS), 8 digits", derived=True),
        *_field_columns(spec, MUNICIPALITIES),
    ]
    return Table(
        MUNICIPALITIES,
        "One row per municipality; figures are the whole municipality's, of a date that the page "
        "does not tell.",
        tuple(columns),
        ("municipality_id",),
    )


def _field_columns(spec: ListingSpec, table: str) -> list[Column]:
    columns: list[Column] = []
    for field in spec.fields:
        if field.table == table and field.kind not in CHILDREN:
            columns += _one_field(field, table)
    for check in spec.checks:
        if check.table == table:
            quotient = spec.field(check.quotient)
            what = f"{check.numerator} / {check.denominator}"
            computed, low, high, status = check.columns
            columns += [
                Column(computed, "float64", what, quotient.unit, derived=True),
                Column(low, "float64", f"Least {what} that the printed numbers allow",
                       quotient.unit, derived=True),
                Column(high, "float64", f"Greatest {what} that the printed numbers allow",
                       quotient.unit, derived=True),
                Column(status, "string", "exact, within_rounding, inconsistent or not_checkable",
                       derived=True),
            ]  # fmt: skip
    return columns


def _one_field(field: FieldSpec, table: str) -> list[Column]:
    if field.heading:
        return [Column(field.name, "string", "The heading over the record")]
    label = field.title
    said = f"“{label}”"
    if field.kind == "integer":
        return [Column(field.name, "int64", f"{said}, as published", field.unit, label)]
    if field.kind == "decimal":
        return [Column(field.name, "float64", f"{said}, as published", field.unit, label)]
    if field.kind == "url":
        return [
            Column(field.name, "string", f"{said}, as printed", field.unit, label),
            Column(f"{field.name}_url", "string", f"{said}, as an absolute address"),
        ]
    if field.kind == "district":
        own = [Column(field.name, "string", f"{said}, as printed; null if kreisfrei", None, label)]
        if table == MUNICIPALITIES:
            own.append(Column("district_ags", "string", "First five digits of ags", derived=True))
        return [*own, Column(f"{field.name}_free", "bool", "Whether the town is kreisfrei")]
    return [Column(field.name, "string", said, field.unit, label)]


def _downloads(spec: ListingSpec) -> tuple[Column, ...]:
    label = next(field.title for field in spec.fields if field.kind == "links")
    return (
        Column("download_id", "string", "Key: record and position", derived=True),
        Column(spec.id, "string", "The record that offers it", derived=True),
        Column("position", "int32", "Place in the record, from 1", derived=True),
        Column("label", "string", "Text of the link or of the line", None, label),
        Column("url", "string", "Absolute address; null where the page gives none"),
        Column("file_type", "string", "File name extension of the address"),
    )


def _contacts(spec: ListingSpec) -> tuple[Column, ...]:
    label = next(field.title for field in spec.fields if field.kind == "contacts")
    salutation = "Frau or Herr" if spec.locale.country == "DE" else "As printed: Ms, Mr, Frau, Herr"
    return (
        Column("contact_id", "string", "Key: record and position", derived=True),
        Column(spec.id, "string", "The record that names it", derived=True),
        Column("position", "int32", "Place in the record, from 1", derived=True),
        Column("organisation", "string", "Organisation, carried on in its block", None, label),
        Column("department", "string", "Units, joined by “; ”"),
        Column("role", "string", "Functions of the person, joined by “; ”", later=True),
        Column("salutation", "string", salutation),
        Column("person", "string", "Person as printed, without the salutation"),
        Column("academic_title", "string", "Academic titles"),
        Column("given_name", "string", "Given names"),
        Column("family_name", "string", "Family name with von, van, zur"),
        Column("phone", "string", "Telephone number (E.164)"),
        Column("phone_text", "string", "Telephone number as printed"),
        Column("email", "string", "E-mail address, its domain in lower case"),
        Column("address", "string", "Street and postal lines, joined by “, ”"),
        Column("other", "string", "Labelled lines that have no column, joined by “; ”"),
    )


def _checks(spec: ListingSpec) -> tuple[Column, ...]:
    return (
        Column("rule", "string", "Name of the rule; docs/checks.md lists them"),
        Column("table_name", "string", "Table of the row that was checked"),
        Column("row_id", "string", "Its key"),
        Column("column_name", "string", "The column, where one is meant"),
        Column(spec.id, "string", "The record, where one is meant"),
        Column("verdict", "string", "pass, warn, fail or not_checkable"),
        Column("expected", "string", "What the rule expects"),
        Column("observed", "string", "What stands there"),
        Column("message", "string", "The finding as a sentence"),
    )


_CELLS = (
    Column("table_name", "string", "Table of the cell"),
    Column("row_id", "string", "Key of its row"),
    Column("column_name", "string", "Its column"),
    Column("capture_id", "string", "The capture it was read from"),
    Column("line", "int32", "Line of the capture, from 1"),
    Column("char_start", "int32", "First character in the line, from 0"),
    Column("char_end", "int32", "Character behind the last one"),
    Column("raw_text", "string", "line[char_start:char_end]"),
)
_CAPTURES = (
    Column("capture_id", "string", "Key: first 12 hex digits of sha256"),
    Column("sha256", "string", "SHA-256 of the stored bytes"),
    Column("listing", "string", "Name of the listing"),
    Column("url", "string", "Address of the page"),
    Column("captured_at", "timestamp", "Time of the visit (UTC); null where unknown"),
    Column("origin", "string", "fetch, archive or file"),
    Column("media_type", "string", "Media type without parameters"),
    Column("bytes", "int64", "Size of the stored bytes", "bytes"),
    Column("status", "string", "accepted, accepted_by_hand, suspect or rejected"),
    Column("records", "int32", "Records found"),
    Column("reason", "string", "Why it was not accepted"),
)


def _unclaimed(spec: ListingSpec) -> tuple[Column, ...]:
    return (
        Column("capture_id", "string", "The capture"),
        Column(spec.id, "string", "The record it stands in; null between records"),
        Column("line", "int32", "Line of the capture, from 1"),
        Column("text", "string", "The text"),
        Column("url", "string", "Address of a link in it that no column has", later=True),
        Column("reason", "string", "Why no field took it"),
    )


def _changes(spec: ListingSpec) -> tuple[Column, ...]:
    return (
        Column("seen_after", "timestamp", "Last visit that saw the old state (UTC)"),
        Column("seen_by", "timestamp", "First visit that saw the new state (UTC)"),
        Column("after_capture", "string", "The capture with the old state"),
        Column("by_capture", "string", "The capture with the new state"),
        Column("table_name", "string", "Table of the change"),
        Column("row_id", "string", "Key of its row"),
        Column("column_name", "string", "Its column; null for a whole row"),
        Column(spec.id, "string", "The record it belongs to"),
        Column("kind", "string", "row_added, row_removed or value_changed"),
        Column("old", "string", "Value before, as in the CSV; a row as a JSON object"),
        Column("new", "string", "Value after, as in the CSV; a row as a JSON object"),
        Column("related_row_id", "string", "The row that likely is the same under another key"),
    )
