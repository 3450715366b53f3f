"""Published sets: complete, the same bytes every time, and never over a stranger's file."""

import csv
import hashlib
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from frictionless import Package

import pipeline
from pipeline.errors import DamagedFile, Locked, StorageError
from pipeline.program.extract import extract_pages, extract_store
from pipeline.publish.publication import publish, withdraw
from pipeline.publish.published import is_current, list_own, read_current
from pipeline.publish.render import render_set
from pipeline.settings import Settings
from pipeline.store import storage
from pipeline.tables.files import iter_csv, iter_parquet, render_csv, render_parquet
from pipeline.tables.schema import Column, Table
from tests.program.runs import hooked, list_seen

ROOT = Path(__file__).parents[2]
INVENTED = ROOT / "tests" / "fixtures" / "invented.txt"


def render(path: Path = INVENTED) -> dict[str, bytes]:
    """Return the files of the set that `path` gives."""
    built = extract_pages([path], Settings())
    return render_set(built)


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    """The files of the invented listing's set."""
    return render()


@pytest.fixture(scope="module")
def others() -> dict[str, bytes]:
    """The files of another set."""
    built = extract_store(Settings(raw=str(ROOT / "tests/fixtures/raw")))
    return render_set(built)


def test_a_set_has_each_table_twice_and_a_descriptor(files, tmp_path):
    publish(tmp_path, files)
    shown = {path.name for path in tmp_path.iterdir() if not path.name.startswith(".")}
    tables = "municipalities concepts downloads contacts checks cells unclaimed captures changes"
    assert shown == {"datapackage.json", "changes.atom", "views.sql"} | {
        f"{name}.{end}" for name in tables.split() for end in ("csv", "parquet")
    }
    assert all((tmp_path / name).read_bytes() == content for name, content in files.items())


def test_the_same_captures_give_the_same_bytes_in_another_process(files, tmp_path):
    code = (
        f"import sys, hashlib; sys.path.insert(0, {str(ROOT)!r})\n"
        "from tests.publish.test_publish import render\n"
        "print(hashlib.sha256(b''.join(render().values())).hexdigest())"
    )
    seen = set()
    for seed, zone in (("1", "Asia/Tokyo"), ("2", "America/New_York")):
        env = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C"}
        done = subprocess.run(
            [sys.executable, "-c", code], env=env, capture_output=True, check=True
        )
        seen.add(done.stdout.decode().strip())
    assert seen == {hashlib.sha256(b"".join(files.values())).hexdigest()}


def test_publishing_the_same_set_again_changes_nothing(files, tmp_path):
    first = publish(tmp_path, files)
    times = {p: p.lstat().st_mtime_ns for p in tmp_path.rglob("*") if p.name != ".lock"}
    assert publish(tmp_path, files) == (first.digest, False)
    assert {p: p.lstat().st_mtime_ns for p in tmp_path.rglob("*") if p.name != ".lock"} == times


def test_the_previous_set_is_kept_and_older_ones_go(files, others, tmp_path):
    third = {**files, "datapackage.json": files["datapackage.json"] + b"\n"}
    digests = [publish(tmp_path, one).digest for one in (files, others, third)]
    kept = {path.name for path in (tmp_path / ".sets").iterdir() if path.is_dir()}
    assert kept == set(digests[1:])
    assert read_current(tmp_path) == digests[2]


