"""A printed telephone number -> E.164, or null with a reason.

The shape is checked first and strictly: `phonenumbers` reads `0234/910-23 28/29` as one wrong
number.  Shapes: DIN 5008 (`02303 103518`, extension behind a hyphen), the older slash behind the
area code, ITU-T E.123 (`+49 2303 103518`, `(02303) 103518`), and `+49 (0) 2303 ...`.

    phone  = [country [gap]] ["(0)" [gap]] number
    country = ("+" | "00") digits
    number = ["(" area code ")" [gap]] digits {gap digits}
    gap    = one of "-", ".", "/" with or without spaces, or one space

At most one slash, behind the area code; at most one hyphen besides one behind the area code.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, partial
from importlib import resources
from typing import NamedTuple

import phonenumbers

_MAX_LENGTH = 40
_MAX_AREA_DIGITS = 6  # with the leading 0; the longest German area codes have five and the 0
_GAP = r"(?: ?[-./] ?| )"
_SHAPE = re.compile(
    rf"(?:(?P<country>(?:\+|00) ?(?:49|[1-9][0-9]{{0,2}})){_GAP}?)?"
    rf"(?P<trunk>\(0\){_GAP}?)?"
    rf"(?P<number>(?:\([0-9 ]{{2,8}}\){_GAP}?)?[0-9]+(?:{_GAP}[0-9]+)*)"
)
_USUAL = re.compile(r"0([1-9][0-9]{0,4}) ?/ ?([0-9]+(?: [0-9]+)*)")  # of Germany, with a slash
_NO_GAPS = str.maketrans("", "", " -./()")  # all but the digits of what `_SHAPE` calls a number
_DASHES = str.maketrans({"–": "-", "‑": "-", "−": "-"})


class Phone(NamedTuple):
    """A number in E.164 form, or None and why."""

    e164: str | None
    problem: str | None = None


# As `new_span`: nearly each contact has one.
_new_phone: Callable[[tuple[str, None]], Phone] = partial(tuple.__new__, Phone)


def parse_phone(text: str, country: str = "DE") -> Phone:
    """Read a cleaned text as one telephone number, of `country` unless it has a country code.

    The problem completes a sentence about the number.  Sources: DIN 5008, ITU-T E.123, and for
    validity the numbering plans in `phonenumbers`.  Raises nothing.

    >>> parse_phone("02303/123 456").e164, parse_phone("+49 (0) 2303 123456").e164
    ('+492303123456', '+492303123456')
    >>> parse_phone("0234/910-23 28/29").problem, parse_phone("103 518").problem
    ('it is more than one number', 'it begins with neither 0 nor +')
    """
    if len(text) > _MAX_LENGTH:
        return Phone(None, f"it is longer than {_MAX_LENGTH} characters")
    if country == "DE" and (usual := _USUAL.fullmatch(text)):
        area, rest = usual.groups()
        return _validate_german(area + rest.replace(" ", ""), area)
    return _parse_printed(text, country)


def _parse_printed(text: str, country: str) -> Phone:
    """Read a number of any of the shapes."""
    if not text.isascii():
        text = text.translate(_DASHES)
    if not text.startswith(("0", "+", "(0")) and _has_trunk_zero(country):
        return Phone(None, "it begins with neither 0 nor +")
    match = _SHAPE.fullmatch(text)
    if match is None:
        return Phone(None, "it is not written as one telephone number")
    prefix, trunk, printed = match.groups()
    digits = printed.translate(_NO_GAPS)
    area = _find_area(printed)
    if prefix is None and country != "DE":
        if area is None:
            return Phone(None, "it is more than one number")
        return _validate(("0" if trunk else "") + digits, country)
    if prefix is None and not trunk:
        if digits[0] != "0":
            return Phone(None, "it begins with neither 0 nor +")
        digits = digits[1:]
    code = prefix.lstrip("+0 ") if prefix else "49"
    if prefix and code == "49" and digits.startswith("0"):
        return Phone(None, "a 0 follows the country code")
    if area is None:
        return Phone(None, "it is more than one number")
    if code == "49":
        return _validate_german(digits, area)
    return _validate("+" + code + ("0" if trunk else "") + digits, None)


def _find_area(printed: str) -> str | None:
    """Return the digits that print as the area code, "" if none do, None for two numbers."""
    bracketed = printed.startswith("(")
    head, slash, tail = printed.partition("/")
    if not slash:
        head, tail = "", printed
        if printed.count("-") > 1:
            head, _, tail = printed.partition("-")
    if "/" in tail or tail.count("-") > 1:
        return None
    area = (printed[: printed.index(")")] if bracketed else head).translate(_NO_GAPS)
    if len(head) > _MAX_AREA_DIGITS < len(head.translate(_NO_GAPS)):
        return None
    return area.removeprefix("0")


def _validate_german(national: str, area: str) -> Phone:
    """Check a German number; as fast as `phonenumbers` allows, and the same result (tested)."""
    if national.startswith("0") or not (_is_landline(national) or _is_valid(national)):
        return Phone(None, "it is no valid number")
    e164 = f"+49{national}"
    if area and "49" + area not in _area_towns() and find_area_town(e164):
        # `0234 91/92`: the slash stands inside the number, so two are printed.
        return Phone(None, f"0{area} is no area code")
    return _new_phone((e164, None))


def _is_valid(national: str) -> bool:
    number = phonenumbers.PhoneNumber(country_code=49, national_number=int(national or 0))
    return phonenumbers.is_valid_number(number)


def _is_landline(national: str) -> bool:
    """Tell whether `phonenumbers` describes the number as a German landline's: valid for sure."""
    return _landline_pattern().match(national) is not None


@cache
def _landline_pattern() -> re.Pattern[str]:
    """Return one pattern for what each of two descriptions must fit as a whole."""
    germany = phonenumbers.PhoneMetadata.metadata_for_region("DE")
    described = (germany.general_desc, germany.fixed_line) if germany else ()
    patterns = [desc.national_number_pattern for desc in described if desc is not None]
    return re.compile("".join(rf"(?=(?:{pattern})\Z)" for pattern in patterns if pattern) or "(?!)")


def _has_trunk_zero(country: str) -> bool:
    """Tell whether a country's numbers begin with 0 where they have no country code."""
    if country == "DE":
        return True
    plan = phonenumbers.PhoneMetadata.metadata_for_region(country)
    return plan is not None and plan.national_prefix == "0"


def _validate(digits: str, country: str | None) -> Phone:
    """Check a number of another country; `phonenumbers` knows where a trunk 0 is dropped."""
    try:
        number = phonenumbers.parse(digits, country)
    except phonenumbers.NumberParseException:
        return Phone(None, "it is no valid number")
    if not phonenumbers.is_valid_number(number):
        return Phone(None, "it is no valid number")
    return Phone(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def find_area_town(e164: str) -> str | None:
    """Return the town of a German landline number's area code, None for other numbers.

    Source: `data/area_codes.csv`; the longest prefix counts.

    >>> find_area_town("+492303123456"), find_area_town("+491713920010")
    ('Unna', None)
    """
    towns = _area_towns()
    for end in (8, 7, 6, 5):  # `+` and a prefix of seven to four digits
        town = towns.get(e164[1:end])
        if town is not None:
            return town
    return None


@cache
def _area_towns() -> dict[str, str]:
    """Return the towns by prefix; no town's name has a comma or a quotation mark (tested)."""
    path = resources.files("pipeline").joinpath("data/area_codes.csv")
    lines = path.read_text(encoding="utf-8").split("\n")[1:-1]
    return {prefix: town for prefix, _, town in (line.partition(",") for line in lines)}
