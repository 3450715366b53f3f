"""Drafts of listing specs: found on a page of which nothing is known, accepted as they are."""

import contextlib
import json
import random
import re
import shutil
import time
import tomllib
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, strategies as st

from pipeline.archives.files import make_capture, read_pages
from pipeline.draft import propose
from pipeline.draft.figures import find_locale, read_figures
from pipeline.draft.kinds import Kind
from pipeline.draft.propose import Drafted, draft_listing
from pipeline.draft.render import FieldPlan, Plan, render_plan
from pipeline.errors import SuspectPage
from pipeline.flow import judge_capture
from pipeline.listing.spec import Locale
from pipeline.listing.spec_reader import parse_spec, read_spec
from tests.cli.command import call
from tests.page.test_limits import HOSTILE, HOSTILE_TEXTS, MARKUP, SECONDS, SWOLLEN
from tests.records.forms import (
    CONTACT,
    DOWNLOAD,
    FORMS,
    LABELS,
    OPENING,
    QUARTER,
    ROOT,
    SITE,
    known_capture,
    read_listing,
    render_text,
)

INVENTED = ROOT / "tests/fixtures/invented.txt"
KINDS = {
    OPENING: "decimal", "Einwohner": "integer", "Einwohner je km²": "decimal",
    "Kreis/kreisfrei": "district", "Bezeichnung IHK": "text", DOWNLOAD: "links", QUARTER: "text",
    CONTACT: "contacts", SITE: "url",
}  # fmt: skip
SOURCES = {
    "known": read_listing(known_capture().decode()),
    "invented": read_listing(INVENTED.read_text(encoding="utf-8")),
}
PAGES = sorted((ROOT / "tests/listings").glob("*/page*.*"))


def draft(page: str | bytes, media_type: str = "text/plain", name: str = "page") -> Drafted:
    """Draft a page, and prove that the draft is a spec that Python's own reader reads."""
    body = page if isinstance(page, bytes) else page.encode("utf-8", "surrogatepass")
    drafted = draft_listing(make_capture(body, media_type, name))
    tomllib.loads(drafted.toml)
    assert parse_spec(drafted.toml.encode(), "again").fields == drafted.spec.fields
    return drafted


def kinds(drafted: Drafted) -> dict[str, str]:
    """Give the kind of each label, in any case: a form may print all letters large."""
    return {label.casefold(): field.kind for field in drafted.spec.fields for label in field.labels}


def folded(labels: dict[str, str]) -> dict[str, str]:
    return {label.casefold(): kind for label, kind in labels.items()}


def text_of(records: Sequence[Sequence], title: str = "Titel") -> str:
    return render_text(title, [tuple(record) for record in records])


# --- Labels, opener, kinds, key ----------------------------------------------------------------


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("form", ["text", *FORMS])
def test_all_nine_labels_and_their_kinds_are_found_in_every_form(form: str, source: str) -> None:
    title, records = SOURCES[source]
    if form == "text":
        drafted = draft(render_text(title, records))
    else:
        drafted = draft(FORMS[form](title, records), "text/html")
    assert drafted.judged.reason is None
    assert len(drafted.judged.listing.records) == len(records)
    assert kinds(drafted) == folded(KINDS)
    spec = drafted.spec
    assert spec.field(spec.opens_with).labels[0].casefold() == OPENING.casefold()
    assert [spec.field(key).labels[0].casefold() for key in spec.key] == [QUARTER.casefold()]
    assert spec.title == title
    assert spec.locale == Locale(",", ".")
    assert [field.name for field in spec.fields if field.many and field.kind == "text"] == [
        "bezeichnung_ihk"
    ]
    (check,) = spec.checks
    assert (check.numerator, check.denominator, check.quotient) == (
        "einwohner", "flaeche_km2", "einwohner_je_km2"
    )  # fmt: skip
    assert "fail" not in {row[5] for row in drafted.rows["checks"]}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.parent.name}/{page.name}")
