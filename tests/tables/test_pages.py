"""The known page gives the tables that were typed off it, in every form and encoding."""

import json
import re
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from pipeline.flow import read_page
from pipeline.model import Line
from pipeline.page.trees import read_with_lexbor, read_with_soup
from tests.records.forms import (
    EACH_FORM,
    EACH_LINE_FORM,
    ENCODINGS,
    FORMS,
    FURNITURE,
    LINE_FORMS,
    Record,
    known_capture,
    link_target,
    read_listing,
    render_text,
)
from tests.records.outcomes import Outcome, Rows, capture, read
from tests.records.rebuild import check_rebuilt

EXPECTED = Path(__file__).parents[1] / "expected" / "known"
TABLES = ("municipalities", "concepts", "downloads", "contacts")
INVENTED = Path(__file__).parents[1] / "fixtures" / "invented.txt"
SOURCES = {"known": known_capture, "invented": INVENTED.read_bytes}
LINKED = ("links", "links_dl", "grid_links")
QUICK_COUNTS = (1, 3)  # of records, in the forms of content systems and tables
COUNTS = [
    pytest.param(form, n, marks=() if form in LINE_FORMS or n in QUICK_COUNTS else pytest.mark.slow)
    for form in FORMS
    for n in range(1, 7)
]
SUBLABELS = {"Fon:", "Email:", "Mobil:"}  # of a contact block, in no column


@cache
def typed(table: str) -> Rows:
    """Give the rows that a person typed off the listing's text."""
    rows: Rows = json.loads((EXPECTED / f"{table}.json").read_text(encoding="utf-8"))
    return rows


@cache
def listing(source: str) -> tuple[str, list[Record]]:
    """Give a listing's title and records."""
    return read_listing(SOURCES[source]().decode())


def expected(table: str, form: str, count: int) -> Rows:
    """Give the typed rows of the first `count` records, with addresses where the form has links."""
    concepts = typed("concepts")[:count]
    ids = {row["concept_id"] for row in concepts} | {row["municipality_id"] for row in concepts}
    rows = [row for row in typed(table) if not ids.isdisjoint((row.get("concept_id"), *_id(row)))]
    if table == "downloads" and form in LINKED:
        rows = [row | {"url": link_target(row["label"]), "file_type": "pdf"} for row in rows]
    return rows


def _id(row: dict[str, Any]) -> list[Any]:
    return [row["municipality_id"]] if "municipality" in row else []


def check_first_records(outcome: Outcome, form: str, count: int) -> None:
    """Assert that the page has the typed rows of its records and nothing to look at."""
    assert outcome.judged.reason is None
    for table in TABLES:
        assert outcome.tables[table] == expected(table, form, count)
    assert {row["text"] for row in outcome.tables["unclaimed"]} <= FURNITURE.get(form, set())
    assert outcome.problems() == []


def test_the_expected_tables_have_the_counts_that_the_page_is_known_for() -> None:
    assert [len(typed(table)) for table in TABLES] == [6, 6, 12, 7]


def test_the_official_keys_are_those_of_the_register() -> None:
    """The keys come from the register's row for each town, as the page's README gives them."""
    assert [(row["municipality"], row["ags"]) for row in typed("municipalities")] == [
        ("Unna", "05978036"),
        ("Bochum", "05911000"),
        ("Hamm", "05915000"),
        ("Dorsten", "05562012"),
        ("Gelsenkirchen", "05513000"),
        ("Herten", "05562020"),
    ]


@pytest.mark.parametrize("table", TABLES)
def test_the_known_capture_gives_the_tables_typed_off_it(table: str) -> None:
    assert read(known_capture(), "text/plain").tables[table] == typed(table)


def test_the_known_capture_is_accepted_with_nothing_unclaimed_and_nothing_to_look_at() -> None:
    outcome = read(known_capture(), "text/plain")
    assert (outcome.judged.status, outcome.judged.reason) == ("accepted", None)
    assert outcome.tables["unclaimed"] == []
    assert outcome.problems() == []


def test_the_printed_densities_fit_exactly_or_within_rounding() -> None:
    """The quotient and its bounds are the exact ones of the printed numbers, as nearest floats."""
    half = Fraction(5, 1000)
    outcome = read(known_capture(), "text/plain")
    statuses = {}
    for row in outcome.tables["municipalities"]:
        area = Fraction(str(row["area_km2"]))
        bounds = [float(row["population"] / a) for a in (area, area + half, area - half)]
        assert [row[f"density_{name}"] for name in ("computed", "low", "high")] == bounds
        statuses[row["municipality"]] = row["density_status"]
    assert statuses == {
        "Unna": "exact",
        "Bochum": "within_rounding",
        "Hamm": "within_rounding",
        "Dorsten": "exact",
        "Gelsenkirchen": "within_rounding",
        "Herten": "exact",
    }


@pytest.mark.parametrize(("form", "encoding"), EACH_LINE_FORM)
def test_every_form_in_every_encoding_gives_the_typed_tables(form: str, encoding: str) -> None:
    body = ENCODINGS[encoding](FORMS[form](*listing("known")))
    check_first_records(read(body), form, 6)


@pytest.mark.parametrize(("form", "count"), COUNTS)
def test_every_form_with_fewer_records_gives_their_rows(form: str, count: int) -> None:
    title, records = listing("known")
    check_first_records(read(FORMS[form](title, records[:count])), form, count)


