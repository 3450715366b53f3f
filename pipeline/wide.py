"""One row for each record with all that other tables say of it: a sheet for people.

Its columns follow from the listing spec, in this order: the record's key and fields, its
municipality with figures and verdicts, its downloads and contacts (lists joined by "; "), its web
addresses, and the time of the capture.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from pipeline.spec import MUNICIPALITIES, NUMBERS, FieldSpec, ListingSpec

Load = Callable[[str], pd.DataFrame]


def name_wide(spec: ListingSpec) -> str:
    """Return the name under which `pipeline.load` gives the wide table: `concepts_wide`."""
    return f"{spec.table}_wide"


def widen(load: Load, spec: ListingSpec) -> pd.DataFrame:
    """Return the wide table; `load` gives a published table by its name."""
    records = load(spec.table)
    wide = records[[spec.id]].copy()
    own = [field for field in spec.fields if field.table == spec.table]
    for field in own:
        if field.kind in (*NUMBERS, "text", "district"):
            wide[field.name] = records[field.name]
    if spec.has_municipalities:
        _add_municipality(wide, records, load(MUNICIPALITIES), spec)
    for check in spec.checks:
        if check.table == spec.table:
            wide[check.columns[-1]] = records[check.columns[-1]]
    kinds = {field.kind for field in spec.fields}
    if "links" in kinds:
        downloads = load("downloads")
        wide["downloads"] = _join(wide[spec.id], downloads, downloads["label"])
        wide["download_urls"] = _join(wide[spec.id], downloads, downloads["url"])
    if "contacts" in kinds:
        contacts = load("contacts")
        named = contacts["person"].fillna(contacts["organisation"])
        wide["contacts"] = _join(wide[spec.id], contacts, named)
    for field in own:
        if field.kind == "url":
            wide[f"{field.name}_url"] = records[f"{field.name}_url"]
    in_force = load("cells")["capture_id"].head(1)
    captures = load("captures")
    times = captures.loc[captures["capture_id"].isin(in_force), "captured_at"]
    wide["captured_at"] = times.repeat(len(wide)).reset_index(drop=True)
    return wide


def _add_municipality(
    wide: pd.DataFrame, records: pd.DataFrame, towns: pd.DataFrame, spec: ListingSpec
) -> None:
    """Add the columns of the record's municipality; its figures are not the record's own."""
    theirs = towns.set_index("municipality_id").loc[records["municipality_id"]]
    theirs.index = wide.index
    wide["municipality"], wide["ags"] = theirs["municipality"], theirs["ags"]
    for field in spec.fields:
        if field.table == MUNICIPALITIES:
            for column in _list_columns(field):
                wide[f"municipality_{column}" if field.kind in NUMBERS else column] = theirs[column]
    for check in spec.checks:
        if check.table == MUNICIPALITIES:
            wide[check.columns[-1]] = theirs[check.columns[-1]]


def _list_columns(field: FieldSpec) -> tuple[str, ...]:
    return (field.name, "district_ags") if field.kind == "district" else (field.name,)


def _join(keys: pd.Series, children: pd.DataFrame, texts: pd.Series) -> pd.Series:
    """Return the texts of each record's rows, joined; null where it has none."""
    known = texts.notna()
    joined = texts[known].groupby(children.loc[known, str(keys.name)], sort=False).agg("; ".join)
    return keys.map(joined).astype("str")
