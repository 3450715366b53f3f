"""Which single slip of a typist would explain an inconsistent ratio?

A slip is a digit dropped, added, swapped with its neighbour or changed; the decimal mark moved; a
group mark read as a decimal one or lost.  A candidate is the number without the slip: with it in
place of the printed one, the three numbers fit.  Candidates are ranked by kind in that order; the
number with the best candidate is the most likely wrong one.  Nothing is ever repaired.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import product
from typing import NamedTuple

from pipeline.listing import Locale
from pipeline.values import Number, RatioStatus, compare_ratio, parse_number

KINDS = ("digit dropped", "digit added", "digits swapped", "digit changed", "comma moved",
         "group point misread")  # fmt: skip
_MAX_DIGITS = 12  # longer numbers have too many corrections to be told apart
_SLACK = 1e-9  # what floats may be wrong by, and far more
_Room = tuple[float, float]
_Meets = Callable[[str, str, int], bool]


class Printed(NamedTuple):
    """A number as the page prints it, and how its field reads it."""

    name: str
    text: str
    whole: bool
    unit: str


class Candidate(NamedTuple):
    """A correction that would make the ratio fit."""

    name: str  # the field
    text: str
    kind: str
    status: RatioStatus


def find_candidates(
    numerator: Printed, denominator: Printed, quotient: Printed, locale: Locale
) -> list[Candidate]:
    """Return the corrections of one number that make the ratio fit, most likely first."""
    printed = (numerator, denominator, quotient)
    numbers = [_read(p.text, p, locale) for p in printed]
    found: list[tuple[int, bool, int, Candidate]] = []
    for i, (number, room) in enumerate(zip(printed, _find_rooms(*numbers), strict=True)):
        seen = {number.text}
        reach = _Reach(room, whole=number.whole)
        for kind, digits, decimals in iter_corrections(number.text, locale, reach.meets):
            text = _print(digits, decimals, locale)
            if text in seen:
                continue
            seen.add(text)
            trial = list(numbers)
            trial[i] = _read(text, number, locale)
            if trial[i].value is None:
                continue
            status = compare_ratio(*trial)
            if status in ("exact", "within_rounding"):
                candidate = Candidate(number.name, text, kind, status)
                found.append((KINDS.index(kind), status != "exact", i, candidate))
    found.sort(key=lambda item: item[:3])
    return [candidate for *_, candidate in found]


def _read(text: str, printed: Printed, locale: Locale) -> Number:
    return parse_number(text, locale, whole=printed.whole, unit=printed.unit)


def _find_rooms(numerator: Number, denominator: Number, quotient: Number) -> tuple[_Room, ...]:
    """Return for each number which values the two others allow, in floats and a little wider.

    Few corrections lie there, and only these are printed, read and compared exactly.
    """
    (n_low, n_high), (d_low, d_high), (q_low, q_high) = (
        (float(n.low or 0), float(n.high or 0)) for n in (numerator, denominator, quotient)
    )
    n_low = max(n_low, 0.0)
    rooms = (
        (q_low * d_low, q_high * d_high),
        (n_low / q_high if q_high > 0 else 0.0, n_high / q_low if q_low > 0 else math.inf),
        (n_low / d_high if d_high > 0 else 0.0, n_high / d_low if d_low > 0 else math.inf),
    )
    return tuple((low - abs(low) * _SLACK, high + abs(high) * _SLACK) for low, high in rooms)


class _Reach(dict[int, tuple[float, float]]):
    """Decimals -> which digits, read as one whole number, may stand for a value in a room."""

    def __init__(self, room: _Room, *, whole: bool) -> None:
        super().__init__()
        self.room, self.whole = room, whole

    def __missing__(self, decimals: int) -> tuple[float, float]:
        low, high = (bound * 10**decimals for bound in self.room)
        half = 0.0 if self.whole else 0.5
        known = self[decimals] = (
            (math.inf, 0.0) if self.whole and decimals else (low - half, high + half)
        )
        return known

    def meets(self, first: str, last: str, decimals: int) -> bool:
        """Tell whether one of the numbers from `first` to `last`, of as many digits, may stand there."""
        low, high = self[_count_decimals(first, decimals)]
        return int(first or 0) <= high and low <= int(last or 0)


def iter_corrections(text: str, locale: Locale, meets: _Meets) -> Iterator[tuple[str, str, int]]:
    """Yield the numbers that one slip turns into `text`: the kind, all their digits, their decimals.

    Only those are given that `meets`; it tells whether one from a first to a last number does, so
    that ten which differ in one digit are looked at one by one only if one of them may be given.

    >>> slips = iter_corrections("5.872", Locale(",", "."), lambda first, last, decimals: True)
    >>> ("digit dropped", "58724", 0) in slips
    True
    """
    digits = [c for c in text if c.isascii() and c.isdigit()]
    if not digits or len(digits) > _MAX_DIGITS:
        return
    plain = "".join(digits)
    decimals = len(text) - text.rindex(locale.decimal) - 1 if locale.decimal in text else 0
    for i in range(len(plain) + 1):
        shown = (decimals + (i >= len(plain) - decimals), decimals)
        for added, places in _iter_ten(plain[:i], plain[i:], shown, meets):
            yield "digit dropped", added, places
    for i in range(len(plain)):
        gone, places = plain[:i] + plain[i + 1 :], decimals - (i >= len(plain) - decimals)
        if meets(gone, gone, places):
            yield "digit added", gone, places
    for i in range(len(plain) - 1):
        swapped = plain[:i] + plain[i + 1] + plain[i] + plain[i + 2 :]
        if meets(swapped, swapped, decimals):
            yield "digits swapped", swapped, decimals
    for i in range(len(plain)):
        for changed, places in _iter_ten(plain[:i], plain[i + 1 :], (decimals,), meets):
            yield "digit changed", changed, places
    for places in range(len(plain)):
        if places != decimals and meets(plain, plain, places):
            kind = "group point misread" if abs(places - decimals) == 3 else "comma moved"
            yield kind, plain, places


def _iter_ten(
    before: str, after: str, shown: tuple[int, ...], meets: _Meets
) -> Iterator[tuple[str, int]]:
    """Yield the numbers with one more digit between two parts, and with which decimals they meet."""
    first, last = f"{before}0{after}", f"{before}9{after}"
    if any(meets(first, last, places) for places in shown):
        for digit, places in product("0123456789", shown):
            number = before + digit + after
            if meets(number, number, places):
                yield number, places


def _print(digits: str, decimals: int, locale: Locale) -> str:
    """Return digits as the listing prints a number with so many decimals."""
    whole = digits[: len(digits) - decimals] if decimals > 0 else digits
    whole = whole.lstrip("0") or "0"
    first = len(whole) % 3 or 3
    groups = [whole[:first], *(whole[i : i + 3] for i in range(first, len(whole), 3))]
    text = locale.group.join(groups)
    return text + locale.decimal + digits[len(digits) - decimals :] if decimals > 0 else text


def _count_decimals(digits: str, decimals: int) -> int:
    """Return how many decimals `_print` shows."""
    return decimals if decimals <= len(digits) else min(decimals - len(digits), len(digits))
