"""Texts -> values: case tables with their provenance, and what holds for any text."""

from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from pipeline.contacts.emails import parse_email
from pipeline.contacts.persons import parse_person
from pipeline.listing.spec import Locale
from pipeline.page.text import clean, clean_pieces, fold, slug
from pipeline.values.districts import District, find_town, parse_district
from pipeline.values.links import find_file_type, parse_website, resolve
from pipeline.values.numbers import is_absent, parse_number
from pipeline.values.phones import parse_phone

GERMAN, ENGLISH = Locale(",", "."), Locale(".", ",")

NUMBERS = [  # printed, value, half of the last printed digit, provenance
    ("88,56", "88.56", "0.005", "known page"),
    ("145,66", "145.66", "0.005", "known page"),
    ("171,20", "171.20", "0.005", "known page"),
    ("663,1", "663.1", "0.05", "known page"),
    ("2.484,3", "2484.3", "0.05", "known page"),
    ("2455,1", "2455.1", "0.05", "known page"),
    ("1.638,4", "1638.4", "0.05", "known page"),
    ("58.724", "58724", "0.5", "known page"),
    ("58724", "58724", "0.5", "field practice"),
    ("0,5", "0.5", "0.05", "constructed"),
    ("0", "0", "0.5", "constructed"),
    ("-1,5", "-1.5", "0.05", "constructed"),
    ("−1,5", "-1.5", "0.05", "field practice"),
    ("1.234.567,89", "1234567.89", "0.005", "constructed"),
    ("123456789012345", "123456789012345", "0.5", "constructed"),
    ("ca. 58.700", "58700", "50", "field practice"),
    ("ca 58.700", "58700", "50", "field practice"),
    ("ca.58.700", "58700", "50", "field practice"),
    ("Ca. 60.000", "60000", "5000", "field practice"),
    ("rd. 58.724", "58724", "0.5", "constructed"),
    ("rund 88,50", "88.50", "0.05", "constructed"),
    ("etwa 100", "100", "50", "constructed"),
    ("88,56 (2014)", "88.56", "0.005", "field practice"),
    ("88,56 km²", "88.56", "0.005", "field practice"),
    ("ca. 88,5 km2 (Stand 2014)", "88.5", "0.05", "constructed"),
    ("km² 88,5", "88.5", "0.05", "constructed"),
    ("88,–", "88", "0.5", "field practice"),
    ("1.088,-- km²", "1088", "0.5", "field practice"),
]
AMOUNTS = [  # printed, unit, locale, value, provenance
    ("1.234.567,89 €", "€", GERMAN, "1234567.89", "field practice"),
    ("€ 1.234,50", "€", GERMAN, "1234.50", "field practice"),
    ("85.000,– €", "€", GERMAN, "85000", "field practice"),
    ("85.000,- EUR", "€", GERMAN, "85000", "field practice"),
    ("48.500 Euro", "€", GERMAN, "48500", "field practice"),
    ("ca. 40.000 euro", "€", GERMAN, "40000", "field practice"),
    ("£1,250,000", "£", ENGLISH, "1250000", "field practice"),
    ("GBP 85,400.50", "£", ENGLISH, "85400.50", "field practice"),
    ("2,520 per sq km", "per sq km", ENGLISH, "2520", "field practice"),
    ("£1.2m", "£", ENGLISH, None, "field practice"),
    ("1,2 Mio. €", "€", GERMAN, None, "field practice"),
    ("£85,400", "€", ENGLISH, None, "constructed"),
    ("85.000 Eurocent", "€", GERMAN, None, "constructed"),
    ("85.000,–50 €", "€", GERMAN, None, "constructed"),
    ("€", "€", GERMAN, None, "constructed"),
    ("48.500 Euro", "", GERMAN, None, "constructed"),
]
NO_NUMBERS = [  # FAULTS 36, and its kin
    "88.56", "1,638.4", "5.87.24", "1.23", "12.34.567", "1 638", "1e5", "1_000", "١٢٣", "nan",
    "inf", "-", "--5", "5-", "1,2,3", "1.2345", "1234.567", ".5", "5,", "0x10", "½", "²",
    "58.724 Personen", "circa", "ca.", "(2014)", "1" * 16, "1" * 5000, "1\n2", " 1",
]  # fmt: skip


@pytest.mark.parametrize(("text", "unit", "locale", "value", "provenance"), AMOUNTS)
def test_an_amount_may_have_its_unit_before_or_behind_it_and_a_currency_in_letters(
    text: str, unit: str, locale: Locale, value: str | None, provenance: str
) -> None:
    number = parse_number(text, locale, unit=unit)
    assert (None if number.value is None else str(number.value)) == value
    assert (number.problem is None) == (value is not None)


@pytest.mark.parametrize(("text", "value", "half", "provenance"), NUMBERS)
def test_a_printed_number_is_exact_and_knows_its_last_digit(
    text: str, value: str, half: str, provenance: str
) -> None:
    number = parse_number(text, GERMAN, unit="km²")
    assert number.value is not None
    assert str(number.value) == value
    assert (number.half, number.problem) == (Decimal(half), None)
    assert (number.low, number.high) == (Decimal(value) - number.half, Decimal(value) + number.half)


@pytest.mark.parametrize("text", NO_NUMBERS, ids=lambda text: text[:12])
def test_what_is_not_written_like_the_listing_s_numbers_is_no_number(text: str) -> None:
    assert parse_number(text, GERMAN, unit="km²").value is None


