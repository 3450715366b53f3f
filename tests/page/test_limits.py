"""Large and odd pages cost little and end in a verdict: tables, or one line that says why not.

No page here harms a parser: a limit is lowered and the page a little beyond it.  What happened to
parsers without the limits is told in words in `pipeline/page/markup.py`.
"""

import sys
import time
import tracemalloc
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from hypothesis import example, given, settings, strategies as st

from pipeline.errors import SuspectPage
from pipeline.flow import build_rows, judge_capture, read_page
from pipeline.page import markup
from pipeline.page.charset import decode
from pipeline.page.limits import MAX_BYTES, MAX_LINES, MAX_RECORDS
from pipeline.page.lines import read_html
from pipeline.page.markup import check_markup
from pipeline.page.trees import Head, read_with_lexbor, read_with_soup
from pipeline.page.walker import Walker
from pipeline.records.grids.cells import Budget
from pipeline.rules import figures
from tests.records.forms import FORMS, known_capture, read_listing
from tests.records.mutations import WHOLE
from tests.records.outcomes import Outcome, capture, read, spec

SECONDS = 60.0  # a hang fails, a slow machine does not
RECORD = "<p>Fläche (km²):88,56<br>Einwohner:58.724<br>Quartier:Unna-Probe</p>"
NO_RECORD = "no record: no line begins with “Fläche (km²)” or “Fläche in km²” or “Fläche (km2)”"
CUT = "so it was not parsed; cut it down to the listing"
LONG = "more than the limit of 100,000; a listing has line breaks"
HEAD = "<tr><th>Fläche (km²)<th>Einwohner<th>Quartier"
ABSENT = "the label “Kreis/kreisfrei” is in no record"
PADDING = f"<!--{'x' * 2**16}-->"  # so that the page is not too small for a look at its tags

LOW = {  # limits, as low as the pages of `UNREAD` and `BEYOND` need them
    "MAX_TAGS": 200,
    "MAX_ATTRIBUTES": 20,
    "MAX_RECONSTRUCTED": 300,
    "MAX_OPEN": 30,
    "MAX_OPTIONS": 20,
    "_MAX_STEPS": 400,
    "MAX_DEPTH": 25,
    "MAX_LINES": 100,
    "MAX_LINE_LENGTH": 500,
    "MAX_RECORDS": 10,
    "_MAX_PLACED": 200,
}
TAGS = f"the page has more than 200 tags (limit 200), {CUT}"
MANY_ATTRIBUTES = f"the page has an element with 21 attributes (limit 20), {CUT}"
OPEN = f"the page has more than 30 elements open at once (limit 30), {CUT}"
OPTIONS = f"the page has more than 20 options (limit 20), {CUT}"
BLOCKS = f"the page has too many blocks inside unclosed elements (limit 300), {CUT}"
STEPS = f"the page has too many end tags out of order (limit 400), {CUT}"
DEEP = (
    "the page nests elements more than 25 deep, where parsers begin to drop text; "
    "cut it down to the listing"
)
LINES = "the page has more than 100 lines; cut it down to the listing"
PLACED = (
    "the page has tables of more than 200 cells, counting each in every row and column that it "
    "reaches; cut it down to the listing"
)
UNREAD: dict[str, tuple[str, str]] = {  # markup that no parser sees, the reason
    "tags": ("<b></b>" * 101, TAGS),
    "breaks": ("<br>" * 201, TAGS),
    "attributes": ("<p " + " ".join(f"a{n}=1" for n in range(21)) + ">x", MANY_ATTRIBUTES),
    "attributes_without_spaces": (
        "<p " + "".join(f"a{n}='1'" for n in range(21)) + ">x", MANY_ATTRIBUTES
    ),
    "unterminated_tag": ("<p " * 22, MANY_ATTRIBUTES),
    "nesting": ("<div>" * 31 + RECORD, OPEN),
    "inline_nesting": ("<span>" * 31 + RECORD, OPEN),
    "nested_tables": ("<table><tr><td>" * 31, OPEN),
    "links_around_blocks": ("<a><div>" * 16, OPEN),
    "end_tags_behind_a_barrier": ("<div><object></div></object>" * 31, OPEN),
    "end_tags_out_of_order": ("<div><table>" + "<span>" * 25 + "</div>" * 20, STEPS),
    "distinct_unclosed_elements": (
        "".join(f"<b x={n}>" for n in range(15)) + "<p>x" * 21, BLOCKS
    ),
    "equal_unclosed_elements": ("<i>" * 9 + "<p>x" * 101, BLOCKS),  # three of them count
    "options": ("<select>" + "<option>x" * 21, OPTIONS),
}  # fmt: skip
BEYOND: dict[str, tuple[str, str]] = {  # a page just beyond one of the low limits, the reason
    "nesting": ("<div>" * 24 + RECORD, DEEP),
    "nesting_by_a_leaf": ("<div>" * 23 + "<b>x</b>", DEEP),
    "blocks": ("<p>x" * 101, LINES),
    "records": ("<p>Fläche (km²):1</p>" * 101, LINES),
    "empty_values": ("<dl>" + "<dt></dt>" * 101, LINES),
    "preformatted_lines": ("<pre>" + "x\n" * 101, LINES),
    "a_long_line": (
        "<p>" + "x" * 501,
        "line 1 has 501 characters, more than the limit of 500; a listing has line breaks",
    ),
    "cells_that_reach_into_all_rows": (
        f"<table>{HEAD}<tr>" + "<td rowspan=30>x" * 10 + "<tr><td>1" * 30, PLACED
    ),
    "rows_that_reach_into_all_rows": (
        f"<table>{HEAD}" + "<tr><td rowspan=99>x" * 30, PLACED
    ),
    "records_of_many_empty_columns": (
        f"<table>{HEAD}" + "<td>x" * 19 + "<tr><td>1<td>2<td>Q<td colspan=19>" * 9, PLACED
    ),
    "a_comparison_of_many_empty_rows": (
        "<table><tr><th>Fläche (km²)" + "<td>1" * 9 + "<tr><th>Quartier" + "<td>Q" * 9
        + "<tr><th>x<td colspan=9>" * 20,
        PLACED,
    ),
    "records_of_a_table": (
        "<table>" + "<tr><td>Fläche (km²)<td>Einwohner<td>x" * 11,
        "more than 10 records; split the page",
    ),
}  # fmt: skip

