"""Telephone numbers: shapes from pages and standards, and what is no single number."""

import csv
import subprocess
import sys
from functools import cache
from importlib import resources

import phonenumbers
import pytest
from hypothesis import example, given, strategies as st

from pipeline.values import phones
from pipeline.values.phones import Phone, find_area_town, parse_phone

E164 = phonenumbers.PhoneNumberFormat.E164
NEITHER = "it begins with neither 0 nor +"
SEVERAL = "it is more than one number"
UNWRITTEN = "it is not written as one telephone number"
INVALID = "it is no valid number"

GOOD = [  # printed, E.164, provenance
    ("02303/103 518", "+492303103518", "known page"),
    ("0234/910-2328", "+492349102328", "known page"),
    ("02381/17 4168", "+492381174168", "known page"),
    ("02381/17 6740", "+492381176740", "known page"),
    ("02362 / 66 4552", "+492362664552", "known page"),
    ("0209 / 169-4318", "+492091694318", "known page"),
    ("02366/303 341", "+492366303341", "known page"),
    ("+49 2303 103518", "+492303103518", "ITU E.123"),
    ("(02303) 103518", "+492303103518", "ITU E.123"),
    ("+43 1 53115 0", "+431531150", "ITU E.123"),
    ("02303 103518", "+492303103518", "DIN 5008"),
    ("0234 910-2328", "+492349102328", "DIN 5008"),
    ("+49 234 910-2328", "+492349102328", "DIN 5008"),
    ("0800 1234567", "+498001234567", "DIN 5008"),
    ("0 23 03 / 10 35 18", "+492303103518", "older DIN 5008"),
    ("+49 (0) 2303 103518", "+492303103518", "field practice"),
    ("+49(0)2303/103-518", "+492303103518", "field practice"),
    ("0049 (0)2303 103518", "+492303103518", "field practice"),
    ("0049 2303 103518", "+492303103518", "field practice"),
    ("00 49 2303 103518", "+492303103518", "field practice"),
    ("+49 (2303) 103518", "+492303103518", "field practice"),
    ("(0) 2303 103518", "+492303103518", "field practice"),
    ("02303.103518", "+492303103518", "field practice"),
    ("02303-103-518", "+492303103518", "field practice"),
    ("0234 – 910–2328", "+492349102328", "field practice"),
    ("0171/3920010", "+491713920010", "field practice"),
    ("02303103518", "+492303103518", "constructed"),
    ("+43 (0)1 53115-0", "+431531150", "constructed"),
    ("+39 (0)6 69812345", "+390669812345", "constructed"),  # Italy dials and keeps the 0
    ("+1 212 736 5000", "+12127365000", "constructed"),
]
BAD = [  # printed, problem, provenance
    ("0234/910-23 28/29", SEVERAL, "field practice"),
    ("0234/910-2328/2329", SEVERAL, "field practice"),
    ("0234/910-2328 -2329", SEVERAL, "field practice"),
    ("0234 910-23/28", SEVERAL, "field practice"),
    ("0234 910-23-28", SEVERAL, "field practice"),
    ("02303/103518 / 02303/103519", SEVERAL, "field practice"),
    ("0234 91/92", "023491 is no area code", "constructed"),
    ("(0234 91) 92 345", "023491 is no area code", "constructed"),
    ("0234/910-2328 oder -2329", UNWRITTEN, "field practice"),
    ("0234/910-2328, 0234/910-2329", UNWRITTEN, "field practice"),
    ("0234/910-2328 (Zentrale)", UNWRITTEN, "field practice"),
    ("0234/910-0 (-2328)", UNWRITTEN, "field practice"),
    ("0234/910-23xx", UNWRITTEN, "field practice"),
    ("02303/103518-", UNWRITTEN, "constructed"),
    ("02303//103518", UNWRITTEN, "constructed"),
    ("(02303 103518", UNWRITTEN, "constructed"),
    ("+", UNWRITTEN, "constructed"),
    ("0٢٣٠٣ ١٠٣٥١٨", UNWRITTEN, "constructed"),
    ("02303 103518 02303 103519", INVALID, "field practice"),
    ("+49 02303 103518", "a 0 follows the country code", "field practice"),
    ("+49 (0) 02303 103518", "a 0 follows the country code", "constructed"),
    ("103 518", NEITHER, "field practice"),
    ("2303/103518", NEITHER, "field practice"),
    ("(2303) 103518", NEITHER, "field practice"),
    ("49 2303 103518", NEITHER, "field practice"),
    ("Tel. 02303/103518", NEITHER, "field practice"),
    ("115", NEITHER, "constructed"),
    ("", NEITHER, "constructed"),
    ("02303", INVALID, "constructed"),
    ("0 02303 103518", INVALID, "constructed"),
    ("(0) 02303 103518", INVALID, "constructed"),
    ("0", INVALID, "constructed"),
    ("00", INVALID, "constructed"),
    ("+49", INVALID, "constructed"),
    ("+43", INVALID, "constructed"),
    ("+999 123456", INVALID, "constructed"),
    ("+1 212", INVALID, "constructed"),
    ("0" * 41, "it is longer than 40 characters", "constructed"),
]


