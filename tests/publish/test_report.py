"""The report: complete, inert, linked to its sources, readable, and the same bytes every time."""

import os
import re
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag

from pipeline.extraction import Extraction
from pipeline.listing.spec import ListingSpec, Locale
from pipeline.listing.spec_reader import parse_spec
from pipeline.program.extract import extract_captures, extract_pages
from pipeline.publish.citation import ABOUT, describe_source
from pipeline.publish.outputs.report.lines import Provenance
from pipeline.publish.outputs.report.numbers import Compared, Offset, iter_compared, print_number
from pipeline.publish.outputs.report.page import render_report
from pipeline.publish.outputs.report.plot import MOST_ROWS, choose_rows, draw_plot
from pipeline.publish.outputs.report.values import find_action
from pipeline.settings import Settings
from pipeline.tables.schema import Rows
from tests.records.forms import ROOT, known_capture
from tests.records.mutations import BOCHUM, DORSTEN, HOF, RECORDS, UNNA, drop, put, render
from tests.records.outcomes import capture, spec

DAY = datetime(2026, 1, 1, 3, tzinfo=UTC)
LISTINGS = sorted((ROOT / "tests" / "listings").glob("*/page*"))
GERMAN = Locale(",", ".")
SCRIPT = '<script>alert(1)</script> {{7*7}} " onmouseover="alert(1)'


def extract(
    *pages: str | bytes, dated: bool = True, own: ListingSpec | None = None, **switches: bool
) -> Extraction:
    """Extract pages, each seen a day after the one before it."""
    captures = []
    for day, page in enumerate(pages):
        body = page if isinstance(page, bytes) else page.encode()
        html = body.lstrip().startswith(b"<")
        one = capture(body, "text/html" if html else "text/plain", (own or spec()).url)
        at = DAY + timedelta(days=day) if dated else None
        captures.append(type(one)(**{**_fields(one), "captured_at": at}))
    return extract_captures(captures, own or spec(), Settings(**switches))


def _fields(one: Any) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__slots__}


def report(built: Extraction, rows: Rows | None = None) -> bytes:
    return render_report(rows or built.rows, built.tables, built.spec, built.lines, built.made_from)


def parse(content: bytes) -> BeautifulSoup:
    return BeautifulSoup(content, "lxml", from_encoding="utf-8")


@cache
def known() -> Extraction:
    return extract(known_capture(), dated=False)


@cache
def troubled() -> Extraction:
    """A page with each kind of finding, seen after two better ones."""
    bad = RECORDS
    for change in (
        put(BOCHUM, "Einwohner je km²", "24.843,0"),
        put(DORSTEN, "Einwohner je km²", "440,9"),
        put(UNNA, "Bezeichnung IHK", SCRIPT),
        put(BOCHUM, "Quartier", "$x^2$ 日本 & <b>"),
        put((UNNA, HOF), "Fläche (km²)", "unklar"),
        drop(UNNA, "Download"),
        put(DORSTEN, "Quartier", "Dorsten Blindtextplatz", "noch eine Zeile"),
    ):
        bad = change(bad)
    return extract(render("dl", RECORDS[:3]), render("dl", RECORDS), render("dl", bad))


@cache
def listing(page: Path) -> Extraction:
    return extract_pages([page], Settings(listing=str(page.parent / "spec.toml")))


@cache
def withheld() -> Extraction:
    return extract(render("text", RECORDS), people=False)


EVERY = [
    pytest.param(known, id="known"),
    pytest.param(troubled, id="troubled"),
    pytest.param(withheld, id="withheld"),
    *(
        pytest.param(partial(listing, page), id=f"{page.parent.name}-{page.name}")
        for page in LISTINGS
    ),
]


@cache
def page_of(make: Any) -> BeautifulSoup:
    """Give the report of an extraction, parsed; no test changes it."""
    return parse(report(make()))


# --- Bytes


def test_two_renders_are_the_same_bytes() -> None:
    assert report(troubled()) == report(troubled())


def test_another_process_with_another_hash_seed_gives_the_same_bytes() -> None:
    page = LISTINGS[0]
    code = (
        "import sys; from pathlib import Path; from tests.publish.test_report import listing, report; "
        f"sys.stdout.buffer.write(report(listing(Path({str(page)!r}))))"
    )
    for seed in ("1", "2"):
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True,
                              env={**os.environ, "PYTHONHASHSEED": seed,
                                   "PYTHONPATH": str(ROOT)})  # fmt: skip
        assert done.stdout == report(listing(page))