HOSTILE: dict[str, tuple[Callable[[], str], str]] = {  # page, how its reason ends
    "one_huge_attribute": (lambda: f'<p title="{"x" * 4_000_000}">x', NO_RECORD),
    "closing_tags_only": (lambda: "</div>" * 40_000, NO_RECORD),
    "references": (lambda: "&amp;" * 100_001, LONG),
    "a_giant_line": (lambda: "<p>" + "x" * 100_001, LONG),
    "nested_grids": (  # as deep as a page may be
        lambda: "<table><tr><td>" * 60 + "<p>y" * 5_000 + f"</table>{HEAD}<tr><td>1<td>2<td>Q" * 60,
        ABSENT,
    ),
    "a_row_of_many_cells": (
        lambda: f"<table>{HEAD}<tr>" + "<td colspan=1000>x" * 1_000,
        "in a row of 1000000 columns below a header of 3, so no field of the row can be told",
    ),
    "records_in_many_columns": (
        lambda: "<table><tr><th>Fläche (km²)" + "<td>1" * 2_000 + "<tr><th>Quartier" + "<td>Q" * 2_000,
        ABSENT,
    ),
    "a_record_of_many_rows": (
        lambda: f"<table>{HEAD}<tr><td rowspan=0>1<td>2<td rowspan=0>Q" + "<tr><td>3" * 8_000, ABSENT
    ),
    "a_cell_of_many_lines": (  # was quadratic
        lambda: f"<table><tr><th>Fläche (km²)<td>1<tr><th>Kontakt<tr><td>{'x<br>' * 9_000}<td>y", ABSENT
    ),
}  # fmt: skip
HOSTILE_TEXTS: dict[str, tuple[Callable[[], str], str]] = {
    "a_giant_line": (lambda: "x" * 100_001, f"line 1 has 100,001 characters, {LONG}"),
    "a_giant_value": (lambda: "Fläche (km²):" + "9" * 100_000, LONG),
    "too_many_lines": (
        lambda: "x\n" * (MAX_LINES + 1),
        f"the page has more than {MAX_LINES:,} lines; cut it down to the listing",
    ),
    "colons": (lambda: (":" * 90_000 + "\n") * 40, NO_RECORD),
    "combining_marks": (lambda: ("a" + "\u0308" * 90_000 + "\n") * 20, NO_RECORD),
    "blank_before_labels": (lambda: " " * 10_000_000 + "Einwohner:1", LONG),
    "too_many_records": (
        lambda: "Fläche (km²):1\nEinwohner:1\n" * (MAX_RECORDS + 1),
        f"more than {MAX_RECORDS:,} records; split the page",
    ),
    "label_words": (lambda: ("Einwohner je " * 5_000 + "\n") * 20, NO_RECORD),
    "contact_lines": (lambda: "Fläche (km²):1\nKontakt:Stadt X\n" + "Max Muster\n" * 20_000, ""),
    "person_words": (lambda: "Fläche (km²):1\nKontakt:" + ("Dr. " * 20_000 + "\n") * 10, ""),
    "street_words": (lambda: "Fläche (km²):1\nKontakt:x\n" + ("Am a-" * 15 + "weg 1a\n") * 5_000, ""),
}  # fmt: skip


