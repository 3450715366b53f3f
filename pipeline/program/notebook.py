"""The functions for notebooks: tables as pandas DataFrames."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from pandas.api.internals import (  # type: ignore[import-not-found]  # no stub of it
    create_dataframe_from_blocks,
)

from pipeline.archives import make_capture, read_pages
from pipeline.errors import DamagedFile, SourceUnavailable, SpecError
from pipeline.flow import without_collector
from pipeline.listing import ListingSpec, read_spec
from pipeline.program.extract import extract_captures, extract_store
from pipeline.publish import find_set, read_package
from pipeline.settings import Settings, read_settings
from pipeline.store import parse_date, read_stored
from pipeline.tables import (
    Row,
    Table,
    Type,
    iter_parquet,
    list_sources,
    name_wide,
    shape_tables,
    shape_wide,
    widen,
)


@without_collector
def extract(
    page: str | os.PathLike[str] | bytes,
    *,
    media_type: str | None = None,
    listing: str = "ihk",
    register: str = "",
    people: bool = True,
) -> dict[str, pd.DataFrame]:
    """Return the tables of a page; nothing is written.

    Parameters
    ----------
    page
        A path (`.html`, `.htm`, `.xhtml`, `.txt`, `.warc`, `.warc.gz`), or the bytes of a page.
    media_type
        For bytes: `text/html` or `text/plain`, with a `charset` if the server named one.
    listing
        A listing of the package, or the path of a listing spec ending in `.toml`.
    register
        The path of a GV100AD file (official register of municipalities).
    people
        False withholds names, numbers and addresses of persons.

    Returns
    -------
    dict of str to DataFrame
        `municipalities`, `concepts`, `downloads`, `contacts`, `checks`, `cells`, `unclaimed`,
        `captures`, `changes`; integers are `Int64` or `Int32`, booleans `boolean`.

    Raises
    ------
    SpecError
        There is no such file, it is no page's by its name, or the spec or register is wrong.
    SuspectPage
        The page is not the listing, or not whole; `captures` would say the same.
    """
    spec = read_spec(listing)
    if isinstance(page, bytes):
        if media_type is None:
            raise SpecError("bytes need media_type=, 'text/html' or 'text/plain'")
        captures = [make_capture(page, media_type, "the page")]
    else:
        captures = read_pages([Path(page)], spec)
    built = extract_captures(
        captures, spec, Settings(listing=listing, register=register, people=people)
    )
    return {name: to_frame(table, built.rows[name]) for name, table in built.tables.items()}


def load(
    table: str,
    *,
    as_of: str | date | None = None,
    out: str | os.PathLike[str] | None = None,
    raw: str | os.PathLike[str] | None = None,
) -> pd.DataFrame:
    """Return a published table with the right dtypes, or a table as the page stood at a time.

    Parameters
    ----------
    table
        The name of a table, such as `concepts`; or `concepts_wide`, one row for each record with
        its municipality, downloads and contacts in it.
    as_of
        A day (its end) or a time, ISO 8601 or a `datetime`, UTC unless it says otherwise: the
        table is rebuilt in memory from the raw store by the present rules; nothing is written.
    out
        The directory of the published tables; without it that of settings.toml, else `processed`.
    raw
        The directory of the raw store, for `as_of`; without it that of settings.toml, else `raw`.

    Raises
    ------
    SourceUnavailable
        Nothing is published there, or no capture is that old.
    SpecError
        There is no such table, or `as_of` is no date.
    DamagedFile
        What is stored or published is not as it was written.
    """
    if as_of is not None:
        settings = read_settings(raw=os.fspath(raw) if raw is not None else None)
        return _load_as_of(table, as_of, settings)
    folder = find_set(Path(out if out is not None else read_settings().out))
    if folder is None:
        raise SourceUnavailable("nothing is published yet; run ihk extract")
    package = read_package(folder)
    names = {
        name
        for resource in package["resources"]
        for name, _, ending in (str(resource["path"]).rpartition("."),)
        if ending == "parquet"
    }
    spec = read_spec(package["made_from"]["settings"]["listing"])
    if table in names:
        return pd.read_parquet(folder / f"{table}.parquet")
    tables = shape_tables(spec)
    return _load_wide(table, names, spec, lambda name: _read_rows(folder, tables[name]))


def _load_as_of(table: str, as_of: str | date, settings: Settings) -> pd.DataFrame:
    text = as_of if isinstance(as_of, str) else as_of.isoformat()
    built = extract_store(settings, as_of=parse_date(text, end=True), write=False)

    if table in built.tables:
        return to_frame(built.tables[table], built.rows[table])
    return _load_wide(table, set(built.tables), built.spec, built.rows.__getitem__)


def _load_wide(
    table: str, names: set[str], spec: ListingSpec, read: Callable[[str], list[Row]]
) -> pd.DataFrame:
    if table != name_wide(spec):
        known = ", ".join(sorted({*names, name_wide(spec)}))
        raise SpecError(f"there is no table {table!r}; there are {known}")
    tables = shape_tables(spec)
    rows = {name: read(name) for name in list_sources(spec, tables)}
    return to_frame(shape_wide(spec, tables), widen(rows, tables, spec))


def _read_rows(folder: Path, table: Table) -> list[Row]:
    path = folder / f"{table.name}.parquet"
    try:
        return list(iter_parquet(table, read_stored(path)))
    except (OSError, ValueError) as error:
        raise DamagedFile(
            f"{path}: not the table of the listing spec: {error}; extract again"
        ) from None


def to_frame(table: Table, rows: list[Row]) -> pd.DataFrame:
    """Return rows as a DataFrame, with the dtypes that the Parquet file gives.

    The columns are put together as they are: `pd.DataFrame` would look at each of them again, which
    takes longer than to make them.
    """
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(table.columns)
    types = [column.type for column in table.columns]
    strings = _cut_strings(
        [table.names(), *(v for v, kind in zip(columns, types, strict=True) if kind == "string")]
    )
    names = pd.Index(next(strings))
    blocks = [
        (next(strings) if kind == "string" else _READERS[kind](values), np.array([at]))
        for at, (values, kind) in enumerate(zip(columns, types, strict=True))
    ]
    frame: pd.DataFrame = create_dataframe_from_blocks(blocks, pd.RangeIndex(len(rows)), names)
    return frame


def _cut_strings(columns: list[tuple[str | None, ...]]) -> Iterator[Any]:
    """Yield columns of texts, cut from one Arrow array: fewer conversions than one each."""
    texts = pa.array(list(chain.from_iterable(columns)), pa.large_string())
    shared, at = _STRING.__from_arrow__(texts), 0
    for values in columns:
        yield shared[at : at + len(values)]
        at += len(values)


def _whole(values: tuple[int | None, ...], dtype: str) -> Any:
    if None not in values:
        found = np.fromiter(values, dtype, len(values))
        return pd.arrays.IntegerArray(found, np.zeros(len(values), bool))
    absent = np.array([value is None for value in values], dtype=bool)
    filled = np.array([value or 0 for value in values], dtype=dtype)
    return pd.arrays.IntegerArray(filled, absent)


def _logical(values: tuple[bool | None, ...]) -> Any:
    absent = np.array([value is None for value in values], dtype=bool)
    return pd.arrays.BooleanArray(np.array(values, dtype=bool), absent)


_STRING: Any = pd.StringDtype(na_value=float("nan"))
_READERS: dict[Type, Any] = {
    "int32": lambda values: _whole(values, "int32"),
    "int64": lambda values: _whole(values, "int64"),
    "float64": lambda values: np.array([values], dtype="float64"),  # a block of one column
    "bool": _logical,
    "timestamp": lambda values: pd.array(values, dtype=pd.DatetimeTZDtype("ms", "UTC")),
}
