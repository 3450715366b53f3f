"""The rule that must be right: does a printed density fit, and which slip would explain it?"""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings, strategies as st

from pipeline.listing.spec import Locale
from pipeline.rules.slips import (
    KINDS,
    Candidate,
    Printed,
    _print,
    find_candidates,
    iter_corrections,
)
from pipeline.values.density import NOT_CHECKABLE, check_ratio, compare_ratio, divide
from pipeline.values.numbers import Number, parse_number
from tests.records.mutations import BOCHUM, RECORDS, put, read_as

GERMAN = Locale(",", ".")

TRIPLES = [  # population, area, density as printed, status, provenance
    ("58.724", "88,56", "663,1", "exact", "known page"),
    ("361.876", "145,66", "2.484,3", "within_rounding", "known page"),
    ("176.580", "226,43", "779,9", "within_rounding", "known page"),
    ("75.439", "171,20", "440,6", "exact", "known page"),
    ("257.651", "104,94", "2455,1", "within_rounding", "known page"),
    ("61.163", "37,33", "1.638,4", "exact", "known page"),
    # 25 / 10 = 2.5 lies halfway: half up gives 3, half even 2, and 2 only fits by its interval
    ("25", "10,00", "3", "exact", "constructed"),
    ("25", "10,00", "2", "within_rounding", "constructed"),
    ("35", "10,00", "4", "exact", "constructed"),
    # 1005 / 1000 = 1.005: as floats 1.00499…, so `round` gives 1.0
    ("1.005", "1.000,000", "1,01", "exact", "constructed"),
    ("1.005", "1.000,000", "1,00", "within_rounding", "constructed"),
    # area of 9.5 to 10.5: 100 people are 9.523… to 10.526… per km²
    ("100", "10", "10,5", "within_rounding", "constructed"),
    ("100", "10", "9,5", "within_rounding", "constructed"),
    ("100", "10", "10,6", "inconsistent", "constructed"),
    ("100", "10", "9,4", "inconsistent", "constructed"),
    ("20", "1,5", "13", "exact", "constructed"),
    ("ca. 100", "10,00", "9,5", "within_rounding", "constructed"),
    ("ca. 100", "10,00", "16,0", "inconsistent", "constructed"),
    ("ca. 100", "10,00", "15,0", "within_rounding", "constructed"),
    ("0", "10,00", "0", "exact", "constructed"),
    ("58.724", "88,56", "663,2", "inconsistent", "constructed"),
    ("58.724", "88,56", "6.631", "inconsistent", "field practice"),
    ("58.742", "88,56", "663,1", "inconsistent", "field practice"),
]


def read_triple(population: str, area: str, density: str) -> tuple[Number, Number, Number]:
    """Read three numbers as the listing does."""
    return (
        parse_number(population, GERMAN, whole=True),
        parse_number(area, GERMAN),
        parse_number(density, GERMAN),
    )


@pytest.mark.parametrize(("population", "area", "density", "status", "provenance"), TRIPLES)
def test_a_density_is_judged_by_the_intervals_of_the_printed_numbers(
    population: str, area: str, density: str, status: str, provenance: str
) -> None:
    assert check_ratio(*read_triple(population, area, density)).status == status


def test_a_fixed_tolerance_would_raise_three_false_alarms_on_six_good_records() -> None:
    """The naive rule `round(population / area, 1) == density` is what this one is not."""
    naive = 0
    for population, area, density, *_ in TRIPLES[:6]:
        n, d, q = (number.value for number in read_triple(population, area, density))
        assert n is not None
        assert d is not None
        assert q is not None
        naive += round(float(n) / float(d), 1) != float(q)
    assert naive == 3


ENDS = [  # a density whose interval touches the other one, and one that misses it by a hair
    (Decimal("9.5"), "within_rounding"),
    (Decimal("9.4999999999"), "inconsistent"),
]


@pytest.mark.parametrize(("density", "status"), ENDS)
def test_an_interval_s_ends_belong_to_it(density: Decimal, status: str) -> None:
    """105 / 10.5 is 10, and a density of 9.5 ± 0.5 reaches 10 exactly."""
    found = check_ratio(
        Number(Decimal(105)),
        Number(Decimal(10), Decimal("0.5")),
        Number(density, Decimal("0.5")),
    )
    assert found.status == status


