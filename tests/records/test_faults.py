"""Labels and records that go wrong: what is null, what fails, and what is no page to publish."""

from dataclasses import replace

import pytest

from tests.records.forms import (
    CONTACT,
    DOWNLOAD,
    LABELS,
    LINE_FORMS,
    OPENING,
    QUARTER,
    SITE,
    Entry,
    Record,
)
from tests.records.mutations import (
    ALL,
    BOCHUM,
    DORSTEN,
    HOF,
    IDS,
    KNOWN,
    MEDIA,
    RECORDS,
    UNNA,
    Mutation,
    add,
    drop,
    edit,
    move_first,
    problems,
    read_as,
    relabel,
    rows,
)

DENSITY, POPULATION, DISTRICT = "Einwohner je km²", "Einwohner", "Kreis/kreisfrei"
COLUMNS = {  # label -> field, whether the listing requires it
    OPENING: ("area_km2", True),
    POPULATION: ("population", True),
    DENSITY: ("density_per_km2", False),
    DISTRICT: ("district", True),
    "Bezeichnung IHK": ("title", True),
    DOWNLOAD: ("downloads", False),
    QUARTER: ("quarter", True),
    CONTACT: ("contacts", True),
    SITE: ("website", False),
}
OPENINGS = "“Fläche (km²)” or “Fläche in km²” or “Fläche (km2)”"
GRANT = Entry("Fördersumme", ("1.000 €",), " ")
media = pytest.mark.parametrize("form", MEDIA)


@media
def test_the_invented_listing_has_one_value_that_the_page_does_not_tell(form: str) -> None:
    outcome = read_as(form, RECORDS)
    assert outcome.column("concepts", "concept_id") == IDS
    assert (outcome.judged.reason, outcome.problems()) == (None, [KNOWN])
    assert outcome.tables["unclaimed"] == []


MISSING_QUARTER = (
    "The label “Quartier” is not in the record; its text may stand in downloads, which takes"
)


@media
@pytest.mark.parametrize("label", [label for label in LABELS if label != OPENING])
def test_a_label_missing_from_one_record_is_null_and_told(label: str, form: str) -> None:
    """It is a `fail` if the listing requires the label, a `warn` otherwise (FAULTS 26)."""
    column, required = COLUMNS[label]
    outcome = read_as(form, drop(BOCHUM, label)(RECORDS))
    assert outcome.judged.reason is None
    message = f"The label “{label}” is not in the record, so {column} is null."
    expected = [("label", "fail" if required else "warn", column, message)]
    if label == QUARTER:  # behind the documents' lines, where its text would be taken for one more
        expected.append(
            ("label", "warn", "downloads", f"{MISSING_QUARTER} all 2 lines up to the next label.")
        )
    assert problems(outcome, "label") == expected
    assert outcome.tables["unclaimed"] == []


@media
@pytest.mark.parametrize("label", LABELS)
def test_a_required_label_missing_from_all_records_makes_the_page_suspect(
    label: str, form: str
) -> None:
    _, required = COLUMNS[label]
    reason = read_as(form, drop(ALL, label)(RECORDS)).judged.reason
    if label == OPENING:
        assert reason is not None
        assert reason.startswith(f"no record: no line begins with {OPENINGS}")
    else:
        assert reason == (f"the label “{label}” is in no record" if required else None)


@media
@pytest.mark.parametrize("label", [label for label in LABELS if label != QUARTER])
def test_a_label_twice_is_null_and_both_texts_are_unclaimed(label: str, form: str) -> None:
    """Never the last value wins, also of the label that opens the record (FAULTS 27)."""
    column, _ = COLUMNS[label]
    other = edit(BOCHUM, label, lambda entry: [entry, replace(entry, lines=("Anderes",))])
    if label in (OPENING, POPULATION, DENSITY):
        other = edit(BOCHUM, label, lambda entry: [entry, replace(entry, lines=("7",))])
    outcome = read_as(form, other(RECORDS))
    assert (outcome.judged.reason, outcome.column("concepts", "concept_id")) == (None, IDS)
    message = f"The label “{label}” stands 2 times in the record, so {column} is null"
    assert problems(outcome, "label") == [
        ("label", "fail", column, f"{message} and each text is in unclaimed.")
    ]
    lines = next(entry.lines for entry in RECORDS[BOCHUM] if entry.label == label)
    last = "7" if label in (OPENING, POPULATION, DENSITY) else "Anderes"
    assert outcome.column("unclaimed", "text") == [*lines, last]
    assert outcome.column("unclaimed", "concept_id") == [IDS[BOCHUM]] * (len(lines) + 1)
    if column == "contacts":
        assert IDS[BOCHUM] not in outcome.column("contacts", "concept_id")
    elif column == "downloads":
        assert IDS[BOCHUM] not in outcome.column("downloads", "concept_id")
    else:
        table = "concepts" if column in ("title", "website") else "municipalities"
        (row,) = [row for row in outcome.tables[table] if row["municipality_id"] == "bochum"]
        assert row[column] is None


