"""Which municipality a record belongs to, what it is called, and what links it offers."""

import re

import pytest

from tests.records.forms import CONTACT, OPENING, QUARTER, Record
from tests.records.mutations import (
    BOCHUM,
    HOF,
    IDS,
    MEDIA,
    RECORDS,
    UNNA,
    Mutation,
    drop,
    problems,
    put,
    read_as,
    render,
)
from tests.records.outcomes import read

POPULATION, DISTRICT, NAME = "Einwohner", "Kreis/kreisfrei", "Bezeichnung IHK"
PAGE = "https://www.nrw-projektsoziales.de/fsa/qualifizierung-und-transfer/"
media = pytest.mark.parametrize("form", MEDIA)


def chain(*mutations: Mutation) -> list[Record]:
    """Apply mutations to the invented records, one after the other."""
    records = RECORDS
    for mutate in mutations:
        records = mutate(records)
    return records


@media
def test_two_equal_records_are_one_row_and_the_other_is_unclaimed(form: str) -> None:
    outcome = read_as(form, [*RECORDS, RECORDS[BOCHUM]])
    assert outcome.judged.reason is None
    assert outcome.column("concepts", "concept_id") == IDS
    (problem,) = problems(outcome)
    lines = outcome.column("unclaimed", "line")
    remedy = (
        "; where a page prints records again for small screens or paper, name the CSS class of "
        'these elements in the listing spec: hidden = ["…"]'
    )
    assert problem == (
        "identity", "fail", None,
        (f"The record in lines {lines[0]} to {lines[-1]} repeats an earlier one word by word, "
        f"so it is in unclaimed{'' if form == 'text' else remedy}."),
    )  # fmt: skip
    texts = " ".join(outcome.column("unclaimed", "text"))
    assert all(line in texts for entry in RECORDS[BOCHUM] for line in entry.lines)
    assert outcome.column("unclaimed", "concept_id") == [None] * len(lines)


def test_a_line_below_a_repeated_record_is_unclaimed_too() -> None:
    text = render("text", [*RECORDS, RECORDS[BOCHUM]]) + "\nNach oben"
    found = read(text, "text/plain").tables["unclaimed"]
    assert found[-1] == {**found[-1], "text": "Nach oben", "concept_id": None}


@media
@pytest.mark.parametrize("turn", [False, True], ids=["in_order", "reversed"])
def test_two_concepts_in_one_quartier_are_both_called_by_their_titles(
    turn: bool, form: str
) -> None:
    """Never a number that depends on the order of the page (FAULTS 48)."""
    records = chain(put(HOF, QUARTER, "Unna-Musterviertel"))
    outcome = read_as(form, records[::-1] if turn else records)
    ids = outcome.column("concepts", "concept_id")
    assert (ids[::-1] if turn else ids) == [
        "unna-musterviertel-ihk-musterviertel",
        (
            "unna-musterviertel-wohnen-am-beispielhof-integriertes-handlungskonzept-"
            "nachbarschaft-mit-zukunft"
        ),
        *IDS[2:],
    ]
    assert (outcome.judged.reason, problems(outcome)) == (None, [])


@media
def test_records_of_one_town_that_print_differing_figures_make_them_null(form: str) -> None:
    outcome = read_as(form, chain(put(HOF, POPULATION, "58.725")))
    row = outcome.tables["municipalities"][0]
    assert (row["municipality_id"], row["population"], row["area_km2"]) == ("unna", None, 88.56)
    assert row["density_status"] == "not_checkable"
    message = (
        "The records of the municipality print different figures for population: “58.724” in "
        "unna-musterviertel, “58.725” in unna-beispielhof; so it is null."
    )
    assert outcome.problems("same_municipality") == [
        ("same_municipality", "fail", "population", message)
    ]


@media
def test_records_of_one_town_with_one_figure_in_two_spellings_agree(form: str) -> None:
    outcome = read_as(form, chain(put(HOF, POPULATION, "58724"), put(UNNA, OPENING, "88,560")))
    row = outcome.tables["municipalities"][0]
    assert (row["population"], row["area_km2"]) == (58724, 88.56)
    assert problems(outcome) == []