UNREADABLE = Number(None, problem="not a number")


@pytest.mark.parametrize(
    "numbers",
    [
        (UNREADABLE, Number(Decimal(1)), Number(Decimal(1))),
        (Number(Decimal(1)), UNREADABLE, Number(Decimal(1))),
        (Number(Decimal(1)), Number(Decimal(0)), Number(Decimal(1))),
        (Number(Decimal(1)), Number(Decimal(-1)), Number(Decimal(1))),
        (Number(Decimal(1)), Number(Decimal("0.5"), Decimal("0.5")), Number(Decimal(1))),
        (Number(Decimal(-1)), Number(Decimal(1)), Number(Decimal(1))),
    ],
)
def test_what_is_absent_or_could_be_zero_is_not_checkable(
    numbers: tuple[Number, Number, Number],
) -> None:
    assert check_ratio(*numbers) == NOT_CHECKABLE


def test_without_a_printed_density_the_computed_one_is_still_given() -> None:
    ratio = check_ratio(Number(Decimal(100)), Number(Decimal(10), Decimal("0.5")), Number(None))
    assert (ratio.computed, ratio.status) == (10.0, "not_checkable")
    assert (ratio.low, ratio.high) == (100 / 10.5, 100 / 9.5)


DECIMALS = st.decimals(Decimal("0.01"), Decimal(10**6), places=2)


@given(DECIMALS, DECIMALS)
def test_a_quotient_is_the_float_nearest_to_the_exact_one(a: Decimal, b: Decimal) -> None:
    assert divide(a, b) == float(Fraction(a) / Fraction(b))


@given(st.integers(1, 4_000_000), st.decimals(Decimal(1), Decimal(900), places=4))
def test_whatever_is_true_and_printed_rounded_is_never_inconsistent(
    people: int, area: Decimal
) -> None:
    """The false alarm that the rule must not raise, for any true figures."""
    printed = area.quantize(Decimal("0.01"))
    density = (Decimal(people) / area).quantize(Decimal("0.1"))
    ratio = check_ratio(
        Number(Decimal(people)),
        Number(printed, Decimal("0.005")),
        Number(density, Decimal("0.05")),
    )
    assert ratio.status in ("exact", "within_rounding")
    assert ratio.low is not None
    assert ratio.high is not None
    assert ratio.low <= float(Fraction(people) / Fraction(area)) <= ratio.high


SLIPS = [  # field, right, printed wrongly, kind, provenance
    ("population", "361.876", "36.876", "digit dropped", "field practice"),
    ("population", "361.876", "3.618.776", "digit added", "field practice"),
    ("population", "361.876", "316.876", "digits swapped", "field practice"),
    ("population", "361.876", "361.076", "digit changed", "constructed"),
    ("population", "361.876", "391.876", "digit changed", "constructed"),
    ("area_km2", "145,66", "15,66", "digit dropped", "constructed"),
    ("area_km2", "145,66", "1.455,66", "digit added", "constructed"),
    ("area_km2", "145,66", "154,66", "digits swapped", "field practice"),
    ("area_km2", "145,66", "149,66", "digit changed", "constructed"),
    ("area_km2", "145,66", "14,566", "comma moved", "field practice"),
    ("area_km2", "145,66", "1.456,6", "comma moved", "field practice"),
    ("density_per_km2", "2.484,3", "248,3", "digit dropped", "constructed"),
    ("density_per_km2", "2.484,3", "24.884,3", "digit added", "constructed"),
    ("density_per_km2", "2.484,3", "2.844,3", "digits swapped", "field practice"),
    ("density_per_km2", "2.484,3", "2.984,3", "digit changed", "constructed"),
    ("density_per_km2", "2.484,3", "24.843", "comma moved", "field practice"),
    ("density_per_km2", "2.484,3", "248,43", "comma moved", "field practice"),
    ("density_per_km2", "2.484,3", "2,4843", "group point misread", "field practice"),
]
RIGHT = {"population": "361.876", "area_km2": "145,66", "density_per_km2": "2.484,3"}
LABELS = {
    "population": "Einwohner",
    "area_km2": "Fläche (km²)",
    "density_per_km2": "Einwohner je km²",
}