@pytest.mark.parametrize("form", [*LINE_FORMS, "text"])
@pytest.mark.parametrize("number", [0, 1])
def test_one_of_two_records_without_its_opening_label_is_never_lost(number: int, form: str) -> None:
    judged = read_as(form, drop(number, OPENING)(RECORDS[:2])).judged
    assert judged.status == "suspect"


@media
def test_the_key_label_twice_makes_the_page_suspect(form: str) -> None:
    twice = edit(BOCHUM, QUARTER, lambda entry: [entry, entry])
    judged = read_as(form, twice(RECORDS)).judged
    line = judged.listing.records[BOCHUM].first_line
    assert judged.reason == (
        f"the label “Quartier” stands twice in the record from line {line}: "
        "two records may have run together"
    )


@pytest.mark.parametrize("form", [*LINE_FORMS, "text"])
@pytest.mark.parametrize("number", ALL)
def test_a_record_without_its_opening_label_makes_the_page_suspect(number: int, form: str) -> None:
    """Else one typo would overwrite a good row and remove its neighbour (FAULTS 27)."""
    reason = read_as(form, drop(number, OPENING)(RECORDS)).judged.reason
    assert reason is not None
    if number == UNNA:
        assert "stands directly before a record's first label" in reason
    else:
        assert reason.endswith("two records may have run together")


def test_half_of_the_labels_twice_make_the_page_suspect() -> None:
    def run_together(records: list[Record]) -> list[Record]:
        rest = tuple(e for e in records[BOCHUM] if e.label not in (OPENING, QUARTER))
        return [records[UNNA], (*records[HOF], *rest), records[DORSTEN]]

    judged = read_as("text", run_together(RECORDS)).judged
    assert judged.reason == (
        "half of the labels stand twice in the record from line 19: two records have run "
        f"together, {OPENINGS} is missing"
    )


UNKNOWN = [  # behind which label, the field that keeps the line in one element, provenance
    (POPULATION, None, "constructed"),
    (QUARTER, None, "constructed"),
    (SITE, None, "field practice"),
    ("Bezeichnung IHK", "title", "constructed"),
    (DOWNLOAD, "downloads", "constructed"),
    (CONTACT, "contacts", "field practice"),
]


@pytest.mark.parametrize("form", ["text", "p_br_strong"])
@pytest.mark.parametrize(("label", "column", "provenance"), UNKNOWN)
def test_an_unknown_label_is_told_and_never_glued_to_a_number_or_a_key(
    label: str, column: str | None, provenance: str, form: str
) -> None:
    """A one-line field leaves its line unclaimed, a many-line field keeps it (FAULTS 28)."""
    outcome = read_as(form, add(BOCHUM, label, GRANT)(RECORDS))
    clean = read_as(form, RECORDS)
    assert outcome.tables["municipalities"] == clean.tables["municipalities"]
    assert outcome.column("concepts", "concept_id") == IDS
    (problem,) = problems(outcome)
    line = next(i.number for i in outcome.judged.page.lines if i.text == "Fördersumme: 1.000 €")
    told = f"Line {line}, “Fördersumme: 1.000 €”,"
    if column is None:
        message = f"{told} is in unclaimed: no field takes this line."
        assert outcome.column("unclaimed", "text") == ["Fördersumme: 1.000 €"]
    else:
        like = "the line looks like a label that is not in the listing spec"
        message = f"{told} was kept in {column}: {like}."
        assert outcome.tables["unclaimed"] == []
    assert problem == ("unclaimed", "warn", column, message)


@pytest.mark.parametrize("form", ["dl", "table_no_colon", "div_span", "links_dl"])
@pytest.mark.parametrize(("label", "column", "provenance"), UNKNOWN)
def test_an_unknown_label_in_a_label_s_place_ends_every_field(
    label: str, column: str | None, provenance: str, form: str
) -> None:
    outcome = read_as(form, add(BOCHUM, label, GRANT)(RECORDS))
    left = "".join(outcome.column("unclaimed", "text"))
    assert left.replace(":", "").replace(" ", "") == "Fördersumme1.000€"
    assert rows(outcome) == rows(read_as(form, RECORDS))
    assert {verdict for _, verdict, *_ in problems(outcome)} == {"warn"}