@pytest.mark.parametrize(
    ("text", "half"),
    [("58.724", "0"), ("58.700", "0"), ("ca. 58.700", "50"), ("rund 60.000", "5000"), ("0", "0")],
)
def test_a_count_is_exact_unless_it_is_marked_as_rounded(text: str, half: str) -> None:
    assert parse_number(text, GERMAN, whole=True).half == Decimal(half)


def print_number(digits: int, places: int, locale: Locale, *, grouped: bool) -> str:
    """Print a number as a listing does, by other means than the reader's."""
    text = f"{Decimal(digits).scaleb(-places):{',' if grouped else ''}f}"
    return text.translate(str.maketrans({",": locale.group, ".": locale.decimal}))


@given(st.integers(0, 10**15 - 1), st.integers(0, 6), st.booleans(), st.booleans())
def test_a_number_that_is_printed_and_read_is_the_same(
    digits: int, places: int, grouped: bool, english: bool
) -> None:
    locale = ENGLISH if english else GERMAN
    number = parse_number(print_number(digits, places, locale, grouped=grouped), locale)
    whole_digits = max(len(str(digits)), places + 1)
    if whole_digits > 15:
        assert number.problem == "more than 15 digits"
    else:
        assert number.value == Decimal(digits).scaleb(-places)
        assert number.half == Decimal(5).scaleb(-places - 1)


DISTRICTS = [  # printed, district, free of one, provenance
    ("Kreis Unna", "Kreis Unna", False, "known page"),
    ("Kreis Recklinghausen", "Kreis Recklinghausen", False, "known page"),
    ("Kreisfreie Stadt Bochum", None, True, "known page"),
    ("Kreisfrei", None, True, "known page"),
    ("kreisfrei", None, True, "field practice"),
    ("KREISFREIE STADT", None, True, "constructed"),
    ("Städteregion Aachen", "Städteregion Aachen", False, "field practice"),
    ("Rhein-Kreis Neuss", "Rhein-Kreis Neuss", False, "field practice"),
]


@pytest.mark.parametrize(("text", "name", "free", "provenance"), DISTRICTS)
def test_a_district_is_as_printed_or_the_town_is_free_of_one(
    text: str, name: str | None, free: bool, provenance: str
) -> None:
    assert parse_district(text) == District(name, free)


WEBSITES = [  # printed, address, provenance
    ("www.unna.de", "http://www.unna.de", "known page"),
    ("unna.example/quartier", "http://unna.example/quartier", "field practice"),
    ("https://www.unna.example", "https://www.unna.example", "field practice"),
    ("HTTP://www.unna.example", "HTTP://www.unna.example", "constructed"),
    ("www.unna.example/ä b", None, "constructed"),
    ("siehe oben", None, "field practice"),
    ("ftp://unna.example", None, "constructed"),
    ("javascript:alert(1)", None, "constructed"),
    ("www", None, "constructed"),
    ("x" * 5000 + ".example", None, "constructed"),
]


@pytest.mark.parametrize(("text", "url", "provenance"), WEBSITES)
def test_a_printed_web_address_is_absolute_or_null(
    text: str, url: str | None, provenance: str
) -> None:
    address = parse_website(text)
    assert (address.url, address.problem) == (url, None if url else "it is no web address")


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://x.example/a.PDF", "pdf"),
        ("https://x.example/a.pdf?x=.doc#y.zip", "pdf"),
        ("https://x.example/download.php?file=a.pdf", None),
        ("https://x.example/", None),
        ("https://x.example", None),
        ("https://x.example/v1.2/plan", None),
        ("https://x.example/a.verylongending", None),
    ],
)
def test_the_file_type_is_the_path_s_ending(url: str, kind: str | None) -> None:
    assert find_file_type(url) == kind


ANY = st.text(max_size=120) | st.text(
    "0123456789.,-+()/ caCAkm²@[at]:äöüß\u00a0\u0308", max_size=60
)


@given(ANY)
def test_any_text_is_read_without_an_error(text: str) -> None:
    """A value or null, whatever the page prints; what is read can be written as UTF-8."""
    line = clean(text)
    assert (parse_number(line, GERMAN).value is None) or not is_absent(line)
    assert parse_district(line).free is (parse_district(line).name is None)
    assert (find_town(line) or "x").strip()
    assert parse_email(line).address is None or "@" in str(parse_email(line).address)
    for address in (parse_website(line), resolve(line, "https://x.example/y")):
        assert address.url is None or address.url.isascii()
    person = parse_person(line)
    assert person is None or person.person.text in line
    phone = parse_phone(line)
    assert (phone.e164 is None) != (phone.problem is None)
    assert slug(line).isascii()
    assert fold(fold(line)) == fold(line)


@given(st.text() | ANY)
def test_cleaning_and_slugs_are_done_once_and_for_all(text: str) -> None:
    line = clean(text)
    assert clean(line) == line
    assert slug(slug(line)) == slug(line)


@given(
    st.lists(
        st.text(st.characters(codec="utf-8") | st.sampled_from(" \u0308\u00ad\n")),
        min_size=1,
        max_size=6,
    )
)
def test_pieces_are_cleaned_as_their_concatenation_is(pieces: list[str]) -> None:
    """Their places are in order and inside the line."""
    text, starts = clean_pieces(pieces)
    assert text == clean("".join(pieces))
    assert len(starts) == len(pieces)
    assert starts == sorted(starts)
    assert all(0 <= start <= len(text) for start in starts)
