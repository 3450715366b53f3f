"""What stands around and inside a listing: spellings, prose, footers, odd characters, other pages."""

import pytest

from pipeline.model import Line
from tests.records.forms import CONTACT, DOWNLOAD, LINE_FORMS, Record
from tests.records.mutations import (
    BOCHUM,
    MEDIA,
    RECORDS,
    TITLE,
    problems,
    put,
    read_as,
    render,
    rows,
)
from tests.records.outcomes import read

media = pytest.mark.parametrize("form", MEDIA)
html = pytest.mark.parametrize("form", LINE_FORMS)


@media
def test_a_value_that_ends_in_a_colon_or_holds_a_time_or_an_address_is_a_value(form: str) -> None:
    """No false alarm for `… und Herten-Westerholt/Bertlich:`, a known title line (FAULTS 28)."""
    lines = ("Konzept für Hassel", "und Westerholt/Bertlich:", "10:30 Uhr", "http://x.example")
    outcome = read_as(form, put(BOCHUM, "Bezeichnung IHK", *lines)(RECORDS))
    assert outcome.column("concepts", "title")[BOCHUM] == " ".join(lines)
    assert problems(outcome) == []


def test_a_page_without_final_line_end_or_with_blank_lines_reads_the_same() -> None:
    text = render("text", RECORDS)
    expected = rows(read(text, "text/plain"))
    for other in (text + "\n", text + "\n\n\n", text.replace("Quartier:", "\nQuartier:")):
        assert rows(read(other, "text/plain")) == expected


UNCLOSED = [  # a heading whose end tag is gone holds the whole listing, provenance
    ("</h1>", "", "field practice"),
    ("</h3>", "", "field practice"),
    ("</summary>", "", "constructed"),
    ("<main>", '<main><button aria-expanded="true">', "constructed"),
]


@html
@pytest.mark.parametrize(("found", "written", "provenance"), UNCLOSED)
def test_an_element_with_a_listing_in_it_is_no_heading(
    found: str, written: str, provenance: str, form: str
) -> None:
    document = render(form, RECORDS)
    outcome = read(document.replace(found, written, 1))
    assert (outcome.judged.reason, problems(outcome)) == (None, [])
    assert rows(outcome) == rows(read_as(form, RECORDS))


PROSE = [  # lines that begin with labels but are no record, provenance
    ("Quartier: so nennen wir einen Teil der Stadt.", "field practice"),
    ("Fläche (km²): die Fläche der ganzen Gemeinde ohne Abzug.", "constructed"),
    ("Kontakt: Projekt Muster", "field practice"),
    ("Download: alle Dokumente als ZIP", "field practice"),
]
BETWEEN = "Ein Absatz ohne Angaben."


@html
@pytest.mark.parametrize(("line", "provenance"), PROSE)
def test_labels_in_prose_before_the_listing_are_no_record(
    line: str, provenance: str, form: str
) -> None:
    prose = f"<div class=intro><p>{line}</p>" + f"<p>{BETWEEN}</p>" * 12 + "</div>"
    document = render(form, RECORDS).replace("<main>", prose + "<main>")
    outcome = read(document)
    assert (outcome.judged.reason, problems(outcome)) == (None, [])
    assert rows(outcome) == rows(read_as(form, RECORDS))


@html
@pytest.mark.parametrize(("line", "provenance"), PROSE)
def test_labels_in_prose_after_the_listing_are_no_record(
    line: str, provenance: str, form: str
) -> None:
    prose = f"</main><aside><p>{line}</p><p>{BETWEEN}</p></aside>"
    outcome = read(render(form, RECORDS).replace("</main>", prose))
    assert (outcome.judged.reason, problems(outcome)) == (None, [])
    assert rows(outcome) == rows(read_as(form, RECORDS))


@pytest.mark.parametrize(("line", "provenance"), PROSE)
def test_labels_in_prose_before_a_text_s_listing_are_no_record(line: str, provenance: str) -> None:
    text = f"{line}\n" + f"{BETWEEN}\n" * 12 + render("text", RECORDS)
    outcome = read(text, "text/plain")
    assert (outcome.judged.reason, problems(outcome)) == (None, [])
    assert rows(outcome) == rows(read_as("text", RECORDS))


def last(label: str) -> list[Record]:
    """Print a many-line field as the last of each record."""
    return [tuple(sorted(record, key=lambda e: e.label == label)) for record in RECORDS]


