"""Drafts + identities -> rows of the data tables, with a cell for every text that was read.

Nothing is judged here: what a reading means is told by `validate`, which sees the same drafts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pipeline.density import Ratio, check_ratio
from pipeline.identity import Identity
from pipeline.model import Span
from pipeline.readings import Download, Draft, Reading
from pipeline.spec import CHILDREN, MUNICIPALITIES, FieldSpec, ListingSpec
from pipeline.tables import Row, Rows, Table
from pipeline.values.contacts import Entry
from pipeline.values.emails import Email
from pipeline.values.links import find_file_type
from pipeline.values.numbers import Number, is_absent
from pipeline.values.persons import Part
from pipeline.values.phones import Phone, parse_phone


class Item(NamedTuple):
    """A record that became a row: its draft and its ids."""

    draft: Draft
    ids: Identity


@dataclass(slots=True)
class Owner:
    """A municipality and the records that print its figures."""

    municipality_id: str
    items: list[Item]
    readings: dict[str, Reading] = field(default_factory=dict)  # merged, by field
    conflicts: dict[str, list[Item]] = field(default_factory=dict)  # field -> who differs
    ratios: dict[str, Ratio] = field(default_factory=dict)


class Contact(NamedTuple):
    """A contact's row beside what it was read from."""

    row: Row
    item: Item
    entry: Entry
    phone: Phone | None
    email: Email | None


@dataclass(slots=True)
class Normalised:
    """Rows of the data tables and their cells, and the readings that the rules look at."""

    rows: Rows
    items: list[Item]
    owners: list[Owner]
    contacts: list[Contact]
    ratios: dict[str, list[tuple[str, dict[str, Reading], Ratio]]]  # check -> row, readings, ratio


def normalise(
    items: Sequence[Item],
    spec: ListingSpec,
    tables: dict[str, Table],
    capture_id: str,
    find_ags: Any,
) -> Normalised:
    """Return the rows of the data tables and `cells`.

    `find_ags` maps a municipality's slug to its official key or None.
    """
    rows: Rows = {name: [] for name in tables}
    result = Normalised(rows, list(items), [], [], {check.name: [] for check in spec.checks})
    writer = _Writer(spec, rows, capture_id, result)
    if spec.has_municipalities:
        result.owners = _group(items, spec)
        for owner in result.owners:
            writer.write_municipality(owner, find_ags)
    for item in items:
        writer.write_record(item)
        for position, download in enumerate(item.draft.downloads, start=1):
            writer.write_download(item, position, download)
        for position, entry in enumerate(item.draft.contacts, start=1):
            writer.write_contact(item, position, entry)
    return result


def _group(items: Iterable[Item], spec: ListingSpec) -> list[Owner]:
    """Group the records by municipality and merge their figures; differing ones become null."""
    owners: dict[str, Owner] = {}
    for item in items:
        key = item.ids.municipality_id
        owners.setdefault(key, Owner(key, [])).items.append(item)
    fields = [f.name for f in spec.fields if f.table == MUNICIPALITIES]
    for owner in owners.values():
        if len(owner.items) == 1:
            owner.readings = {name: owner.items[0].draft.readings[name] for name in fields}
            continue
        for name in fields:
            owner.readings[name] = _merge(owner, name)
    return list(owners.values())


def _merge(owner: Owner, name: str) -> Reading:
    readings = [item.draft.readings[name] for item in owner.items]
    valued = [reading for reading in readings if reading.value is not None]
    best = valued[0] if valued else readings[0]
    spans = tuple(span for reading in readings for span in reading.spans)
    if any(reading.value != best.value for reading in valued[1:]):
        owner.conflicts[name] = [i for i in owner.items if i.draft.readings[name].value is not None]
        return Reading("unreadable", None, spans, "the records differ")
    return best._replace(spans=spans)