def test_a_draft_finds_what_the_hand_written_spec_says(page: Path) -> None:
    spec = read_spec(str(page.parent / "spec.toml"))
    (capture,) = read_pages([page], spec)
    listing = judge_capture(capture, spec).listing
    drafted = draft_listing(capture)
    assert drafted.judged.reason is None
    assert len(drafted.judged.listing.records) == len(listing.records)
    printed = {
        text.label.text.removesuffix(":"): spec.field(text.name)
        for record in listing.records
        for text in record.fields.values()
        if text.label.text
    }
    assert (drafted.spec.heading is None) == (spec.heading is None)
    assert kinds(drafted) == folded({label: field.kind for label, field in printed.items()})
    for label, field in printed.items():  # labels of one field are one field's here, too
        (own,) = [f for f in drafted.spec.fields if label in f.labels]
        others = {other for other in field.labels if other in printed}
        assert set(own.labels) == others | {label}
        assert field.many or not own.many
    own_key = [drafted.spec.field(key).labels for key in drafted.spec.key]
    assert own_key == [spec.field(key).labels for key in spec.key]
    assert drafted.spec.locale == spec.locale
    assert drafted.spec.colon == spec.colon or page.suffix == ".html"
    assert [c.name for c in drafted.spec.checks] == [
        drafted.spec.labels[next(iter(spec.field(c.quotient).labels)).casefold().replace(" ", "")]
        for c in spec.checks
    ]


def test_labels_without_a_colon_in_a_text_and_a_point_for_decimals() -> None:
    drafted = draft((ROOT / "tests/fixtures/baths.txt").read_bytes())
    assert kinds(drafted) == {
        "bad": "text", "länge": "decimal", "besucher": "integer", "hinweise": "text", "internet": "url"
    }  # fmt: skip
    assert (drafted.spec.colon, drafted.spec.locale[:2]) == (False, (".", ","))
    assert drafted.spec.field("laenge_m").unit == "m"


def test_a_page_with_one_record_gives_a_draft_that_says_so() -> None:
    title, records = SOURCES["known"]
    for form in ("dl", "p_br_strong", "div_pairs", "table_no_colon", "div_span", "grid"):
        drafted = draft(FORMS[form](title, records[2:3]), "text/html")
        assert kinds(drafted) == folded(KINDS), form
        assert "# uncertain: the page has one record only" in drafted.toml
        assert not any(field.required for field in drafted.spec.fields)


@pytest.mark.parametrize("label", LABELS[1:])
def test_a_label_that_one_record_lacks_is_found_and_not_required(label: str) -> None:
    records = SOURCES["known"][1]
    some = [
        [entry for entry in record if n != 2 or entry.label != label]
        for n, record in enumerate(records)
    ]
    drafted = draft(text_of(some))
    assert kinds(drafted) == folded(KINDS)
    assert drafted.judged.reason is None
    optional = [field.labels for field in drafted.spec.fields if not field.required]
    assert optional == [(label,)]


def test_spellings_of_a_label_are_one_field() -> None:
    records = [list(record) for record in SOURCES["known"][1]]
    for n in (1, 3):
        records[n][0] = replace(records[n][0], label="Fläche in km²")
    records[4][0] = replace(records[4][0], label="Fläche (km2)")
    drafted = draft(text_of(records))
    assert set(drafted.spec.fields[0].labels) == {"Fläche (km²)", "Fläche in km²", "Fläche (km2)"}
    assert len(drafted.judged.listing.records) == 6
    assert "# spellings that never stand in one record together" in drafted.toml


def test_similar_labels_of_one_record_stay_apart() -> None:
    text = "".join(f"Beginn: {n}. Mai\nBeginn Bau: {n}. Juni\nOrt: O{n}x\n" for n in range(1, 5))
    assert [f.labels for f in draft(text).spec.fields] == [("Beginn",), ("Beginn Bau",), ("Ort",)]
    some = ["Geld vom Bund: 1\n", "Geld vom Land: 2\n", "Geld vom Bund: 1\nGeld vom Land: 2\n", ""]
    text = "".join(f"Ort: O{n}x\n{some[n % 4]}Art: a\n" for n in range(8))
    labels = {field.labels for field in draft(text).spec.fields}
    assert labels == {("Ort",), ("Geld vom Bund",), ("Geld vom Land",), ("Art",)}


def test_labels_may_come_in_any_order_behind_the_first() -> None:
    order = random.Random(3)
    records = [[r[0], *order.sample(r[1:], 8)] for r in SOURCES["known"][1]]
    for page, media in (
        (text_of(records), "text/plain"),
        (FORMS["dl"]("T", [tuple(r) for r in records]), "text/html"),
    ):
        drafted = draft(page, media)
        assert kinds(drafted) == folded(KINDS)
        assert drafted.spec.opens_with == "flaeche_km2"