def test_a_file_of_settings_of_matplotlib_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    import matplotlib as mpl

    before = report(troubled())
    monkeypatch.setitem(mpl.rcParams, "font.size", 30)
    monkeypatch.setitem(mpl.rcParams, "xtick.labelsize", 30)
    assert report(troubled()) == before


def test_the_report_of_the_known_page_is_small() -> None:
    assert len(report(known())) < 120_000


# --- Every report


@pytest.mark.parametrize("make", EVERY)
def test_it_needs_no_script_and_no_network(make: Any) -> None:
    page = page_of(make)
    assert page.find("script") is None
    assert b"<script" not in report(make()).lower()
    for tag in page.find_all(True):
        assert not [name for name in tag.attrs if name.lower().startswith("on")], tag
        assert "src" not in tag.attrs
        address = str(tag.get("href", "#"))
        if tag.name == "a":
            assert re.match(r"#|https?://|mailto:|tel:\+", address), tag
            assert address.startswith("http") == (tag.get("rel") == ["noopener", "noreferrer"])
        else:
            assert address.startswith(("data:", "#")), tag
    assert "url(" not in page.style.get_text().replace("url(#", "")
    assert "@import" not in page.style.get_text()
    policy = page.find("meta", attrs={"http-equiv": "Content-Security-Policy"})
    assert str(policy["content"]).startswith("default-src 'none';")


@pytest.mark.parametrize("make", EVERY)
def test_each_cell_with_a_source_leads_to_its_characters(make: Any) -> None:
    built, page = make(), page_of(make)
    wanted: dict[tuple[str, ...], str] = {}
    marks = {str(mark["id"]): mark.get_text() for mark in page.find_all("mark")}
    for table, row_id, column, _, line, start, end, text in built.rows["cells"]:
        if table not in ABOUT:
            own = [m for m in marks if m.startswith(f"l{line}-")]
            exact = f"l{line}-{start}-{end}"
            if text != "[withheld]":
                assert marks[exact] == text
                wanted.setdefault((table, row_id, column), exact)
            else:
                assert [marks[m] for m in own if "[withheld]" in marks[m]]
                wanted.setdefault((table, row_id, column), "")
    links = page.select("a.v[id]")
    assert len(links) == len(wanted)
    found = Counter(str(link["href"])[1:] for link in links)
    expected = Counter(target for target in wanted.values() if target)
    assert expected <= found
    assert set(found) <= set(marks)


@pytest.mark.parametrize("make", EVERY)
def test_ids_are_unique_and_each_inner_link_leads_somewhere(make: Any) -> None:
    page = page_of(make)
    ids = [str(tag["id"]) for tag in page.select("[id]")]
    assert [name for name, n in Counter(ids).items() if n > 1] == []
    targets = {str(tag["href"])[1:] for tag in page.select('[href^="#"]')}
    targets |= {
        name for tag in page.select("[aria-labelledby]") for name in tag["aria-labelledby"].split()
    }
    assert targets - set(ids) == set()
    used = re.findall(r"url\(#([^)]*)\)", str(page))
    assert set(used) <= set(ids)


@pytest.mark.parametrize("make", EVERY)
def test_its_structure_can_be_read_aloud(make: Any) -> None:
    page = page_of(make)
    assert page.html["lang"] == "en"
    levels = [int(tag.name[1]) for tag in page.find_all(re.compile("^h[1-6]$"))]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(next_ <= level + 1 for level, next_ in pairwise(levels))
    for table in page.find_all("table"):
        assert table.caption.get_text(strip=True)
        assert {th.get("scope") for th in table.find_all("th")} <= {"col", "row"}
        assert all(row.find("th", scope="row") for row in table.tbody.find_all("tr"))
        region = table.find_parent(attrs={"role": "region"})
        assert region["tabindex"] == "0"
        assert region["aria-label"]
    for drawing in page.find_all("svg"):
        assert drawing["role"] == "img"
        assert drawing.find("title").get_text()
        assert drawing.find("desc").get_text()
    assert page.find("main")
    assert page.find("nav", attrs={"aria-label": True})
    assert page.body.find("a")["class"] == ["skip"]


