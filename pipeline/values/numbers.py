"""A printed number -> its exact value and the interval that it may stand for.

The locale is declared by the listing, never guessed.  Strict ASCII patterns and `Decimal`:
Python's own `int` and `float` read `1_000` and Arabic digits, lenient parsers read `88.56` as
8856.  What does not fit is no number, with a reason.

A printed number stands for itself plus or minus half of its last digit, in a field of whole
things for exactly itself; with `ca.` and the like, plus or minus half of its last non-zero place.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from functools import cache, lru_cache, partial
from typing import NamedTuple

from pipeline.listing import Locale
from pipeline.page import WITHHELD

_MAX_DIGITS = 15  # what a float64 tells apart
_MAX_LENGTH = 80
_ABSENT = frozenset(
    (
        "-",
        "–",
        "—",
        "--",
        "k.a.",
        "k.a",
        "ka",
        "keineangabe",
        "keineangaben",
        "n/a",
        "n.a.",
        "./.",
        WITHHELD,
    )
)
_ABOUT = re.compile(r"(ca|circa|zirka|rd|rund|etwa|ungefähr)(\.| |(?=\d))\.? ?", re.IGNORECASE)
_DATED = re.compile(r" ?\(((?:Stand:? ?)?(?:\d{1,2}\.(?:\d{1,2}\.|/)?)?\d{4})\)$", re.IGNORECASE)
_MINUS = str.maketrans({"−": "-"})
_CURRENCIES = {"€": ("€", "eur", "euro"), "£": ("£", "gbp"), "$": ("$", "usd")}


class Number(NamedTuple):
    """A number as printed: `half` is the greatest distance of the true value from `value`."""

    value: Decimal | None
    half: Decimal = Decimal(0)
    qualifier: str | None = None  # `ca.`, `(2014)`
    problem: str | None = None  # why there is no value; None where the page says that it has none

    @property
    def low(self) -> Decimal | None:
        """The least true value that would be printed so."""
        return None if self.value is None else self.value - self.half

    @property
    def high(self) -> Decimal | None:
        """The greatest true value that would be printed so."""
        return None if self.value is None else self.value + self.half


# As `new_span`: each record has several.
_Parts = tuple[Decimal, Decimal, str | None, None]
_new_number: Callable[[_Parts], Number] = partial(tuple.__new__, Number)

ABSENT = Number(None)
_EXACT = Decimal(0)


def is_absent(text: str) -> bool:
    """Tell whether a text says that there is no value.

    >>> [is_absent(t) for t in ("", "–", "k. A.", "keine Angabe", "0")]
    [True, True, True, True, False]
    """
    return not text or (len(text) < 20 and text.replace(" ", "").lower() in _ABSENT)


def parse_number(text: str, locale: Locale, *, whole: bool = False, unit: str = "") -> Number:
    """Read a printed number; `whole` asks for an integer, `unit` may stand before or behind it.

    A currency may be written out (`Euro`, `EUR`), and a dash for no cents: `85.000,–`.

    >>> de = Locale(",", ".")
    >>> parse_number("2.484,3", de).value, parse_number("88,56 km²", de, unit="km²").half
    (Decimal('2484.3'), Decimal('0.005'))
    >>> parse_number("ca. 58.700", de, whole=True)[:3]
    (Decimal('58700'), Decimal('5E+1'), 'ca.')
    >>> parse_number("88.56", de).problem
    'not a number as this listing prints them (1.234,5)'
    """
    return _read_number(text, locale, whole, unit)


@lru_cache(maxsize=512)  # a page repeats the figures of a town that has several records
def _read_number(text: str, locale: Locale, whole: bool, unit: str) -> Number:
    """Read a number as `parse_number` does."""
    full, plain = _patterns(locale)
    match = full.fullmatch(text) if len(text) <= _MAX_LENGTH else None
    if match is None:
        if is_absent(text):
            return ABSENT
        qualifier, about, text = _split_qualifier(text.translate(_MINUS), unit)
        match = full.fullmatch(text) if len(text) <= _MAX_LENGTH else None
        if match is None:
            return Number(None, problem=f"not a number as this listing prints them ({plain})")
    else:
        qualifier, about = None, False
    digits, decimals = match.groups("")
    digits = digits.replace(locale.group, "")
    if len(digits) + len(decimals) > _MAX_DIGITS:
        return Number(None, problem=f"more than {_MAX_DIGITS} digits")
    if whole and decimals:
        return Number(None, problem="not a whole number")
    value = Decimal(f"{digits}.{decimals}") if decimals else Decimal(digits)
    if about:
        half = _half_of(int(value.normalize().as_tuple().exponent))
    else:
        half = _EXACT if whole else _half_of(-len(decimals))
    return _new_number((value, half, qualifier, None))


@cache
def _half_of(exponent: int) -> Decimal:
    """Return half of the decimal place `10 ** exponent`."""
    return Decimal((0, (5,), exponent - 1))


def _split_qualifier(text: str, unit: str) -> tuple[str | None, bool, str]:
    """Take the words around a number off: `ca. 58.700 (2014)`."""
    words = []
    dated = _DATED.search(text)
    if dated:
        text = text[: dated.start()]
    about = _ABOUT.match(text)
    if about:
        words.append(about[0].strip())
        text = text[about.end() :]
    if dated:
        words.append(dated[0].strip())
    return " ".join(words) or None, about is not None, _strip_unit(text, unit)


def _strip_unit(text: str, unit: str) -> str:
    for form in _CURRENCIES.get(unit, (_spell_unit(unit),)) if unit else ():
        length = len(form)
        if _spell_unit(text[-length:]) == form:
            return text[:-length].rstrip(" ")
        if _spell_unit(text[:length]) == form:
            return text[length:].lstrip(" ")
    return text


def _spell_unit(text: str) -> str:
    return text.replace("2", "²").lower()


@cache
def _patterns(locale: Locale) -> tuple[re.Pattern[str], str]:
    group, decimal = re.escape(locale.group), re.escape(locale.decimal)
    whole = rf"-?(?:0|[1-9][0-9]{{0,2}}(?:{group}[0-9]{{3}})+|[1-9][0-9]*)"
    example = f"1{locale.group}234{locale.decimal}5"
    return re.compile(rf"({whole})(?:{decimal}(?:([0-9]+)|--?|–|—))?"), example
