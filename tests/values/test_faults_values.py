"""Values that go wrong, and records that are hard to name: what is null, and who is told."""

from typing import Any

import pytest

from tests.records.forms import CONTACT, DOWNLOAD, OPENING, SITE
from tests.records.mutations import (
    BOCHUM,
    IDS,
    MEDIA,
    RECORDS,
    problems,
    put,
    read_as,
    rows,
)
from tests.records.outcomes import Outcome

DENSITY, POPULATION, DISTRICT, NAME = (
    "Einwohner je km²", "Einwohner", "Kreis/kreisfrei", "Bezeichnung IHK",
)  # fmt: skip
NUMBERS = {OPENING: "area_km2", POPULATION: "population", DENSITY: "density_per_km2"}
BOUNDS = {
    "area_km2": "0.01 to 1000", "population": "1 to 4000000", "density_per_km2": "0.01 to 6000",
}  # fmt: skip
NO_NUMBER = "not a number as this listing prints them (1.234,5)"
media = pytest.mark.parametrize("form", MEDIA)


def bochum(outcome: Outcome) -> dict[str, Any]:
    """Give the row of the municipality whose figures the tests change."""
    (row,) = [r for r in outcome.tables["municipalities"] if r["municipality_id"] == "bochum"]
    return row


def contacts(outcome: Outcome, record: int) -> list[dict[str, Any]]:
    """Give a record's contacts."""
    return [r for r in outcome.tables["contacts"] if r["concept_id"] == IDS[record]]


@media
@pytest.mark.parametrize(
    "text", ["", "-", "–", "—", "k.A.", "k. A.", "keine Angabe", "n/a", "K.A."]
)
@pytest.mark.parametrize(
    ("label", "column"), [*NUMBERS.items(), (DISTRICT, "district"), (NAME, "title"), (SITE, "website"),
                          (DOWNLOAD, "downloads"), (CONTACT, "contacts")],
)  # fmt: skip
def test_a_value_that_is_none_is_null_and_told_apart_from_a_missing_label(
    label: str, column: str, text: str, form: str
) -> None:
    """A `warn`, and no row in `downloads` or `contacts` (FAULTS 35)."""
    outcome = read_as(form, put(BOCHUM, label, text)(RECORDS))
    says = f"The page says “{text}” for “{label}”" if text else f"The label “{label}” has no text"
    assert problems(outcome, "label") == [
        ("label", "warn", column, f"{says}, so {column} is null.")
    ]
    assert outcome.problems("readable") == []
    if column in ("downloads", "contacts"):
        assert IDS[BOCHUM] not in outcome.column(column, "concept_id")
    else:
        table = "concepts" if column in ("title", "website") else "municipalities"
        (row,) = [r for r in outcome.tables[table] if r["municipality_id"] == "bochum"]
        assert row[column] is None


BAD_NUMBERS = [  # printed, problem, provenance: FAULTS 36 unless another is named
    ("88.56", NO_NUMBER, "field practice"),
    ("1,638.4", NO_NUMBER, "field practice"),
    ("5.87.24", NO_NUMBER, "field practice"),
    ("1.23", NO_NUMBER, "field practice"),
    ("12.34.567", NO_NUMBER, "constructed"),
    ("1 638", NO_NUMBER, "field practice"),
    ("1e5", NO_NUMBER, "constructed"),
    ("1_000", NO_NUMBER, "constructed"),
    ("١٢٣", NO_NUMBER, "constructed"),
    ("nan", NO_NUMBER, "constructed"),
    ("inf", NO_NUMBER, "constructed"),
    ("²", NO_NUMBER, "constructed"),
    ("+5", NO_NUMBER, "constructed"),
    ("5,", NO_NUMBER, "constructed"),
    (",5", NO_NUMBER, "constructed"),
    ("007", NO_NUMBER, "constructed"),
    ("0.123", NO_NUMBER, "constructed"),
    ("88,56 ha", NO_NUMBER, "field practice"),
    ("88,56 und mehr", NO_NUMBER, "field practice"),
    ("zwölf", NO_NUMBER, "constructed"),
    ("1" * 16, "more than 15 digits", "constructed"),
    ("9" * 5000, NO_NUMBER, "constructed"),
]


