"""The fixtures themselves: nothing of a listing is lost or changed on its way into a form."""

import functools
import re
import unicodedata
from pathlib import Path

import phonenumbers
import pytest
from bs4 import BeautifulSoup

from tests.records.forms import (
    BASE,
    EACH_FORM,
    ENCODINGS,
    FORMS,
    FURNITURE,
    GRID_FORMS,
    LABELS,
    Entry,
    Record,
    known_capture,
    link_target,
    read_listing,
    render_text,
    town,
)

INVENTED = Path(__file__).parents[1] / "fixtures" / "invented.txt"
LISTINGS = {"known": known_capture, "invented": INVENTED.read_bytes}
NOT_DATA = "script, style, template, noscript, [hidden], [style*='display']"
CODECS = {
    "cp1252": "cp1252",
    "cp1252_undeclared": "cp1252",
    "iso_8859_15": "iso-8859-15",
    "utf16": "utf-16",
}


def squeezed(text: str) -> str:
    """Compose the letters and drop white space and invisible characters."""
    return re.sub(r"[\s\u00ad\u200b\u200e\ufeff]", "", unicodedata.normalize("NFC", text))


@functools.cache
def visible(document: str) -> str:
    """Give a document's text as a reader sees it, squeezed."""
    soup = BeautifulSoup(document, "lxml")
    for element in soup.select(NOT_DATA):
        element.decompose()
    return squeezed(soup.get_text())


@pytest.fixture(params=LISTINGS)
def listing(request: pytest.FixtureRequest) -> tuple[str, list[Record]]:
    """Give a title and records, once the known ones and once the invented."""
    return read_listing(LISTINGS[request.param]().decode())


@pytest.mark.parametrize("source", LISTINGS)
def test_a_listing_that_is_read_and_rendered_is_the_same_text(source: str) -> None:
    text = LISTINGS[source]().decode()
    assert render_text(*read_listing(text)) == text.removesuffix("\n")


def test_the_known_capture_has_six_records_with_every_label_once() -> None:
    title, records = read_listing(known_capture().decode())
    assert title == "Gute Praxisbeispiele zu IHKs"
    assert [[entry.label for entry in record] for record in records] == [list(LABELS)] * 6
    assert [town(record) for record in records] == [
        "Unna",
        "Bochum",
        "Hamm",
        "Dorsten",
        "Gelsenkirchen",
        "Herten",
    ]


def test_the_invented_listing_has_two_concepts_in_one_of_three_towns() -> None:
    _, records = read_listing(INVENTED.read_text(encoding="utf-8"))
    assert [[entry.label for entry in record] for record in records] == [list(LABELS)] * 4
    assert [town(record) for record in records] == ["Unna", "Unna", "Bochum", "Dorsten"]


def test_invented_phone_numbers_are_valid_and_mails_lead_nowhere() -> None:
    text = INVENTED.read_text(encoding="utf-8")
    phones = re.findall(r"^(?:Fon|Fax|Mobil): (.+)$", text, re.MULTILINE)
    assert len(phones) == 7
    for phone in phones:
        assert phonenumbers.is_valid_number(phonenumbers.parse(phone, "DE")), phone
    assert all(mail.endswith(".example") for mail in re.findall(r"\S+@\S+", text))


def test_a_blank_line_stays_in_the_value_it_stands_in() -> None:
    text = "Titel\n\nFläche (km²):1\nKontakt:Stadt Unna\n\nMax Muster\nDownload: Karte"
    assert read_listing(text) == (
        "Titel",
        [
            (
                Entry("Fläche (km²)", ("1",), ""),
                Entry("Kontakt", ("Stadt Unna", "", "Max Muster"), "", "contacts"),
                Entry("Download", ("Karte",), " ", "links"),
            )
        ],
    )


@pytest.mark.parametrize("form", [form for form in FORMS if form not in GRID_FORMS])
def test_every_form_shows_labels_and_values_in_page_order_and_nothing_between(
    form: str, listing: tuple[str, list[Record]]
) -> None:
    text = visible(FORMS[form](*listing)).replace(":", "")
    for furniture in FURNITURE.get(form, ()):
        text = text.replace(squeezed(furniture), "")
    pattern = ""
    for record in listing[1]:
        shown = "".join(part for entry in record for part in (entry.label, *entry.lines))
        pattern += f"(?:{town(record)})?" + re.escape(squeezed(shown).replace(":", ""))
    assert re.search(pattern, text)


