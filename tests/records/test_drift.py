"""Pages that drifted in a way that a reader sees at once and a program may not: each is told."""

import pytest

from pipeline.archives.files import make_capture
from pipeline.flow import build_rows, judge_capture
from pipeline.listing.spec_reader import parse_spec
from tests.records.forms import QUARTER, ROOT, SITE
from tests.records.mutations import BOCHUM, RECORDS, WHOLE, problems, relabel, render
from tests.records.outcomes import read, spec

THREE = "".join(WHOLE.format(n) for n in "ABC")
TOP, OWN = "<h1>Beispiele</h1>", "Fläche (km²):88,56"
PAIRS = [line.partition(":") for line in WHOLE.format("A").splitlines()]


def html(*records: str) -> str:
    """Write each record's lines into a `div` of their own."""
    divs = ("<div>" + "<br>".join(record.splitlines()) + "</div>" for record in records)
    return f"{TOP}<main>{''.join(divs)}</main>"


def pairs(extra: str = "") -> str:
    """Write three records as neighbouring `div`s without colons, `extra` behind the documents."""
    one = "".join(
        f"<div>{label}</div><div>{text.strip()}</div>" + (extra if label == "Download" else "")
        for label, _, text in PAIRS
    )
    return TOP + "".join(f"<section>{one.replace('ProbeA', f'Probe{n}')}</section>" for n in "ABC")