@pytest.mark.parametrize("make", EVERY)
def test_every_text_of_the_data_is_shown(make: Any) -> None:
    built = make()
    shown = page_of(make).main.get_text()
    computed = {column for check in built.spec.checks for column in check.columns}
    for name, table in built.tables.items():
        if name in ABOUT:
            continue
        for row in built.rows[name]:
            for column, value in zip(table.columns, row, strict=True):
                if isinstance(value, str) and column.name not in computed | {
                    *table.key,
                    built.spec.id,
                    "municipality_id",
                }:
                    assert value in shown


# --- What it says


def section(page: BeautifulSoup, name: str) -> Tag:
    (found,) = page.select(f'section[aria-labelledby="{name}"]')
    return found


def words(tag: Tag) -> str:
    return " ".join(tag.get_text(" ", strip=True).split())


def test_numbers_stand_as_the_listing_prints_them() -> None:
    table = section(page_of(known), "figures").table
    rows = {
        words(row.th): [words(td) for td in row.find_all("td")]
        for row in table.tbody.find_all("tr")
    }
    assert rows["Unna"] == [
        "05978036 †", "Kreis Unna", "05978 †", "no", "88,56", "58.724", "663,1",
        "663,098 663,061 – 663,136", "✓ exact",
    ]  # fmt: skip
    assert rows["Dorsten"][4] == "171,20"
    english = section(
        parse(report(listing(ROOT / "tests/listings/townsrenewed/page.html"))), "records"
    )
    assert "1,234" not in words(english)
    assert re.search(r"\d,\d{3}", words(english))


@pytest.mark.parametrize(("make", "verdict", "sentence"), [
    (known, "pass", "Nothing needs attention. 82 checks: 82 passed, 0 failed, 0 warned, 0 could not be made."),
    (troubled, "fail", "Somebody has to look."),
    (lambda: extract(render("text", RECORDS)), "warn", "Worth a look."),
])  # fmt: skip
def test_a_hurried_reader_gets_the_verdict_first(make: Any, verdict: str, sentence: str) -> None:
    box = section(page_of(make), "listing").find(class_="verdict")
    assert verdict in box["class"]
    assert words(box).startswith(sentence)
    assert len(box.find_all("p")) == 2


def test_each_finding_names_its_cell_and_leads_to_its_line() -> None:
    built = troubled()
    findings = section(page_of(troubled), "findings")
    told = [words(one) for one in findings.select("li.fail")]
    failed = [row for row in built.rows["checks"] if row[5] == "fail"]
    assert len(told) == len(failed) > 3
    for text, row in zip(told, failed, strict=True):
        assert " ".join(part for part in row[1:4] if part) in text
        assert f"rule {row[0]}" in text
    bochum = next(
        one
        for one in findings.select("li.fail")
        if "Bochum" in words(one) and "density" in words(one)
    )
    line = bochum.find("a", string="the line of the page")["href"]
    assert bochum.find_parent("html").find(id=str(line)[1:]).get_text() == "24.843,0"
    left = [words(one) for one in findings.select("li.warn") if "noch eine Zeile" in words(one)]
    assert left


def test_many_findings_are_cut_and_the_rest_is_counted() -> None:
    built = known()
    rows = {
        **built.rows,
        "checks": [(*row[:5], "warn", *row[6:]) for row in built.rows["checks"]] * 4,
    }
    findings = section(parse(report(built, rows)), "findings")
    assert len(findings.select("li.warn")) == 200
    assert "And 128 more: see the table checks." in words(findings)


def test_a_value_that_the_page_does_not_give_tells_what_the_page_says() -> None:
    figures = section(page_of(troubled), "figures")
    assert "— (page: “unklar”)" in figures.get_text()


def test_the_time_line_tells_captures_and_changes_the_newest_first() -> None:
    history = section(page_of(troubled), "history")
    captured = [words(row.th) for row in history.tbody.find_all("tr")]
    assert captured == ["2026-01-03 03:00 UTC", "2026-01-02 03:00 UTC", "2026-01-01 03:00 UTC"]
    assert "this report" in words(history.tbody.tr)
    titles = [words(one) for one in history.find_all("h4")]
    assert [t.partition(", ")[2] for t in titles] == [
        "seen by 2026-01-03 03:00 UTC", "seen by 2026-01-02 03:00 UTC",
    ]  # fmt: skip
    assert any("municipalities dorsten: added" in words(one) for one in history.find_all("li"))