def test_elements_tell_the_opener_though_the_first_record_lacks_it() -> None:
    """A draft that gave each record its neighbour's area would be accepted; it must not be made."""
    title, records = SOURCES["known"]
    drafted = draft(FORMS["dl"](title, [records[0][1:], *records[1:]]), "text/html")
    assert drafted.spec.opens_with == "flaeche_km2"
    assert drafted.judged.reason is not None


def test_a_draft_of_other_words_is_not_offered_where_the_right_one_is_suspect() -> None:
    """Two records run together; the lines `Kreis/kreisfrei: …` repeat and would be accepted."""
    records = [list(record) for record in SOURCES["known"][1]]
    del records[2][0]
    drafted = draft(text_of(records))
    assert kinds(drafted) == folded(KINDS)
    assert drafted.judged.reason is not None


def test_a_text_in_which_the_opener_is_uncertain_says_so() -> None:
    _, records = SOURCES["known"]
    drafted = draft(text_of([records[0][1:], *records[1:]]))
    assert "# uncertain: the last record has no text for the last of the labels" in drafted.toml
    assert "# uncertain: the last record" not in draft(known_capture()).toml


def test_blank_lines_between_records_tell_the_opener() -> None:
    records = [f"Ort: O{n}x\nGröße: {n}\nFarbe: F{n}" for n in range(5)]
    records[0] = "Größe: 0\nFarbe: F0"
    drafted = draft("\n\n".join(records))
    assert drafted.spec.opens_with == "ort"


def test_words_of_prose_menus_and_footers_are_no_labels() -> None:
    records = "".join(
        f"<dl><dt>Ort</dt><dd>O{n}x</dd><dt>Art</dt><dd>a</dd></dl>" for n in range(6)
    )
    page = (
        "<p>Hinweis: alles ohne Gewähr</p><nav><a href=/>Start</a></nav>"
        f"<p>Hinweis: neu</p>{records}<footer><p>Telefon: 0</p><p>Hinweis: alt</p></footer>"
    )
    assert kinds(draft(page, "text/html")) == {"ort": "text", "art": "text"}


def test_words_that_stand_often_in_some_records_or_rarely_are_no_labels() -> None:
    some = ["Plan: a\n", "Plan: a\nPlan: b\nPlan: c\n", "", "Plan: a\nPlan: b\n"]
    text = "".join(f"Ort: O{n}x\nArt: a\n{some[n % 4]}" for n in range(12))
    assert set(kinds(draft(text))) == {"ort", "art"}
    text = "".join(f"Ort: O{n}x\nArt: a\n{'Rat: r' * (n in (3, 7))}\n" for n in range(12))
    drafted = draft(text)
    assert set(kinds(drafted)) == {"ort", "art"}
    assert '#   "Rat": 2 times\n' in drafted.toml


def test_prose_before_the_listing_does_not_open_it() -> None:
    text = known_capture().decode().replace("IHKs\n", "IHKs\nQuartier: so nennen wir es\n", 1)
    drafted = draft(text)
    assert drafted.spec.opens_with == "flaeche_km2"
    assert len(drafted.judged.listing.records) == 6


def test_lines_inside_of_values_are_no_labels() -> None:
    """Times, days of a week, and lines of a value that stands in an element of its own."""
    text = "".join(f"Ort: O{n}x\nZeiten: Mo\nab 10:30 Uhr\nbis 12:00 Uhr\n" for n in range(4))
    assert set(kinds(draft(text))) == {"ort", "zeiten"}
    page = "".join(
        f"<div><span>Ort</span><span>O{n}x</span></div><div><span>Zeit</span>"
        f"<span>Mo: {n}<br>Di: 9</span></div>"
        for n in range(4)
    )
    assert set(kinds(draft(page, "text/html"))) == {"ort", "zeit"}


def test_values_that_resemble_each_other_are_no_spellings_of_a_label() -> None:
    page = "".join(
        f"<div><div>Ort</div><div>O{n}x</div><div>Länge</div><div>rund {n}.500 Häuser am Platz</div>"
        "</div>"
        for n in range(4)
    )
    assert set(kinds(draft(page, "text/html"))) == {"ort", "länge"}


