"""What a printed number states, and whether three of them contradict: a second, plain opinion.

It shares no code with `values.numbers` and `density`, so that the drill does not call a slip
undetectable only because the pipeline did not detect it.
"""

from __future__ import annotations

import re
from fractions import Fraction

from pipeline.listing import FieldSpec, ListingSpec, Locale, RatioSpec

_INNER = re.compile(r"[0-9](?:[0-9.,]*[0-9])?")  # a unit or a currency may stand around it


def read_printed(text: str, field: FieldSpec, locale: Locale) -> Fraction | None:
    """Return the number that `text` states in the listing's notation, None if it states none."""
    number = _find_number(text)
    group, decimal = re.escape(locale.group), re.escape(locale.decimal)
    whole = rf"(?:[0-9]{{1,15}}|[1-9][0-9]{{0,2}}(?:{group}[0-9]{{3}})+)"
    pattern = whole if field.kind == "integer" else rf"{whole}(?:{decimal}[0-9]+)?"
    if re.fullmatch(pattern, number) is None:
        return None
    return Fraction(number.replace(locale.group, "").replace(locale.decimal, "."))


def contradicts(check: RatioSpec, printed: dict[str, str], spec: ListingSpec) -> bool:
    """Tell whether no true values round to the printed ones; not if one of them is not printed."""
    names = (check.numerator, check.denominator, check.quotient)
    ends = []
    for name in names:
        field = spec.field(name)
        text = printed.get(name, "")
        value = read_printed(text, field, spec.locale)
        if value is None:
            return False
        places = len(_find_number(text).partition(spec.locale.decimal)[2])
        half = Fraction(0) if field.kind == "integer" else Fraction(1, 2 * 10**places)
        ends.append((value - half, value + half))
    (n_low, n_high), (d_low, d_high), (q_low, q_high) = ends
    if d_low <= 0:
        return False
    return n_high < q_low * d_low or n_low > q_high * d_high


def _find_number(text: str) -> str:
    """Return the only number in a text; nothing if there is none, or another one behind it."""
    found = _INNER.search(text)
    return found[0] if found and _INNER.search(text, found.end()) is None else ""