# page, media type, rule, column, a part of the message; the provenance is the drill's
TOLD = {
    "a label that lost its line break": (
        THREE.replace("ProbeB\nErgänzende Informationen:", "ProbeBErgänzende Informationen:"),
        "unclaimed", "quarter", "the label “Ergänzende Informationen” stands inside the text",
    ),
    "a label that lost its line break and its colon": (
        THREE.replace("ProbeB\nErgänzende Informationen:", "ProbeB Ergänzende Informationen "),
        "label", "quarter", "its text may stand in quarter, on the same line",
    ),
    "a text without its label, behind a text of many lines": (
        THREE.replace("\nQuartier:Unna ProbeB", "\nUnna ProbeB"),
        "label", "downloads", "its text may stand in downloads, which takes all 2 lines",
    ),
    "a label in a table of neighbours that the spec does not have": (
        pairs("<div>Baubeginn</div><div>2019</div>"),
        "unclaimed", "downloads", "“Baubeginn” may be another label",
    ),
    "two labels in each other's place": (
        THREE.replace("Bezeichnung IHK:ProbeB", "Bezeichnung IHK:Kreis Unna"),
        "shape", "title", "“Kreis Unna” is a district; in 2 other places title is words",
    ),
    "a line that begins with a number is a label all the same": (
        THREE.replace("Download: Plan\nQuartier:Unna ProbeB",
                      "Download: Plan\nStand 2019:2018\nQuartier:Unna ProbeB"),
        "unclaimed", "downloads", "the line looks like a label that is not in the listing spec",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TOLD)
def test_a_text_in_the_wrong_place_is_told_where_it_stands(name: str) -> None:
    page, rule, column, words = TOLD[name]
    outcome = read(page, "text/html" if page.startswith("<") else "text/plain")
    assert outcome.judged.reason is None
    found = [p for p in outcome.problems(rule) if p[2] == column]
    assert any(words in str(message) for *_, message in found), outcome.problems()


SUSPECT = {
    "a record whose markup was lost": (
        html(*(WHOLE.format(n) for n in "BC")).replace(
            "<main>", f"<p>{WHOLE.format('A').replace(chr(10), ' ').replace(':', '')}</p><main>"
        ),
        "holds the labels of a record without a line break between them",
    ),
    "a table's header whose markup was lost": (
        html(*(WHOLE.format(n) for n in "BC")).replace(
            "<main>", f"<p>Unna{''.join(label for label, *_ in PAIRS)}</p><main>"
        ),
        "holds the labels of a record without a line break between them",
    ),
    "a record without its opening label, in another element": (
        html(*(WHOLE.format(n) for n in "AB"))
        + "<section>" + "<br>".join(WHOLE.format("C").splitlines()[1:]) + "</section>",
        "belongs to a record whose first label",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SUSPECT)
def test_a_record_that_cannot_be_read_makes_the_page_suspect(name: str) -> None:
    page, words = SUSPECT[name]
    assert words in str(read(page).judged.reason)


def test_a_sentence_that_names_the_labels_is_no_record() -> None:
    labels = ", ".join(label for label, *_ in PAIRS)
    page = html(*(WHOLE.format(n) for n in "AB")).replace(
        "<main>", f"<p>Wir nennen {labels}.</p><main>"
    )
    assert read(page).judged.reason is None


@pytest.mark.parametrize("heading", ["<h3>Unna</h3>", "<table><caption>Unna</caption>"])
def test_a_first_record_that_ends_behind_its_first_line_is_a_record_with_failures(
    heading: str,
) -> None:
    """It lay before the listing, without a word."""
    cells = "".join(f"<tr><th>{label}</th><td>{text.strip()}</td></tr>" for label, _, text in PAIRS)
    short = "<tr><th>Fläche (km²)</th><td>88,56</td></tr>"
    tables = f"{heading}<table>{cells.replace('ProbeA', 'ProbeB')}</table>"
    page = TOP + f"{heading}<table>{short}</table>" + tables + tables.replace("ProbeB", "ProbeC")
    outcome = read(page)
    assert len(outcome.tables["concepts"]) == 3
    assert ("label", "fail", "quarter") in [p[:3] for p in outcome.problems()]


def test_a_one_line_edit_of_the_spec_mends_a_renamed_label() -> None:
    """The message says which line; with that line the page is read as before."""
    page = render("text", relabel(range(4), QUARTER, "Stadtteil")(RECORDS))
    reason = str(read(page, "text/plain").judged.reason)
    assert (
        reason == "the label “Quartier” is in no record"
    )  # nothing like it: `ihk spec` shows the lines
    page = render("text", relabel(BOCHUM, SITE, "Ergänzende Information")(RECORDS))
    (*_, message), *_ = problems(read(page, "text/plain"), "label")
    line = str(message).partition("listing spec: ")[2].removesuffix(".")
    assert line == 'labels = ["Ergänzende Informationen", "Ergänzende Information"]'
    packaged = (ROOT / "pipeline" / "listings" / "ihk.toml").read_text(encoding="utf-8")
    edited = packaged.replace('labels = ["Ergänzende Informationen"]', line)
    mended = parse_spec(edited.encode(), "edited.toml")
    judged = judge_capture(make_capture(page.encode(), "text/plain", "page"), mended)
    before = judge_capture(
        make_capture(render("text", RECORDS).encode(), "text/plain", "page"), spec()
    )
    assert build_rows(judged, mended)["concepts"] == build_rows(before, spec())["concepts"]


TOWNS = """name = "towns"
title = "Orte"
url = "https://www.towns.example/"
table = "towns"
key = ["town"]
opens_with = "town"
colon = {colon}
[[field]]
name = "town"
labels = ["Ort"]
kind = "text"
[[field]]
name = "parts"
labels = ["Ortsteile"]
kind = "text"
many = true
[[field]]
name = "mayor"
labels = ["Bürgermeister"]
kind = "text"
"""


def read_towns(body: str, *, colon: bool = True) -> tuple[list[str | None], list[str]]:
    """Give the towns and what is told of a page of the listing above."""
    towns = parse_spec(TOWNS.format(colon=str(colon).lower()).encode(), "towns.toml")
    judged = judge_capture(make_capture(body.encode(), "text/html", "page.html"), towns)
    rows = build_rows(judged, towns)
    told = [row[8] for row in rows["checks"] if row[5] in ("warn", "fail")]
    return [row[2] for row in rows["towns"]], told


CUT = "<p><b>Ort:</b> Au</p>"
AFTER = "<p><b>Ort:</b> Berg</p><p><b>Ortsteile:</b> Tal</p><p><b>Bürgermeister:</b> A. Muster</p>"
LONE = [  # what stands over the first whole record, and is the lone label a record's?
    (f"<h3>Nr. 1</h3>{CUT}<h3>Nr. 2</h3>{AFTER}", True),
    (f"<div>{CUT}</div><p>Seite drucken</p><div>{AFTER}</div>", True),
    (f"<article><h4>1</h4>{CUT}</article><article><h4>2</h4>{AFTER}</article>", True),
    (f"<div>{CUT}<p>Seite drucken</p></div><div>{AFTER}</div>", True),
    (f"<div><i>Merkmal</i><br>{CUT}</div><p>x</p><div><i>Merkmal</i><br>{AFTER}</div>", True),
    (f"<div><p>Nr. 1</p>{CUT}</div><p>x</p><div><p>Nr. 2</p>{AFTER}</div>", True),
    (f"<div><p>Mehr</p>{CUT}</div><p>x</p><div><p>Nr. 2</p>{AFTER}</div>", False),
    (f"<h3>1</h3>{CUT.replace('Au', 'Hilfe e. V.')}<h3>2</h3>{AFTER}", True),
    (f"<h2>Hinweis</h2>{CUT}<h3>Nr. 2</h3>{AFTER}", False),
    (f"<section>{CUT}</section><p>Seite drucken</p><div>{AFTER}</div>", False),
    (f"{CUT.replace('Au', 'ein Name im Sinne des Gesetzes.')}<p>Mehr</p>{AFTER}", False),
    (f"<div><p>Mehr</p>{CUT}</div><p>Seite drucken</p><div>{AFTER}</div>", False),
    (f"<h3>1</h3>{CUT.replace('Au', 'So nennen wir ihn.')}<h3>2</h3>{AFTER}", False),
]


@pytest.mark.parametrize(("body", "is_record"), LONE)
def test_a_lone_opening_label_is_a_records_where_it_stands_as_those_of_the_others(
    body: str, *, is_record: bool
) -> None:
    """A record cut to its first line is not lost; a word of the introduction is none."""
    towns, told = read_towns(f"<main><h1>Orte</h1>{body}</main>")
    assert [town for town in towns if town not in ("Au", "Hilfe e. V.")] == ["Berg"]
    assert (len(towns) == 2) == is_record
    assert bool(told) == is_record


def test_where_a_label_stands_twice_the_text_before_it_may_hold_the_begin_of_another_record() -> (
    None
):
    first = "<p>Ort: Au</p><p>Bürgermeister: B. Muster</p><p>Ortsteile: Moor</p>"
    second = "<p>Berg</p><p>Bürgermeister: A. Muster</p>"  # its label is gone
    towns, told = read_towns(f"<main>{AFTER}{first}{second}</main>")
    assert towns == ["Berg", "Au"]
    assert len(told) == 2
    assert told[1] == (
        "The label “Bürgermeister” stands again behind it, so another record may begin in parts, which "
        "takes all 2 lines up to the next label."
    )


def test_a_line_of_a_text_that_is_left_over_elsewhere_may_be_a_label() -> None:
    """Without a colon nothing else tells `Sachstand` from a part of the town."""
    one = "Ort<br>{}<br>Bürgermeister<br>A. Muster<br>{}Ortsteile<br>Tal<br>{}"
    new = "Sachstand<br>offen<br>"
    body = one.format("Au", new, "") + one.format("Berg", "", new)
    towns, told = read_towns(f"<p>{body}</p>", colon=False)
    assert towns == ["Au", "Berg"]
    assert told == [
        "Line 5, “Sachstand”, is in unclaimed: no field takes this line.",
        "Line 6, “offen”, is in unclaimed: no field takes this line.",
        "Line 15, “Sachstand”, was kept in parts; the same text in line 5 is in unclaimed.",
        "Line 16, “offen”, was kept in parts; the same text in line 6 is in unclaimed.",
    ]


def test_a_long_text_before_each_opening_label_makes_the_page_suspect() -> None:
    """However long it is: the last record lacks it, and each other one ends with its neighbour's."""
    parts = f"<p>Ortsteile: {'<br>'.join(f'Teil {n}' for n in range(15))}</p>"
    record = "<p>Ort: {}</p><p>Bürgermeister: A. Muster</p>"
    shifted = "".join(parts + record.format(name) for name in ("Au", "Berg", "Tal"))
    towns = parse_spec(TOWNS.format(colon="true").encode(), "towns.toml")
    for body, is_suspect in (
        (f"<main>{shifted}</main>", True),
        (f"<main>{parts}<h2>Orte</h2>{shifted.removeprefix(parts)}</main>", False),
        (f"<main>{shifted}{parts}</main>", False),  # whose last record ends with one too
    ):
        page = make_capture(body.encode(), "text/html", "page.html")
        assert (judge_capture(page, towns).status == "suspect") == is_suspect


def test_a_value_that_is_the_opening_label_stays_one_before_a_pair_that_is_not_known() -> None:
    """Labels and values are neighbours without a mark; “Ort” is what Berg's parts are."""
    one = "<div>Ort</div><div>{}</div><div>Bürgermeister</div><div>A. Muster</div>"
    more = "<div>Ortsteile</div><div>Ort</div><div>Lage</div><div>am Meer</div>"
    body = one.format("Au") + more + one.format("Berg")
    towns, told = read_towns(f"<main>{body}</main>")
    assert towns == ["Au", "Berg"]
    assert any("Lage" in message for message in told)


def test_a_lone_opening_label_behind_the_others_is_a_records_too() -> None:
    """Two records stand in one row of a layout table, the third one, cut short, in the next."""
    row = f"<tr><td>{AFTER}</td><td>{AFTER.replace('Berg', 'Tal')}</td></tr>"
    towns, told = read_towns(f"<main><table>{row}<tr><td>{CUT}</td></tr></table></main>")
    assert towns == ["Berg", "Tal", "Au"]
    assert told[0].startswith("The label “Ortsteile” is not in the record")


def test_a_footer_inside_the_unclosed_cell_of_the_last_record_is_no_text_of_it() -> None:
    """The tags between the second record and the third are lost, so the footer stands in a cell."""
    cell = "<tr><td><table><tr><th>Ort</th><td>{}</td></tr><tr><th>Bürgermeister</th><td>A. Muster</td></tr>{}"
    cell += "<tr><th>Ortsteile</th><td>Höhe</td></tr>"
    whole, lost = "</table></td></tr>", ""
    body = (
        cell.format("Au", "")
        + whole
        + cell.format("Berg", "")
        + lost
        + cell.format("Tal", "")
        + whole
    )
    page = f"<main><table>{body}</table></main><footer><p>Im Tal 1</p><p>Nach oben</p></footer>"
    towns = parse_spec(TOWNS.format(colon="true").encode(), "towns.toml")
    rows = build_rows(judge_capture(make_capture(page.encode(), "text/html", "page"), towns), towns)
    assert [row[2:4] for row in rows["towns"]] == [(n, "Höhe") for n in ("Au", "Berg", "Tal")]


def test_a_record_that_lost_its_table_is_seen_though_lines_break_inside() -> None:
    """Without `<table>` a parser drops the cells: labels and texts run together."""
    first = (
        "Fläche (km²)88,56 Bezeichnung IHKIHK Unna Ergänzende Informationenwww.unna.example "
        "KontaktStadt Unna<br>Till Muster<br>Kreis/kreisfreiKreis Unna Quartierunna"
    )
    outcome = read(f"<main>{first}{html(WHOLE.format('A'), WHOLE.format('B'))}</main>")
    assert outcome.judged.reason is not None
    assert "holds the labels of a record without a line break" in outcome.judged.reason


@pytest.mark.parametrize(
    "words",
    [
        "Angaben: Fläche (km²), Einwohner, Einwohner je km², Kreis/kreisfrei, Download.",
        "Angaben:<br>Fläche (km²)<br>Einwohner<br>Kreis/kreisfrei<br>Bezeichnung IHK<br>Quartier",
        "Einwohnerzahl und Quartiere, Downloads, Kontaktdaten, Kreis/kreisfrei, Fläche (km²): so sehen sie aus.",
    ],
)
def test_words_that_name_the_labels_are_no_record_that_lost_its_table(words: str) -> None:
    outcome = read(f"<main><p>{words}</p>{html(WHOLE.format('A'), WHOLE.format('B'))}</main>")
    assert outcome.judged.reason is None


WITH_CONTACTS = (
    TOWNS
    + """[[field]]
name = "contacts"
labels = ["Kontakt"]
kind = "contacts"
many = true
"""
)
BLOCK = "Ort\nAu\nKontakt\nStadt Au\nFrau Eva Muster\nE-Mail\ne.muster@au.example\n"
UNITS = [  # lines behind the block, the column and what is told of it
    ("Stadtteilbüro\nwww.neu.example", "department", (
        "Line 8, “Stadtteilbüro”, was kept in department; it may be a label, the line below it is in "
        "unclaimed."
    )),
    ("www.neu.example", "department", None),
    ("Sachstand\nFrau Ina Probe", "contacts", (
        "Line 8, “Sachstand”, was kept in contacts; nothing tells it from a label."
    )),
    ("Bauamt\nFrau Ina Probe", "contacts", None),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "column", "message"), UNITS)
def test_a_line_of_a_contact_block_that_may_be_a_label_is_told(
    lines: str, column: str, message: str | None
) -> None:
    """A label that the spec does not have stands behind a contact, where labels have no colon."""
    towns = parse_spec(WITH_CONTACTS.format(colon="false").encode(), "towns.toml")
    page = make_capture((BLOCK + lines).encode(), "text/plain", "page.txt")
    rows = build_rows(judge_capture(page, towns), towns)
    told = [row[8] for row in rows["checks"] if row[3] == column and row[0] == "unclaimed"]
    assert told == ([message] if message else [])


def test_a_labelled_detail_left_over_below_a_contact_block_is_told_of_the_block() -> None:
    """The last paragraph has lost its tags, so it stands in no paragraph as the others do."""
    record = "<p>Ort: {}</p><p>Kontakt: Stadt {}</p><p>Frau Eva Muster</p><p>Tel.: 02303 123456</p>"
    body = (
        record.format("Au", "Au") + record.format("Berg", "Berg") + "E-Mail: e.muster@berg.example"
    )
    towns = parse_spec(WITH_CONTACTS.format(colon="true").encode(), "towns.toml")
    page = make_capture(f"<main>{body}</main>".encode(), "text/html", "page.html")
    rows = build_rows(judge_capture(page, towns), towns)
    (told,) = [r[8] for r in rows["checks"] if r[0] == "unclaimed" and r[3] == "contacts"]
    assert told == (
        "Line 9, “E-Mail: e.muster@berg.example”, is in unclaimed; it stands directly below contacts and "
        "may be a part of it."
    )


def test_a_paragraph_of_the_last_record_that_lost_its_start_tag_is_no_end_of_it() -> None:
    record = "<p>Ort:</p><p>{}</p><p>Bürgermeister:</p><p>A. Muster</p><p>Ortsteile:</p>"
    body = (
        record.format("Au")
        + "<p>Moor</p>"
        + record.format("Berg")
        + "<p>Höhe</p>Tal</p><p>Fels</p>"
    )
    towns = parse_spec(TOWNS.format(colon="true").encode(), "towns.toml")
    page = make_capture(f"<main>{body}</main>".encode(), "text/html", "page.html")
    rows = build_rows(judge_capture(page, towns), towns)
    assert [row[3] for row in rows["towns"]] == ["Moor", "Höhe Tal Fels"]


@pytest.mark.parametrize(("feet", "parts"), [(2, ["Moor Höhe"] * 2), (1, ["Moor"] * 2)])
def test_a_foot_of_the_last_record_is_its_own_only_if_the_others_have_one_too(
    feet: int, parts: list[str]
) -> None:
    record = (
        "<article><p>Ort: {}</p><p>Bürgermeister: A. Muster</p><p>Ortsteile: Moor</p>{}</article>"
    )
    foot = "<footer><p>Höhe</p></footer>"
    body = record.format("Au", foot * (feet - 1)) + record.format("Berg", foot)
    towns = parse_spec(TOWNS.format(colon="true").encode(), "towns.toml")
    page = make_capture(f"<main>{body}</main>".encode(), "text/html", "page.html")
    rows = build_rows(judge_capture(page, towns), towns)
    assert [row[3] for row in rows["towns"]] == parts


def test_a_heading_that_lost_its_tag_is_told_of_the_text_above_it() -> None:
    record = "<h3>{0}</h3><p>Ort: {0}</p><p>Bürgermeister: A. Muster</p><p>Ortsteile: Moor</p>"
    body = "".join(map(record.format, ("Au", "Berg", "Tal", "Werth")))
    towns, told = read_towns(f"<main>{body}</main>")
    assert (towns, told) == (["Au", "Berg", "Tal", "Werth"], [])
    towns, told = read_towns(f"<main>{body.replace('<h3>Tal</h3>', '<p>Tal</p>')}</main>")
    assert towns == ["Au", "Berg", "Tal", "Werth"]
    (message,) = told
    assert message == (
        "Line 9, “Tal”, was kept in parts; it may be the heading of the record below, which has none as "
        "others have."
    )


def test_an_empty_element_between_lines_of_a_list_of_terms_is_no_blank_line() -> None:
    towns = parse_spec(WITH_CONTACTS.format(colon="true").encode(), "towns.toml")
    lines = ("Stadt Au", "Herr Max Muster", "Tel.: 02303 123456", "Bauamt", "", "Frau Eva Muster")
    block = "".join(f"<dd>{line}</dd>" for line in lines)
    page = f"<dl><dt>Ort</dt><dd>Au</dd><dt>Kontakt</dt>{block}</dl>"
    judged = judge_capture(make_capture(page.encode(), "text/html", "page.html"), towns)
    rows = build_rows(judged, towns)["contacts"]
    assert [(row[4], row[7]) for row in rows] == [(None, "Max Muster"), ("Bauamt", "Eva Muster")]
