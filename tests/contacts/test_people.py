"""Persons, their addresses and contact blocks: who is named where, and nothing crosses over."""

import time

import pytest
from hypothesis import given, strategies as st

from pipeline.contacts import persons
from pipeline.contacts.emails import Email, names_person, parse_email, parse_mailto
from pipeline.contacts.entries import parse_contacts
from pipeline.contacts.items import has_sublabel
from pipeline.contacts.persons import parse_person
from pipeline.model import Span
from pipeline.page.text import clean
from pipeline.tables.contact_rows import read_contact

EMAILS = [  # printed, address, decoded, provenance
    ("m.muster@stadt-unna.example", "m.muster@stadt-unna.example", False, "field practice"),
    ("MMuster@bochum.example", "MMuster@bochum.example", False, "field practice"),
    ("M.Muster@Unna.EXAMPLE", "M.Muster@unna.example", False, "field practice"),
    ("m+ihk_1@x.example", "m+ihk_1@x.example", False, "standard"),
    ("m [at] x.example", "m@x.example", True, "field practice"),
    ("m(at)x.example", "m@x.example", True, "field practice"),
    ("m [AT] x [dot] example", "m@x.example", True, "field practice"),
    ("m@x[punkt]example", "m@x.example", True, "field practice"),
    ("m at x.example", None, None, "field practice"),
    ("m@x", None, None, "constructed"),
    ("m..m@x.example", None, None, "standard"),
    (".m@x.example", None, None, "standard"),
    ("m.@x.example", None, None, "standard"),
    ("m m@x.example", None, None, "constructed"),
    ("a@x.example, b@x.example", None, None, "field practice"),
    ("a@x.example b@x.example", None, None, "field practice"),
    ("m@x.example (Sekretariat)", None, None, "field practice"),
    ("mailto:m@x.example", None, None, "constructed"),
    ("m@х.example", None, None, "constructed"),  # a Cyrillic х
    ("m@" + "x" * 250 + ".example", None, None, "standard"),
    ("", None, None, "constructed"),
]


@pytest.mark.parametrize(("text", "address", "decoded", "provenance"), EMAILS)
def test_an_e_mail_address_is_read_or_null(
    text: str, address: str | None, decoded: bool | None, provenance: str
) -> None:
    email = parse_email(text)
    assert email.address == address
    if address is not None:
        assert email == Email(address, bool(decoded))


@pytest.mark.parametrize(
    ("href", "address"),
    [
        ("mailto:m@x.example", "m@x.example"),
        ("MAILTO:m@X.example?subject=a&body=b", "m@x.example"),
        ("mailto:%20m%40x.example", "m@x.example"),
        ("mailto:", None),
        ("javascript:linkTo_UnCryptMailto('x')", None),
        ("/kontakt", None),
    ],
)
def test_a_mailto_link_gives_its_address_without_parameters(href: str, address: str | None) -> None:
    assert parse_mailto(href) == address


@pytest.mark.parametrize(
    ("address", "person", "named"),
    [
        ("koenigsprobec@x.example", "Clara Königsprobe", True),
        ("l.beispiel@x.example", "Dr.-Ing. Lena Beispiel", True),
        ("LBeispiel@x.example", "Lena Beispiel", True),
        ("lena@x.example", "Lena Beispiel", True),
        ("beispiel-muster@x.example", "Lena Beispiel-Muster", True),
        ("groesse@x.example", "Max Größe", True),
        ("quartier@x.example", "Lena Beispiel", False),
        ("p.probe@x.example", "Lena Beispiel", False),
    ],
)
def test_the_local_part_names_the_person_or_not(address: str, person: str, named: bool) -> None:
    assert names_person(address, person) is named