def test_many_changes_are_cut_and_the_rest_is_counted() -> None:
    built = troubled()
    rows = {**built.rows, "changes": built.rows["changes"] * 30}
    history = section(parse(report(built, rows)), "history")
    assert len(history.select("li")) == 200
    assert f"And {len(rows['changes']) - 200} older: see the table changes." in words(history)


def test_of_many_captures_the_newest_are_told() -> None:
    built = troubled()
    old = [(f"{n:012x}", *built.rows["captures"][0][1:]) for n in range(200)]
    rows = {**built.rows, "captures": [*old, *built.rows["captures"]]}
    history = section(parse(report(built, rows)), "history")
    assert len(history.tbody.find_all("tr")) == 100
    assert "this report" in words(history.tbody.tr)
    assert "And 103 older: see the table captures." in words(history)


def test_without_times_and_changes_it_says_so() -> None:
    page = page_of(known)
    assert "at an unknown time" in words(section(page, "listing"))
    assert "No change of the listing is known." in words(section(page, "history"))


def test_without_people_one_line_says_so_and_no_contact_shows() -> None:
    sentence = "Personal data are withheld"
    text = report(withheld()).decode().replace("@media", "").replace("@page", "")
    assert text.count(sentence) == 1
    assert not [t for t in ("Lena", "Beispiel,", "02303", "@", "tel:", "mailto:") if t in text]
    assert sentence not in report(known()).decode()


def test_settings_without_the_switch_for_people_show_them() -> None:
    built = extract(render("text", RECORDS))
    settings = {k: v for k, v in built.made_from["settings"].items() if k != "people"}
    made_from = {**built.made_from, "settings": settings}
    content = render_report(built.rows, built.tables, built.spec, built.lines, made_from)
    assert b"Personal data are withheld" not in content


# --- Hostile pages


def test_text_of_the_page_is_inert() -> None:
    content = report(troubled())
    page = parse(content)
    title = next(a for a in page.select("article a.v") if "alert" in a.get_text())
    assert title.get_text() == SCRIPT
    assert page.find("b") is None
    towns = parse(report(make_towns(3, name="$x^2$ <b>&amp;</b> \\frac")))
    assert "$x^2$ <b>&amp;</b> \\frac 2" in towns.find("svg").get_text()
    assert towns.find("b") is None


def test_what_a_browser_would_obey_or_hide_becomes_a_replacement_character() -> None:
    built = extract(render("text", RECORDS))
    evil = "a\x00b\x1b[31mc\u202ed\ud800e\x85f\u2066g"
    rows: Rows = {**built.rows}
    rows["concepts"] = [(*row[:3], evil, *row[4:]) for row in rows["concepts"]]
    rows["checks"] = [(*row[:8], evil) for row in rows["checks"]]
    rows["unclaimed"] = [("c", None, 4, evil, None, evil)]
    text = report(built, rows).decode()
    assert "a\ufffdb\ufffd[31mc\ufffdd\ufffde\ufffdf\ufffdg" in text
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)


@pytest.mark.parametrize("address", [
    "javascript:alert(1)", "JAVASCRIPT:alert(1)", "data:text/html,x", "vbscript:x", "//x.example/",
    'http://x.example/"onmouseover=alert(1)', "http://x.example/ y", "http://x\n.example/", "ftp://x.example/", "",
])  # fmt: skip
def test_only_an_address_of_the_web_becomes_a_link(address: str) -> None:
    assert find_action("website_url", address) is None
    built = extract(render("text", RECORDS))
    rows: Rows = {**built.rows, "concepts": [(*row[:6], address) for row in built.rows["concepts"]]}
    own = section(parse(report(built, rows)), "records")
    assert own.select("a.go[rel]") == []