class _Writer:
    """Makes rows and their cells; knows the spec's fields by table."""

    def __init__(self, spec: ListingSpec, rows: Rows, capture_id: str, result: Normalised) -> None:
        self.spec, self.rows, self.capture_id, self.result = spec, rows, capture_id, result
        self.cells = rows["cells"]
        fields = [f for f in spec.fields if f.kind not in CHILDREN]
        self.own = [f for f in fields if f.table == spec.table]
        self.shared = [f for f in fields if f.table == MUNICIPALITIES]

    def cell(self, table: str, row_id: str, column: str, spans: Iterable[Span]) -> None:
        """Add a cell's spans."""
        add = self.cells.append
        for span in spans:
            add((table, row_id, column, self.capture_id, *span))

    def write_municipality(self, owner: Owner, find_ags: Any) -> None:
        row_id = owner.municipality_id
        town = next((i.ids.town for i in owner.items if i.ids.town), None)
        ags = find_ags(row_id) if town else None
        if town:
            self.cell(MUNICIPALITIES, row_id, "municipality", (town.span,))
        values = self.write_fields(MUNICIPALITIES, row_id, self.shared, owner.readings, ags)
        ratios = self.check_ratios(MUNICIPALITIES, row_id, owner.readings, owner.ratios)
        name = town.name if town else None
        self.rows[MUNICIPALITIES].append((row_id, name, ags, *values, *ratios))

    def write_record(self, item: Item) -> None:
        table, row_id, readings = self.spec.table, item.ids.record_id, item.draft.readings
        values = self.write_fields(table, row_id, self.own, readings, None)
        ratios = self.check_ratios(table, row_id, readings, {})
        position = item.draft.record.position
        if self.spec.has_municipalities:
            head: Row = (row_id, item.ids.municipality_id, position)
        else:
            head = (row_id, position)
        self.rows[table].append((*head, *values, *ratios))

    def write_fields(
        self,
        table: str,
        row_id: str,
        fields: list[FieldSpec],
        readings: dict[str, Reading],
        ags: str | None,
    ) -> list[Any]:
        values: list[Any] = []
        for spec in fields:
            reading = readings[spec.name]
            value, spans = reading.value, reading.spans
            if len(spans) > 1:
                spans = tuple(span for span in spans if span.text)
            self.cell(table, row_id, spec.name, spans)
            if spec.kind == "url":
                url = reading.url.url if reading.url else None
                self.cell(table, row_id, f"{spec.name}_url", spans)
                values += (value, url)
            elif spec.kind == "district":
                name, free = (value.name, value.free) if value is not None else (None, None)
                self.cell(table, row_id, f"{spec.name}_free", spans)
                if table == MUNICIPALITIES:
                    values += (name, ags[:5] if ags else None, free)
                else:
                    values += (name, free)
            else:
                values.append(value)
        return values

    def check_ratios(
        self, table: str, row_id: str, readings: dict[str, Reading], kept: dict[str, Ratio]
    ) -> list[Any]:
        values: list[Any] = []
        for check in self.spec.checks:
            if check.table != table:
                continue
            numbers = [
                readings[name].number if readings[name].state == "value" else None
                for name in (check.numerator, check.denominator, check.quotient)
            ]
            n, d, q = (number or Number(None) for number in numbers)
            ratio = kept[check.name] = check_ratio(n, d, q)
            self.result.ratios[check.name].append((row_id, readings, ratio))
            values += ratio
        return values

    def write_download(self, item: Item, position: int, download: Download) -> None:
        row_id = f"{item.ids.record_id}/{position}"
        url = download.address.url if download.address else None
        self.cell("downloads", row_id, "label", download.spans)
        if download.address:
            self.cell("downloads", row_id, "url", download.spans)
        kind = find_file_type(url) if url else None
        if kind:
            self.cell("downloads", row_id, "file_type", download.spans)
        self.rows["downloads"].append(
            (row_id, item.ids.record_id, position, download.label, url, kind)
        )

    def write_contact(self, item: Item, position: int, entry: Entry) -> None:
        row_id = f"{item.ids.record_id}/{position}"
        row, phone, email, places = read_contact(entry, self.spec.locale.country)
        for column, spans in places:
            self.cell("contacts", row_id, column, spans)
        full = (row_id, item.ids.record_id, position, *row)
        self.rows["contacts"].append(full)
        self.result.contacts.append(Contact(full, item, entry, phone, email))


_Places = list[tuple[str, Sequence[Span]]]
_Read = tuple[Row, Phone | None, Email | None, _Places]


def read_contact(entry: Entry, country: str = "DE") -> _Read:
    """Return an entry's values from `organisation` to `other`, and where each was read.

    `country` is the one of telephone numbers without a country code.
    """
    places: _Places = []
    organisation = _one(places, "organisation", entry.organisation)
    department = _many(places, "department", entry.department, "; ")
    salutation = name = title = given = family = None
    person = entry.person
    if person is not None and entry.person_line is not None:
        line = entry.person_line.line
        salutation = _part(places, "salutation", line, person.salutation)
        name = _part(places, "person", line, person.person)
        titles = [Span(line, *part) for part in person.academic_title]
        title = _many(places, "academic_title", titles, " ")
        given = _part(places, "given_name", line, person.given_name)
        family = _part(places, "family_name", line, person.family_name)
    elif entry.person_line is not None:
        places.append(("person", (entry.person_line,)))
    lines = list(entry.other)
    phone = phone_text = email = None
    phones = entry.phones
    if len(phones) > 1:  # a mobile number only if no other is printed, `-` only if no number is
        phones = sorted(phones, key=lambda phone: (is_absent(phone[2].text), phone[0]))
    if phones:
        _, _, span = phones[0]
        lines += [own for _, own, _ in phones[1:]]
        places += [("phone", (span,)), ("phone_text", (span,))]
        if not is_absent(span.text):
            phone, phone_text = parse_phone(span.text, country), span.text
    if entry.emails:
        _, span, email = entry.emails[0]
        if is_absent(span.text):
            email = None
        lines += [own for own, *_ in entry.emails[1:]]
        places.append(("email", (span,)))
    address = _many(places, "address", entry.address, ", ")
    lines.sort(key=lambda own: own[0].line)
    other = "; ".join(" ".join(span.text for span in own) for own in lines) or None
    if lines:
        places.append(("other", [span for own in lines for span in own]))
    row = (
        organisation, department, salutation, name, title, given, family,
        phone.e164 if phone else None, phone_text, email.address if email else None,
        address, other,
    )  # fmt: skip
    return row, phone, email, places


def _one(places: _Places, column: str, span: Span | None) -> str | None:
    if span is None:
        return None
    places.append((column, (span,)))
    return span.text


def _part(places: _Places, column: str, line: int, part: Part | None) -> str | None:
    if part is None:
        return None
    places.append((column, (Span(line, *part),)))
    return part.text


def _many(places: _Places, column: str, spans: Sequence[Span], joint: str) -> str | None:
    if not spans:
        return None
    places.append((column, spans))
    return spans[0].text if len(spans) == 1 else joint.join(span.text for span in spans)