def within_limits(body: str, media_type: str) -> Outcome:
    """Read a page and assert that it took a bounded time."""
    begin = time.perf_counter()
    outcome = read(body, media_type)
    assert time.perf_counter() - begin < SECONDS
    return outcome


SLOW = {"persons_then_addresses", "inconsistent_towns", "contact_lines"}  # take seconds each


def each(cases: Iterable[str]) -> list[Any]:
    """Give the names of cases, those that are slow marked so."""
    return [pytest.param(n, marks=pytest.mark.slow) if n in SLOW else n for n in cases]


@pytest.mark.parametrize("name", each(HOSTILE))
def test_a_hostile_page_is_read_or_refused_in_bounded_time(name: str) -> None:
    page, reason = HOSTILE[name]
    judged = within_limits(page(), "text/html").judged
    assert judged.status == "suspect"
    assert judged.reason is not None
    assert judged.reason.endswith(reason)


@pytest.mark.parametrize("name", each(HOSTILE_TEXTS))
def test_a_hostile_text_is_read_or_refused_in_bounded_time(name: str) -> None:
    text, reason = HOSTILE_TEXTS[name]
    judged = within_limits(text(), "text/plain").judged
    assert judged.status == "suspect"
    assert judged.reason is not None
    assert judged.reason.endswith(reason)


@pytest.mark.parametrize("media_type", ["text/html", "text/plain"])
def test_a_byte_more_than_the_limit_is_refused_unread(media_type: str) -> None:
    judged = within_limits("x" * (MAX_BYTES + 1), media_type).judged
    assert judged.reason == (
        f"the page has {MAX_BYTES + 1:,} bytes, more than the limit of {MAX_BYTES:,}; "
        "cut it down to the listing"
    )
    assert judged.page.lines == ()


@pytest.fixture
def low_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lower the limits wherever they are known, so that a harmless page is beyond them."""
    modules = [module for name, module in sys.modules.items() if name.startswith("pipeline.")]
    for name, limit in LOW.items():
        knowing = [module for module in modules if name in vars(module)]
        assert knowing
        for module in knowing:
            monkeypatch.setattr(module, name, limit)
    monkeypatch.setattr(Budget.__init__, "__defaults__", (LOW["_MAX_PLACED"],))


@pytest.mark.usefixtures("low_limits")
@pytest.mark.parametrize("name", UNREAD)
def test_markup_beyond_a_limit_is_refused_before_a_parser_sees_it(name: str) -> None:
    def parse(html: str, _: object, __: Walker) -> Head:
        raise AssertionError(f"{html[:99]} was parsed")

    markup, reason = UNREAD[name]
    with pytest.raises(SuspectPage) as caught:
        read_html(PADDING + markup, parse)
    assert str(caught.value) == reason


@pytest.mark.usefixtures("low_limits")
@pytest.mark.parametrize("name", BEYOND)
def test_a_page_beyond_a_limit_is_refused(name: str) -> None:
    page, reason = BEYOND[name]
    judged = read(page).judged
    assert (judged.status, judged.reason) == ("suspect", reason)


@pytest.mark.usefixtures("low_limits")
def test_no_more_lines_are_read_than_the_limit_and_one() -> None:
    asked = []

    def parse(_: str, __: object, walker: Walker) -> Head:
        for n in range(1_000):
            asked.append(n)
            walker.read_text("x")
            walker.end_line("br")
        return "", None

    with pytest.raises(SuspectPage, match="more than 100 lines"):
        read_html("", parse)
    assert len(asked) == LOW["MAX_LINES"] + 1


@pytest.mark.usefixtures("low_limits")
def test_a_page_too_small_to_cost_a_parser_much_is_looked_at_for_unclosed_elements_only() -> None:
    markup, reason = UNREAD["distinct_unclosed_elements"]
    with pytest.raises(SuspectPage) as caught:
        check_markup(markup)
    assert str(caught.value) == reason
    check_markup(UNREAD["nesting"][0])  # raises SuspectPage if it was looked through


def test_a_refused_page_costs_little_memory() -> None:
    body = "<span>" * (markup.MAX_OPEN + 1) + PADDING
    tracemalloc.start()
    with pytest.raises(SuspectPage, match="open at once"):
        check_markup(body)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20 * 2**20


@pytest.mark.parametrize(
    "part",
    [
        "<!--",
        "<!-- --",
        "<script>",
        "</",
        "<p ",
        "<p a='",
        "x>",
        "<",
        "<b",
        "<b x='>",
        "<i></i>",
        "=",
    ],
)
@pytest.mark.parametrize("before", ["", "<script>", "<p a='", "<!--"])
def test_the_look_at_the_tags_is_linear(
    before: str, part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four times the page takes four times the time and not sixteen times; no parser sees it."""
    monkeypatch.setattr(markup, "_SMALL", 0)
    monkeypatch.setattr(markup, "MAX_ATTRIBUTES", 10_000)
    monkeypatch.setattr(markup, "MAX_OPEN", 10_000)

    def measure(count: int) -> float:
        markup = before + part * count
        begin = time.thread_time()
        check_markup(markup)
        return time.thread_time() - begin

    assert min(measure(8_000) for _ in range(3)) < 8 * min(measure(2_000) for _ in range(3)) + 0.02