def test_pairs_of_cells_side_by_side_are_no_table_of_records() -> None:
    title, records = SOURCES["known"]
    page = FORMS["label_value_pairs"](title, [record[:8] for record in records])
    assert len(kinds(draft(page, "text/html"))) == 8


def test_a_block_may_be_opened_by_an_address_and_a_field_stand_below_it() -> None:
    blocks = ["Tel.: 02303 123456\nE-Mail: a@b.example", "Telefon: 02303 1234\nFax: 02303 1235"]
    text = "".join(
        f"Ort: O{n}x\nTeile: Nord\nSüd\nAnschrift: Rathaus O{n}\nAm Anger 3\n59423 Ort\n"
        f"{blocks[n % 2]}\nInternet: www.o{n}.example\n"
        for n in range(4)
    )
    drafted = draft(text)
    assert kinds(drafted) == {
        "ort": "text", "teile": "text", "anschrift": "contacts", "internet": "url"
    }  # fmt: skip
    assert drafted.spec.field("teile").many


def test_a_footer_below_a_text_makes_no_field_of_many_lines() -> None:
    drafted = draft(known_capture().decode() + "\nImpressum\nNach oben\n")
    assert kinds(drafted) == folded(KINDS)
    assert [row[3] for row in drafted.rows["unclaimed"]] == ["Impressum", "Nach oben"]


def test_a_listing_has_one_field_of_links() -> None:
    files = "<a href=/a.pdf>A</a><br><a href=/b.pdf>B</a>"
    page = "".join(
        f"<dl><dt>Ort</dt><dd>O{n}x</dd><dt>Pläne</dt><dd>{files}</dd><dt>Karten</dt><dd>{files}</dd>"
        "</dl>"
        for n in range(3)
    )
    drafted = draft(page, "text/html")
    assert kinds(drafted) == {"ort": "text", "pläne": "links", "karten": "text"}
    assert drafted.judged.reason is None


def test_numbers_that_fit_by_chance_make_no_check() -> None:
    text = "".join(f"Ort: O{n}x\nA: {2 * n}\nB: {n}\nC: 2\n" for n in range(1, 5))
    assert draft(text).spec.checks == ()


def test_the_next_layout_is_taken_where_the_first_is_suspect(monkeypatch) -> None:
    real = propose.find_layouts

    def find_layouts(page):
        (layout,) = [found for found in real(page) if found.colon][:1]
        turned = layout._replace(labels=(*layout.labels[3:], *layout.labels[:3]))
        return [turned, layout]

    monkeypatch.setattr(propose, "find_layouts", find_layouts)
    drafted = draft(known_capture())
    assert drafted.judged.reason is None
    assert drafted.spec.opens_with == "flaeche_km2"


def test_a_value_that_never_changes_is_no_label() -> None:
    """Each of the four is alone in its block; that the second never changes does not make it one."""
    page = "".join(
        f"<div><div>Art</div><div>Haus</div><div>Ort</div><div>O{n}x</div></div>" for n in range(5)
    )
    drafted = draft(page, "text/html")
    assert list(kinds(drafted)) == ["art", "ort"]
    text = "".join(f"Art\nHaus\nOrt\nO{n}x\n" for n in range(5))
    assert list(kinds(draft(text))) == ["art", "ort"]


@pytest.mark.parametrize(
    ("texts", "kind", "unit"),
    [
        (("1.638,4", "88,56", "7"), "decimal", None),
        (("12 km", "3 km", "1.200 km"), "integer", "km"),
        (("€ 12", "€ 3.000", "€ 5"), "integer", "€"),
        (("01067", "59423", "44787", "58452", "50667", "60313"), "text", None),
        (("59423", "44787", "50667"), "text", None),
        (("2014", "k.A.", "2015"), "integer", None),
        (("2014–2016", "2015–2020", "seit 2019"), "text", None),
        (("3 km", "200 m", "5 ha"), "text", None),
        (("01.02.2014", "03.04.2015", "05.06.2016"), "text", None),
        (("Kreis Unna", "kreisfrei", "Ennepe-Ruhr-Kreis"), "district", None),
        (("Unna", "Kreis Unna", "Hamm"), "text", None),
        (("www.a.example", "https://b.example/x", "-"), "url", None),
        (("siehe unten", "www.a.example", "nein"), "text", None),
        (("a@b.example", "c@d.example", "e@f.example"), "text", None),
    ],
)
def test_kinds_are_told_by_the_values(texts: tuple[str, ...], kind: str, unit: str | None) -> None:
    page = "".join(f"Name: N{n}x\nWert: {text}\nGröße: 1.23{n},5\n" for n, text in enumerate(texts))
    field = draft(page).spec.fields[1]
    assert (field.kind, field.unit) == (kind, unit)


