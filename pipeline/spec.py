"""A listing's TOML file -> ListingSpec, with errors that name file, key and reason.

The format is documented in the README ("Another listing").  It is data: no logic, no defaults
that depend on a listing.  A key that is not known is an error, so that a typo is never ignored.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from pipeline.errors import SpecError
from pipeline.text import clean, fold
from pipeline.toml_reader import TomlReader, list_names, name_near

KINDS = ("text", "integer", "decimal", "district", "url", "links", "contacts")
NUMBERS = ("integer", "decimal")
CHILDREN = {"links": "downloads", "contacts": "contacts"}  # kind -> its table
NAME_SOURCES = ("contact", "district", "heading", "quarter")
MUNICIPALITIES = "municipalities"
_RESERVED = {
    MUNICIPALITIES, "downloads", "contacts", "checks", "cells", "unclaimed", "captures", "changes",
    "datapackage", "concepts_wide", "views", "report", "ihk", "feed",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """A field: its column, the labels that announce it, and how its text is read."""

    name: str
    table: str
    labels: tuple[str, ...]
    kind: str
    many: bool = False
    unit: str | None = None
    required: bool = False


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
    """How the listing prints numbers."""

    decimal: str
    group: str


@dataclass(frozen=True)
class ListingSpec:
    """A listing, as data."""

    name: str
    title: str
    url: str
    table: str
    id: str
    key: tuple[str, ...]
    opens_with: str
    min_records: int
    colon: bool
    locale: Locale
    name_from: tuple[str, ...]  # empty: no municipality is sought
    fields: tuple[FieldSpec, ...]
    checks: tuple[RatioSpec, ...]
    labels: dict[str, str]  # folded label -> field name
    digest: str  # sha256 of the file
    source: str  # where a person finds it

    def field(self, name: str) -> FieldSpec:
        """Return the field called `name`."""
        return next(field for field in self.fields if field.name == name)

    @property
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
    return _Reader(source).read(data, hashlib.sha256(content).hexdigest())


_TOP = "name title url table id key opens_with min_records colon locale municipality field check"
_FIELD = "name table labels kind many unit required"
_CHECK = "kind name table numerator denominator quotient"


class _Reader(TomlReader):
    def read(self, data: dict[str, Any], digest: str) -> ListingSpec:
        self.closed(data, _TOP, "")
        table = self.name(data, "table", "")
        if table in _RESERVED:
            self.fail("table", f"{table!r} is the name of another table; choose another")
        fields = tuple(self.fields(data, table))
        by_name = {field.name: field for field in fields}
        spec = ListingSpec(
            name=self.name(data, "name", ""),
            title=self.text(data, "title", ""),
            url=self.url(data),
            table=table,
            id=self.name(data, "id", "", "record_id"),
            key=tuple(self.texts(data, "key", "")),
            opens_with=self.text(data, "opens_with", ""),
            min_records=self.whole(data, "min_records", 1),
            colon=self.flag(data, "colon", "", True),
            locale=self.locale(data),
            name_from=self.municipality(data),
            fields=fields,
            checks=tuple(self.checks(data, table, by_name)),
            labels=self.labels(fields),
            digest=digest,
            source=self.source,
        )
        for key in spec.key:
            field = by_name.get(key)
            if field is None or field.table != table or field.kind in CHILDREN:
                self.fail("key", f"{key!r} is no field of table {table}{name_near(key, by_name)}")
        if spec.opens_with not in by_name:
            self.fail("opens_with", f"no field is called {spec.opens_with!r}"
                      + name_near(spec.opens_with, by_name))  # fmt: skip
        if spec.has_municipalities and not spec.name_from:
            self.fail("municipality", "fields stand in table municipalities, so this section must")
        self.columns(spec)
        return spec

    def fields(self, data: dict[str, Any], table: str) -> Iterator[FieldSpec]:
        items = data.get("field")
        if not isinstance(items, list) or not items:
            self.fail("field", "at least one [[field]] is needed")
        seen: set[str] = set()
        kinds: set[str] = set()
        for number, item in enumerate(items, start=1):
            where = f"[[field]] {number}"
            self.closed(item, _FIELD, where)
            name = self.name(item, "name", where)
            where = f"[[field]] {number} ({name})"
            kind = self.choice(item, "kind", where, KINDS)
            if name in seen:
                self.fail(where, f"another field is called {name!r} already")
            if kind in CHILDREN and kind in kinds:
                self.fail(where, f"only one field may be of kind {kind!r}")
            seen.add(name)
            kinds.add(kind)
            own = self.text(item, "table", where, table)
            if own not in (table, MUNICIPALITIES):
                self.fail(f"{where}, table", f"{own!r} is neither {table!r} nor 'municipalities'")
            labels = [clean(label).removesuffix(":") for label in self.texts(item, "labels", where)]
            if not all(labels) or not labels:
                self.fail(f"{where}, labels", "a label is empty")
            many = self.flag(item, "many", where, kind in CHILDREN)
            if many and kind != "text" and kind not in CHILDREN:
                self.fail(f"{where}, many", f"a field of kind {kind!r} has one line")
            yield FieldSpec(
                name, own, tuple(labels), kind, many or kind in CHILDREN,
                self.text(item, "unit", where, "") or None,
                self.flag(item, "required", where, False),
            )  # fmt: skip

    def labels(self, fields: tuple[FieldSpec, ...]) -> dict[str, str]:
        labels: dict[str, str] = {}
        for field in fields:
            for label in field.labels:
                other = labels.setdefault(fold(label), field.name)
                if other != field.name:
                    self.fail(f"field {field.name}, labels", f"{label!r} is a label of {other} too")
        return labels

    def checks(
        self, data: dict[str, Any], table: str, fields: dict[str, FieldSpec]
    ) -> Iterator[RatioSpec]:
        items = data.get("check", [])
        if not isinstance(items, list):
            self.fail("check", "write it as [[check]]")
        for number, item in enumerate(items, start=1):
            where = f"[[check]] {number}"
            self.closed(item, _CHECK, where)
            self.choice(item, "kind", where, ("ratio",))
            own = self.text(item, "table", where, table)
            parts = [
                self.text(item, key, where) for key in ("numerator", "denominator", "quotient")
            ]
            for part in parts:
                field = fields.get(part)
                if field is None or field.kind not in NUMBERS or field.table != own:
                    self.fail(
                        where, f"{part!r} is no number in table {own}{name_near(part, fields)}"
                    )
            yield RatioSpec(self.name(item, "name", where), own, *parts)

    def columns(self, spec: ListingSpec) -> None:
        """Fail if two columns of one table would have the same name."""
        taken: dict[str, set[str]] = {
            spec.table: {spec.id, "position", "municipality_id"},
            MUNICIPALITIES: {"municipality_id", "municipality", "ags", "district_ags"},
        }
        names = [
            (field.table, field.name + end)
            for field in spec.fields
            for end in {"url": ("", "_url"), "district": ("", "_free")}.get(field.kind, ("",))
            if field.kind not in CHILDREN
        ] + [(check.table, column) for check in spec.checks for column in check.columns]
        for table, name in names:
            if name in taken[table]:
                self.fail("field", f"table {table} would have two columns called {name!r}")
            taken[table].add(name)

    def municipality(self, data: dict[str, Any]) -> tuple[str, ...]:
        section = data.get("municipality")
        if section is None:
            return ()
        self.closed(section, "name_from", "municipality")
        sources = self.texts(section, "name_from", "municipality")
        for source in sources:
            if source not in NAME_SOURCES:
                self.fail(
                    "municipality, name_from",
                    f"{source!r} is not one of {list_names(NAME_SOURCES)}",
                )
        return tuple(sources)

    def locale(self, data: dict[str, Any]) -> Locale:
        section = data.get("locale", {"decimal": ",", "group": "."})
        self.closed(section, "decimal group", "locale")
        decimal = self.text(section, "decimal", "locale")
        group = self.text(section, "group", "locale")
        for key, mark in (("decimal", decimal), ("group", group)):
            if len(mark) != 1 or mark.isalnum() or mark in "+-":
                self.fail(f"locale, {key}", f"{mark!r} is not one mark such as ',' or '.'")
        if decimal == group:
            self.fail("locale", "decimal and group are the same mark")
        return Locale(decimal, group)

    def url(self, data: dict[str, Any]) -> str:
        url = self.text(data, "url", "")
        try:
            parts = urlsplit(url)
            good = parts.scheme in ("http", "https") and bool(parts.hostname)
        except ValueError:
            good = False
        if not good:
            self.fail("url", f"{url!r} is not an absolute http or https address")
        return url