@pytest.mark.parametrize("levels", [1, 50, 200])
def test_nesting_below_the_limit_loses_no_text_in_either_reader(levels: int) -> None:
    body = "<div>" * levels + RECORD + "</div>" * levels
    for reader in (read_with_lexbor, read_with_soup):
        page = read_page(capture(body.encode()), reader)
        assert [line.text for line in page.lines] == [
            "Fläche (km²):88,56", "Einwohner:58.724", "Quartier:Unna-Probe"
        ]  # fmt: skip


def test_a_long_listing_of_good_records_is_read_in_time() -> None:
    title, records = read_listing(known_capture().decode())
    begin = time.perf_counter()
    judged = judge_capture(capture(FORMS["dl"](title, records * 150).encode()), spec())
    assert time.perf_counter() - begin < SECONDS
    assert (judged.status, len(judged.listing.records)) == ("accepted", 900)


SWOLLEN: dict[str, Callable[[], str]] = {  # good listings that were once quadratic
    "persons_then_addresses": lambda: WHOLE + "Max Muster\n" * 20_000 + "a@b.example\n" * 20_000,
    "organisations": lambda: WHOLE + "Stadt Hamm\n\n" * 20_000,
    "near_labels": lambda: WHOLE.replace(
        "Ergänz", "".join(f"Einwohner jje kmm{n}: 1\n" for n in range(20_000)) + "Ergänz"
    ),
    "records_without_a_label": lambda: "".join(
        WHOLE.replace("Download: Plan", "Downloda: x\nFoo: x").format(n) for n in range(1_500)
    ),
    "inconsistent_towns": lambda: "".join(
        WHOLE.replace("58.724", "58.274").replace("Stadt Unna", f"Stadt Unna{n}").format(n)
        for n in range(1_500)
    ),
}


@pytest.mark.parametrize("name", each(SWOLLEN))
def test_a_swollen_listing_is_read_in_time(name: str) -> None:
    assert within_limits(SWOLLEN[name](), "text/plain").judged.status == "accepted"


def test_slips_are_sought_for_the_first_inconsistent_rows_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(figures, "_EXPLAINED", 1)
    text = "".join(
        WHOLE.replace("58.724", "58.274").replace("Stadt Unna", f"Stadt Unna{n}").format(n)
        for n in range(2)
    )
    first, second = [p[-1] for p in read(text, "text/plain").problems("density")]
    assert first.endswith("Most likely wrong is population: “58.724” (digits swapped).")
    assert second.endswith("Slips are sought for the first 1 such rows only.")


def test_the_markup_of_every_form_is_far_below_the_limits() -> None:
    listing = read_listing(known_capture().decode())
    for form in FORMS.values():
        check_markup(form(*listing))  # raises SuspectPage if not


