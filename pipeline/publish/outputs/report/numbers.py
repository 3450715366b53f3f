"""Numbers as the listing prints them, and how far a printed ratio lies from the computed one.

Distances are told in units of the printed ratio's last digit, so that ratios of any size and any
number of digits stand on one axis: what is printed so is always one unit wide.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any, NamedTuple

from pipeline.listing import ListingSpec, Locale, RatioSpec
from pipeline.values import Number, parse_number

STATUSES = ("inconsistent", "within_rounding", "exact", "not_checkable")  # the worst first
_WIDE = Context(prec=80)
_MORE_DIGITS = 2  # than printed, of a computed ratio


class Offset(NamedTuple):
    """Distances from the computed ratio, in units of the printed one's last digit."""

    low: float  # what the printed numbers allow
    high: float
    printed_low: float  # what is printed like the ratio
    printed: float
    printed_high: float


class Compared(NamedTuple):
    """A row of a ratio check; `offset` is None where there is nothing to draw."""

    row_id: str
    status: str
    digits: int  # decimals that a computed ratio of this row is shown with
    offset: Offset | None
    cries_wolf: bool  # rounding the quotient would give another number than the printed one


def print_number(value: float | Decimal, locale: Locale, digits: int | None = None) -> str:
    """Return a number in a listing's locale, with all its digits or rounded half up to `digits`.

    >>> print_number(59111, Locale(",", ".")), print_number(88.56, Locale(",", "."))
    ('59.111', '88,56')
    >>> print_number(-663.0984643, Locale(".", ","), 3)
    '−663.098'
    """
    exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    if digits is not None:
        exact = round_half_up(exact, Decimal(1).scaleb(-digits))
    whole, _, decimals = f"{abs(exact):,f}".partition(".")
    sign = "−" if exact < 0 else ""
    tail = locale.decimal + decimals if decimals else ""
    return sign + whole.replace(",", locale.group) + tail


def round_half_up(value: Decimal, place: Decimal) -> Decimal:
    """Return `value` rounded to the decimal place of `place`."""
    return value.quantize(place, ROUND_HALF_UP, _WIDE)


def count_digits(number: Number) -> int:
    """Return how many decimals a number is printed with."""
    return 0 if number.value is None else max(-int(number.value.as_tuple().exponent), 0)


def iter_compared(
    check: RatioSpec,
    rows: Mapping[str, Mapping[str, Any]],
    texts: Mapping[tuple[str, str, str], list[str]],
    spec: ListingSpec,
) -> Iterator[Compared]:
    """Yield the rows of a check in page order; `texts` holds what the page prints in a cell."""
    field = spec.field(check.quotient)
    computed_in, low_in, high_in, status_in = check.columns
    for row_id, row in rows.items():
        raw = texts.get((check.table, row_id, check.quotient), [""])[0]
        number = parse_number(raw, spec.locale, whole=field.kind == "integer",
                              unit=field.unit or "")  # fmt: skip
        digits = count_digits(number) + _MORE_DIGITS
        status, computed = row[status_in], row[computed_in]
        printed = number.value
        if status == "not_checkable" or printed is None or computed is None:
            yield Compared(row_id, status, digits, None, cries_wolf=False)
            continue
        unit = number.half * 2 or Decimal(1)  # a count stands for itself
        exact = Decimal(repr(computed))
        offset = Offset(*(
            float((value - exact) / unit)
            for value in (Decimal(repr(row[low_in])), Decimal(repr(row[high_in])),
                          printed - number.half, printed, printed + number.half)
        ))  # fmt: skip
        cries_wolf = round_half_up(exact, printed) != printed
        yield Compared(row_id, status, digits, offset, cries_wolf)
