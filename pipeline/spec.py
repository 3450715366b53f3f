"""A listing's TOML file -> ListingSpec, with errors that name file, key and reason.

The format is documented in `docs/listing-spec.md`; `spec_reader` reads the sections.  It is data:
no logic, no defaults that depend on a listing.  A key that is not known is an error, so that a
typo is never ignored.
"""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property
from importlib import resources
from pathlib import Path
from typing import NamedTuple

from pipeline.errors import SpecError

KINDS = ("text", "integer", "decimal", "district", "url", "links", "contacts")
NUMBERS = ("integer", "decimal")
CHILDREN = {"links": "downloads", "contacts": "contacts"}  # kind -> its table
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


def read_spec(listing: str | Path = "ihk") -> ListingSpec:
    """Read a listing spec: the name of one that comes with the package, or a path ending in .toml.

    Raises SpecError, which names the file, the line or key, and the reason.
    """
    source = str(listing)
    if source.endswith(".toml"):
        try:
            content = Path(source).read_bytes()
        except OSError as error:
            raise SpecError(
                f"{source}: the listing spec cannot be read: {error.strerror}"
            ) from None
    else:
        packaged = resources.files("pipeline").joinpath("listings")
        names = sorted(p.name[:-5] for p in packaged.iterdir() if p.name.endswith(".toml"))
        if source not in names:
            raise SpecError(
                f"listing {source!r} is not known; known are {', '.join(names)}, "
                "or give the path of a file that ends in .toml"
            )
        content = packaged.joinpath(f"{source}.toml").read_bytes()
    return parse_spec(content, source)


@cache  # a process reads a few specs, for thousands of pages
def parse_spec(content: bytes, source: str) -> ListingSpec:
    """Read the bytes of a listing spec; `source` is named in errors."""
    try:
        data = tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise SpecError(f"{source}: line {line}: not UTF-8; save the file as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise SpecError(f"{source}: not valid TOML: {error}") from None
    from pipeline.spec_reader import SpecReader  # it knows this module's types

    return SpecReader(source).read(data, hashlib.sha256(content).hexdigest())