PERSONS = [  # printed, salutation, title, given name, family name, provenance
    ("Max Muster", None, "", "Max", "Muster", "field practice"),
    ("Dr.-Ing. Max Muster", None, "Dr.-Ing.", "Max", "Muster", "known page"),
    ("Frau Lena Beispiel", "Frau", "", "Lena", "Beispiel", "field practice"),
    ("Herrn Max Muster", "Herr", "", "Max", "Muster", "field practice"),
    ("Frau Beispiel", "Frau", "", None, "Beispiel", "field practice"),
    ("Herr Prof. Dr. Max Muster", "Herr", "Prof. Dr.", "Max", "Muster", "field practice"),
    (
        "Dipl.-Ing. (FH) Lena Beispiel",
        None,
        "Dipl.-Ing. (FH)",
        "Lena",
        "Beispiel",
        "field practice",
    ),
    ("Lena Beispiel, M.A.", None, "M.A.", "Lena", "Beispiel", "field practice"),
    ("Lena Maria Beispiel", None, "", "Lena Maria", "Beispiel", "field practice"),
    ("Lena Beispiel-Muster", None, "", "Lena", "Beispiel-Muster", "field practice"),
    ("Hans-Peter Muster", None, "", "Hans-Peter", "Muster", "field practice"),
    ("Anton von Exempel", None, "", "Anton", "von Exempel", "field practice"),
    ("Anton von der Exempel", None, "", "Anton", "von der Exempel", "constructed"),
    ("Lena zur Probe", None, "", "Lena", "zur Probe", "constructed"),
    ("Muster, Max", None, "", "Max", "Muster", "field practice"),
    ("Zoé O'Beispiel", None, "", "Zoé", "O'Beispiel", "constructed"),
    ("Ms Ann Example", "Ms", "", "Ann", "Example", "field practice"),
    ("Mr. Tom Example", "Mr", "", "Tom", "Example", "field practice"),
    ("Mrs Ann Example-Sample", "Mrs", "", "Ann", "Example-Sample", "field practice"),
    ("Dr Tom Example", None, "Dr", "Tom", "Example", "field practice"),
    ("Professor Ann Example OBE", None, "Professor OBE", "Ann", "Example", "field practice"),
    ("Mrosek Max", None, "", "Mrosek", "Max", "constructed"),
    ("Drees Max", None, "", "Drees", "Max", "constructed"),
]


@pytest.mark.parametrize(("text", "salutation", "title", "given", "family", "provenance"), PERSONS)
def test_a_name_has_its_parts_where_they_stand(
    text: str, salutation: str | None, title: str, given: str | None, family: str, provenance: str
) -> None:
    """Each part is cut out of the line at its place; `von` and `zur` belong to the family name."""
    person = parse_person(text, 7)
    assert person is not None
    parts = [person.salutation, person.given_name, person.family_name]
    assert [part.text if part else None for part in parts] == [salutation, given, family]
    assert " ".join(part.text for part in person.academic_title) == title
    for part in (*parts, *person.academic_title, person.person):
        assert part is None or text[part.start - 7 : part.end - 7] == part.text


MARKS = (
    "Frau Herr Herrn Mrs Mr Ms Miss Mx MBA PhD Dr Professor Prof Rev Cllr BSc MSc BEng MEng MPhil "
    "CBE MBE OBE Lena von"
).split()  # salutations, titles without a point, a name, a particle


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize(
    "form", ["{} Max Muster", "Max {} Muster", "Max Muster {}", "{}", "{} Max"]
)
def test_a_name_of_letters_alone_is_read_as_any_other(mark: str, form: str) -> None:
    """The short way for such names gives what the long way gives."""
    text = form.format(mark)
    assert parse_person(text, 7) == persons._parse_marked(text, 7)


@given(
    st.lists(
        st.sampled_from([*MARKS, "Ö", "x", "Muster", "zur", "Straße", "Élan", "ǅem", ""]),
        max_size=8,
    )
)
def test_words_of_letters_are_read_as_any_other(words: list[str]) -> None:
    text = " ".join(words)
    long_way = persons._parse_marked(text, 0) if persons._MAY_BE_NAME.match(text) else None
    assert parse_person(text) == long_way


@pytest.mark.parametrize(
    "text",
    [
        "",
        "amt für beispiele",
        "Fon: 02303",
        "Musterstraße 1",
        "59423 Unna",
        "Max",
        "x" * 300,
        "m@x.example",
        "- Max Muster",
        "Max & Lena Muster",
        "Dr.",
        "FB 2 Planen, Bauen",
    ],
)
def test_a_line_that_is_no_full_name_has_no_given_name(text: str) -> None:
    person = parse_person(text)
    assert person is None or person.given_name is None


