"""Listings in other manners: each folder of `listings/` is a spec, pages, and the tables they give.

The expected tables were compared with the pages cell by cell; of `checks` they hold what is not
`pass`.  Every page of a folder gives them.
"""

import csv
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

import pipeline
from pipeline.archives.files import make_capture, read_pages
from pipeline.extraction import Extraction
from pipeline.flow import Judged, build_rows, judge_capture, read_page
from pipeline.listing.spec_reader import parse_spec, read_spec
from pipeline.model import Page
from pipeline.page.trees import read_with_lexbor, read_with_soup
from pipeline.program.extract import extract_pages
from pipeline.records.grammar import parse_listing
from pipeline.settings import Settings
from pipeline.tables.files import print_value, render_csv
from tests.cli.command import call
from tests.records.rebuild import check_rebuilt

LISTINGS = Path(__file__).parents[1] / "listings"
FOLDERS = sorted(path.parent for path in LISTINGS.glob("*/spec.toml"))
PAGES = [page for folder in FOLDERS for page in sorted(folder.glob("page*.*"))]
FILES = [file for folder in FOLDERS for file in sorted((folder / "expected").glob("*.csv"))]
ABOUT = ("cells", "unclaimed", "captures", "changes")  # no expected file
VERDICT = 5  # its place in a row of checks


def name(path: Path) -> str:
    return path.relative_to(LISTINGS).as_posix()


@cache
def extraction(page: Path) -> Extraction:
    return extract_pages([page], Settings(listing=str(page.parent / "spec.toml")))


@cache
def lines(page: Path) -> Page:
    return read_page(read_pages([page], read_spec(str(page.parent / "spec.toml")))[0])


def test_every_folder_has_pages_and_an_expected_file_for_each_table():
    assert len(FOLDERS) >= 4
    for folder in FOLDERS:
        pages = [page for page in PAGES if page.parent == folder]
        assert pages
        expected = {file.stem for file in FILES if file.parent.parent == folder}
        assert expected == set(extraction(pages[0]).tables).difference(ABOUT)


def test_the_readme_tells_the_manner_of_each_folder():
    told = (LISTINGS / "README.md").read_text(encoding="utf-8")
    assert [folder.name for folder in FOLDERS] == [
        line.split("`")[1] for line in told.splitlines() if line.startswith("`")
    ]


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_page_gives_the_expected_tables(page: Path) -> None:
    built = extraction(page)
    assert [capture.status for capture in built.captures] == ["accepted"]
    assert built.rows["unclaimed"] == []
    assert "fail" not in [row[VERDICT] for row in built.rows["checks"]]
    for file in (page.parent / "expected").glob("*.csv"):
        rows = built.rows[file.stem]
        if file.stem == "checks":
            rows = [row for row in rows if row[VERDICT] != "pass"]
        assert render_csv(built.tables[file.stem], rows).decode() == file.read_text(
            encoding="utf-8"
        )


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_figure_and_density_of_a_page_is_checked(page: Path) -> None:
    built = extraction(page)
    for check in built.spec.checks:
        told = [row for row in built.rows["checks"] if row[0] == check.name]
        assert [row[VERDICT] for row in told] == ["pass"] * len(built.rows[check.table])
    bounded = {f.name for f in built.spec.fields if f.minimum is not None}
    assert {row[3] for row in built.rows["checks"] if row[0] == "plausible"} == bounded


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_each_cell_holds_its_characters_of_the_page(page: Path) -> None:
    for *_, line, start, end, text in extraction(page).rows["cells"]:
        assert lines(page).lines[line - 1].text[start:end] == text


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_nothing_of_a_page_is_lost(page: Path) -> None:
    spec = read_spec(str(page.parent / "spec.toml"))
    check_rebuilt(lines(page), parse_listing(lines(page), spec))


