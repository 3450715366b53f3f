"""`datapackage.json`: what every published file is, and what it was made from (Data Package v2)."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib import resources
from importlib.metadata import version
from typing import Any

from pipeline.spec import ListingSpec
from pipeline.tables import Column, Table

VERSION = "0.1.0"
NAME = "datapackage.json"
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
# Libraries that the bytes of the tables hang on.
_LIBRARIES = ("phonenumbers", "pyarrow", "selectolax", "w3lib")
_TYPES: dict[str, dict[str, str]] = {
    "string": {"type": "string"},
    "int32": {"type": "integer"},
    "int64": {"type": "integer"},
    "float64": {"type": "number"},
    "bool": {"type": "boolean"},
    "timestamp": {"type": "datetime"},
}
_MEDIA_TYPES = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet"}


def describe(
    files: dict[str, bytes], tables: dict[str, Table], spec: ListingSpec, made_from: dict[str, Any]
) -> bytes:
    """Return the descriptor of `files` (names -> bytes)."""
    package = {
        "$schema": PROFILE,
        "name": f"{spec.name}-listing",
        "title": spec.title,
        "homepage": spec.url,
        "version": VERSION,
        "sources": [{"title": spec.title, "path": spec.url}],
        "made_from": made_from,
        "resources": [
            _describe_file(name, content, tables, ending)
            for name, content in files.items()
            for ending in (name.rpartition(".")[2],)
        ],
    }
    return json.dumps(package, indent=2, ensure_ascii=False).encode() + b"\n"


def _describe_file(
    name: str, content: bytes, tables: dict[str, Table], ending: str
) -> dict[str, Any]:
    if ending == "atom":
        return _describe_feed(name, content)
    table = tables[name.rpartition(".")[0]]
    suffix = "" if ending == "csv" else f"-{ending}"
    resource: dict[str, Any] = {
        "name": table.name + suffix,
        "type": "table",
        "title": table.name,
        "description": table.description,
        "path": name,
        "format": ending,
        "mediatype": _MEDIA_TYPES[ending],
        "bytes": len(content),
        "hash": "sha256:" + hashlib.sha256(content).hexdigest(),
        "schema": _describe_table(table, tables, suffix),
    }
    if ending == "csv":
        resource["encoding"] = "utf-8"
    return resource


def _describe_feed(name: str, content: bytes) -> dict[str, Any]:
    return {
        "name": "changes-atom",
        "title": "changes as a feed",
        "description": "The table changes as an Atom feed, one entry for each state of the page.",
        "path": name,
        "format": "atom",
        "mediatype": "application/atom+xml",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": "sha256:" + hashlib.sha256(content).hexdigest(),
    }


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
    if column.name in table.key:
        field["constraints"] = {"required": True, "unique": True}
    return field


@cache
def digest_code() -> str:
    """Return one sha256 over the package's code, specs and data, in the order of their paths."""
    digest = hashlib.sha256()
    waiting = [("", resources.files("pipeline"))]
    found: dict[str, bytes] = {}
    while waiting:
        prefix, folder = waiting.pop()
        for entry in folder.iterdir():
            name = f"{prefix}{entry.name}"
            if entry.is_dir():
                if entry.name != "__pycache__":
                    waiting.append((f"{name}/", entry))
            elif entry.name.endswith((".py", ".toml", ".csv", ".sql", ".html")):
                found[name] = entry.read_bytes()
    for name in sorted(found):
        digest.update(f"{name}\0{len(found[name])}\0".encode())
        digest.update(found[name])
    return digest.hexdigest()


@cache
def list_libraries() -> dict[str, str]:
    """Return the versions of the libraries that the tables' bytes hang on."""
    return {name: version(name) for name in _LIBRARIES}


def is_made_by(made_from: dict[str, Any], spec_digest: str) -> bool:
    """Tell whether this program, with a spec of this digest, made what `made_from` describes."""
    recorded = (made_from["code_sha256"], made_from["spec_sha256"], made_from["libraries"])
    return recorded == (digest_code(), spec_digest, list_libraries())
