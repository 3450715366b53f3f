"""The functions for notebooks: tables as pandas DataFrames."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline.errors import SourceUnavailable, SpecError
from pipeline.pages import make_capture, read_pages
from pipeline.program import extract_captures
from pipeline.published import find_set, read_package
from pipeline.settings import Settings, read_settings
from pipeline.spec import read_spec
from pipeline.tables import Row, Table, Type
from pipeline.wide import name_wide, widen


def extract(
    page: str | os.PathLike[str] | bytes,
    *,
    media_type: str | None = None,
    listing: str = "ihk",
    register: str = "",
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
    built = extract_captures(captures, spec, Settings(listing=listing, register=register))
    return {name: to_frame(table, built.rows[name]) for name, table in built.tables.items()}


def load(table: str, *, out: str | os.PathLike[str] | None = None) -> pd.DataFrame:
    """Return a published table with the right dtypes.

    Parameters
    ----------
    table
        The name of a table, such as `concepts`; or `concepts_wide`, one row for each record with
        its municipality, downloads and contacts in it.
    out
        The directory of the published tables; without it that of settings.toml, else `processed`.

    Raises
    ------
    SourceUnavailable
        Nothing is published there.
    SpecError
        There is no such table.
    DamagedFile
        The published set is not as it was written.
    """
    folder = find_set(Path(out if out is not None else read_settings().out))
    if folder is None:
        raise SourceUnavailable("nothing is published yet; run ihk extract")
    package = read_package(folder)
    names = {str(resource["path"]).rpartition(".")[0] for resource in package["resources"]}
    if table in names:
        return _read(folder, table)
    spec = read_spec(package["made_from"]["settings"]["listing"])
    if table == name_wide(spec):
        return widen(lambda name: _read(folder, name), spec)
    names.add(name_wide(spec))
    raise SpecError(f"there is no table {table!r}; there are {', '.join(sorted(names))}")


def _read(folder: Path, table: str) -> pd.DataFrame:
    return pd.read_parquet(folder / f"{table}.parquet")


def to_frame(table: Table, rows: list[Row]) -> pd.DataFrame:
    """Return rows as a DataFrame, with the dtypes that the Parquet file gives.

    All texts of a table become one Arrow array that the columns are slices of: fewer conversions.
    """
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(table.columns)
    texts: list[str | None] = []
    for column, values in zip(table.columns, columns, strict=True):
        if column.type == "string":
            texts += values
    shared = pd.array(texts, dtype=_STRING)
    arrays: dict[str, Any] = {}
    at = 0
    for column, values in zip(table.columns, columns, strict=True):
        if column.type == "string":
            arrays[column.name] = shared[at : at + len(values)]
            at += len(values)
        else:
            arrays[column.name] = _READERS[column.type](values)
    return pd.DataFrame(arrays, copy=False)


def _whole(values: tuple[int | None, ...], dtype: str) -> Any:
    if None not in values:
        return pd.arrays.IntegerArray(np.array(values, dtype=dtype), np.zeros(len(values), bool))
    absent = np.array([value is None for value in values], dtype=bool)
    filled = np.array([value or 0 for value in values], dtype=dtype)
    return pd.arrays.IntegerArray(filled, absent)


def _logical(values: tuple[bool | None, ...]) -> Any:
    absent = np.array([value is None for value in values], dtype=bool)
    return pd.arrays.BooleanArray(np.array(values, dtype=bool), absent)


_STRING = pd.StringDtype(na_value=float("nan"))
_READERS: dict[Type, Any] = {
    "int32": lambda values: _whole(values, "int32"),
    "int64": lambda values: _whole(values, "int64"),
    "float64": lambda values: np.array(values, dtype="float64"),
    "bool": _logical,
    "timestamp": lambda values: pd.array(values, dtype=pd.DatetimeTZDtype("ms", "UTC")),
}