@pytest.mark.parametrize("page", [p for p in PAGES if p.suffix == ".html"], ids=name)
def test_both_html_readers_give_the_same_lines(page: Path) -> None:
    spec = read_spec(str(page.parent / "spec.toml"))
    (capture,) = read_pages([page], spec)
    pages = [read_page(capture, reader) for reader in (read_with_lexbor, read_with_soup)]
    ours, theirs = (
        [(line.text, [link[:3] for link in line.links]) for line in page.lines] for page in pages
    )
    assert ours == theirs
    ours, theirs = (parse_listing(page, spec) for page in pages)
    assert ours == theirs


@pytest.mark.parametrize("folder", FOLDERS, ids=name)
def test_python_and_the_command_line_give_the_same_tables(folder: Path, tmp_path: Path) -> None:
    page, spec = next(p for p in PAGES if p.parent == folder), str(folder / "spec.toml")
    done = call("extract", page, "--listing", spec, "--out", tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    tables = pipeline.extract(page, listing=spec)
    for table, frame in tables.items():
        with (tmp_path / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        assert header == list(frame)
        assert rows == [
            ["" if pd.isna(value) else str(print_value(value)) for value in row]
            for row in frame.astype(object).itertuples(index=False)
        ]


HOUSES = LISTINGS / "haeuser"
HEADING = '<h3 class="wp-block-heading">Treff Südstern</h3>'


def read_houses(page: str, *, name: str = "page.html", media_type: str = "text/html") -> Judged:
    spec = read_spec(str(HOUSES / "spec.toml"))
    return judge_capture(make_capture(page.encode(), media_type, name), spec)


def test_a_record_without_the_heading_that_names_it_fails_and_keeps_its_texts() -> None:
    page = (HOUSES / "page.html").read_text(encoding="utf-8")
    judged = read_houses(page.replace(HEADING, ""))
    rows = build_rows(judged, read_spec(str(HOUSES / "spec.toml")))
    assert [row[2:4] for row in rows["houses"]] == [
        ("Haus am Brunnen", "Nachbarschaftshilfe Erlental e. V."),
        (None, "Stadt Erlenstadt"),
        ("Alte Schule Altendorf", "Kirchspiel Altendorf"),
    ]
    fails = [row[8] for row in rows["checks"] if row[VERDICT] == "fail"]
    assert "No heading stands over the record, so name is null." in fails


def test_a_page_without_any_of_the_headings_is_suspect() -> None:
    page = (HOUSES / "page.html").read_text(encoding="utf-8")
    reason = "no record stands under a heading, which name is made of"
    assert read_houses(page.replace("h3", "p")).reason == reason
    text = "\n".join(line.text for line in lines(HOUSES / "page.html").lines)
    assert read_houses(text, name="page.txt", media_type="text/plain").reason == reason


def test_a_heading_directly_below_another_of_its_level_is_told() -> None:
    """It may be its neighbour's: tags between the two are lost, or a record is."""
    page = (HOUSES / "page.html").read_text(encoding="utf-8")
    judged = read_houses(page.replace(HEADING, f"<h3>Haus Nord</h3>{HEADING}"))
    rows = build_rows(judged, read_spec(str(HOUSES / "spec.toml")))
    (told,) = [r[8] for r in rows["checks"] if r[3] == "name" and r[VERDICT] == "warn"]
    assert told == (
        "Line 19, “Treff Südstern”, was kept in name: another heading of its level stands directly "
        "above it."
    )


def test_the_field_of_the_heading_cannot_open_a_record_and_is_the_only_one() -> None:
    source = (HOUSES / "spec.toml").read_text(encoding="utf-8")
    for old, new, reason in (
        ('opens_with = "carrier"', 'opens_with = "name"', "opens_with: 'name' has no label"),
        (
            'labels = ["Träger"]',
            "heading = true",
            "field: only one field may be made of the heading",
        ),
    ):
        assert source.count(old) == 1
        with pytest.raises(pipeline.SpecError, match=f"my.toml: {reason}"):
            parse_spec(source.replace(old, new).encode(), "my.toml")


def test_no_code_knows_a_listing_of_the_tests():
    code = Path(pipeline.__file__).parent
    texts = [path.read_text(encoding="utf-8") for path in code.rglob("*.py")]
    for folder in FOLDERS:
        assert not [text for text in texts if folder.name in text]
