"""Printed texts -> how the page writes numbers, and which fields hold them, with their units.

The locale is told by evidence: the marks under which the most fields read as numbers, where three
digits behind a mark count as a group unless some value shows otherwise.  No number is guessed: a
text that `values.numbers` would not read under that locale makes no number here either.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import permutations
from typing import NamedTuple

from pipeline.listing import Locale
from pipeline.values import Number, compare_ratio, is_absent, parse_number

LOCALES = (Locale(",", "."), Locale(".", ","), Locale(".", "'"), Locale(".", "’"))
READ = 0.8  # the share of a field's texts that must read as numbers
_SAMPLE = 300  # texts of a field that are looked at for the locale
_FIRST = 50  # records in which three numbers must fit before all are looked at
_MAX_TEXT = 80
_LEAD = re.compile(r"^([€$£¥]|[A-Z]{3}(?= )) ?(?=\d)")
_TAIL = re.compile(r"(?<=[\d–-]) ?([^\d\s(.,;:'’–-][^\d(.,;:]{0,23}2?)$")
_IN_LABEL = re.compile(r" ?[(\[]([^()\[\]]{1,16})[)\]]$| in (\S{1,12})$")
_TRAILING_NUMBER = re.compile(r"([.,'’])(\d+)\D*$")
_RATIO_WORDS = (" je ", " pro ", " per ", "/")
_ABOUT = frozenset(("ca", "circa", "rd", "rund", "etwa"))


class Figures(NamedTuple):
    """A field of numbers: whole ones or not, the unit, how many texts read, why it is uncertain."""

    whole: bool
    unit: str
    numbers: tuple[Number | None, ...]  # one for each text
    doubt: str = ""


def find_unit(label: str) -> tuple[str, str]:
    """Split a label into its name and the unit in its brackets or behind `in`.

    >>> find_unit("Fläche (km²)"), find_unit("Fläche in km²"), find_unit("Einwohner")
    (('Fläche', 'km²'), ('Fläche', 'km²'), ('Einwohner', ''))
    """
    match = _IN_LABEL.search(label)
    if match is None or not match.start():
        return label, ""
    unit = match[1] or match[2]
    return (label, "") if unit.isdecimal() else (label[: match.start()], unit)


def find_locale(fields: Sequence[tuple[str, Sequence[str]]]) -> tuple[Locale, str]:
    """Return the locale of the fields' texts (label, texts), and what tells it, in words."""
    usable = [(label, texts[:_SAMPLE]) for label, texts in fields]
    told = []
    for locale in LOCALES:
        found = [read_figures(label, texts, locale) for label, texts in usable]
        fields_read = sum(figures is not None for figures in found)
        odd = sum(
            figures is not None and _is_odd(texts, locale)
            for (_, texts), figures in zip(usable, found, strict=True)
        )
        marks = sum(
            any(mark in text for mark in locale[:2])
            for (_, texts), figures in zip(usable, found, strict=True)
            if figures is not None
            for text in texts
        )
        told.append((fields_read - odd, marks if fields_read else 0))
    best = max(range(len(LOCALES)), key=lambda i: (told[i], -i))
    locale = LOCALES[best]
    if not told[best][1]:
        return LOCALES[0], "uncertain: no number of the page has a mark that tells"
    if told.count(told[best]) > 1:
        return locale, "uncertain: the numbers of the page read in another way, too"
    return locale, f"{told[best][1]} numbers of the page tell"


def _is_odd(texts: Sequence[str], locale: Locale) -> bool:
    """Tell whether all decimals that a locale reads have three places: groups, most likely."""
    places = [
        len(match[2])
        for text in texts
        if (match := _TRAILING_NUMBER.search(text)) and match[1] == locale.decimal
    ]
    return bool(places) and all(count == 3 for count in places)