BLOCKS = [  # lines, expected rows (organisation, department, person, phone, email), provenance
    ("Stadt Unna|Max Muster|Amt für Beispiele|Fon: 02303/123 456|Email: m.muster@unna.example",
     [("Stadt Unna", "Amt für Beispiele", "Max Muster", "+492303123456", "m.muster@unna.example")],
     "known page"),
    ("Stadt Unna|Amt für Beispiele|Max Muster|Tel.: 02303/123 456|E-Mail: m.muster@unna.example",
     [("Stadt Unna", "Amt für Beispiele", "Max Muster", "+492303123456", "m.muster@unna.example")],
     "known page"),
    (("Stadt Unna|Max Muster|Amt für Beispiele|Abteilung Probe|Telefon 02303/123456|"
     "Mail: m.muster@unna.example"),
     [("Stadt Unna", "Amt für Beispiele; Abteilung Probe", "Max Muster", "+492303123456",
       "m.muster@unna.example")], "known page"),
    ("Kirchspiel Probe||Frau Lena Beispiel|Fon: 02303/123456",
     [("Kirchspiel Probe", None, "Lena Beispiel", "+492303123456", None)], "constructed"),
    ("Stadt Unna|Max Muster|Fon: 02303/123456||Internet: www.unna.example",
     [("Stadt Unna", None, "Max Muster", "+492303123456", None)], "constructed"),
    ("Stadt Unna|Max Muster||Stadt Hamm|Internet: www.hamm.example",
     [("Stadt Unna", None, "Max Muster", None, None), ("Stadt Hamm", None, None, None, None)], "fuzzer"),
    ("Max Muster||Fon: 02303/123456",
     [(None, None, "Max Muster", None, None), (None, None, None, "+492303123456", None)],
     "constructed"),
    ("Stadt Unna|Max Muster|Fon: 02303/123456||Lena Beispiel|Amt für Beispiele|Fon: 02303/123457",
     [("Stadt Unna", None, "Max Muster", "+492303123456", None),
      ("Stadt Unna", "Amt für Beispiele", "Lena Beispiel", "+492303123457", None)], "known page"),
    ("Stadt Unna|Max Muster|Fon: 02303/123456|Lena Beispiel|Email: lena.beispiel@unna.example",
     [("Stadt Unna", None, "Max Muster", "+492303123456", None),
      ("Stadt Unna", None, "Lena Beispiel", None, "lena.beispiel@unna.example")], "field practice"),
    ("Stadt Unna|Frau Lena Beispiel|Herr Max Muster|Fon: 02303/123456",
     [("Stadt Unna", None, "Lena Beispiel", None, None),
      ("Stadt Unna", None, "Max Muster", "+492303123456", None)], "field practice"),
    ("Stadt Unna|Max Muster|Fon:||Lena Beispiel|Email: lena.beispiel@unna.example",
     [("Stadt Unna", None, "Max Muster", None, None),
      ("Stadt Unna", None, "Lena Beispiel", None, "lena.beispiel@unna.example")], "constructed"),
    ("Stadt Unna|Fon: 02303/123456|Email: info@unna.example",
     [("Stadt Unna", None, None, "+492303123456", "info@unna.example")], "field practice"),
    ("Stadt Unna|N.N.|Amt für Beispiele|Fon: 02303/123456",
     [("Stadt Unna", "Amt für Beispiele", None, "+492303123456", None)], "field practice"),
    ("Stadt Unna|Ansprechpartnerin: Lena Beispiel|Fon: 02303/123456",
     [("Stadt Unna", None, "Lena Beispiel", "+492303123456", None)], "field practice"),
    ("Stadt Unna|Max Muster|Mobil: 0171 3920010|Fon: 02303/123456",
     [("Stadt Unna", None, "Max Muster", "+492303123456", None)], "field practice"),
    ("Stadt Unna|Max Muster|Mobil: 0171 3920010",
     [("Stadt Unna", None, "Max Muster", "+491713920010", None)], "field practice"),
    ("Stadt Unna|Max Muster|Fon: 02303/123456|Fax: 02303/123457",
     [("Stadt Unna", None, "Max Muster", "+492303123456", None)], "field practice"),
    ("Stadt Unna|Max Muster|02303/123456|m.muster@unna.example",
     [("Stadt Unna", None, "Max Muster", "+492303123456", "m.muster@unna.example")],
     "field practice"),
    ("Stadt Unna|Max Muster|Fon:|02303/123456|Email:|m.muster@unna.example",
     [("Stadt Unna", None, "Max Muster", "+492303123456", "m.muster@unna.example")],
     "field practice"),
    ("Stadt Unna|Max Muster|Telefon|02303/123456|E-Mail|m.muster@unna.example",
     [("Stadt Unna", None, "Max Muster", "+492303123456", "m.muster@unna.example")],
     "field practice"),
    ("Stadt Unna|Ansprechpartnerin|Lena Beispiel|Tel. 02303/123456|E-Mail lb@unna.example",
     [("Stadt Unna", None, "Lena Beispiel", "+492303123456", "lb@unna.example")], "field practice"),
    ("Stadt Unna|Ansprechpartner:in: Lena Beispiel|Mobile|+49 171 3920010",
     [("Stadt Unna", None, "Lena Beispiel", "+491713920010", None)], "field practice"),
    ("Stadt Unna||Lena Beispiel|Email: l.beispiel@unna.example",
     [("Stadt Unna", None, "Lena Beispiel", None, "l.beispiel@unna.example")], "the drill"),
    ("Stadt Unna|Amt 5||Lena Beispiel|Email: l.beispiel@unna.example||Max Muster|Fon: 02303/123 456",
     [("Stadt Unna", "Amt 5", "Lena Beispiel", None, "l.beispiel@unna.example"),
      ("Stadt Unna", None, "Max Muster", "+492303123456", None)], "the drill"),
    ("Stadt Unna|Lena Beispiel||Fon: 02303/123 456|Email: l.beispiel@unna.example",
     [("Stadt Unna", None, "Lena Beispiel", "+492303123456", "l.beispiel@unna.example")],
     "the drill"),
    ("Stadt Unna|Frau Lena Beispiel||Fon: 02303/123 456",
     [("Stadt Unna", None, "Lena Beispiel", None, None),
      ("Stadt Unna", None, None, "+492303123456", None)], "the drill: nothing tells, so a warning"),
    ("Jugendring Unna|E-Mail: info@jugendring.example",
     [("Jugendring Unna", None, None, None, "info@jugendring.example")], "field practice"),
    ("Port Garrow Town Council|Ms Ann Example|Phone: +44 20 7946 0123|Email: a.example@pg.example",
     [("Port Garrow Town Council", None, "Ann Example", "+442079460123", "a.example@pg.example")],
     "field practice"),
]  # fmt: skip