@media
@pytest.mark.parametrize("label", NUMBERS)
@pytest.mark.parametrize(
    ("text", "problem", "provenance"), BAD_NUMBERS, ids=[row[0][:16] for row in BAD_NUMBERS]
)
def test_a_text_that_is_no_number_of_the_listing_is_null_and_fails(
    text: str, problem: str, provenance: str, label: str, form: str
) -> None:
    """Never guessed; the density is not checkable then, and the text stays in `cells`."""
    outcome = read_as(form, put(BOCHUM, label, text)(RECORDS))
    column = NUMBERS[label]
    row = bochum(outcome)
    assert (row[column], row["density_status"]) == (None, "not_checkable")
    shown = text if len(text) <= 60 else text[:59] + "…"
    message = f"“{shown}” for “{label}” is {problem}, so {column} is null."
    assert outcome.problems("readable") == [("readable", "fail", column, message)]
    (cell,) = [c["raw_text"] for c in outcome.tables["cells"]
               if (c["row_id"], c["column_name"]) == ("bochum", column)]  # fmt: skip
    assert cell == text


QUALIFIED = [  # printed, the number, qualifier, provenance
    ("ca. 361.900", 361900, "ca.", "field practice"),
    ("rd. 361.900", 361900, "rd.", "field practice"),
    ("rund 361.900", 361900, "rund", "field practice"),
    ("etwa 361.900", 361900, "etwa", "field practice"),
    ("361.876 (2014)", 361876, "(2014)", "field practice"),
    ("361.876 (Stand: 31.12.2014)", 361876, "(Stand: 31.12.2014)", "field practice"),
    ("ca. 361.900 (2014)", 361900, "ca. (2014)", "constructed"),
]


@media
@pytest.mark.parametrize(("text", "value", "qualifier", "provenance"), QUALIFIED)
def test_a_number_with_a_qualifier_is_read_and_told(
    text: str, value: int, qualifier: str, provenance: str, form: str
) -> None:
    outcome = read_as(form, put(BOCHUM, POPULATION, text)(RECORDS))
    row = bochum(outcome)
    assert (row["population"], row["density_status"]) == (value, "within_rounding")
    message = f"“{text}” is printed with “{qualifier}”."
    assert problems(outcome) == [("qualifier", "warn", "population", message)]


@media
@pytest.mark.parametrize(
    ("label", "text"),
    [(POPULATION, "361.876 Einwohner"), (OPENING, "145,66 km²"), (OPENING, "145,66 km2"),
     (OPENING, "145,66km²"), (DENSITY, "2.484,3 Einwohner je km²")],
)  # fmt: skip
def test_a_value_may_carry_its_own_unit(label: str, text: str, form: str) -> None:
    outcome = read_as(form, put(BOCHUM, label, text)(RECORDS))
    assert (rows(outcome), problems(outcome)) == (rows(read_as(form, RECORDS)), [])


IMPOSSIBLE = [  # label, printed, value, provenance
    (OPENING, "-145,66", -145.66, "constructed"),
    (OPENING, "0", 0.0, "constructed"),
    (OPENING, "1.456,66", 1456.66, "constructed"),
    (POPULATION, "-361.876", -361876, "constructed"),
    (POPULATION, "0", 0, "constructed"),
    (POPULATION, "361.876.000", 361876000, "constructed"),
    (DENSITY, "0", 0.0, "constructed"),
    (DENSITY, "-2.484,3", -2484.3, "constructed"),
    (DENSITY, "24.843", 24843.0, "constructed"),
]


@media
@pytest.mark.parametrize(("label", "text", "value", "provenance"), IMPOSSIBLE)
def test_an_impossible_figure_is_published_and_fails(
    label: str, text: str, value: float, provenance: str, form: str
) -> None:
    """Negative, zero or larger than any German municipality's (FAULTS 37)."""
    outcome = read_as(form, put(BOCHUM, label, text)(RECORDS))
    column = NUMBERS[label]
    assert bochum(outcome)[column] == value
    told = text.replace(".", "").replace(",", ".")
    message = f"{told} is no possible {column}: expected is {BOUNDS[column]}."
    assert outcome.problems("plausible") == [("plausible", "fail", column, message)]