@pytest.mark.parametrize("form", GRID_FORMS)
def test_a_table_with_labels_above_or_beside_its_records_shows_each_value_once_for_each_record(
    form: str, listing: tuple[str, list[Record]]
) -> None:
    document = FORMS[form](*listing)
    text = visible(document)
    entries = [entry for record in listing[1] for entry in record]
    values = [squeezed(line) for entry in entries for line in entry.lines if line]
    labels = {squeezed(entry.label) for entry in entries}
    assert all(text.count(value) >= values.count(value) for value in values)
    assert all(label in text for label in labels)
    assert "<table" in document


def test_every_form_is_its_own_document_and_shows_no_noise(
    listing: tuple[str, list[Record]],
) -> None:
    documents = {name: form(*listing) for name, form in FORMS.items()}
    assert len(set(documents.values())) == len(FORMS)
    for document in documents.values():
        assert document.lower().startswith("<!doctype html>")
        assert "Nirgendwo" not in visible(document)


@pytest.mark.parametrize("form", FORMS)
def test_markup_and_braces_in_a_value_are_text(form: str) -> None:
    value = "A & B <script>alert(1)</script> {label} %s \"x\" 'y' &amp;"
    record = (Entry("Fläche (km²)", ("1,0",), ""), Entry("Bezeichnung IHK", (value, value), ""))
    text = visible(FORMS[form]("R & D <b>", [record]))
    assert text.count(squeezed(value)) == 2
    assert squeezed("R & D <b>") in text


@pytest.mark.parametrize(("form", "encoding"), EACH_FORM)
def test_every_encoding_shows_the_same_text(form: str, encoding: str) -> None:
    document = FORMS[form](*read_listing(INVENTED.read_text(encoding="utf-8")))
    encoded = ENCODINGS[encoding](document)
    assert visible(encoded.decode(CODECS.get(encoding, "utf-8"))) == visible(document)
    assert (encoded == document.encode()) == (
        encoding == "utf8" or (encoding in ("crlf", "cr") and "\n" not in document)
    )


@pytest.mark.parametrize(
    ("encoding", "label"),
    [
        ("nfd", b"Fla\xcc\x88che (km\xc2\xb2)"),
        ("nbsp", b"Fl\xc3\xa4che\xc2\xa0(km\xc2\xb2)"),
        ("soft_hyphen", b"Fl\xc3\xa4\xc2\xadche (km\xc2\xb2)"),
        ("zero_width", b"Fl\xc3\xa4\xe2\x80\x8bche (km\xc2\xb2)"),
        ("cp1252_undeclared", b"Fl\xe4che (km\xb2)"),
    ],
)
def test_encodings_reach_the_labels(
    encoding: str, label: bytes, listing: tuple[str, list[Record]]
) -> None:
    assert ENCODINGS[encoding](FORMS["dl"](*listing)).count(label) == len(listing[1])


@pytest.mark.parametrize("encoding", ["nbsp", "soft_hyphen", "zero_width"])
def test_invisible_characters_stand_in_text_only(
    encoding: str, listing: tuple[str, list[Record]]
) -> None:
    for form in FORMS.values():
        document = form(*listing)
        tags = [
            re.findall(r"<[^>]+>", text)
            for text in (document, ENCODINGS[encoding](document).decode())
        ]
        assert tags[0] == tags[1]


def test_only_declared_documents_name_their_charset(listing: tuple[str, list[Record]]) -> None:
    document = FORMS["dl"](*listing)
    assert b'<meta charset="windows-1252">' in ENCODINGS["cp1252"](document)
    assert b"charset" not in ENCODINGS["cp1252_undeclared"](document)


@pytest.mark.parametrize("form", ["links", "links_dl", "grid_links"])
def test_each_download_mail_and_site_is_linked_to_its_target(
    form: str, listing: tuple[str, list[Record]]
) -> None:
    expected = [
        link_target(line)
        for record in listing[1]
        for entry in record
        for line in entry.lines
        if entry.label in ("Download", "Ergänzende Informationen") or "@" in line
    ]
    anchors = BeautifulSoup(FORMS[form](*listing), "lxml").select("main a[href]")
    hrefs = [str(anchor["href"]) for anchor in anchors]
    assert [BASE + href if href.startswith("/") else href for href in hrefs] == expected


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("Kurzversion/Broschüre", f"{BASE}/fileadmin/kurzversion-broschure.pdf"),
        ("Email: m.muster@unna.example", "mailto:m.muster@unna.example"),
        ("www.unna.example", "http://www.unna.example"),
        ("https://www.unna.example/q", "https://www.unna.example/q"),
    ],
)
def test_link_targets(text: str, target: str) -> None:
    """A printed line tells where its link leads."""
    assert link_target(text) == target
