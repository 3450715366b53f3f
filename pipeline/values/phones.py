"""A printed telephone number -> E.164, or null with a reason.

The shape is checked first and strictly: `phonenumbers` reads `0234/910-23 28/29` as one wrong
number.  Shapes: DIN 5008 (`02303 103518`, extension behind a hyphen), the older slash behind the
area code, ITU-T E.123 (`+49 2303 103518`, `(02303) 103518`), and `+49 (0) 2303 ...`.
"""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib import resources
from typing import NamedTuple

import phonenumbers

_MAX_LENGTH = 40
_SHAPE = re.compile(
    r"(?P<country>(?:\+|00)(?:49|[1-9][0-9]{0,2}))?(?P<trunk> ?\(0\))?(?P<rest>[0-9 ()/.-]*)"
)
_BRACKETED = re.compile(r"[^()]*(?:\([0-9 ]{2,8}\)[^()]*)?")
_SPLIT = re.compile(r"[0-9]+")
_DASHES = str.maketrans({"–": "-", "‑": "-", "−": "-"})


class Phone(NamedTuple):
    """A number in E.164 form, or None and why."""

    e164: str | None
    problem: str | None = None


def parse_phone(text: str) -> Phone:
    """Read a telephone number as printed.

    >>> parse_phone("02303/123 456").e164, parse_phone("+49 (0) 2303 123456").e164
    ('+492303123456', '+492303123456')
    >>> parse_phone("0234/910-23 28/29").problem, parse_phone("103 518").problem
    ('it is more than one number', 'it begins with neither 0 nor +')
    """
    text = text.translate(_DASHES)
    match = _SHAPE.fullmatch(text) if len(text) <= _MAX_LENGTH and text.isascii() else None
    if match is None or not _BRACKETED.fullmatch(match["rest"]):
        return Phone(None, "it holds more than a number")
    country, rest = match["country"], match["rest"]
    digits = "".join(_SPLIT.findall(rest))
    if country is None:
        if match["trunk"] or not digits.startswith("0") or rest[0] not in "0(":
            return Phone(None, "it begins with neither 0 nor +")
        national = digits[1:]
    else:
        rest = rest.lstrip(" -./")
        if rest[:1] == "0":
            return Phone(None, "a 0 follows the country code")
        national = digits
    if _is_several(rest):
        return Phone(None, "it is more than one number")
    return _validate(country, national)


def _is_several(rest: str) -> bool:
    """Tell whether separators stand where a second number or extension begins."""
    if rest.count("/") > 1 or rest.rstrip(" ")[-1:] in ("/", "-", "."):
        return True
    before, slash, after = rest.partition("/")
    if slash and len("".join(_SPLIT.findall(before))) > 6:
        return True
    tail = after if slash else rest
    return tail.count("-") > (1 if slash else 2)


def _validate(country: str | None, national: str) -> Phone:
    if not 3 <= len(national) <= 14:
        return Phone(None, "it is no valid number")
    if country in (None, "+49", "0049"):
        number = phonenumbers.PhoneNumber(country_code=49, national_number=int(national))
        if national[0] != "0" and phonenumbers.is_valid_number(number):
            return Phone(f"+49{national}")
        return Phone(None, "it is no valid number")
    try:
        number = phonenumbers.parse("+" + str(country).lstrip("+0") + national, None)
    except phonenumbers.NumberParseException:
        return Phone(None, "it is no valid number")
    if not phonenumbers.is_valid_number(number):
        return Phone(None, "it is no valid number")
    return Phone(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def find_area_town(e164: str) -> str | None:
    """Return the town of a German landline number's area code, None for other numbers.

    >>> find_area_town("+492303123456"), find_area_town("+491713920010")
    ('Unna', None)
    """
    towns = _area_towns()
    for end in range(9, 3, -1):
        town = towns.get(e164[1:end])
        if town is not None:
            return town
    return None


@cache
def _area_towns() -> dict[str, str]:
    path = resources.files("pipeline").joinpath("data/area_codes.csv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        return {prefix: town for prefix, town in rows}