def read_figures(label: str, texts: Sequence[str], locale: Locale) -> Figures | None:
    """Return what a field's texts are as numbers, or None if they are none."""
    present = [text for text in texts if not is_absent(text)]
    if not present or any(text[:1] == "0" and text[1:2].isdigit() for text in present):
        return None  # codes: their zeros would be lost
    if sum(any(c.isdigit() for c in text[:_MAX_TEXT]) for text in present) < READ * len(present):
        return None
    own = find_unit(label)[1]
    best: Figures | None = None
    most = 0
    for unit in _units(present, own):
        numbers = tuple(
            None if is_absent(text) else parse_number(text, locale, unit=unit) for text in texts
        )
        read = sum(number is not None and number.value is not None for number in numbers)
        if read > most:
            most = read
            whole = all(
                parse_number(text, locale, whole=True, unit=unit).value is not None
                for text, number in zip(texts, numbers, strict=True)
                if number is not None and number.value is not None
            )
            best = Figures(whole, unit, numbers)
    if best is None or most < READ * len(present):
        return None
    if most < len(present):
        doubt = f"{len(present) - most} of {len(present)} texts are no numbers"
        return best._replace(doubt=doubt)
    return best


def _units(texts: Sequence[str], own: str) -> list[str]:
    """Return the units to try: the label's, and what stands most often behind or before numbers."""
    found: Counter[str] = Counter()
    for text in texts:
        for pattern in (_TAIL, _LEAD):
            match = pattern.search(text[:_MAX_TEXT])
            if match and match[1].lower().rstrip(".") not in _ABOUT:
                found[match[1].strip()] += 1
    often = [unit for unit, _ in found.most_common(3)]
    return [*([own] if own else []), *often, *([] if own else [""])]


def looks_like_codes(texts: Sequence[str], has_groups: bool) -> bool:
    """Tell whether whole numbers are codes: long, of one length, never grouped where others are."""
    lengths = {len(text) for text in texts if not is_absent(text)}
    return (
        has_groups
        and len(lengths) == 1
        and lengths.pop() >= 5
        and all(text.isdecimal() for text in texts if not is_absent(text))
    )


def find_ratio(
    fields: Mapping[str, tuple[str, Figures]], most: int = 8
) -> tuple[str, str, str] | None:
    """Return the fields (numerator, denominator, quotient) whose numbers fit in all records.

    `fields` maps a name to its label and its numbers, in the order of the page.  A fit tells only
    with two records at least, and with quotients of three digits.
    """
    names = list(fields)[:most]
    printed = {name: fields[name][1].numbers for name in names}
    exact = {name: _make_exact(fields[name][1]) for name in names}
    found = [
        (n, d, q)
        for n, d, q in permutations(names, 3)
        if _fits(exact[n][:_FIRST], exact[d][:_FIRST], printed[q][:_FIRST])
        and _fits(exact[n], exact[d], printed[q])
    ]
    if not found:
        return None

    def rank(triple: tuple[str, ...]) -> tuple[bool, int]:
        label = f" {fields[triple[2]][0].lower()} "
        return any(word in label for word in _RATIO_WORDS), names.index(triple[2])

    return max(found, key=rank)


def _make_exact(figures: Figures) -> Sequence[Number | None]:
    """Return numbers as the check reads those that are no quotient: counts exactly."""
    if not figures.whole:
        return figures.numbers
    return [
        number._replace(half=Decimal(0)) if number and not number.qualifier else number
        for number in figures.numbers
    ]


def _fits(
    numerators: Sequence[Number | None],
    denominators: Sequence[Number | None],
    quotients: Sequence[Number | None],
) -> bool:
    checked = telling = 0
    for n, d, q in zip(numerators, denominators, quotients, strict=True):
        if n is None or d is None or q is None:
            continue
        status = compare_ratio(n, d, q)
        if status == "inconsistent":
            return False
        if status != "not_checkable" and q.value is not None:
            checked += 1
            telling += len(q.value.as_tuple().digits) >= 3
    return checked >= 2 and telling >= 2
