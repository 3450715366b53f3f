"""Does a printed ratio fit the printed numbers?  Exact decimals, closed intervals, no tolerance.

Each printed number stands for the interval of plus or minus half of its last digit, a count for
itself.  `exact`: the quotient of the printed numbers, rounded half up to the digits of the printed
ratio, is the printed ratio.  `within_rounding`: not exact, but some true values would be printed
like this.  `inconsistent`: none would.
"""

from __future__ import annotations

from decimal import Context, Decimal
from typing import Literal, NamedTuple

from pipeline.values.numbers import Number

RatioStatus = Literal["exact", "within_rounding", "inconsistent", "not_checkable"]
_EXACT = Context(prec=80)  # products of two numbers of at most 15 digits are exact


class Ratio(NamedTuple):
    """A ratio that was checked: the quotient, what the printed numbers allow, and the status."""

    computed: float | None
    low: float | None
    high: float | None
    status: RatioStatus


NOT_CHECKABLE = Ratio(None, None, None, "not_checkable")


def check_ratio(numerator: Number, denominator: Number, quotient: Number) -> Ratio:
    """Compare numerator / denominator with the printed quotient.

    >>> n, d = Number(Decimal(58724)), Number(Decimal("88.56"), Decimal("0.005"))
    >>> check_ratio(n, d, Number(Decimal("663.1"), Decimal("0.05"))).status
    'exact'
    >>> check_ratio(n, d, Number(Decimal("663.7"), Decimal("0.05"))).status
    'inconsistent'
    """
    n, d = numerator.value, denominator.value
    if n is None or d is None or d - denominator.half <= 0 or n < 0:
        return NOT_CHECKABLE
    n_low, n_high = max(n - numerator.half, Decimal(0)), n + numerator.half
    d_low, d_high = d - denominator.half, d + denominator.half
    computed, low, high = divide(n, d), divide(n_low, d_high), divide(n_high, d_low)
    return Ratio(computed, low, high, compare_ratio(numerator, denominator, quotient))


def compare_ratio(numerator: Number, denominator: Number, quotient: Number) -> RatioStatus:
    """Return the status alone: without divisions, for the many trials of `slips`."""
    n, d, q = numerator.value, denominator.value, quotient.value
    if n is None or d is None or q is None or d - denominator.half <= 0 or n < 0:
        return "not_checkable"
    times = _EXACT.multiply
    q_low, q_high = q - quotient.half, q + quotient.half
    if times(q_low, d) <= n < times(q_high, d):
        return "exact"
    n_low, n_high = max(n - numerator.half, Decimal(0)), n + numerator.half
    d_low, d_high = d - denominator.half, d + denominator.half
    if n_low <= times(q_high, d_high) and n_high >= times(q_low, d_low):
        return "within_rounding"
    return "inconsistent"


def divide(numerator: Decimal, denominator: Decimal) -> float:
    """Return the float that is nearest to the exact quotient."""
    a, b = numerator.as_integer_ratio()
    c, d = denominator.as_integer_ratio()
    return (a * d) / (b * c)