@pytest.mark.parametrize(
    ("texts", "marks", "is_sure"),
    [
        (["1.638,4", "58.724"], (",", "."), True),
        (["1,234.5", "12,345"], (".", ","), True),
        (["12,345", "8,400"], (".", ","), True),
        (["58.724", "8.400"], (",", "."), True),
        (["1'234.5", "7.25"], (".", "'"), True),
        (["88,56", "7,1"], (",", "."), True),
        (["5", "17"], (",", "."), False),
        ([], (",", "."), False),
    ],
)
def test_the_locale_is_told_by_evidence(
    texts: list[str], marks: tuple[str, str], is_sure: bool
) -> None:
    locale, reason = find_locale([("Wert", texts)])
    assert locale[:2] == marks
    assert reason.startswith("uncertain") != is_sure


def test_numbers_that_do_not_read_are_told() -> None:
    texts = ["1,5", "2,5", "3,5", "4,5", "viele"]
    figures = read_figures("Wert", texts, Locale(",", "."))
    assert figures is not None
    assert figures.doubt == "1 of 5 texts are no numbers"
    assert read_figures("Wert", [*texts, "mehr"], Locale(",", ".")) is None
    codes = ["59423", "44787", "58452", "50667", "60313", "01067"]
    assert read_figures("PLZ", codes[:5], Locale(",", ".")) is not None
    assert read_figures("PLZ", codes, Locale(",", ".")) is None


def test_the_key_is_never_a_number_or_a_person_where_a_text_names_the_record() -> None:
    page = "".join(
        f"Nr: {n}\nAnsprechpartner: A{n}x\nProjekt: P{n}x\nTräger: T\n" for n in range(1, 5)
    )
    assert draft(page).spec.key == ("projekt",)
    page = "".join(f"Ort: {o}\nArt: {a}\n" for o in ("Unna", "Hamm") for a in ("neu", "alt"))
    drafted = draft(page)
    assert drafted.spec.key == ("ort", "art")
    assert "# uncertain: no text alone differs in every record" in drafted.toml


def test_column_names_are_valid_and_never_alike() -> None:
    labels = ["Position", "Record ID", "2. Rate", "—x—", "Größe", "Grösse!", "Größe?", "Ж", "Ӂ"]
    page = "".join("".join(f"{label}: w{n}\n" for label in labels) for n in range(4))
    names = [field.name for field in draft(page).spec.fields]
    assert names == [
        "position_2", "record_id_2", "f_2_rate", "x", "groesse", "groesse_2", "groesse_3",
        "field_8", "field_9",
    ]  # fmt: skip