@pytest.mark.parametrize(("printed", "e164", "provenance"), GOOD)
def test_a_printed_number_becomes_e164(printed: str, e164: str, provenance: str) -> None:
    assert parse_phone(printed) == Phone(e164)


@pytest.mark.parametrize(("printed", "problem", "provenance"), BAD)
def test_what_is_no_single_number_is_null_with_a_reason(
    printed: str, problem: str, provenance: str
) -> None:
    assert parse_phone(printed) == Phone(None, problem)


COUNTRIES = [  # printed, country, E.164 or the problem, provenance
    ("0113 496 0123", "GB", "+441134960123", "Ofcom, numbers for drama"),
    ("(0113) 496 0123", "GB", "+441134960123", "Ofcom, numbers for drama"),
    ("020 7946 0789", "GB", "+442079460789", "Ofcom, numbers for drama"),
    ("+44 (0)161 496 0457", "GB", "+441614960457", "Ofcom, numbers for drama"),
    ("+44 161 496 0457", "DE", "+441614960457", "Ofcom, numbers for drama"),
    ("+49 2303 103518", "GB", "+492303103518", "ITU E.123"),
    ("01 53115-0", "AT", "+431531150", "constructed"),
    ("06 6981 2345", "IT", "+390669812345", "constructed"),
    ("(212) 736-5000", "US", "+12127365000", "field practice"),
    ("212-736-5000", "US", "+12127365000", "field practice"),
    ("912 345 678", "ES", "+34912345678", "field practice"),
    ("496 0123", "GB", NEITHER, "constructed"),
    ("0113 496 0123", "DE", INVALID, "constructed"),
    ("0113 496", "GB", INVALID, "constructed"),
    ("0113/496 0123/4", "GB", SEVERAL, "constructed"),
    ("0113 496 0123 x4", "GB", UNWRITTEN, "constructed"),
]


@pytest.mark.parametrize(("printed", "country", "expected", "provenance"), COUNTRIES)
def test_a_number_without_a_country_code_is_of_the_listings_country(
    printed: str, country: str, expected: str, provenance: str
) -> None:
    good = expected.startswith("+")
    assert parse_phone(printed, country) == (Phone(expected) if good else Phone(None, expected))


@cache
def area_codes() -> dict[str, str]:
    """Give the towns of the table by prefix."""
    text = resources.files("pipeline").joinpath("data/area_codes.csv").read_text(encoding="utf-8")
    return dict(list(csv.reader(text.splitlines()))[1:])


def read_by_library(text: str) -> str | None:
    """Give what `phonenumbers` alone makes of a text."""
    try:
        number = phonenumbers.parse(text, "DE")
    except phonenumbers.NumberParseException:
        return None
    return (
        phonenumbers.format_number(number, E164) if phonenumbers.is_valid_number(number) else None
    )


SHAPES = [
    "0{area}/{number}", "0{area} / {number}", "0{area}/ {number}", "0{area} {number}",
    "0{area}-{number}", "0{area} - {number}", "0{area} – {number}", "0{area}.{number}",
    "(0{area}) {number}", "(0{area}){number}", "(0{area}) / {number}", "0{area}{number}",
    "0{area}/{head} {tail}", "0{area}/{head}-{tail}", "0{area} {head}-{tail}",
    "0{area}-{head}-{tail}", "0{area} / {head} - {tail}", "0{area}.{head}.{tail}",
    "+49 {area} {number}", "+49{area}{number}", "+49-{area}-{number}", "+49 {area}/{head}-{tail}",
    "+49 ({area}) {number}", "+49 (0) {area} {number}", "+49 (0){area}/{head}-{tail}",
    "+49(0){area}-{number}", "+49 / (0) {area} / {number}", "0049 {area} {head} {tail}",
    "00 49 {area} {number}", "0049(0){area}/{number}", "(0) {area} / {number}",
]  # fmt: skip


PREFIXES = st.sampled_from(sorted(area_codes()))


