"""The wide table: its columns follow from the spec, its rows from the plan."""

from dataclasses import replace

import pandas as pd
import pytest

from pipeline.errors import DamagedFile
from pipeline.listing.spec import ListingSpec
from pipeline.listing.spec_reader import parse_spec
from pipeline.program.notebook import _read_rows, to_frame
from pipeline.tables.files import render_csv, render_parquet
from pipeline.tables.schema import shape_tables
from pipeline.tables.wide import list_sources, name_wide, shape_wide, widen
from tests.publish.extractions import DAY, NAMES, extract

COLUMNS = {
    "known": "concept_id title quarter municipality ags district district_ags "
    "municipality_area_km2 municipality_population municipality_density_per_km2 density_status "
    "downloads download_urls contacts website_url captured_at",
    "foerderprojekte/page.html": "project_id title carrier period costs_eur grant_eur summary "
    "downloads download_urls contacts captured_at",
    "gemeindetabelle/page.html": "town_id name postcode district area_km2 population "
    "density_per_km2 mayor density_status website_url captured_at",
    "haeuser/page.html": "house_id name carrier places area_m2 offers contacts website_url captured_at",
}


def rows_of(name: str) -> list[dict]:
    built = extract(name)
    names = shape_wide(built.spec, built.tables).names()
    return [
        dict(zip(names, row, strict=True)) for row in widen(built.rows, built.tables, built.spec)
    ]


@pytest.mark.parametrize("name", COLUMNS)
def test_the_columns_follow_from_the_spec(name):
    built = extract(name)
    wide = shape_wide(built.spec, built.tables)
    assert wide.names() == tuple(COLUMNS[name].split())
    assert (wide.name, wide.key) == (f"{built.spec.table}_wide", (built.spec.id,))


def test_a_column_is_described_as_where_it_comes_from():
    built = extract("known")
    columns = {column.name: column for column in shape_wide(built.spec, built.tables).columns}
    towns = {column.name: column for column in built.tables["municipalities"].columns}
    assert columns["municipality_area_km2"] == towns["area_km2"]._replace(
        name="municipality_area_km2"
    )
    assert columns["ags"].derived
    assert columns["contacts"].description == (
        "Person as printed, without the salutation; else Organisation, carried on in its block "
        "(several joined by “; ”)"
    )


def test_a_row_tells_what_all_tables_tell():
    row = rows_of("invented")[1]
    assert row == {
        "concept_id": "unna-beispielhof",
        "title": "„Wohnen am Beispielhof“ Integriertes Handlungskonzept – Nachbarschaft mit Zukunft",
        "quarter": "Beispielhof",
        "municipality": "Unna",
        "ags": "05978036",
        "district": "Kreis Unna",
        "district_ags": "05978",
        "municipality_area_km2": 88.56,
        "municipality_population": 58724,
        "municipality_density_per_km2": 663.1,
        "density_status": "exact",
        "downloads": "Gebietsplan Beispielhof; Kurzfassung",
        "download_urls": None,  # a text has no links
        "contacts": "Lena Beispiel; Peter Platzhalter; Anton von Exempel",
        "website_url": "http://www.unna.example",
        "captured_at": DAY,
    }
    assert rows_of("invented")[-1]["contacts"] == "Stadt Dorsten"  # a block without a person


@pytest.mark.parametrize("name", NAMES)
def test_every_record_has_one_row_in_the_order_of_the_page(name):
    built = extract(name)
    ids = [row[0] for row in built.rows[built.spec.table]]
    assert [row[built.spec.id] for row in rows_of(name)] == ids
    shuffled = {table: rows[::-1] for table, rows in built.rows.items()}
    shuffled["captures"] = built.rows["captures"]
    assert widen(shuffled, built.tables, built.spec) == widen(built.rows, built.tables, built.spec)


@pytest.mark.parametrize("name", NAMES)
def test_only_the_listed_tables_are_looked_into(name):
    built = extract(name)
    some = {table: built.rows[table] for table in list_sources(built.spec, built.tables)}
    assert widen(some, built.tables, built.spec) == widen(built.rows, built.tables, built.spec)


def test_the_time_is_that_of_the_capture_in_force():
    built = extract("story")
    times = [row["captured_at"] for row in rows_of("story")]
    assert len(built.rows["captures"]) == 2
    assert set(times) == {built.rows["captures"][-1][4]} != {DAY}


def test_a_record_without_rows_elsewhere_has_nulls():
    built = extract("invented")
    rows = {**built.rows, "downloads": [], "contacts": [], "municipalities": [], "cells": []}
    known = {"concept_id", "title", "quarter", "website_url"}
    names = shape_wide(built.spec, built.tables).names()
    for row in widen(rows, built.tables, built.spec):
        assert {n for n, value in zip(names, row, strict=True) if value is not None} == known


CLASH = """
name = "rooms"
title = "Rooms"
url = "https://rooms.example"
table = "rooms"
id = "room_id"
key = ["captured_at"]
opens_with = "captured_at"
[[field]]
name = "captured_at"
labels = ["Recorded"]
kind = "text"
[[field]]
name = "downloads"
labels = ["Number of downloads"]
kind = "integer"
[[field]]
name = "files"
labels = ["Files"]
kind = "links"
"""


def clash() -> ListingSpec:
    return parse_spec(CLASH.encode(), "clash.toml")


def test_two_columns_of_one_name_are_both_kept():
    spec = clash()
    assert shape_wide(spec, shape_tables(spec)).names() == (
        "room_id", "captured_at", "downloads", "downloads_downloads", "download_urls",
        "captures_captured_at",
    )  # fmt: skip


def test_the_name_follows_from_the_record_table():
    assert name_wide(replace(clash(), table="halls")) == "halls_wide"


def test_a_set_of_another_spec_is_told_and_not_misread(tmp_path):
    built, rooms = extract("invented"), shape_tables(clash())["rooms"]
    content = render_parquet(rooms, render_csv(rooms, []), {})
    (tmp_path / "concepts.parquet").write_bytes(content)
    with pytest.raises(DamagedFile) as error:
        _read_rows(tmp_path, built.tables["concepts"])
    assert str(error.value) == (
        f"{tmp_path}/concepts.parquet: not the table of the listing spec: the file has other "
        "columns; extract again"
    )
    (tmp_path / "concepts.parquet").write_bytes(b"PAR1")
    with pytest.raises(DamagedFile):
        _read_rows(tmp_path, built.tables["concepts"])


def test_a_frame_has_the_types_of_the_tables():
    built = extract("invented")
    wide = shape_wide(built.spec, built.tables)
    frame = to_frame(wide, widen(built.rows, built.tables, built.spec))
    dtypes = {name: str(dtype) for name, dtype in frame.dtypes.items()}
    assert dtypes["municipality_population"] == "Int64"
    assert dtypes["municipality_area_km2"] == "float64"
    assert dtypes["captured_at"] == "datetime64[ms, UTC]"
    assert {dtypes[c.name] for c in wide.columns if c.type == "string"} == {"str"}
    assert frame["download_urls"].isna().all()
    assert isinstance(frame, pd.DataFrame)