@pytest.mark.parametrize(("name", "right", "wrong", "kind", "provenance"), SLIPS)
def test_a_single_slip_is_found_among_the_candidates(
    name: str, right: str, wrong: str, kind: str, provenance: str
) -> None:
    """The right number is named with its kind, and kinds are ranked."""
    printed = [
        Printed(n, wrong if n == name else text, n == "population", "") for n, text in RIGHT.items()
    ]
    found = find_candidates(*printed, GERMAN)
    assert Candidate(name, right, kind, "within_rounding") in found
    ranks = [KINDS.index(candidate.kind) for candidate in found]
    assert ranks == sorted(ranks)


PRINTED = st.one_of(  # with a qualifier now and then, whose digits count too
    st.from_regex(r"[1-9][0-9]{0,4}(,[0-9]{1,3})?", fullmatch=True),
    st.from_regex(r"(ca\. )?[1-9][0-9]{0,2}\.[0-9]{3}(,[0-9])?( \(2014\))?", fullmatch=True),
    st.sampled_from(["0", "0,05", "-5", "0,0"]),
)


@settings(max_examples=60)
@given(PRINTED, PRINTED, PRINTED, st.booleans())
def test_no_correction_that_fits_is_passed_over(n: str, d: str, q: str, whole: bool) -> None:
    """What is found is what each correction gives that is printed, read and compared exactly."""
    printed = [Printed("n", n, whole, ""), Printed("d", d, False, ""), Printed("q", q, False, "")]
    numbers = [parse_number(p.text, GERMAN, whole=p.whole) for p in printed]
    fitting = set()
    for i, number in enumerate(printed):
        for _, digits, decimals in iter_corrections(number.text, GERMAN, lambda *_: True):
            text = _print(digits, decimals, GERMAN)
            read = parse_number(text, GERMAN, whole=number.whole)
            trial = [*numbers[:i], read, *numbers[i + 1 :]]
            if text != number.text and compare_ratio(*trial) in ("exact", "within_rounding"):
                fitting.add((number.name, text))
    found = find_candidates(*printed, GERMAN)
    assert {(candidate.name, candidate.text) for candidate in found} == fitting


@pytest.mark.parametrize(("name", "right", "wrong", "kind", "provenance"), SLIPS)
def test_an_inconsistent_density_fails_and_names_a_number_but_repairs_nothing(
    name: str, right: str, wrong: str, kind: str, provenance: str
) -> None:
    outcome = read_as("text", put(BOCHUM, LABELS[name], wrong)(RECORDS))
    (row,) = [r for r in outcome.tables["municipalities"] if r["municipality_id"] == "bochum"]
    value = parse_number(wrong, GERMAN).value
    assert value is not None
    assert (row[name], row["density_status"]) == (float(value), "inconsistent")
    ((_, verdict, column, message),) = outcome.problems("density")
    assert (verdict, column) == ("fail", "density_per_km2")
    assert message.startswith("The three numbers do not fit (population “")
    assert f"{name} “{wrong}”" in message
    assert " Most likely wrong is " in message


def test_the_message_names_the_most_likely_wrong_number_first() -> None:
    outcome = read_as("text", put(BOCHUM, LABELS["area_km2"], "14,566")(RECORDS))
    ((*_, message),) = outcome.problems("density")
    assert message.startswith(
        "The three numbers do not fit (population “361.876”, area_km2 “14,566”, density_per_km2 "
        "“2.484,3”; density should be 24843 to 24844.7). Most likely wrong is area_km2: “"
    )
    assert (
        "(digit dropped, or 6 more), “145,66” (comma moved); or density_per_km2: “24.84" in message
    )


def test_three_numbers_that_no_single_slip_explains_say_so() -> None:
    outcome = read_as("text", put(BOCHUM, LABELS["density_per_km2"], "7,77")(RECORDS))
    ((*_, message),) = outcome.problems("density")
    assert message.endswith("). No single slip explains it.")