@st.composite
def german_numbers(draw: st.DrawFn) -> tuple[str, str]:
    """Give an area code without its 0 and a subscriber's number, valid together."""
    area = draw(PREFIXES)[2:]
    number = draw(st.from_regex(r"[1-9][0-9]{2,7}", fullmatch=True).filter(
        lambda digits: read_by_library(f"+49{area}{digits}")
    ))  # fmt: skip
    return area, number


@given(german_numbers(), st.sampled_from(SHAPES), st.integers(1, 7))
def test_a_german_number_reads_the_same_in_every_printed_shape(
    parts: tuple[str, str], shape: str, cut: int
) -> None:
    area, number = parts
    cut = min(cut, len(number) - 1)
    text = shape.format(area=area, number=number, head=number[:cut], tail=number[cut:])
    assert parse_phone(text) == Phone(f"+49{area}{number}")


PRINTED = st.from_regex(r"(?:0|\+49 ?|0049|\(0)[0-9 /.()-]{3,20}", fullmatch=True)


@given(PRINTED | st.sampled_from([row[0] for row in GOOD + BAD]))
@example("0234/910-23 28/29")
def test_what_is_read_is_what_phonenumbers_reads(text: str) -> None:
    phone = parse_phone(text)
    assert (phone.e164 is None) != (phone.problem is None)
    if phone.e164 is not None:
        assert phone.e164 == read_by_library(text)


@given(st.from_regex(phones._USUAL, fullmatch=True).filter(lambda text: len(text) <= 40))
@example("0234/91 92")
@example("02303 / 0")
def test_the_usual_shape_is_read_as_any_other(text: str) -> None:
    assert parse_phone(text) == phones._parse_printed(text, "DE")


@given(st.from_regex(r"[0-9]{1,17}", fullmatch=True))
def test_the_fast_path_finds_the_numbers_valid_that_phonenumbers_does(national: str) -> None:
    expected = None if national[0] == "0" else read_by_library(f"+49{national}")
    assert parse_phone(f"+49{national}").e164 == expected


@given(st.text(max_size=60) | st.text("0+() /.-–49", max_size=45))
def test_any_text_gives_a_number_or_a_reason(text: str) -> None:
    phone = parse_phone(text)
    assert (phone.e164 is None) != (phone.problem is None)


@pytest.mark.parametrize(
    ("e164", "town"),
    [
        ("+492303103518", "Unna"),
        ("+492349102328", "Bochum"),
        ("+492381174168", "Hamm Westfalen"),
        ("+492362664552", "Dorsten"),
        ("+492091694318", "Gelsenkirchen"),
        ("+492366303341", "Herten Westfalen"),
        ("+492211234567", "Köln"),
        ("+4930123456", "Berlin"),
        ("+491713920010", None),
        ("+498001234567", None),
        ("+43531150", None),
        ("+49", None),
        ("", None),
    ],
)
def test_the_area_code_of_a_landline_names_its_town(e164: str, town: str | None) -> None:
    assert find_area_town(e164) == town


def test_the_table_of_area_codes_is_that_of_the_installed_package() -> None:
    """To make it anew after an update: write these rows under the header `prefix,town`, with LF."""
    from phonenumbers.geodata import GEOCODE_DATA

    rows = sorted(
        (prefix, names.get("de") or names["en"])
        for prefix, names in GEOCODE_DATA.items()
        if prefix.startswith("49")
    )
    path = resources.files("pipeline").joinpath("data/area_codes.csv")
    text = "prefix,town\n" + "".join(f"{prefix},{town}\n" for prefix, town in rows)
    assert path.read_bytes() == text.encode()
    assert not any(c in town for _, town in rows for c in ',"\n')


def describe_by_library(e164: str) -> str | None:
    from phonenumbers.geocoder import description_for_number

    town = description_for_number(phonenumbers.parse(e164), "de")
    return town if town not in ("", "Deutschland") else None


def sample_number(prefix: str) -> str:
    """Give a valid number of an area that is in no area with a longer code."""
    samples = (f"+{prefix}{digit * count}" for digit in "325" for count in (6, 5, 7, 4))
    return next(sample for sample in samples if read_by_library(sample))


def test_every_area_code_gives_the_geocoders_town() -> None:
    wrong = {}
    for prefix in area_codes():
        sample = sample_number(prefix)
        if find_area_town(sample) != describe_by_library(sample):
            wrong[prefix] = find_area_town(sample)
    assert wrong == {}


def test_half_a_second_of_geographic_data_is_never_imported_at_run_time() -> None:
    code = (
        "import sys; from pipeline.values.phones import *; "
        "find_area_town(parse_phone('02303/103 518').e164); "
        "sys.exit(any('geo' in name for name in sys.modules if name.startswith('phonenumbers')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