def parse(lines: str) -> tuple[list[dict[str, str | None]], list[str]]:
    """Read a block whose lines are separated by bars; give its rows and its strays."""
    spans = [Span(n, 0, len(line), line) for n, line in enumerate(lines.split("|"), 1)]
    entries, strays = parse_contacts(spans)
    names = (
        "organisation department role salutation person academic_title given_name family_name phone "
        "phone_text email address other"
    ).split()
    rows = [dict(zip(names, read_contact(entry)[0], strict=True)) for entry in entries]
    return rows, [stray.text for stray in strays]


@pytest.mark.parametrize(
    ("lines", "expected", "provenance"), BLOCKS, ids=[b[0][:60] for b in BLOCKS]
)
def test_a_block_has_a_row_for_each_person_and_nothing_crosses_over(
    lines: str, expected: list[tuple[str | None, ...]], provenance: str
) -> None:
    """Only the organisation is carried on (FAULTS 38)."""
    rows, strays = parse(lines)
    columns = ("organisation", "department", "person", "phone", "email")
    assert [tuple(row[c] for c in columns) for row in rows] == expected
    assert strays == []


ADDRESSES = [  # lines behind the organisation, address, department, other, provenance
    ("Am Anger 3|01998 Neudorf", "Am Anger 3, 01998 Neudorf", None, None, "field practice"),
    ("Unter den Linden 4, 01998 Neudorf", "Unter den Linden 4, 01998 Neudorf", None, None,
     "field practice"),
    ("Am Anger 3|Fon: 02303/1", None, "Am Anger 3", None, "constructed"),
    ("Fachbereich 61|59423 Unna", "59423 Unna", "Fachbereich 61", None, "field practice"),
    ("14 Market Street|Millbrook MB1 2XY", "14 Market Street, Millbrook MB1 2XY", None, None,
     "field practice"),
    ("Town Hall|MB1 2XY", "MB1 2XY", "Town Hall", None, "field practice"),
    ("Telefax|02303/123457", None, None, "Telefax 02303/123457", "field practice"),
    ("Fax:|02303/123457", None, None, "Fax: 02303/123457", "field practice"),
    ("Internet www.unna.example", None, None, "Internet www.unna.example", "field practice"),
    ("Internet|www.unna.example/amt", None, None, "Internet www.unna.example/amt",
     "field practice"),
    ("Internet|Digitales", None, "Internet; Digitales", None, "constructed"),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "address", "department", "other", "provenance"), ADDRESSES)
def test_an_address_and_a_detail_without_a_column_are_told_from_units(
    lines: str, address: str | None, department: str | None, other: str | None, provenance: str
) -> None:
    (row,), strays = parse(f"Stadt Unna|Frau Lena Beispiel|{lines}")
    assert (row["address"], row["department"], row["other"]) == (address, department, other)
    assert strays == []