@pytest.mark.parametrize(
    "markup",
    [
        "<svg>" + '<path d="M0 0"/>' * 9_000 + "</svg>",
        "<svg><path d='M0 0'></path></svg>" * 5_000,
        "<ul>" + "<li>x" * 20_000 + "</ul>",
        "<table>" + "<tr><td>x<td><b>y</b>" * 5_000 + "</table>",
        "<div><span>x</span></div>" * 9_000,
        "<p>x<br><img src=a>" * 9_000,
    ],
    ids=["svg_leaves", "svg_closed", "list_items", "table_cells", "blocks", "void_elements"],
)
def test_a_large_harmless_page_is_not_refused(markup: str) -> None:
    check_markup(markup)  # raises SuspectPage if not
    assert len(markup) > 2**16


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"\xef\xbb\xbf<p>\xc3\xa4", "<p>ä"),
        (b"\xff\xfe<\0p\0>\0\xe4\0", "<p>ä"),
        (b"\xfe\xff\0<\0p\0>\0\xe4", "<p>ä"),
        (b'<meta charset="unicode_escape">\xe4', '<meta charset="unicode_escape">ä'),
        (b'<meta charset="utf-7">+AOQ-', '<meta charset="utf-7">+AOQ-'),
        (b'<meta charset="no-such">\xe4', '<meta charset="no-such">ä'),
        (b'<meta charset="utf-8">\xe4', '<meta charset="utf-8">\ufffd'),
        (b'<meta charset="iso-8859-1">\x80', '<meta charset="iso-8859-1">€'),
        (b"\xe4", "ä"),
    ],
)
def test_bytes_are_decoded_in_the_order_of_the_standard(body: bytes, text: str) -> None:
    """BOM, header, meta, strict UTF-8, else windows-1252; never an executable or odd codec."""
    assert decode(body) == text


LABELLED = st.sampled_from(
    [label for field in spec().fields for label in field.labels]
    + ["Fon", "Email", "Kontakt", "Fördersumme", "IHK"]
)
FRAGMENTS = (
    st.text(max_size=20)
    | st.builds("{}: {}".format, LABELLED, st.text(max_size=20))
    | LABELLED
    | st.sampled_from(
        "<p> </p> <br> <dl> <dt> <dd> </dl> <table> <tr> <th> <td> </table> <div> </div> <b> </b> "
        "<h3> </h3> <a href='/x'> <a href='javascript:1'> </a> <!-- --> <pre> <li> <ul> <span> "
        "<summary> <template> <svg> <select> <option> <base href='//'> <title> 88,56 58.724 k.A. "
        "02303/123456 m@x.example Max Muster Stadt &nbsp; &#0; &#xD800; \ufffd \x00 \u202e \r \n "
        .split(" ")
    )
)  # fmt: skip
MARKUP = st.lists(FRAGMENTS, max_size=60).map("".join)
MEDIA = st.sampled_from(["text/html", "text/plain"])


def check_any(body: bytes, media_type: str) -> None:
    """Assert that a page is judged, gives rows, and that all its texts are valid Unicode."""
    judged = judge_capture(capture(body, media_type), spec())
    assert (judged.status == "accepted") == (judged.reason is None)
    for table in build_rows(judged, spec()).values():
        for row in table:
            for value in row:
                if isinstance(value, str):
                    value.encode()


def read_both(body: bytes) -> None:
    """Assert that the second reader gives lines, or refuses the page, too."""
    try:
        page = read_page(capture(body), read_with_soup)
    except SuspectPage:
        return
    assert all(line.number == n for n, line in enumerate(page.lines, 1))


@given(MARKUP, MEDIA)
@example("<p>Fläche (km²):1<p>Einwohner:1<p>Kontakt:<p>Fon:", "text/html")
def test_any_markup_gives_rows_or_a_reason(markup: str, media_type: str) -> None:
    body = markup.encode("utf-8", "surrogatepass")
    check_any(body, media_type)
    read_both(body)


@given(st.binary(max_size=400), MEDIA)
def test_any_bytes_give_rows_or_a_reason(body: bytes, media_type: str) -> None:
    check_any(body, media_type)
    read_both(body)


KNOWN = known_capture()
PAGES = [FORMS[form](*read_listing(KNOWN.decode())).encode() for form in ("dl", "links", "pretty")]


@pytest.mark.slow
@settings(max_examples=1500)
@given(
    st.sampled_from([KNOWN, *PAGES]), MEDIA, st.data(),
    st.lists(st.tuples(st.floats(0, 1), FRAGMENTS | st.binary(max_size=6)), max_size=8),
)  # fmt: skip
def test_any_mutation_of_a_good_page_gives_rows_or_a_reason(
    page: bytes, media_type: str, data: st.DataObject, changes: list[tuple[float, str | bytes]]
) -> None:
    """Bytes are put in place of others anywhere in the page."""
    for where, what in changes:
        piece = what if isinstance(what, bytes) else what.encode("utf-8", "surrogatepass")
        at = int(where * len(page))
        gone = data.draw(st.integers(0, 40))
        page = page[:at] + piece + page[at + gone :]
    check_any(page, media_type)
    read_both(page)
