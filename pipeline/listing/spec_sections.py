"""The data of a listing spec -> ListingSpec: what each section and key must be.

`docs/listing-spec.md` lists the keys; a test compares it with those named here.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from pipeline.listing.spec import (
    CHILDREN,
    KINDS,
    MUNICIPALITIES,
    NAME_SOURCES,
    NUMBERS,
    RESERVED,
    FieldSpec,
    ListingSpec,
    Locale,
    RatioSpec,
    knows_country,
)
from pipeline.listing.toml_reader import TomlReader, name_near
from pipeline.page import clean, fold

KEYS = {  # section -> its keys
    "": "name title url rights table id key opens_with min_records colon hidden locale municipality field check",
    "locale": "decimal group country",
    "municipality": "name_from state",
    "field": "name table labels heading kind many joint unit required minimum maximum personal",
    "check": "kind name table numerator denominator quotient",
}
_STATE_DIGITS = (2, 3, 5)  # Land, Regierungsbezirk, Kreis


class SpecReader(TomlReader):
    """Reads the sections of a listing spec."""

    def read(self, data: dict[str, Any], digest: str) -> ListingSpec:
        """Return the spec; `digest` is the file's. Raises SpecError."""
        self.closed(data, KEYS[""], "")
        table = self.name(data, "table", "")
        if table in RESERVED:
            self.fail("table", f"{table!r} is the name of another table; choose another")
        locale = self.locale(data)
        name_from, state = self.municipality(data)
        if state and locale.country != "DE":
            self.fail("municipality, state", f"only towns of Germany have an AGS, and the country of "
                      f"the locale is {locale.country!r}; leave it out")  # fmt: skip
        fields = tuple(self.fields(data, table))
        by_name = {field.name: field for field in fields}
        spec = ListingSpec(
            name=self.name(data, "name", ""),
            title=self.text(data, "title", ""),
            url=self.address(data, "url"),
            rights=self.text(data, "rights", "", ""),
            table=table,
            id=self.name(data, "id", "", "record_id"),
            key=tuple(self.texts(data, "key", "")),
            opens_with=self.text(data, "opens_with", ""),
            min_records=self.whole(data, "min_records", 1),
            colon=self.flag(data, "colon", "", True),
            hidden=self.classes(data),
            locale=locale,
            name_from=name_from,
            state=state,
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
        if sum(field.heading for field in fields) > 1:
            self.fail("field", "only one field may be made of the heading over the record")
        first = by_name.get(spec.opens_with)
        if first is None:
            near = name_near(spec.opens_with, by_name)
            self.fail("opens_with", f"no field is called {spec.opens_with!r}{near}")
        if first.heading:
            self.fail("opens_with", f"{first.name!r} has no label; name the first field below it")
        if spec.has_municipalities and not spec.name_from:
            self.fail("municipality", "fields stand in table municipalities, so this section must")
        self.columns(spec)
        return spec

    def classes(self, data: dict[str, Any]) -> tuple[str, ...]:
        """Return the CSS classes of hidden elements."""
        names = self.texts(data, "hidden", "") if "hidden" in data else []
        for name in names:
            if name.split() != [name] or name.startswith("."):
                self.fail(
                    "hidden", f"{name!r} is not the name of one CSS class, such as 'd-md-none'"
                )
        return tuple(names)

    def fields(self, data: dict[str, Any], table: str) -> Iterator[FieldSpec]:
        if not isinstance(data.get("field"), list) or not data["field"]:
            self.fail("field", "at least one [[field]] is needed")
        seen: set[str] = set()
        kinds: set[str] = set()
        for place, item in self.sections(data, "field", KEYS["field"]):
            name = self.name(item, "name", place)
            where = f"{place} ({name})"
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
            is_heading = self.flag(item, "heading", where, False)
            if is_heading:
                self.heading(item, where, own == table)
            texts = [] if is_heading else self.texts(item, "labels", where)
            labels = [clean(label).removesuffix(":") for label in texts]
            if not is_heading and (not all(labels) or not labels):
                self.fail(f"{where}, labels", "a label is empty")
            many = self.flag(item, "many", where, kind in CHILDREN)
            if many and kind != "text" and kind not in CHILDREN:
                self.fail(f"{where}, many", f"a field of kind {kind!r} has one line")
            joint = self.text(item, "joint", where, " ")
            if "joint" in item and not (many and kind == "text"):
                self.fail(f"{where}, joint", "only a text with many = true has lines to join")
            yield FieldSpec(
                name, own, tuple(labels), kind, many or kind in CHILDREN, joint,
                self.text(item, "unit", where, "") or None,
                self.flag(item, "required", where, False), *self.bounds(item, where, kind), is_heading,
                self.personal(item, where, kind),
            )  # fmt: skip

    def personal(self, item: dict[str, Any], where: str, kind: str) -> bool:
        """Return whether a field's texts are persons."""
        is_personal = self.flag(item, "personal", where, False)
        if is_personal and kind != "text":
            self.fail(f"{where}, personal", "only a text may be a person; contacts always are")
        return is_personal

    def heading(self, item: dict[str, Any], where: str, is_own: bool) -> None:
        """Fail if a field cannot be made of the heading over the record."""
        where = f"{where}, heading"
        if "labels" in item:
            self.fail(where, "a heading has no label before it; leave out labels or heading")
        if item["kind"] != "text" or item.get("many"):
            self.fail(where, 'a heading is one line of text; write kind = "text" without many')
        if not is_own:
            self.fail(where, "a heading belongs to the table of the records; leave out table")

    def bounds(
        self, item: dict[str, Any], where: str, kind: str
    ) -> tuple[Decimal | None, Decimal | None]:
        minimum, maximum = (self.number(item, key, where) for key in ("minimum", "maximum"))
        for key, bound in (("minimum", minimum), ("maximum", maximum)):
            if bound is not None and kind not in NUMBERS:
                self.fail(f"{where}, {key}", f"a field of kind {kind!r} is no number; leave it out")
        if minimum is not None and maximum is not None and minimum > maximum:
            self.fail(f"{where}, minimum", f"{minimum} is more than the maximum, {maximum}")
        return minimum, maximum

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
        for where, item in self.sections(data, "check", KEYS["check"]):
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
        parts: tuple[FieldSpec | RatioSpec, ...] = (*spec.fields, *spec.checks)
        for part in parts:
            for name in part.columns:
                if name in taken[part.table]:
                    self.fail("field", f"table {part.table} would have two columns called {name!r}")
                taken[part.table].add(name)

    def municipality(self, data: dict[str, Any]) -> tuple[tuple[str, ...], str]:
        """Return what tells a record's municipality, and the first digits of its AGS."""
        section = data.get("municipality")
        if section is None:
            return (), ""
        self.closed(section, KEYS["municipality"], "municipality")
        sources = self.texts(section, "name_from", "municipality")
        for source in sources:
            if source not in NAME_SOURCES:
                known = ", ".join(NAME_SOURCES)
                self.fail("municipality, name_from", f"{source!r} is not one of {known}")
        state = self.text(section, "state", "municipality", "")
        if state and not (state.isascii() and state.isdecimal() and len(state) in _STATE_DIGITS):
            self.fail("municipality, state", f"{state!r} is not the first 2, 3 or 5 digits of an "
                      "AGS, such as '05' for North Rhine-Westphalia")  # fmt: skip
        return tuple(sources), state

    def locale(self, data: dict[str, Any]) -> Locale:
        section = data.get("locale", {"decimal": ",", "group": "."})
        self.closed(section, KEYS["locale"], "locale")
        decimal = self.text(section, "decimal", "locale")
        group = self.text(section, "group", "locale")
        for key, mark in (("decimal", decimal), ("group", group)):
            if len(mark) != 1 or mark.isalnum() or mark in "+-":
                self.fail(f"locale, {key}", f"{mark!r} is not one mark such as ',' or '.'")
        if decimal == group:
            self.fail("locale", "decimal and group are the same mark")
        country = self.text(section, "country", "locale", "DE")
        if country != "DE" and not knows_country(country):
            self.fail("locale, country", f"{country!r} is not the ISO 3166 code of a country, "
                      "such as 'DE', 'AT' or 'GB'")  # fmt: skip
        return Locale(decimal, group, country)