@pytest.mark.parametrize(("column", "text", "href"), [
    ("url", "https://x.example/a?b=c", "https://x.example/a?b=c"),
    ("email", "jana.moeller@dorsten.example", "mailto:jana.moeller@dorsten.example"),
    ("email", "a@b.example?cc=c@d.example", None),
    ("email", "a@b", None),
    ("phone", "+492362123456", "tel:+492362123456"),
    ("phone", "02362 123", None),
    ("title", "https://x.example/", None),
])  # fmt: skip
def test_a_well_formed_address_can_be_used(column: str, text: str, href: str | None) -> None:
    action = find_action(column, text)
    assert (action.href if action else None) == href


# --- Lines


def lines_of(text: str, *spans: tuple[int, int], pieces: Any = None) -> list[str]:
    from pipeline.model import Piece

    cells = [
        ("t", str(n), "c", "x", 1, start, end, text[start:end])
        for n, (start, end) in enumerate(spans)
    ]
    shown = {1: pieces or (Piece(0, len(text), text),)}
    (line,) = Provenance(cells, shown).iter_lines()
    return [
        re.sub('<mark id="l1-([0-9-]+)">', r"[\1 ", t).replace("</mark>", "]") for t in line.texts
    ]


@pytest.mark.parametrize(("spans", "texts"), [
    ([], ["abcdef"]),
    ([(0, 6)], ["[0-6 abcdef]"]),
    ([(1, 2), (3, 5)], ["a[1-2 b]c[3-5 de]f"]),
    ([(1, 2), (2, 5)], ["a[1-2 b][2-5 cde]f"]),
    ([(1, 5), (2, 3)], ["a[1-5 b[2-3 c]de]f"]),
    ([(2, 3), (1, 5), (1, 3)], ["a[1-5 [1-3 b[2-3 c]]de]f"]),
    ([(1, 4), (1, 4)], ["a[1-4 bcd]ef"]),
    ([(0, 3), (2, 5)], ["[0-3 abc]def", "ab[2-5 cde]f"]),
    ([(0, 3), (2, 5), (4, 6)], ["[0-3 abc]d[4-6 ef]", "ab[2-5 cde]f"]),
    ([(3, 3)], ["abc[3-3 ]def"]),
])  # fmt: skip
def test_marks_nest_and_a_line_is_shown_again_where_they_cross(
    spans: Any, texts: list[str]
) -> None:
    assert lines_of("abcdef", *spans) == texts


def test_a_mark_in_what_is_withheld_stands_around_all_of_it() -> None:
    from pipeline.model import Piece

    pieces = (Piece(0, 3, "ab:"), Piece(3, 30, "[withheld]"), Piece(30, 31, "c"))
    text = "ab:" + "x" * 27 + "c"
    assert lines_of(text, (5, 9), (12, 13), (30, 31), pieces=pieces) == [
        "ab:[3-30 [withheld]][30-31 c]"
    ]


def test_a_line_leads_back_to_the_values_that_it_gave() -> None:
    page = page_of(known)
    row = page.find(id="l3")
    (back,) = row.select(".gave a")
    value = page.find(id=str(back["href"])[1:])
    assert (back.get_text(), value.get_text()) == ("area_km2", "88,56")


# --- Ratios


def test_the_plot_places_what_is_printed_beside_what_is_allowed() -> None:
    built = known()
    names = built.tables["municipalities"].names()
    rows = {row[0]: dict(zip(names, row, strict=True)) for row in built.rows["municipalities"]}
    texts = Provenance(built.rows["cells"], built.lines).texts
    (check,) = built.spec.checks
    compared = {c.row_id: c for c in iter_compared(check, rows, texts, built.spec)}
    assert [c.row_id for c in compared.values() if c.cries_wolf] == [
        name for name, row in rows.items() if row["density_status"] == "within_rounding"
    ]
    for one in compared.values():
        assert one.offset is not None
        touches = (
            one.offset.printed_low <= one.offset.high and one.offset.low <= one.offset.printed_high
        )
        assert touches
        assert one.offset.printed_high - one.offset.printed_low == pytest.approx(1)
    bochum = compared["bochum"].offset
    assert bochum is not None
    assert bochum.printed == pytest.approx((2484.3 - 361876 / 145.66) / 0.1)


def test_the_caption_counts_the_false_alarms_of_a_rounded_comparison() -> None:
    caption = words(section(page_of(known), "figures").figcaption)
    assert "would call 3 of these 6 rows wrong, though each of them fits." in caption
    troubles = words(section(page_of(troubled), "figures").figcaption)
    assert "would call 2 of these 2 rows wrong." in troubles


