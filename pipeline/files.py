"""Rows -> the bytes of Parquet and CSV files, and back; nothing here opens a file.

Arrow tables are built from JSON lines, because `pa.array` and `pa.table` import pandas where it is
installed, which costs more than all the rest of a run.  Both forms are deterministic.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from pipeline.tables import Row, Table, Type

_NUMPY = {"int32": "Int32", "int64": "Int64", "bool": "boolean", "float64": "float64",
          "string": "str", "timestamp": "datetime64[ms, UTC]"}  # fmt: skip
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PANDAS = {"string": "unicode", "timestamp": "datetimetz"}


def render_csv(table: Table, rows: Iterable[Row]) -> bytes:
    """Return the table as CSV: UTF-8, comma, point, LF; null is empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.names())
    odd = [i for i, column in enumerate(table.columns) if column.type in ("bool", "timestamp")]
    for row in rows:
        if odd:
            values = list(row)
            for i in odd:
                values[i] = print_value(values[i])
            writer.writerow(values)
        else:
            writer.writerow(row)
    return text.getvalue().encode()


def print_value(value: Any) -> str | None:
    """Return a value as the CSV prints it, None for null.

    >>> print_value(True), print_value(88.56), print_value(None)
    ('true', '88.56', None)
    """
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    return str(value)


def parse_csv(table: Table, content: bytes) -> list[Row]:
    """Return the rows of a CSV that `render_csv` made; ValueError if the columns are others."""
    reader = csv.reader(io.StringIO(content.decode(), newline=""))
    if tuple(next(reader)) != table.names():
        raise ValueError("the header names other columns")
    readers = [_READERS[column.type] for column in table.columns]
    return [
        tuple(read(text) if text else None for read, text in zip(readers, row, strict=True))
        for row in reader
    ]


_READERS: dict[Type, Any] = {
    "string": str,
    "int32": int,
    "int64": int,
    "float64": float,
    "bool": {"true": True, "false": False}.__getitem__,
    "timestamp": datetime.fromisoformat,
}


def render_parquet(table: Table, rows: list[Row], about: dict[str, str]) -> bytes:
    """Return the table as Parquet; `about` goes into the file's metadata."""
    import pyarrow as pa
    import pyarrow.json as pj
    import pyarrow.parquet as pq

    schema = shape_schema(table, about)
    names = table.names()
    lines = [
        json.dumps(dict(zip(names, row, strict=True)), default=print_value)
        for row in rows or [(None,) * len(names)]  # JSON of no line has no columns
    ]
    content = "\n".join(lines).encode()
    data = pj.read_json(
        io.BytesIO(content),
        read_options=pj.ReadOptions(use_threads=False, block_size=len(content) + 1),
        parse_options=pj.ParseOptions(explicit_schema=schema, unexpected_field_behavior="error"),
    )
    if not rows:
        data = data.slice(0, 0)
    data = pa.Table.from_arrays(data.columns, schema=schema)
    buffer = io.BytesIO()
    pq.write_table(data, buffer, compression="snappy", version="2.6")
    return buffer.getvalue()


def shape_schema(table: Table, about: dict[str, str]) -> Any:
    """Return the Arrow schema: types, field metadata, and the pandas types that nulls keep."""
    import pyarrow as pa

    types: dict[Type, Any] = {"string": pa.string(), "int32": pa.int32(), "int64": pa.int64(), "bool": pa.bool_(),
             "float64": pa.float64(), "timestamp": pa.timestamp("ms", tz="UTC")}  # fmt: skip
    fields = []
    for column in table.columns:
        notes = {"description": column.description}
        if column.unit:
            notes["unit"] = column.unit
        if column.label:
            notes["label"] = column.label
        nullable = column.name not in table.key
        fields.append(pa.field(column.name, types[column.type], nullable, notes))
    pandas = {
        "index_columns": [],
        "column_indexes": [],
        "columns": [
            {
                "name": column.name,
                "field_name": column.name,
                "pandas_type": _PANDAS.get(column.type, column.type),
                "numpy_type": _NUMPY[column.type],
                "metadata": {"timezone": "UTC"} if column.type == "timestamp" else None,
            }
            for column in table.columns
        ],
        "creator": {"library": "ihk-listing", "version": about.get("version", "")},
        "pandas_version": "3.0.0",
    }
    notes = {"pandas": json.dumps(pandas), "description": table.description, **about}
    return pa.schema(fields, {key.encode(): text.encode() for key, text in notes.items()})


def parse_parquet(table: Table, content: bytes) -> list[Row]:
    """Return the rows of a Parquet file; ValueError if the columns are others."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    data = pq.ParquetFile(io.BytesIO(content)).read(use_threads=False)  # read_table imports pandas
    if tuple(data.column_names) != table.names():
        raise ValueError("the file has other columns")
    columns: list[list[Any]] = []
    for column in table.columns:
        values = data.column(column.name)
        if column.type == "timestamp":  # Arrow's own conversion to datetime imports pandas
            times = [t for chunk in values.chunks for t in chunk.view(pa.int64()).to_pylist()]
            columns.append(
                [None if t is None else _EPOCH + timedelta(milliseconds=t) for t in times]
            )
        else:
            columns.append(values.to_pylist())
    return list(zip(*columns, strict=True)) if columns[0] else []