ORGANISATIONS = [  # the contact's first line, the town, provenance
    ("Stadt Bochum", "Bochum", "known page"),
    ("Kreisstadt Unna", "Unna", "field practice"),
    ("Hansestadt Lüneburg", "Lüneburg", "field practice"),
    ("Gemeinde Holzwickede", "Holzwickede", "field practice"),
    ("Stadtverwaltung Bochum", "Bochum", "field practice"),
    ("Gemeindeverwaltung Holzwickede", "Holzwickede", "field practice"),
    ("Kreisfreie Stadt Bochum", "Bochum", "known page"),
    ("Stadt Bochum, Stadtplanungsamt", "Bochum", "field practice"),
    ("stadt bochum", "bochum", "constructed"),
]


@media
@pytest.mark.parametrize(("line", "town", "provenance"), ORGANISATIONS)
def test_a_listed_word_before_it_tells_the_town(
    line: str, town: str, provenance: str, form: str
) -> None:
    outcome = read_as(
        form, chain(put(BOCHUM, CONTACT, line, "Max Muster"), put(BOCHUM, DISTRICT, "Kreis X"))
    )
    concept = outcome.tables["concepts"][BOCHUM]
    names = {r["municipality_id"]: r["municipality"] for r in outcome.tables["municipalities"]}
    assert names[concept["municipality_id"]] == town


def bare(*mutations: Mutation) -> list[Record]:
    """Take the contact's organisation out of the Bochum record."""
    return chain(put(BOCHUM, CONTACT, "Referat Musterplanung", "Dr. Paula Probe"), *mutations)


FREE = put(BOCHUM, DISTRICT, "Kreisfrei")
SOURCES = [  # what is taken out, form, the name and the source that tells it
    ("district", bare(), "text", "Bochum"),
    ("district", bare(), "dl", "Bochum"),
    ("heading", bare(FREE, put(BOCHUM, QUARTER, "Vorlagenpark")), "accordion", "Vorlagenpark"),
    ("quarter", bare(FREE), "text", "Bochum"),
    ("quarter", bare(FREE), "table_no_colon", "Bochum"),
    ("quarter", bare(FREE, put(BOCHUM, QUARTER, "Bochum")), "dl", "Bochum"),
    ("quarter", bare(FREE, put(BOCHUM, QUARTER, "Dorsten Vorlagenpark")), "text", "Dorsten"),
]


@pytest.mark.parametrize(("source", "records", "form", "name"), SOURCES)
def test_the_first_source_that_tells_gives_the_municipality(
    source: str, records: list[Record], form: str, name: str
) -> None:
    """The contact, then the district, a heading over the record, and the Quartier's beginning."""
    document = render(form, records).replace("<h3>Musterplanung</h3>", f"<h3>{name}</h3>")
    outcome = read(document, "text/plain" if form == "text" else "text/html")
    concept = outcome.tables["concepts"][BOCHUM]
    (row,) = [r for r in outcome.tables["municipalities"]
              if r["municipality_id"] == concept["municipality_id"]]  # fmt: skip
    assert row["municipality"] == name
    messages = [c["message"] for c in outcome.tables["checks"]
                if (c["rule"], c["row_id"]) == ("municipality", row["municipality_id"])]  # fmt: skip
    assert messages == [f"The {source} tells the municipality."]


@media
def test_a_record_that_tells_no_municipality_is_its_own_and_keeps_its_figures(form: str) -> None:
    records = bare(FREE, put(BOCHUM, QUARTER, "Vorlagenpark"))
    outcome = read_as(form, records)
    concept = outcome.tables["concepts"][BOCHUM]
    assert (concept["concept_id"], concept["municipality_id"]) == ("vorlagenpark", "vorlagenpark")
    (row,) = [r for r in outcome.tables["municipalities"] if r["municipality_id"] == "vorlagenpark"]
    assert (row["municipality"], row["ags"], row["population"]) == (None, None, 361876)
    assert row["density_status"] == "within_rounding"
    message = "Nothing in the record tells its municipality."
    assert outcome.problems("municipality") == [("municipality", "fail", "municipality", message)]


@media
def test_a_record_without_a_quartier_is_called_by_its_title(form: str) -> None:
    outcome = read_as(form, chain(drop(BOCHUM, QUARTER)))
    assert outcome.column("concepts", "concept_id")[BOCHUM] == "bochum-ihk-vorlagenpark"
    assert outcome.problems("identity") == []