def test_rows_without_a_place_in_the_plot_are_named_below_it() -> None:
    figures = words(section(page_of(troubled), "figures"))
    assert re.search(r"Without a place in the plot, .*: Unna \.", figures)


def make_rows(n: int) -> list[Compared]:
    statuses = ("exact", "within_rounding", "exact", "inconsistent")
    return [
        Compared(
            str(i), statuses[i % 4], 3, Offset(-0.4, 0.4, i - 0.5, float(i), i + 0.5), i % 2 == 1
        )
        for i in range(n)
    ]


def test_few_rows_are_drawn_in_page_order_and_of_many_the_doubtful_first() -> None:
    assert choose_rows(make_rows(MOST_ROWS)) == make_rows(MOST_ROWS)
    chosen = choose_rows(make_rows(100))
    assert len(chosen) == MOST_ROWS
    assert [row.status for row in chosen] == ["inconsistent"] * 25 + ["within_rounding"] * 15
    assert [row.row_id for row in chosen[:3]] == ["99", "95", "91"]


def test_a_plot_holds_its_labels_as_text_and_no_colour_of_its_own() -> None:
    rows = make_rows(6)
    plot = draw_plot(
        "density", rows, {row.row_id: f"Stadt <{row.row_id}> $\\frac$" for row in rows}, GERMAN
    )
    assert plot is not None
    drawing = BeautifulSoup(plot.svg, "lxml")
    assert "Stadt <5> $\\frac$" in drawing.get_text()
    assert not re.findall(r"#[0-9a-f]{6}", plot.svg)
    assert "+2" in drawing.get_text()
    assert (plot.drawn, plot.of) == (6, 6)


def test_what_lies_beyond_the_axis_is_pointed_to() -> None:
    near, far = make_rows(4), make_rows(8)
    assert [
        draw_plot("fit", rows, dict.fromkeys("01234567", "A"), GERMAN).is_cut
        for rows in (near, far)
    ] == [False, True]
    caption = words(section(page_of(troubled), "figures").figcaption)
    assert "An arrow points to what lies beyond the axis." in caption
    assert "+223.586,1" in section(page_of(troubled), "figures").svg.get_text()


@pytest.mark.parametrize(("label", "shown"), [
    ("x" * 30, "x" * 30), ("x" * 31, "x" * 29 + "…"), ("日" * 15, "日" * 15), ("日" * 16, "日" * 14 + "…"),
    ("label-0001-", "label-0001-"),
])  # fmt: skip
def test_a_label_of_the_plot_is_cut_if_it_is_long(label: str, shown: str) -> None:
    plot = draw_plot("fit", make_rows(2), {"0": label, "1": "other"}, GERMAN)
    assert plot is not None
    assert [t for t in (shown, "other") if f">{t}<" not in plot.svg] == []


def test_any_mark_of_a_locale_can_be_drawn() -> None:
    rows = [Compared("0", "inconsistent", 3, Offset(-1, 1, 1e6, 1e6, 1e6), cries_wolf=True)]
    plot = draw_plot("fit", rows, {"0": "A"}, Locale("日", "☃"))
    assert plot is not None
    assert ">+1☃000☃000日0<" in plot.svg


def test_a_check_without_a_row_to_draw_has_no_plot() -> None:
    assert (
        draw_plot(
            "density",
            [Compared("a", "not_checkable", 2, None, cries_wolf=False)],
            {"a": "A"},
            GERMAN,
        )
        is None
    )


@pytest.mark.parametrize(("value", "digits", "text"), [
    (0, None, "0"), (1234567, None, "1.234.567"), (-0.5, 0, "−1"), (2.5, 0, "3"), (0.1, None, "0,1"),
    (1e-7, None, "0,0000001"), (1e16, None, "10.000.000.000.000.000"), (663.1, 3, "663,100"),
])  # fmt: skip
def test_numbers_print_in_the_locale(value: float, digits: int | None, text: str) -> None:
    assert print_number(value, GERMAN, digits) == text


# --- Other shapes and sizes