@html
@pytest.mark.parametrize("label", [CONTACT, DOWNLOAD, "Bezeichnung IHK"])
@pytest.mark.parametrize(
    "footer",
    [
        "<footer><p>Nach oben</p></footer>",
        "<hr><p>Nach oben</p><p>Alle Angaben ohne Gewähr</p>",
        '<div class="imprint"><p>Impressum</p><p>Beispielstraße 1</p></div>',
        '<ul class="share"><li>Teilen</li></ul>',
        "<h2>Aktuelles</h2><p>Neues</p>",
    ],
    ids=["footer", "rule", "imprint", "share", "heading"],
)
def test_a_footer_below_a_many_line_field_is_in_no_field(
    footer: str, label: str, form: str
) -> None:
    """Inside the records' own element too (FAULTS 34)."""
    document = render(form, last(label))
    outcome = read(document.replace("</main>", footer + "</main>"))
    assert outcome.judged.reason is None
    assert rows(outcome) == rows(read(document))


@pytest.mark.parametrize("label", [CONTACT, DOWNLOAD, "Bezeichnung IHK"])
@pytest.mark.parametrize("footer", ["Nach oben", "Seite drucken\n\nNach oben", "© Projekt Muster"])
def test_a_footer_below_a_blank_line_of_a_text_is_unclaimed(footer: str, label: str) -> None:
    """It is told, and the last many-line field does not have it (FAULTS 34)."""
    text = render("text", last(label))
    outcome = read(f"{text}\n\n{footer}\n", "text/plain")
    assert rows(outcome) == rows(read(text, "text/plain"))
    lines = [line for line in footer.split("\n") if line]
    assert outcome.column("unclaimed", "text") == lines
    assert [problem[:2] for problem in problems(outcome)] == [("unclaimed", "warn")] * len(lines)


def test_a_footer_directly_below_a_contact_is_unclaimed_if_it_is_no_unit() -> None:
    text = render("text", last(CONTACT))
    outcome = read(f"{text}\nNach oben", "text/plain")
    assert rows(outcome) == rows(read(text, "text/plain"))
    assert outcome.column("unclaimed", "text") == ["Nach oben"]


ODD = [  # inserted into a value, what stays of it, provenance
    ("\x00", "", "constructed"),
    ("\x07\x1b", "", "constructed"),
    ("\u200b", "", "field practice"),
    ("\u00ad", "", "field practice"),
    ("\ufeff", "", "field practice"),
    ("\u202e", "", "constructed"),
    ("\u2066", "", "constructed"),
    ("\u00a0", " ", "field practice"),
    ("\u2009\u202f", " ", "field practice"),
    ("\u2028", " ", "constructed"),
    ("\u0085", " ", "constructed"),
    ("\x0b\x0c", " ", "constructed"),
    ("a\u0308", "ä", "field practice"),
    ("km²", "km²", "known page"),
    ("{{7*7}} %s {0.__class__}", "{{7*7}} %s {0.__class__}", "constructed"),
    ("Z\u0336\u0335a", "Z\u0335\u0336a", "constructed"),
]


@media
@pytest.mark.parametrize(("odd", "kept", "provenance"), ODD)
def test_odd_characters_in_a_value_are_cleaned_the_same_way(
    odd: str, kept: str, provenance: str, form: str
) -> None:
    """White space is one space, what is invisible goes, and all else is kept in NFC (FAULTS 42)."""
    kept = kept if kept != "Z\u0335\u0336a" else odd  # equal classes keep their order
    outcome = read_as(form, put(BOCHUM, "Bezeichnung IHK", f"IHK{odd}Probe")(RECORDS))
    assert outcome.judged.reason is None
    assert outcome.column("concepts", "title")[BOCHUM] == f"IHK{kept}Probe"
    assert all(line.text.encode("utf-8") for line in outcome.judged.page.lines if line.text)


def test_a_lone_surrogate_never_reaches_a_table() -> None:
    """Bytes that are no UTF-8 are windows-1252 by rule, so the umlauts tell that it is not."""
    outcome = read(render("text", RECORDS).replace("Max", "M\ud800x"), "text/plain")
    assert outcome.judged.status == "suspect"
    for line in outcome.judged.page.lines:
        line.text.encode("utf-8")


def name_line(line: Line) -> str:
    """Name a line as a reason does: its number and its label, never its text, which may be a person."""
    label = "“Bezeichnung IHK: …”, " if line.text.startswith("Bezeichnung IHK:") else ""
    return f"line {line.number}{',' if label else ''} {label}"


def encode_twice(document: str) -> bytes:
    return document.encode().decode("cp1252", "ignore").encode()


@media
def test_u_fffd_in_the_listing_makes_the_page_suspect(form: str) -> None:
    outcome = read_as(form, put(BOCHUM, "Bezeichnung IHK", "F\ufffdrderung")(RECORDS))
    line = next(i for i in outcome.judged.page.lines if "\ufffd" in i.text)
    assert outcome.judged.reason == (
        f"{name_line(line)}holds U+FFFD: the bytes were not in the encoding that the page declares"
    )


