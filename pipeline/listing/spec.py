"""What a listing is, as data: its fields, checks, locale and labels."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

KINDS = ("text", "integer", "decimal", "district", "url", "links", "contacts")
NUMBERS = ("integer", "decimal")
CHILDREN = {"links": "downloads", "contacts": "contacts"}  # kind -> its table
COLUMN_ENDS = {"url": ("", "_url"), "district": ("", "_free")}  # kind -> of its columns' names
NAME_SOURCES = ("contact", "district", "heading", "quarter")
MUNICIPALITIES = "municipalities"
RESERVED = {
    MUNICIPALITIES, "downloads", "contacts", "checks", "cells", "unclaimed", "captures", "changes",
    "datapackage", "concepts_wide", "findings", "views", "report", "ihk", "feed",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """A field: its column, the labels that announce it, and how its text is read."""

    name: str
    table: str
    labels: tuple[str, ...]
    kind: str
    many: bool = False
    joint: str = " "  # between the lines of a text
    unit: str | None = None
    required: bool = False
    minimum: Decimal | None = None  # both are possible values themselves
    maximum: Decimal | None = None
    heading: bool = False  # it has no label: its text is the heading over the record
    personal: bool = False  # its texts are persons, so that `people = false` withholds them

    @property
    def title(self) -> str:
        """What the page calls it: its first label."""
        return "heading" if self.heading else self.labels[0]

    @property
    def columns(self) -> tuple[str, ...]:
        """Its columns; the texts of some kinds are rows of a table of their own instead."""
        if self.kind in CHILDREN:
            return ()
        return tuple(self.name + end for end in COLUMN_ENDS.get(self.kind, ("",)))


@dataclass(frozen=True, slots=True)
class RatioSpec:
    """A check: numerator / denominator must give the quotient, within what was printed."""

    name: str
    table: str
    numerator: str
    denominator: str
    quotient: str

    @property
    def columns(self) -> tuple[str, str, str, str]:
        """The columns that it adds to its table: computed, low, high, status."""
        name = self.name
        return f"{name}_computed", f"{name}_low", f"{name}_high", f"{name}_status"


class Locale(NamedTuple):
    """How the listing prints numbers, and whose telephone numbers have no country code."""

    decimal: str
    group: str
    country: str = "DE"  # ISO 3166, two letters


def knows_country(code: str) -> bool:
    """Tell whether `code` (ISO 3166, two letters) is a country whose numbers are known.

    >>> knows_country("GB"), knows_country("UK")
    (True, False)
    """
    import phonenumbers  # which takes long

    return code in phonenumbers.SUPPORTED_REGIONS


@dataclass(frozen=True)
class ListingSpec:
    """A listing, as data."""

    name: str
    title: str
    url: str
    rights: str  # what the page says of its licence; empty: nothing is known
    table: str
    id: str
    key: tuple[str, ...]
    opens_with: str
    min_records: int
    colon: bool
    hidden: tuple[str, ...]  # CSS classes of elements that a reader of the page does not see
    locale: Locale
    name_from: tuple[str, ...]  # empty: no municipality is sought
    state: str  # the first digits of the AGS that count; empty: all of Germany
    fields: tuple[FieldSpec, ...]
    checks: tuple[RatioSpec, ...]
    labels: dict[str, str]  # folded label -> field name
    digest: str  # sha256 of the file
    source: str  # where a person finds it

    def field(self, name: str) -> FieldSpec:
        """Return the field called `name`."""
        return next(field for field in self.fields if field.name == name)

    @cached_property
    def labelled(self) -> int:
        """How many fields have labels."""
        return sum(not field.heading for field in self.fields)

    @cached_property
    def heading(self) -> FieldSpec | None:
        """The field that the headings of the records are the texts of, if there is one."""
        return next((field for field in self.fields if field.heading), None)

    @cached_property
    def has_municipalities(self) -> bool:
        """Whether some field belongs to the table of municipalities."""
        return any(field.table == MUNICIPALITIES for field in self.fields)