TOWNS = """\
name = "orte"
title = "Orte"
url = "https://orte.example/"
table = "places"
id = "place_id"
key = ["name"]
opens_with = "name"
[[field]]
name = "name"
labels = ["Ort"]
kind = "text"
[[field]]
name = "area"
labels = ["Fläche"]
kind = "decimal"
[[field]]
name = "people"
labels = ["Leute"]
kind = "integer"
[[field]]
name = "density"
labels = ["Dichte"]
kind = "decimal"
[[check]]
kind = "ratio"
name = "fit"
numerator = "people"
denominator = "area"
quotient = "density"
"""


def make_towns(n: int, name: str = "Ort") -> Extraction:
    lines = [
        f"Ort: {name} {i}\nFläche: {i % 7 + 2},5\nLeute: {i * 31 + 100}\nDichte: {(i * 31 + 100) // (i % 7 + 2)}"
        for i in range(n)
    ]
    return extract("\n".join(lines), own=parse_spec(TOWNS.encode(), "orte.toml"))


@pytest.mark.slow
def test_six_hundred_records_stay_readable_and_linear() -> None:
    small, large = report(make_towns(60)), report(make_towns(600))
    assert len(large) < 11 * len(small)
    text = large.decode()
    assert text.count("<article ") == 600
    assert text.count("<svg ") == 1
    assert "Drawn are 40 of 600 rows: those that are not exact first, the farthest on top." in text


def test_a_ratio_in_the_table_of_records_leads_to_them() -> None:
    figures = section(parse(report(make_towns(3))), "figures")
    assert [words(row.th) for row in figures.tbody.find_all("tr")] == ["Ort 0", "Ort 1", "Ort 2"]
    link = figures.tbody.th.a["href"]
    assert figures.find_parent("html").find(id=str(link)[1:]).name == "article"


def test_a_listing_without_figures_contacts_and_downloads_has_a_report() -> None:
    own = TOWNS.partition("[[check]]")[0]
    built = extract(
        "Ort: A\nFläche: 2,5\nLeute: 3\nDichte: 1,2", own=parse_spec(own.encode(), "orte.toml")
    )
    page = parse(report(built))
    assert "no figures that can be checked" in words(section(page, "figures"))
    assert page.select("h4") == []


def test_page_text_has_the_language_of_the_listing() -> None:
    assert {
        b.get("lang") for b in page_of(known).select("h1 bdi, article a.v bdi, .lines bdi")
    } == {"de"}
    assert {b.get("lang") for b in page_of(troubled).select("li.fail p bdi")} == {None}
    english = parse(report(listing(ROOT / "tests/listings/townsrenewed/page.html")))
    assert {b.get("lang") for b in english.find_all("bdi")} == {None}


# --- Citation


def test_the_citation_names_page_time_bytes_and_program() -> None:
    built = troubled()
    source = describe_source(built.rows, built.tables, built.spec)
    last = built.rows["captures"][-1]
    assert source.citation == (
        f"“{built.spec.title}”, {built.spec.url}, captured 2026-01-03 03:00 UTC (capture {last[0]}, "
        f"SHA-256 {last[1]}), read with ihk-listing 0.1.0."
    )
    assert (source.capture_id, source.sha256, source.captured_at) == (last[0], last[1], last[4])
    assert (
        "captured at an unknown time"
        in describe_source(known().rows, known().tables, spec()).citation
    )


def test_facts_and_what_is_derived_share_all_columns_of_the_data() -> None:
    built = known()
    source = describe_source(built.rows, built.tables, replace(built.spec, rights="CC0"))
    assert source.rights == "CC0"
    assert list(source.facts) == ["municipalities", "concepts", "downloads", "contacts"]
    for name, columns in source.facts.items():
        assert sorted(columns + source.derived[name]) == sorted(built.tables[name].names())
    assert source.derived["municipalities"][:2] == ["municipality_id", "ags"]
    assert "population" in source.facts["municipalities"]


def test_the_capture_in_force_is_the_one_that_the_cells_name() -> None:
    """When an older state comes back, the last capture in the table is another one."""
    first, second = render("text", RECORDS), render("text", RECORDS[:3])
    built = extract(first, second, first)
    assert (
        describe_source(built.rows, built.tables, built.spec).capture_id
        == built.rows["captures"][0][0]
    )