@pytest.mark.parametrize("count", range(1, 7))
def test_a_text_with_fewer_records_gives_their_rows(count: int) -> None:
    title, records = listing("known")
    outcome = read(render_text(title, records[:count]), "text/plain")
    check_first_records(outcome, "text", count)


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_the_invented_listing_gives_the_rows_of_its_text(form: str) -> None:
    text = read(INVENTED.read_bytes(), "text/plain").tables
    html = read(FORMS[form](*listing("invented"))).tables
    for table in ("municipalities", "concepts", "contacts"):
        assert html[table] == text[table]
    labels = [row["label"] for row in html["downloads"]]
    assert labels == [row["label"] for row in text["downloads"]]


def shown(lines: tuple[Line, ...]) -> list[tuple[Any, ...]]:
    """Give what a reader of lines must agree on."""
    return [(n, text, [link[:3] for link in links]) for n, text, links, *_ in lines]


@pytest.mark.parametrize(("form", "encoding"), EACH_FORM)
def test_both_readers_of_html_give_the_same_lines_and_links(form: str, encoding: str) -> None:
    for source in SOURCES:
        page = capture(ENCODINGS[encoding](FORMS[form](*listing(source))))
        lexbor, soup = read_page(page, read_with_lexbor), read_page(page, read_with_soup)
        assert shown(lexbor.lines) == shown(soup.lines)


TWICE = INVENTED.read_text(encoding="utf-8").replace(
    "Download: Antrag", "Download: Antrag\nEinwohner:75.440\nFördersumme: 1.000 €\nUnd ein Satz."
)


@pytest.mark.parametrize("text", [*(SOURCES[s]().decode() for s in SOURCES), TWICE],
                         ids=[*SOURCES, "label_twice"])  # fmt: skip
def test_the_region_of_a_text_is_rebuilt(text: str) -> None:
    """Every character of the listing is in one label, text, heading, leftover or separator."""
    judged = read(text, "text/plain").judged
    last = text.rstrip("\n").count("\n") + 1
    assert (judged.listing.first_line, judged.listing.last_line) == (3, last)
    check_rebuilt(judged.page, judged.listing)


@pytest.mark.parametrize("source", [*SOURCES, "twice"])
@pytest.mark.parametrize("form", FORMS)
def test_the_region_of_a_page_is_rebuilt(form: str, source: str) -> None:
    """In HTML too, every character of the listing is in exactly one place."""
    title, records = read_listing(TWICE) if source == "twice" else listing(source)
    judged = read(FORMS[form](title, records)).judged
    assert len(judged.listing.records) == len(records)
    check_rebuilt(judged.page, judged.listing)


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("form", [*FORMS, "text"])
def test_every_word_of_the_listing_is_in_a_label_or_a_cell(form: str, source: str) -> None:
    """What no cell, label or heading holds is a sub-label of a contact block, or punctuation."""
    body = SOURCES[source]() if form == "text" else FORMS[form](*listing(source))
    outcome = read(body, "text/plain" if form == "text" else "text/html")
    page, found = outcome.judged.page, outcome.judged.listing
    left = {
        line.number: list(line.text)
        for line in page.lines[found.first_line - 1 : found.last_line]
        if line.text
    }
    labels = [field.label[:3] for record in found.records for field in record.fields.values()]
    labels += [header[:3] for header in found.headers]
    headings = [record.heading[:3] for record in found.records if record.heading]
    cells = [(row["line"], row["char_start"], row["char_end"]) for row in outcome.tables["cells"]]
    leftovers = [leftover.span[:3] for leftover in found.leftovers]
    for number, start, end in labels + headings + cells + leftovers:
        if number in left:  # the first record's heading stands over the region
            left[number][start:end] = "\0" * (end - start)
    rest = {"".join(line).replace("\0", "").strip() for line in left.values()}
    assert rest - {"", ":"} <= SUBLABELS, rest


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("form", [*FORMS, "text"])
def test_every_cell_is_cut_out_of_its_line_again(form: str, source: str) -> None:
    """A cell's raw text is the line's characters that its row names, also in another encoding."""
    body = SOURCES[source]() if form == "text" else ENCODINGS["nbsp"](FORMS[form](*listing(source)))
    outcome = read(body, "text/plain" if form == "text" else "text/html")
    lines = outcome.judged.page.lines
    assert len(outcome.tables["cells"]) > 90
    for row in outcome.tables["cells"]:
        text = lines[row["line"] - 1].text
        assert text[row["char_start"] : row["char_end"]] == row["raw_text"] != ""
        assert lines[row["line"] - 1].number == row["line"]


@pytest.mark.parametrize("table", TABLES)
def test_every_value_of_the_known_page_has_a_cell_and_no_computed_one_has(table: str) -> None:
    """Ids, positions, the official key and what is computed are the only values without a source."""
    outcome = read(FORMS["links"](*listing("known")))
    sourced = {(r["row_id"], r["column_name"]) for r in outcome.tables["cells"]
               if r["table_name"] == table}  # fmt: skip
    computed = re.compile(r".*_id|position|.*ags|density_(computed|low|high|status)")
    for row in outcome.tables[table]:
        key = next(iter(row.values()))
        values = {name for name, value in row.items() if value is not None}
        named = {name for name in values if not computed.fullmatch(name)}
        assert named <= {name for row_id, name in sourced if row_id == key}
        assert not any(computed.fullmatch(name) for row_id, name in sourced if row_id == key)
