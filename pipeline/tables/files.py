"""Rows -> the bytes of Parquet and CSV files, and back; nothing here opens a file.

Arrow tables are built from the CSV: `pa.array` and `pa.table` import pandas where it is installed,
which costs more than all the rest of a run.  Both forms are deterministic.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from pipeline.page import MAX_BYTES
from pipeline.tables.schema import Row, Table, Type

_NUMPY = {"int32": "Int32", "int64": "Int64", "bool": "boolean", "float64": "float64",
          "string": "str", "timestamp": "datetime64[ms, UTC]"}  # fmt: skip
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PANDAS = {"string": "unicode", "timestamp": "datetimetz"}
_BLOCK = 2**20  # bytes


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


def iter_csv(table: Table, content: bytes) -> Iterator[Row]:
    """Yield the rows of a CSV that `render_csv` made; ValueError if the columns are others."""
    return read_csv(table, iter_csv_texts(content), _READERS)


def read_csv(
    table: Table, lines: Iterator[list[str]], readers: Mapping[Type, Callable[[str], Any]]
) -> Iterator[Row]:
    """Yield the rows of a CSV's texts, read by the types of their columns; an empty one is null."""
    header = tuple(next(lines))
    if header not in (table.names(), table.names_before()):
        raise ValueError("the header names other columns")
    own = [readers[column.type] for column in table.columns if column.name in header]
    lacking = _find_lacking(table, header)
    for row in lines:
        values = [read(text) if text else None for read, text in zip(own, row, strict=True)]
        for at in lacking:
            values.insert(at, None)
        yield tuple(values)


def _find_lacking(table: Table, names: tuple[str, ...]) -> list[int]:
    """Return the places of the columns that a file of an earlier version does not have."""
    return [at for at, column in enumerate(table.columns) if column.name not in names]


def iter_csv_texts(
    content: bytes, encoding: str = "utf-8", delimiter: str = ","
) -> Iterator[list[str]]:
    """Yield the header and the rows of a CSV as texts; a cell may be as long as a page."""
    csv.field_size_limit(MAX_BYTES)
    lines = io.TextIOWrapper(io.BytesIO(content), encoding=encoding, newline="")
    return csv.reader(lines, delimiter=delimiter)


_READERS: dict[Type, Any] = {
    "string": str,
    "int32": int,
    "int64": int,
    "float64": float,
    "bool": {"true": True, "false": False}.__getitem__,
    "timestamp": datetime.fromisoformat,
}


def render_parquet(table: Table, content: bytes, about: dict[str, str]) -> bytes:
    """Return the table as Parquet, from its CSV; `about` goes into the file's metadata.

    Where a column has more than a MiB of different values, Arrow's bytes depend on the chunks that
    they come in (`findings/`).  So a large table is read in the chunks in which it always was, a
    MiB of JSON lines each: a published set must be rebuilt with the same bytes.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = shape_schema(table, about)
    columns = pa.schema([field.with_nullable(True) for field in schema])
    is_small = len(content) <= _BLOCK  # so no column has more
    data = _read_whole(content, columns) if is_small else _read_blocks(table, content, columns)
    buffer = io.BytesIO()
    pq.write_table(
        pa.Table.from_arrays(data.columns, schema=schema),
        buffer,
        compression="snappy",
        version="2.6",
    )
    return buffer.getvalue()


def _read_whole(content: bytes, columns: Any) -> Any:
    """Read a CSV into an Arrow table of one chunk."""
    import pyarrow.csv as pc

    return pc.read_csv(
        io.BytesIO(content),
        read_options=pc.ReadOptions(use_threads=False, block_size=len(content) + 1),
        parse_options=pc.ParseOptions(newlines_in_values=True),
        convert_options=pc.ConvertOptions(
            column_types=columns, null_values=[""], strings_can_be_null=True
        ),
    )


def _read_blocks(table: Table, content: bytes, columns: Any) -> Any:
    """Read a CSV into an Arrow table of a chunk for each MiB of its rows as JSON lines."""
    import pyarrow.json as pj

    names = table.names()
    encode = json.JSONEncoder(default=print_value, ensure_ascii=False, check_circular=False).encode
    lines, longest = io.BytesIO(), 0
    for row in iter_csv(table, content):
        line = encode(dict(zip(names, row, strict=True))).encode() + b"\n"
        longest = max(longest, lines.write(line))
    lines.seek(0)
    return pj.read_json(
        lines,
        read_options=pj.ReadOptions(use_threads=False, block_size=max(longest, _BLOCK) + 1),
        parse_options=pj.ParseOptions(explicit_schema=columns, unexpected_field_behavior="error"),
    )


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


def iter_parquet(table: Table, content: bytes) -> Iterator[Row]:
    """Yield the rows of a Parquet file; ValueError if the columns are others."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    # `read_table` would import pandas.  Without `pre_buffer` no thread of Arrow's reads: one that holds
    # Python's file while the process ends aborts it.
    file = pq.ParquetFile(pa.BufferReader(content), pre_buffer=False)
    header = tuple(file.schema_arrow.names)
    if header not in (table.names(), table.names_before()):
        raise ValueError("the file has other columns")
    own = [column for column in table.columns if column.name in header]
    lacking = _find_lacking(table, header)
    for batch in file.iter_batches(batch_size=4096, use_threads=False):
        columns: list[list[Any]] = [
            _list_times(values) if column.type == "timestamp" else values.to_pylist()
            for column, values in zip(own, batch.columns, strict=True)
        ]
        for at in lacking:
            columns.insert(at, [None] * len(batch))
        yield from zip(*columns, strict=True)


def _list_times(values: Any) -> list[datetime | None]:
    """Return timestamps as Python's; Arrow's own conversion would import pandas."""
    import pyarrow as pa

    times = values.view(pa.int64()).to_pylist()
    return [None if t is None else _EPOCH + timedelta(milliseconds=t) for t in times]