def test_what_has_no_column_is_kept_in_other_and_addresses_are_joined() -> None:
    rows, strays = parse(
        "Stadt Unna|Frau Dr. Lena Beispiel|Rathausplatz 1|59423 Unna|Fon: 02303/123456|"
        "Fax: 02303/123457|Sprechzeiten: Mo 10-12 Uhr|Mobil: 0171 3920010"
    )
    assert strays == []
    assert rows == [
        {
            "organisation": "Stadt Unna",
            "department": None,
            "role": None,
            "salutation": "Frau",
            "person": "Dr. Lena Beispiel",
            "academic_title": "Dr.",
            "given_name": "Lena",
            "family_name": "Beispiel",
            "phone": "+492303123456",
            "phone_text": "02303/123456",
            "email": None,
            "address": "Rathausplatz 1, 59423 Unna",
            "other": "Fax: 02303/123457; Sprechzeiten: Mo 10-12 Uhr; Mobil: 0171 3920010",
        }
    ]


ANY = st.text(max_size=120) | st.sampled_from(
    ["", "Stadt Unna", "Stadt Hamm", "Max Muster", "Fon: 02303/123456", "Email:", "m@x.example",
     "Fax: 1", "Telefon", "Telefax", "E-Mail", "N.N.", "Frau Lena Beispiel, Musteramt",
     "Musterplanungsamt", "59423 Unna"]
)  # fmt: skip


STRAYS = [  # lines, organisations of the rows, departments, strays, provenance
    ("Stadt Unna|Max Muster|Fon: 02303/123456|Stadt Hamm",
     ["Stadt Unna"], [None], ["Stadt Hamm"], "constructed"),
    ("Stadt Unna|Max Muster|Fon: 02303/123456||Stadt Hamm||Frau Lena Beispiel",
     ["Stadt Unna", "Stadt Hamm"], [None, None], [], "field practice"),
    ("Stadt Unna|Max Muster|Fon: 02303/123456|Stadt Hamm|Stadt Bochum|Frau Lena Beispiel|Fon: 02381/1",
     ["Stadt Unna", "Stadt Hamm"], [None, "Stadt Bochum"], [], "constructed"),
    ("Kreisstadt Unna|Stadt Hamm Musterstelle|Max Muster|Fon: 02303/123456",
     ["Kreisstadt Unna"], ["Stadt Hamm Musterstelle"], [], "constructed"),
    ("Büro für Muster|Stadt Unna|Max Muster|Fon: 02303/123456",
     ["Stadt Unna"], ["Büro für Muster"], [], "field practice"),
    ("Stadt Unna|Max Muster|Fon: 02303/123456||Nach oben",
     ["Stadt Unna"], [None], ["Nach oben"], "field practice"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "organisations", "departments", "strays", "provenance"), STRAYS,
    ids=[case[0][:60] for case in STRAYS],
)  # fmt: skip
def test_an_organisation_with_nobody_below_it_is_a_stray_and_none_takes_the_place_of_another(
    lines: str,
    organisations: list[str],
    departments: list[str | None],
    strays: list[str],
    provenance: str,
) -> None:
    rows, left = parse(lines)
    assert [row["organisation"] for row in rows] == organisations
    assert [row["department"] for row in rows] == departments
    assert left == strays


def test_a_line_that_is_almost_a_street_takes_no_time() -> None:
    """The pattern is linear: one such line once took seconds."""
    start = time.perf_counter()
    parse("|".join(["Stadt Unna", *["ab-" * 24 + "straße1,9", "a" * 75 + "1 $9"] * 200]))
    assert time.perf_counter() - start < 2


@given(st.lists(ANY, max_size=12))
def test_any_contact_block_keeps_each_line_once(texts: list[str]) -> None:
    """Every line is in one place of an entry, or a stray: nothing is dropped, nothing doubled."""
    spans = [Span(n, 0, len(t), t) for n, t in enumerate(map(clean, texts), 1)]
    entries, strays = parse_contacts(spans)
    places = [stray.line for stray in strays]
    for entry in entries:
        places += [s.line for s in (entry.person_line, *entry.department, *entry.address) if s]
        details = [*entry.other, *(own for _, own, _ in entry.phones)]
        details += [own for own, *_ in entry.emails]
        places += [span.line for own in details for span in own]
    places += {entry.organisation.line for entry in entries if entry.organisation}
    labels_alone = {s.line for s in spans if has_sublabel(s.text) and s.text[-1] in ":. "}
    assert set(places) | labels_alone == {span.line for span in spans if span.text} | labels_alone
    assert len(places) - len(set(places)) <= sum(
        bool(entry.person and entry.person.rest) for entry in entries
    )  # a name and the unit behind its comma stand on one line


def test_a_sub_label_that_lost_its_text_is_told() -> None:
    """Found by the drill: it stood in the person's department."""
    (row,), strays = parse("Stadt Unna|Frau Lena Beispiel|Telefon|Amt 5|E-Mail: l.b@unna.example")
    assert (row["department"], row["phone"], strays) == ("Amt 5", None, ["Telefon"])
