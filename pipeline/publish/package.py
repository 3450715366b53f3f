"""`datapackage.json`: what every published file is, and what it was made from (Data Package v2)."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from pipeline.publish.citation import describe_source
from pipeline.tables import Column, Table, print_value
from pipeline.version import VERSION

if TYPE_CHECKING:
    from pipeline.extraction import Extraction

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_TYPES: dict[str, dict[str, str]] = {
    "string": {"type": "string"},
    "int32": {"type": "integer"},
    "int64": {"type": "integer"},
    "float64": {"type": "number"},
    "bool": {"type": "boolean"},
    "timestamp": {"type": "datetime"},
}
_MEDIA_TYPES = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet"}


class _Form(NamedTuple):
    """A file beside the tables."""

    title: str
    description: str
    mediatype: str


_FORMS = {
    "atom": _Form(
        "changes as a feed",
        "The table changes as an Atom feed, one entry for each state of the page.",
        "application/atom+xml",
    ),
    "sql": _Form("views", "The tables as views, for DuckDB.", "application/sql"),
    "xlsx": _Form(
        "workbook",
        "The tables as sheets, with one that explains the columns.",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    "html": _Form("report", "The listing for readers, with its findings and sources.", "text/html"),
    "csv": _Form(
        "for a German Excel",
        "A table as a German Excel opens it: UTF-8 with byte order mark, semicolon, decimal comma, "
        "times in UTC; docs/excel.md tells how a text that begins like a formula or a number is kept.",
        "text/csv",
    ),
}


def describe_package(files: dict[str, bytes], built: Extraction) -> bytes:
    """Return the descriptor of `files` (names -> bytes)."""
    spec, tables = built.spec, built.tables
    source = describe_source(built.rows, tables, spec)
    package = {
        "$schema": PROFILE,
        "name": f"{spec.name}-listing",
        "title": spec.title,
        "homepage": spec.url,
        "version": VERSION,
        "sources": [{"title": spec.title, "path": spec.url}],
        "citation": source.citation,
        "captured_at": print_value(source.captured_at),
        "rights": source.rights,
        "facts": source.facts,
        "derived": source.derived,
        "made_from": built.made_from,
        "resources": [
            _describe_table_file(name, content, tables)
            if _is_table(name, tables)
            else _describe_form(name, content)
            for name, content in files.items()
        ],
    }
    return json.dumps(package, indent=2, ensure_ascii=False).encode() + b"\n"


def _is_table(name: str, tables: dict[str, Table]) -> bool:
    stem, _, ending = name.rpartition(".")
    return stem in tables and ending in _MEDIA_TYPES


def _describe_table_file(name: str, content: bytes, tables: dict[str, Table]) -> dict[str, Any]:
    stem, _, ending = name.rpartition(".")
    table = tables[stem]
    suffix = "" if ending == "csv" else f"-{ending}"
    resource: dict[str, Any] = {
        "name": table.name + suffix,
        "type": "table",
        "title": table.name,
        "description": table.description,
        "path": name,
        "format": ending,
        "mediatype": _MEDIA_TYPES[ending],
        **_measure(content),
        "schema": _describe_table(table, tables, suffix),
    }
    if ending == "csv":
        resource["encoding"] = "utf-8"
    return resource


def _describe_form(name: str, content: bytes) -> dict[str, Any]:
    ending = name.rpartition(".")[2]
    form = _FORMS[ending]
    resource: dict[str, Any] = {
        "name": name.replace("/", "-").replace(".", "-").replace("_", "-"),
        "title": form.title,
        "description": form.description,
        "path": name,
        "format": ending,
        "mediatype": form.mediatype,
        **_measure(content),
    }
    if ending != "xlsx":
        resource["encoding"] = "utf-8"
    return resource


def _measure(content: bytes) -> dict[str, Any]:
    return {"bytes": len(content), "hash": "sha256:" + hashlib.sha256(content).hexdigest()}


def _describe_table(table: Table, tables: dict[str, Table], suffix: str) -> dict[str, Any]:
    schema: dict[str, Any] = {"fields": [_describe_column(c, table) for c in table.columns]}
    if table.key:
        schema["primaryKey"] = list(table.key)
    foreign = [
        {
            "fields": [column],
            "reference": {"resource": other + suffix, "fields": list(tables[other].key)},
        }
        for column, other in table.foreign
    ]
    if foreign:
        schema["foreignKeys"] = foreign
    schema["missingValues"] = [""]
    return schema


def _describe_column(column: Column, table: Table) -> dict[str, Any]:
    field: dict[str, Any] = {"name": column.name, **_TYPES[column.type]}
    field["description"] = column.description
    if column.label:
        field["title"] = column.label
    if column.unit:
        field["unit"] = column.unit
    if column.derived:
        field["derived"] = True
    if column.name in table.key:
        field["constraints"] = {"required": True, "unique": True}
    return field