@media
def test_a_record_without_quartier_and_title_is_called_by_its_lines_and_fails(form: str) -> None:
    outcome = read_as(form, chain(drop(BOCHUM, QUARTER), drop(BOCHUM, NAME)))
    own_id = outcome.column("concepts", "concept_id")[BOCHUM]
    assert re.fullmatch(r"record-[0-9a-f]{8}", own_id)
    assert outcome.problems("identity") == [
        ("identity", "fail", "concept_id", ("The record's text does not tell it from all others, so "
         "its id is made of its lines and will change with them."))
    ]  # fmt: skip


LINKS = [  # href as printed, the address, the problem, provenance
    ("/fileadmin/a.pdf", "https://www.nrw-projektsoziales.de/fileadmin/a.pdf", None, "field practice"),
    ("a b.pdf", f"{PAGE}a%20b.pdf", None,
     "field practice"),
    ("../x.pdf", "https://www.nrw-projektsoziales.de/fsa/x.pdf", None, "constructed"),
    ("?id=7", f"{PAGE}qualifizierung-und-transfer?id=7", None, "field practice"),
    ("//host.example/a.pdf", "https://host.example/a.pdf", None, "field practice"),
    ("www.host.example/a.pdf", "http://www.host.example/a.pdf", None, "field practice"),
    ("https://host.example/a.pdf#page=2", "https://host.example/a.pdf#page=2", None, "standard"),
    ("#", None, None, "field practice"),
    ("", None, None, "field practice"),
    ("#oben", None, None, "field practice"),
    ("javascript:alert(1)", None, "its scheme is javascript", "constructed"),
    ("JaVaScRiPt:alert(1)", None, "its scheme is javascript", "constructed"),
    ("java\nscript:alert(1)", None, "its scheme is javascript", "constructed"),
    ("data:text/html,x", None, "its scheme is data", "constructed"),
    ("file:///etc/passwd", None, "its scheme is file", "constructed"),
    ("http://", None, "it is no web address", "constructed"),
    ("http://[::1", None, "it is no web address", "constructed"),
]  # fmt: skip


@pytest.mark.parametrize(("href", "url", "problem", "provenance"), LINKS, ids=[r[0] for r in LINKS])
def test_a_link_is_absolute_or_null_with_a_warning(
    href: str, url: str | None, problem: str | None, provenance: str
) -> None:
    """Nothing is followed; the label stays (FAULTS 41)."""
    link = f'<a href="{href}">Langfassung</a>'
    document = render("dl", [RECORDS[BOCHUM]]).replace("Langfassung", link)
    outcome = read(document)
    first, second = outcome.tables["downloads"]
    assert (first["label"], first["url"]) == ("Langfassung", url)
    assert (second["label"], second["url"]) == ("Kurzfassung/Faltblatt", None)
    message = f"The link of “Langfassung” is not kept: {problem}."
    assert problems(outcome) == ([("readable", "warn", "url", message)] if problem else [])


@pytest.mark.parametrize(
    ("base", "url", "expected"),
    [
        ("https://b.example/x/", None, "https://b.example/x/a.pdf"),
        ("/x/", "https://c.example/y/z", "https://c.example/x/a.pdf"),
        (None, "https://c.example/y/z", "https://c.example/y/a.pdf"),
        ("javascript:x", "https://c.example/y/z", "https://c.example/y/a.pdf"),
    ],
)
def test_links_resolve_against_base_then_the_capture(
    base: str | None, url: str | None, expected: str
) -> None:
    document = render("dl", [RECORDS[BOCHUM]])
    document = document.replace("Langfassung", '<a href="a.pdf">Langfassung</a>')
    if base:
        document = document.replace("<head>", f'<head><base href="{base}">')
    first, _ = read(document, url=url).tables["downloads"]
    assert (first["url"], first["file_type"]) == (expected, "pdf")


def test_a_mailto_that_differs_from_its_text_warns() -> None:
    link = '<a href="mailto:x.andere@bochum.example?subject=IHK">PProbe@bochum.example</a>'
    document = render("dl", [RECORDS[BOCHUM]]).replace("PProbe@bochum.example", link)
    outcome = read(document)
    assert outcome.column("contacts", "email") == ["PProbe@bochum.example"]
    message = (
        "The text “PProbe@bochum.example” links to another address, “x.andere@bochum.example”."
    )
    assert problems(outcome) == [("readable", "warn", "email", message)]
