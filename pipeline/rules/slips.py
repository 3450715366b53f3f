"""Which single slip of a typist would explain an inconsistent ratio?

A slip is a digit dropped, added, swapped with its neighbour or changed; the decimal mark moved; a
group mark read as a decimal one or lost.  A candidate is the number without the slip: with it in
place of the printed one, the three numbers fit.  Candidates are ranked by kind in that order; the
number with the best candidate is the most likely wrong one.  Nothing is ever repaired.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from pipeline.listing import Locale
from pipeline.values import Number, RatioStatus, compare_ratio, parse_number

KINDS = ("digit dropped", "digit added", "digits swapped", "digit changed", "comma moved",
         "group point misread")  # fmt: skip
_MAX_DIGITS = 12  # longer numbers have too many corrections to be told apart


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
    for i, number in enumerate(printed):
        seen = {number.text}
        for kind, text in iter_corrections(number.text, locale):
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


def iter_corrections(text: str, locale: Locale) -> Iterator[tuple[str, str]]:
    """Yield each number that one slip turns into `text`, as the listing would print it.

    >>> ("digit dropped", "58.724") in iter_corrections("5.872", Locale(",", "."))
    True
    """
    digits = [c for c in text if c.isascii() and c.isdigit()]
    if not digits or len(digits) > _MAX_DIGITS:
        return
    plain = "".join(digits)
    decimals = len(text) - text.rindex(locale.decimal) - 1 if locale.decimal in text else 0
    for i in range(len(plain) + 1):
        for digit in "0123456789":
            added = plain[:i] + digit + plain[i:]
            yield "digit dropped", _print(added, decimals + (i >= len(plain) - decimals), locale)
            yield "digit dropped", _print(added, decimals, locale)
    for i in range(len(plain)):
        gone = plain[:i] + plain[i + 1 :]
        yield "digit added", _print(gone, decimals - (i >= len(plain) - decimals), locale)
    for i in range(len(plain) - 1):
        swapped = plain[:i] + plain[i + 1] + plain[i] + plain[i + 2 :]
        yield "digits swapped", _print(swapped, decimals, locale)
    for i in range(len(plain)):
        for digit in "0123456789":
            yield "digit changed", _print(plain[:i] + digit + plain[i + 1 :], decimals, locale)
    for places in range(len(plain)):
        if places != decimals:
            kind = "group point misread" if abs(places - decimals) == 3 else "comma moved"
            yield kind, _print(plain, places, locale)


def _print(digits: str, decimals: int, locale: Locale) -> str:
    """Return digits as the listing prints a number with so many decimals."""
    whole = digits[: len(digits) - decimals] if decimals > 0 else digits
    whole = whole.lstrip("0") or "0"
    first = len(whole) % 3 or 3
    groups = [whole[:first], *(whole[i : i + 3] for i in range(first, len(whole), 3))]
    text = locale.group.join(groups)
    return text + locale.decimal + digits[len(digits) - decimals :] if decimals > 0 else text