@media
def test_a_misspelt_label_is_not_guessed_and_the_nearest_known_one_is_named(form: str) -> None:
    """`Einwoner` is unclaimed and its field null (FAULTS 30)."""
    outcome = read_as(form, relabel(BOCHUM, POPULATION, "Einwoner")(RECORDS))
    assert outcome.judged.reason is None
    message = "The label “Einwohner” is not in the record, so population is null."
    message += (
        " A line that is not its text begins with “Einwoner”; if that is its new name, write in the "
        '[[field]] population of the listing spec: labels = ["Einwohner", "Einwoner"].'
    )
    assert ("label", "fail", "population", message) in problems(outcome)
    assert "".join(outcome.column("unclaimed", "text")).replace(":", "") == "Einwoner361.876"
    assert outcome.column("municipalities", "population") == [58724, None, 75439]


@media
def test_a_misspelt_opening_label_makes_the_page_suspect_and_is_named(form: str) -> None:
    judged = read_as(form, relabel(ALL, OPENING, "Flaeche (km²)")(RECORDS)).judged
    line = next(i for i in judged.page.lines if i.text.startswith("Flaeche"))
    shown = "Flaeche (km²): …" if ":" in line.text else line.text
    assert judged.reason == (
        f"no record: no line begins with {OPENINGS}; line {line.number}, “{shown}”, "
        "is near “Fläche (km²)”; if that is its new name, write in the [[field]] area_km2 of the listing "
        'spec: labels = ["Fläche (km²)", "Fläche in km²", "Fläche (km2)", "Flaeche (km²)"]'
    )


@pytest.mark.parametrize("form", [*LINE_FORMS, "text"])
@pytest.mark.parametrize(
    "mutate",
    [
        lambda records: records[::-1],
        lambda records: [records[2], records[0], records[3], records[1]],
        lambda records: [(record[0], *record[:0:-1]) for record in records],
        lambda records: [(r[0], *r[5:], *r[1:5]) if n % 2 else r for n, r in enumerate(records)],
    ],
    ids=["records_reversed", "records_mixed", "labels_reversed", "labels_differ_by_record"],
)
def test_another_order_gives_the_same_rows_and_ids(mutate: Mutation, form: str) -> None:
    """Records in any order, and labels in any order behind the opening one (FAULTS 31)."""
    assert rows(read_as(form, mutate(RECORDS))) == rows(read_as(form, RECORDS))


@pytest.mark.parametrize("form", [*LINE_FORMS, "text"])
@pytest.mark.parametrize("label", [POPULATION, "Bezeichnung IHK", CONTACT, SITE])
def test_a_label_moved_before_the_opening_one_makes_the_page_suspect(label: str, form: str) -> None:
    """Else every record would take its neighbour's field (FAULTS 31)."""
    reason = read_as(form, move_first(ALL, label)(RECORDS)).judged.reason
    assert reason is not None
    assert reason.endswith(
        f"stands directly before a record's first label, {OPENINGS}: "
        "records would take their neighbour's fields"
    )


SPELLINGS = [  # how `Fläche (km²)` and its colon may be printed, provenance
    ("Fläche (km²)", "known page"),
    ("FLÄCHE (KM²)", "field practice"),
    ("Fläche(km²)", "field practice"),
    ("Fläche (km²) ", "field practice"),
    ("Fläche\u00a0(km²)", "field practice"),
    ("Fläche\u2009(km²)\u202f", "constructed"),
    ("Flä\u00adche (km²)", "field practice"),
    ("Fl\u200bäche\ufeff (km²)", "constructed"),
    ("Fla\u0308che (km²)", "field practice"),
    ("Fläche in km²", "field practice"),
    ("Fläche (km2)", "field practice"),
]


@media
@pytest.mark.parametrize(("label", "provenance"), SPELLINGS)
def test_a_label_in_another_spelling_is_the_same_label(
    label: str, provenance: str, form: str
) -> None:
    outcome = read_as(form, relabel(ALL, OPENING, label)(RECORDS))
    assert rows(outcome) == rows(read_as(form, RECORDS))
    assert (outcome.judged.reason, problems(outcome)) == (None, [])


STRANGERS = [  # no label: a look-alike or another text, provenance
    ("Flächе (km²)", "constructed"),  # a Cyrillic e
    ("Fläche (km³)", "constructed"),
    ("Fläche (km²) gesamt", "field practice"),
    ("F\u0336läche (km²)", "constructed"),
    ("\u202eFläche (km²)\u202c Stadt", "constructed"),
]


@media
@pytest.mark.parametrize(("label", "provenance"), STRANGERS)
def test_a_look_alike_is_no_label(label: str, provenance: str, form: str) -> None:
    reason = read_as(form, relabel(ALL, OPENING, label)(RECORDS)).judged.reason
    assert reason is not None
    assert reason.startswith("no record: ")