@media
def test_a_page_that_was_decoded_twice_is_suspect_and_says_so(form: str) -> None:
    body = encode_twice(render(form, RECORDS))
    judged = read(body, "text/plain" if form == "text" else "text/html").judged
    assert judged.reason is not None
    assert judged.reason.startswith("no record: ")
    assert judged.reason.endswith("was decoded twice")


@media
def test_one_value_that_was_decoded_twice_makes_the_page_suspect(form: str) -> None:
    outcome = read_as(form, put(BOCHUM, "Bezeichnung IHK", "FÃ¶rderung")(RECORDS))
    line = next(i for i in outcome.judged.page.lines if "Ã¶" in i.text)
    assert outcome.judged.reason == f"{name_line(line)}was decoded twice (Ã¼ for ü)"


@pytest.mark.parametrize("joint", ["", " ", "\t", "\u2028"])
def test_a_text_without_line_breaks_is_suspect(joint: str) -> None:
    text = render("text", RECORDS).replace("\n", joint)
    assert read(text, "text/plain").judged.reason == (
        "the text has no line breaks, so no label can be told from a value"
    )


def test_an_html_page_without_line_breaks_in_its_source_is_read() -> None:
    document = render("dl", RECORDS).replace("\n", "")
    assert rows(read(document)) == rows(read_as("dl", RECORDS))


NO_RECORD = "no record: no line begins with “Fläche (km²)” or “Fläche in km²” or “Fläche (km2)”"
PAGE = "<!doctype html><title>{0}</title><h1>{0}</h1><p>{1}</p>"
OTHERS = [  # what came instead of the listing, the reason, provenance
    (b"", "the page is empty", "field practice"),
    (b" \r\n\0", "the page is empty", "constructed"),
    (b"x", NO_RECORD, "constructed"),
    (b"%PDF-1.7\n...", "the bytes are a PDF, not a page", "field practice"),
    (b"PK\x03\x04...", "the bytes are a ZIP or Office file, not a page", "field practice"),
    (b"\x89PNG\r\n", "the bytes are a PNG image, not a page", "field practice"),
    (b"\x1f\x8b\x08\0", "the bytes are gzip data, not a page", "constructed"),
    (b'{"error": "not found"}', "the bytes are JSON, not a page", "field practice"),
    (b"[{\"a\": 1}]", "the bytes are JSON, not a page", "constructed"),
    (b"\0\1" * 40, "the bytes are binary, not a page", "constructed"),
    (PAGE.format("Seite nicht gefunden", "Leider gibt es die Seite nicht."),
     f"{NO_RECORD}; it may be a page that was not found", "field practice"),
    (PAGE.format("Fehler 404", ""), f"{NO_RECORD}; it may be a page that was not found",
     "field practice"),
    (PAGE.format("Anmelden", "Bitte geben Sie Ihr Passwort ein."),
     f"{NO_RECORD}; it may be a login page", "field practice"),
    (PAGE.format("Just a moment...", "Are you human?"), f"{NO_RECORD}; it may be a captcha",
     "field practice"),
    (PAGE.format("Wartung", "Wir sind bald zurück."),
     f"{NO_RECORD}; it may be a maintenance page", "field practice"),
    (PAGE.format("Ihre Einwilligung", "Wir verwenden Cookies."),
     f"{NO_RECORD}; it may be a consent wall", "field practice"),
    (PAGE.format("Shop", "Kaufen Sie jetzt!"), f"{NO_RECORD}; the page's title is “Shop”",
     "constructed"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "reason", "provenance"), OTHERS, ids=[f"{n}" for n in range(len(OTHERS))]
)
def test_another_page_is_suspect_with_the_reason_and_gives_no_row(
    body: bytes | str, reason: str, provenance: str
) -> None:
    """A soft 404, a login, a captcha, a PDF: kept, and nothing of it is published (FAULTS 13)."""
    outcome = read(body)
    assert (outcome.judged.status, outcome.judged.reason) == ("suspect", reason)
    assert all(rows == [] for name, rows in outcome.tables.items() if name != "checks")


@pytest.mark.parametrize(
    ("now", "before", "reason"),
    [
        (4, 6, None),
        (3, 6, None),
        (2, 6, "2 records, fewer than half of the 6 before"),
        (1, 2, None),
        (1, 3, "1 record, fewer than half of the 3 before"),
        (4, None, None),
        (4, 2, None),
    ],
)
def test_fewer_than_half_of_the_records_before_are_suspect(
    now: int, before: int | None, reason: str | None
) -> None:
    body = render("dl", RECORDS[:now], TITLE)
    assert read(body, records_before=before).judged.reason == reason