def test_a_fractional_population_is_null_and_fails() -> None:
    outcome = read_as("text", put(BOCHUM, POPULATION, "361.876,5")(RECORDS))
    assert bochum(outcome)["population"] is None
    assert outcome.problems("readable") == [
        ("readable", "fail", "population",
         "“361.876,5” for “Einwohner” is not a whole number, so population is null.")
    ]  # fmt: skip


EMAILS = [  # printed, read, the problem, provenance
    ("PProbe [at] bochum.example", "PProbe@bochum.example",
     ("qualifier", "warn", "email",
      "The e-mail address is written “PProbe [at] bochum.example” and was decoded."),
     "field practice"),
    ("PProbe(at)bochum(dot)example", "PProbe@bochum.example",
     ("qualifier", "warn", "email",
      "The e-mail address is written “PProbe(at)bochum(dot)example” and was decoded."),
     "field practice"),
    ("PProbe@BOCHUM.Example", "PProbe@bochum.example", None, "field practice"),
    ("siehe Webseite", None,
     ("readable", "fail", "email", "“siehe Webseite” is not read as an e-mail address."),
     "field practice"),
    ("PProbe@@bochum.example", None,
     ("readable", "fail", "email", "“PProbe@@bochum.example” is not read as an e-mail address."),
     "constructed"),
    ("k.A.", None, ("readable", "warn", "email", "The page says “k.A.” for email, so it is null."),
     "constructed"),
    ("mueller@bochum.example", "mueller@bochum.example",
     ("email_person", "warn", "email",
      "The address “mueller@bochum.example” does not carry the name of “Dr. Paula Probe”."),
     "constructed"),
    ("info@bochum.example", "info@bochum.example", None, "field practice"),
]  # fmt: skip


@media
@pytest.mark.parametrize(("text", "address", "problem", "provenance"), EMAILS)
def test_an_e_mail_is_read_by_listed_rules_only(
    text: str, address: str | None, problem: tuple[str, ...] | None, provenance: str, form: str
) -> None:
    lines = ("Stadt Bochum", "Dr. Paula Probe", "Fon: 0234/123-4567", f"Email: {text}")
    outcome = read_as(form, put(BOCHUM, CONTACT, *lines)(RECORDS))
    (contact,) = contacts(outcome, BOCHUM)
    assert (contact["email"], contact["person"]) == (address, "Dr. Paula Probe")
    assert problems(outcome) == ([problem] if problem else [])


PHONES = [  # printed, E.164, problem, provenance
    ("0234/910-23 28/29", None, "it is more than one number", "field practice"),
    ("0234/123-4567, 0234/123-4568", None, "it is not written as one telephone number",
     "field practice"),
    ("123-4567", None, "it begins with neither 0 nor +", "field practice"),
    ("2303/103518", None, "it begins with neither 0 nor +", "field practice"),
    ("siehe oben", None, "it begins with neither 0 nor +", "constructed"),
    ("(0234) 1234567", "+492341234567", None, "standard"),
    ("+49 (0) 234 1234567", "+492341234567", None, "field practice"),
]  # fmt: skip


@media
@pytest.mark.parametrize(("text", "e164", "problem", "provenance"), PHONES)
def test_a_phone_that_is_no_single_number_is_null_and_fails(
    text: str, e164: str | None, problem: str | None, provenance: str, form: str
) -> None:
    """The text stays beside it (FAULTS 39)."""
    lines = ("Stadt Bochum", "Dr. Paula Probe", f"Fon: {text}", "Email: PProbe@bochum.example")
    outcome = read_as(form, put(BOCHUM, CONTACT, *lines)(RECORDS))
    (contact,) = contacts(outcome, BOCHUM)
    assert (contact["phone"], contact["phone_text"]) == (e164, text)
    message = f"“{text}” is not read as a telephone number: {problem}."
    told = [("readable", "fail", "phone", message)] if problem else []
    assert problems(outcome) == told