def test_links_of_tables_that_are_gone_are_removed_and_strangers_stay(files, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    publish(tmp_path, {**files, "extra.csv": b"a\n"})
    publish(tmp_path, files)
    assert not (tmp_path / "extra.csv").is_symlink()
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_a_link_that_a_dead_run_made_for_another_set_leads_nowhere_and_goes(files, tmp_path):
    """It died before the set that has `ihk.xlsx` was in force, and the next run publishes none."""
    publish(tmp_path, files)
    made_from = json.loads(files["datapackage.json"])["made_from"]
    assert is_current(tmp_path, made_from)
    (tmp_path / "ihk.xlsx").symlink_to(".current/ihk.xlsx")
    assert list_seen(tmp_path) == set(files)
    assert not is_current(tmp_path, made_from)
    assert not publish(tmp_path, files).is_new
    assert list_own(tmp_path) == set(files)
    assert is_current(tmp_path, made_from)


def test_a_publication_that_died_half_linked_is_ended(files, tmp_path):
    """As older versions did, which made the links last and kept a mark meanwhile."""
    publish(tmp_path, files)
    for name in sorted(files)[::2]:
        (tmp_path / name).unlink()
    (tmp_path / ".sets" / ".unfinished").touch()
    assert not is_current(tmp_path, json.loads(files["datapackage.json"])["made_from"])
    assert not publish(tmp_path, files).is_new
    assert list_seen(tmp_path) == set(files)
    assert not (tmp_path / ".sets" / ".unfinished").exists()


def test_what_is_withdrawn_is_gone_at_once(files, tmp_path):
    publish(tmp_path, files)
    seen = []

    def look(name, call, args):
        seen.append(list_seen(tmp_path))
        return call()

    with hooked(look):
        withdraw(tmp_path)
    assert [names for names in seen if names not in (set(files), set())] == []
    assert [path.name for path in tmp_path.iterdir()] == [".sets"]
    assert [path.name for path in (tmp_path / ".sets").iterdir()] == [".lock"]


@pytest.mark.parametrize("kind", ["file", "directory", "link elsewhere"])
def test_a_stranger_in_a_tables_place_is_refused_and_left_alone(files, tmp_path, kind):
    path = tmp_path / "concepts.csv"
    if kind == "file":
        path.write_text("mine")
    elif kind == "directory":
        path.mkdir()
    else:
        path.symlink_to("elsewhere")
    before = path.lstat()
    with pytest.raises(
        StorageError, match="a file that is not this program's stands where a table"
    ):
        publish(tmp_path, files)
    assert path.lstat() == before
    assert [p.name for p in tmp_path.iterdir()] == ["concepts.csv"]


def test_a_damaged_set_is_written_again(files, tmp_path):
    digest = publish(tmp_path, files).digest
    (tmp_path / ".sets" / digest / "cells.csv").write_bytes(b"x")
    publish(tmp_path, files)
    assert (tmp_path / "cells.csv").read_bytes() == files["cells.csv"]


def test_processed_can_be_deleted_and_comes_back(files, tmp_path):
    out = tmp_path / "a" / "processed"
    publish(out, files)
    subprocess.run(["rm", "-r", str(out)], check=True)
    assert publish(out, files).is_new
    assert (out / "cells.csv").read_bytes() == files["cells.csv"]


def test_a_second_run_leaves_at_once(files, tmp_path):
    (tmp_path / ".sets").mkdir()
    with storage.lock(tmp_path / ".sets" / ".lock"), pytest.raises(Locked, match="another run"):
        publish(tmp_path, files)


def test_a_current_that_is_no_link_is_damage(files, tmp_path):
    (tmp_path / ".current").mkdir()
    with pytest.raises(DamagedFile, match="not the link to a set"):
        publish(tmp_path, files)


def snapshot(out: Path) -> dict[str, bytes] | None:
    """Return what a reader sees who resolves `.current` once."""
    if not (out / ".current").is_symlink():
        return None
    folder = (out / ".current").resolve()
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("error", [28, 30, 5, 13])
def test_a_disk_that_refuses_is_a_storage_error_and_leaves_the_old_set(
    files, others, tmp_path, monkeypatch, error
):
    publish(tmp_path, others)

    def refuse(handle):
        raise OSError(error, os.strerror(error))

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(StorageError, match=os.strerror(error)):
        publish(tmp_path, files)
    assert snapshot(tmp_path) == others


def test_the_descriptor_is_valid_and_its_hashes_hold(files, tmp_path):
    publish(tmp_path, files)
    package = json.loads(files["datapackage.json"])
    for resource in package["resources"]:
        content = files[resource["path"]]
        assert resource["hash"] == "sha256:" + hashlib.sha256(content).hexdigest()
        assert resource["bytes"] == len(content)
    named = {resource["path"] for resource in package["resources"]}
    assert named == set(files) - {"datapackage.json"}
    checked = Package(str(tmp_path / "datapackage.json"))
    for name in [name for name in checked.resource_names if name.endswith("-parquet")]:
        checked.remove_resource(name)  # needs a plugin; the CSV has the same rows
    report = checked.validate()
    assert report.valid, report.flatten(["title", "message"])


def test_parquet_tells_description_unit_and_label_of_a_column(files):
    schema = pq.ParquetFile(io.BytesIO(files["municipalities.parquet"])).schema_arrow
    assert schema.field("area_km2").metadata == {
        b"description": "“Fläche (km²)”, as published".encode(),
        b"unit": "km²".encode(),
        b"label": "Fläche (km²)".encode(),
    }
    assert all(field.metadata[b"description"] for field in schema)


def test_plain_pandas_reads_the_right_types(files):
    frame = pd.read_parquet(io.BytesIO(files["municipalities.parquet"]))
    types = frame.dtypes.astype(str).to_dict()
    assert types["population"] == "Int64"
    assert types["district_free"] == "boolean"
    assert types["ags"] == "str"
    captures = pd.read_parquet(io.BytesIO(files["captures.parquet"]))
    assert str(captures.dtypes["captured_at"]) == "datetime64[ms, UTC]"


def test_csv_is_utf8_with_comma_point_and_lf(files):
    text = files["municipalities.csv"].decode()
    assert "\r" not in text
    rows = list(csv.DictReader(io.StringIO(text)))
    assert rows[0]["area_km2"] == "88.56"
    assert rows[0]["population"] == "58724"
    assert rows[0]["district_free"] == "false"
    assert rows[2]["density_per_km2"] == ""


NASTY = ['a"b', "x,y", "=1+1", "line\nbreak", "ü€😀", " lead", "nan", "None", "null", "1e5", "-"]


def test_nasty_texts_survive_both_forms():
    """Texts that spreadsheets, CSV readers and JSON mangle come back as they were (constructed)."""
    table = Table("t", "d", (Column("k", "string", "k"), Column("v", "float64", "v")), ("k",))
    rows = [(text, i / 3) for i, text in enumerate(NASTY)] + [("last", None)]
    rows.append(("x\n" * 100_000, 1.0))  # more than Python's csv reads unasked
    for more in ([], [("x\n" * 600_000, 2.0)]):  # a table of more than a MiB is read in another way
        rows += more
        assert list(iter_csv(table, render_csv(table, rows))) == rows
        assert list(iter_parquet(table, render_parquet(table, render_csv(table, rows), {}))) == rows


def test_a_large_table_keeps_its_bytes():
    """The digest is what 820dd59 gave, when every table was read from JSON lines.

    It is that of pyarrow 26.0.1: another version changes it, and the bytes of every set.
    """
    table = Table("t", "d", (Column("k", "int32", "k"), Column("message", "string", "m")), ("k",))
    rows = [
        (n, f"Line {n}, “Straße {n * 7919}”, belongs to no field of the record.")
        for n in range(20_000)
    ]
    content = render_parquet(table, render_csv(table, rows), {})
    assert list(iter_parquet(table, content)) == rows
    digest = "f4db6af927e247fd732e187b87a8f47f36c375d1265ace999f61650753e75efd"
    assert hashlib.sha256(content).hexdigest() == digest


def test_a_table_without_rows_has_all_its_columns():
    """A listing without downloads has an empty table with a key (found by a hostile page)."""
    table = Table("t", "d", (Column("k", "string", "k"), Column("at", "timestamp", "t")), ("k",))
    assert list(iter_csv(table, render_csv(table, []))) == []
    content = render_parquet(table, render_csv(table, []), {})
    assert list(iter_parquet(table, content)) == []
    assert pq.ParquetFile(io.BytesIO(content)).schema_arrow.names == ["k", "at"]


def test_extract_and_load_give_the_same_frames(files, tmp_path):
    publish(tmp_path, files)
    frames = pipeline.extract(INVENTED)
    for name, frame in frames.items():
        pd.testing.assert_frame_equal(frame, pipeline.load(name, out=tmp_path))


def test_only_one_module_changes_files():
    """Writing calls stand in storage.py alone, so that its faults can be proved there."""
    calls = (
        "write_bytes(",
        "write_text(",
        ".rename(",
        "os.replace",
        "symlink_to(",
        '"wb"',
        "rmtree",
    )
    found = {
        path.name
        for path in (ROOT / "pipeline").rglob("*.py")
        for call in calls
        if call in path.read_text(encoding="utf-8")
    }
    assert found == {"storage.py"}


WIDE = (
    "concept_id title quarter municipality ags district district_ags municipality_area_km2 "
    "municipality_population municipality_density_per_km2 density_status downloads download_urls "
    "contacts website_url captured_at"
)


def test_the_wide_table_has_one_row_for_each_concept(files, tmp_path):
    publish(tmp_path, files)
    wide = pipeline.load("concepts_wide", out=tmp_path)
    assert list(wide.columns) == WIDE.split()
    assert (
        wide["concept_id"].tolist()
        == pipeline.load("concepts", out=tmp_path)["concept_id"].tolist()
    )
    row = wide.iloc[1].to_dict()
    assert row["municipality"] == "Unna"
    assert row["municipality_population"] == 58724
    assert row["downloads"] == "Gebietsplan Beispielhof; Kurzfassung"
    assert row["contacts"] == "Lena Beispiel; Peter Platzhalter; Anton von Exempel"
    assert wide["contacts"].tolist()[-1] == "Stadt Dorsten"  # a block without a person
    assert wide["download_urls"].isna().all()  # a text has no links
    assert str(wide["captured_at"].dtype) == "datetime64[ms, UTC]"
    assert wide["captured_at"].isna().all()


def test_a_listing_without_municipalities_has_a_wide_table_too(tmp_path):
    fixtures = ROOT / "tests" / "fixtures"
    built = extract_pages([fixtures / "baths.txt"], Settings(listing=str(fixtures / "baths.toml")))
    publish(tmp_path, render_set(built))
    wide = pipeline.load(f"{built.spec.table}_wide", out=tmp_path)
    assert len(wide) == len(built.rows[built.spec.table])
    assert "municipality" not in wide


def test_a_file_without_a_column_that_came_later_is_read_with_null_there():
    """So a set of 0.1 stays whole for `verify`, `load` and `explain`."""
    now = Table("t", "d", (Column("k", "string", "k"), Column("new", "string", "n", later=True),
                           Column("v", "int32", "v")), ("k",))  # fmt: skip
    before = Table("t", "d", (now.columns[0], now.columns[2]), ("k",))
    content = render_csv(before, [("a", 1), ("b", None)])
    rows = [("a", None, 1), ("b", None, None)]
    assert list(iter_csv(now, content)) == rows
    assert list(iter_parquet(now, render_parquet(before, content, {}))) == rows
    other = Table("t", "d", (now.columns[0], now.columns[1]), ("k",))
    with pytest.raises(ValueError, match="other columns"):
        list(iter_csv(now, render_csv(other, [])))
    with pytest.raises(ValueError, match="other columns"):
        list(iter_parquet(now, render_parquet(other, render_csv(other, []), {})))
