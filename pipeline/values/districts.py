"""`Kreis/kreisfrei` -> the district, and whether the town belongs to none."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from pipeline.page import slug

_FREE = re.compile(r"kreisfrei", re.IGNORECASE)
_TOWN_WORDS = (
    "stadtverwaltung",
    "gemeindeverwaltung",
    "kreisfreie stadt",
    "kreisstadt",
    "hansestadt",
    "stadt",
    "gemeinde",
)
_TOWN = re.compile(rf"(?:{'|'.join(_TOWN_WORDS)})\s+(?=\S)", re.IGNORECASE)


class District(NamedTuple):
    """A district as printed, None for a town that is free of one."""

    name: str | None
    free: bool


@lru_cache(maxsize=512)  # a page repeats its districts
def parse_district(text: str) -> District:
    """Read the district's text.

    >>> parse_district("Kreis Unna"), parse_district("Kreisfreie Stadt Bochum")
    (District(name='Kreis Unna', free=False), District(name=None, free=True))
    """
    return District(None, True) if _FREE.match(text) else District(text, False)


@lru_cache(maxsize=512)  # a page repeats its organisations, and asks for each three times
def find_town(text: str) -> str | None:
    """Return the town that a listed word announces at the start of `text`, else None.

    >>> find_town("Kreisfreie Stadt Bochum"), find_town("Stadt Hamm, Stadtplanungsamt")
    ('Bochum', 'Hamm')
    >>> find_town("Kreis Unna"), find_town("Stadtplanungsamt")
    (None, None)
    """
    match = _TOWN.match(text)
    if match is None:
        return None
    town = text[match.end() :].split(",", maxsplit=1)[0].strip()
    return town if slug(town) else None