# --- What a draft says -------------------------------------------------------------------------


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("form", ["text", "dl", "p_br_strong", "grid", "links"])
def test_no_person_stands_in_a_draft(form: str, source: str) -> None:
    title, records = SOURCES[source]
    text = render_text(title, records)
    page = text if form == "text" else FORMS[form](title, records)
    check_persons(draft(page, "text/plain" if form == "text" else "text/html"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.parent.name}/{page.name}")
def test_no_person_of_other_listings_stands_in_a_draft(page: Path) -> None:
    drafted = draft_listing(read_pages([page], read_spec(str(page.parent / "spec.toml")))[0])
    check_persons(drafted)
    assert "Sommerfeld" not in drafted.toml  # a mayor: a field of her own, in no contact block


def check_persons(drafted: Drafted) -> None:
    contacts = drafted.rows.get("contacts", [])
    for row in contacts:
        for text in (row[7], row[11], row[12], row[13]):  # person, phone, as printed, e-mail
            assert not text or text not in drafted.toml
    assert "@" not in drafted.toml


def test_persons_outside_of_contact_blocks_are_not_shown_either() -> None:
    page = "".join(
        f"Ort: O{n}x\nLeitung: Erika Muster{c}\nRuf: 02303 12345{n}\nLage: bei Frau Probe\n"
        for n, c in enumerate("abcd")
    )
    toml = draft(page).toml
    assert "Muster" not in toml
    assert "12345" not in toml
    assert "Probe" not in toml
    assert '"O0x", "O1x"' in toml
    blocks = ["Verein Nord\nHaus West", "Stadt Unna\nErika Muster\nFon: 02303 123456"]
    page = "".join(
        f"Ort: O{n}x\nAnsprechperson: Team {n}\nAmt: {blocks[n % 2]}\n" for n in range(4)
    ).replace("Amt: Verein", "Erika Probe: 1\nAmt: Verein", 1)
    drafted = draft(page)
    assert kinds(drafted)["amt"] == "contacts"
    assert not any(word in drafted.toml for word in ("Muster", "Probe", "Team", "Verein", "Stadt"))


def test_whatever_a_plan_holds_the_toml_can_be_read() -> None:
    odd = "".join(map(chr, range(0x20))) + "\x7f\x85\u2028\ud800'\"\\#]"
    field = FieldPlan("a", (odd,), Kind("text", odd), 1, examples=(odd,), notes=[odd])
    plan = Plan("n", odd, "https://a.example/", odd, False, Locale(",", "."), odd, 1, [field],
                "a", ["a"], odd, odd, None, [(odd, 1)], [odd])  # fmt: skip
    read = tomllib.loads(render_plan(plan))
    assert read["title"] == odd.replace("\ud800", "?")
    assert set(read) == {
        "name", "title", "url", "table", "id", "key", "opens_with", "colon", "locale", "field"
    }  # fmt: skip


def test_what_was_left_out_is_told_with_counts() -> None:
    page = SOURCES["invented"][1]
    text = text_of(page).replace("Download: Antrag", "Fördersumme: 1.000 €\nDownload: Antrag")
    drafted = draft(text)
    assert kinds(drafted) == folded(KINDS)
    assert '#   "Fördersumme": once\n' in drafted.toml


def test_page_text_is_inert_in_a_draft() -> None:
    labels = ['a "b" \\ c', "'''x'''", "{0.__class__} %s", '"""x', "# [[field]]", "x\\u0041 \\n"]
    page = 'Titel "x" \\ \'\'\' """\n\n' + "".join(
        "".join(f"{label}: w\\{n}\" # \x1b[31m ''' \u2028 y\n" for label in labels)
        for n in range(4)
    )
    drafted = draft(page)
    assert [field.labels[0] for field in drafted.spec.fields] == labels
    assert drafted.spec.title == 'Titel "x" \\ \'\'\' """'
    assert "\x1b" not in drafted.toml


def test_the_address_is_the_page_s_own_where_it_tells() -> None:
    page = FORMS["dl"](*SOURCES["invented"])
    assert "# uncertain: the page does not tell" in draft(page, "text/html").toml
    head = '<head><link href="https://a.example/b?c=1" rel="canonical">'
    told = draft(page.replace("<head>", head), "text/html")
    assert told.spec.url == "https://a.example/b?c=1"
    bad = '<head><link rel="canonical" href="https://[x/"><base href="javascript:1">'
    assert draft(page.replace("<head>", bad), "text/html").spec.url == "https://example.org/"


# --- The command -------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["text", "grid"])
def test_a_draft_extracts_its_page_at_once(tmp_path: Path, form: str) -> None:
    title, records = SOURCES["invented"]
    name = "page.txt" if form == "text" else "page.html"
    text = render_text(title, records)
    (tmp_path / name).write_text(text if form == "text" else FORMS[form](title, records), "utf-8")
    done = call("draft", name, cwd=tmp_path)
    assert done.returncode == 0
    assert done.stderr.startswith("drafted: 4 records, 9 fields, 0 lines unclaimed, ")
    assert done.stderr.endswith(f" not pass; save it as new.toml, then: ihk spec new.toml {name}\n")
    (tmp_path / "new.toml").write_text(done.stdout, "utf-8")
    out = call("extract", name, "--listing", "new.toml", "--out", "out", cwd=tmp_path)
    assert out.returncode == 0, out.stderr
    assert "4 records" in out.stdout
    assert call("spec", "new.toml", name, cwd=tmp_path).returncode == 0
    quiet = call("draft", name, "--quiet", cwd=tmp_path)
    assert (quiet.stdout, quiet.stderr) == (done.stdout, "")
    data = json.loads(call("draft", name, "--json", cwd=tmp_path).stdout)
    assert data["toml"] == done.stdout
    assert (data["records"], data["suspect"], data["key"]) == (4, None, ["quartier"])
    assert {f["labels"][0]: f["kind"] for f in data["fields"]} == KINDS


def test_a_web_archive_is_drafted_too(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "tests/fixtures/raw", tmp_path / "raw")
    assert call("export", "raw.warc.gz", cwd=tmp_path).returncode == 0
    done = call("draft", "raw.warc.gz", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "6 records, 9 fields" in done.stderr
    url = tomllib.loads(done.stdout)["url"]
    assert url.startswith("https://www.nrw-projektsoziales.de/")


NONE = (
    "no repeated labels: looked for texts before a colon at the start of lines, alone in a cell, "
    "term or block, heads of a table, and whole lines, that stand once in each of several records, "
    "or three different ones of one record"
)
ERRORS: list[tuple[str, bytes | None, int, str]] = [  # file, its bytes, exit code, the error
    ("no.html", None, 2, "no.html: there is no such file"),
    ("page.doc", b"x", 2, ("page.doc: the ending of the name is none of .html, .htm, .xhtml, .txt, "
     ".warc, .warc.gz; rename the file")),
    ("empty.html", b" ", 4, "empty.html: the page is empty"),
    ("cats.html", b"<title>Cats</title><p>A page about cats.</p>", 4, f"cats.html: {NONE}"),
    ("prose.txt", b"One line.\nAnother one: it has a colon.\n", 4, f"prose.txt: {NONE}"),
    ("contact.txt", b"Fon: 1\nEmail: a@b.example\n", 4, f"contact.txt: {NONE}"),
    ("long.txt", b"x" * 100_001, 4, ("long.txt: line 1 has 100,001 characters, more than the limit of "
     "100,000; a listing has line breaks")),
    ("many.txt", b"Ab: 1\nCd: 2\n" * 6_501, 4, "many.txt: more than 6,500 records; split the page"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "body", "code", "message"), ERRORS, ids=lambda v: str(v)[:20])
def test_a_page_without_labels_is_one_line(tmp_path, name, body, code, message) -> None:
    if body is not None:
        (tmp_path / name).write_bytes(body)
    done = call("draft", name, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (code, "", f"ihk: error: {message}\n")
    told = json.loads(call("draft", name, "--json", cwd=tmp_path).stdout)
    assert told == {"error": message, "exit_code": code}


def test_a_draft_under_which_the_page_is_suspect_is_shown_with_exit_code_4(tmp_path: Path) -> None:
    title, records = SOURCES["known"]
    page = FORMS["dl"](title, [records[0][1:], *records[1:]])
    (tmp_path / "page.html").write_text(page, "utf-8")
    done = call("draft", "page.html", cwd=tmp_path)
    assert done.returncode == 4
    assert tomllib.loads(done.stdout)["opens_with"] == "flaeche_km2"
    assert done.stderr.startswith(
        "ihk: error: page.html: the page is suspect under its draft, so change it: line "
    )
    assert done.stderr.count("\n") == 1


# --- Any page, and hostile ones ----------------------------------------------------------------

MADE = st.lists(
    st.builds("{}{}{}".format, st.sampled_from(["Ort", "Art", 'a"\\', "k.A.", "Fon", "²", "x" * 70]),
              st.sampled_from([":", ": ", "\n", "</dt><dd>", "</td><td>", "<br>"]),
              st.text(max_size=8) | st.sampled_from(["1,5", "1.234", "www.a.example", "-"])),
    max_size=12,
).flatmap(  # a record, printed several times in one markup
    lambda lines: st.builds(
        lambda mark, times: (mark + ("\n" + mark).join(lines) + "\n") * times,
        st.sampled_from(["", "<p>", "<dt>", "<tr><td>", "<div>", "<li>", "<tr><th>"]),
        st.integers(0, 4),
    )
)  # fmt: skip


@given(MARKUP | MADE | st.text(max_size=200), st.sampled_from(["text/html", "text/plain"]))
@example("<dt>0T:<dt>0T<dt>0T:<dt><dt>0T<dt>", "text/html")
@example("A\x7f: 1\nB\ud800: 2\n" * 3, "text/plain")
def test_any_page_is_drafted_as_a_good_spec_or_refused(page: str, media_type: str) -> None:
    drafted = refused = None
    try:
        drafted = draft(page, media_type)
    except SuspectPage as error:
        refused = str(error)
    assert drafted is not None or str(refused).startswith("page: ")
    if drafted is not None:
        assert drafted.spec.key
        assert not any(ord(c) < 32 and c != "\n" for c in drafted.toml)


def repeat(record: str, times: int) -> Callable[[], str]:
    return lambda: record * times


MANY: dict[str, tuple[Callable[[], str], str]] = {
    "two_of_each": (
        lambda: "\n".join(f"L{chr(97 + i % 26)}{i // 2}x: {i}" for i in range(60_000)), "text/plain"
    ),
    "a_thousand_labels": (
        lambda: "\n".join(f"Lab {k} x: {k * 3}" for _ in range(60) for k in range(1_000)),
        "text/plain",
    ),
    "whole_lines": (lambda: "\n".join(f"wort{i % 700}" for i in range(100_000)), "text/plain"),
    "numbers": (repeat("".join(f"A{i}: 1\n" for i in range(39)), 1_500), "text/plain"),
    "long_values": (repeat("Name: " + "x " * 20_000 + "\nB: " + "1." * 20_000 + "\n", 60), "text/plain"),
    "similar": (
        lambda: "".join(f"An: {n}\nBezeichnungen {n % 97:x}: x\nEnde: {n}\n" for n in range(900)),
        "text/plain",
    ),
    "wide_tables": (
        repeat("<table>" + ("<tr>" + "<td>ab" * 900) * 20 + "</table>", 5), "text/html"
    ),
    "many_tables": (
        repeat("<table><tr><th>Ab<th>Cd<tr><td>1<td>2</table>", 5_000), "text/html"
    ),
    "blocks": (repeat("<div>ab</div><div>cd</div>", 50_000), "text/html"),
    "deep_blocks": (
        lambda: "<div>" * 240 + "<p>ab: 1</p><p>cd: 2</p>" * 5_000, "text/html"
    ),
    "reaching_cells": (
        lambda: "<table>" + "<tr><td rowspan=0>Abc<td rowspan=500>Def<td>x" * 10_000, "text/html"
    ),
}  # fmt: skip


def check_cost(page: str, media_type: str) -> None:
    begin = time.perf_counter()
    with contextlib.suppress(SuspectPage):
        draft(page, media_type)
    assert time.perf_counter() - begin < SECONDS


@pytest.mark.parametrize("name", ["similar"])
def test_a_page_of_many_labels_is_drafted_in_bounded_time(name: str) -> None:
    page, media_type = MANY[name]
    check_cost(page(), media_type)


@pytest.mark.slow
@pytest.mark.parametrize("name", MANY)
def test_a_page_of_anything_many_times_costs_bounded_memory(name: str) -> None:
    page, media_type = MANY[name]
    tracemalloc.start()
    check_cost(page(), media_type)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 400 * 2**20


@pytest.mark.slow
@pytest.mark.parametrize("name", [*HOSTILE, *SWOLLEN, *HOSTILE_TEXTS])
def test_a_hostile_page_is_drafted_or_refused_in_bounded_time(name: str) -> None:
    if name in HOSTILE:
        check_cost(HOSTILE[name][0](), "text/html")
    if name in HOSTILE_TEXTS:
        check_cost(HOSTILE_TEXTS[name][0](), "text/plain")
    if name in SWOLLEN:
        check_cost(SWOLLEN[name](), "text/plain")


def test_no_module_of_the_draft_knows_a_label_of_a_listing() -> None:
    """Only docstrings name some, and words of one kind help with links that a text cannot show."""
    code = "".join(
        re.sub(r'""".*?"""|#.*', "", path.read_text("utf-8"), flags=re.DOTALL)
        for path in sorted((ROOT / "pipeline/draft").glob("*.py"))
    )
    specs = (ROOT / "pipeline/listings/ihk.toml", *ROOT.glob("tests/listings/*/spec.toml"))
    labels = {label for spec in specs for f in read_spec(str(spec)).fields for label in f.labels}
    assert len(labels) > 40
    assert [label for label in labels if f'"{label}' in code] == []
