"""Drafts + identities -> rows of the data tables, with a cell for every text that was read.

Nothing is judged here: what a reading means is told by `validate`, which sees the same drafts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from operator import attrgetter
from typing import Any, NamedTuple

from pipeline.contacts import Email, Entry
from pipeline.listing import CHILDREN, MUNICIPALITIES, FieldSpec, ListingSpec
from pipeline.tables.contact_rows import Places, add_places, read_contact
from pipeline.tables.identity import Identity
from pipeline.tables.readings import Download, Draft, Reading
from pipeline.tables.schema import Row, Rows, Table
from pipeline.values import Number, Phone, Ratio, check_ratio, find_file_type

_value_of, _spans_of = attrgetter("value"), attrgetter("spans")


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


def normalise_records(
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
            writer.write_download(item.ids.record_id, position, download)
        for position, entry in enumerate(item.draft.contacts, start=1):
            writer.write_contact(item, position, entry)
    return result


def _group(items: Iterable[Item], spec: ListingSpec) -> list[Owner]:
    """Group the records by municipality and merge their figures; differing ones become null."""
    owners: dict[str, Owner] = {}
    for item in items:
        key = item.ids.municipality_id
        owner = owners.get(key)
        if owner is None:
            owner = owners[key] = Owner(key, [])
        owner.items.append(item)
    fields = [f.name for f in spec.fields if f.table == MUNICIPALITIES]
    for owner in owners.values():
        printed = [item.draft.readings for item in owner.items]
        if len(printed) == 1:
            owner.readings = {name: printed[0][name] for name in fields}
            continue
        for name in fields:
            owner.readings[name] = _merge(owner, name, [readings[name] for readings in printed])
    return list(owners.values())


def _merge(owner: Owner, name: str, readings: list[Reading]) -> Reading:
    """Return what the readings of a field in the records of a municipality tell together."""
    best = next((reading for reading in readings if reading.value is not None), readings[0])
    values = [value for value in map(_value_of, readings) if value is not None]
    spans = tuple(chain.from_iterable(map(_spans_of, readings)))
    if values.count(best.value) < len(values):
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

    def write_cells(self, table: str, row_id: str, places: Places) -> None:
        """Add the spans of a row's cells, each given with its column."""
        add, capture_id = self.cells.append, self.capture_id
        for column, span in places:
            start = (table, row_id, column, capture_id)
            add(start + span)

    def write_municipality(self, owner: Owner, find_ags: Any) -> None:
        row_id = owner.municipality_id
        town = next((i.ids.town for i in owner.items if i.ids.town), None)
        ags = find_ags(row_id) if town else None
        places: Places = [("municipality", town.span)] if town else []
        values = self.read_fields(self.shared, owner.readings, ags, places)
        self.write_cells(MUNICIPALITIES, row_id, places)
        ratios = self.check_ratios(MUNICIPALITIES, row_id, owner.readings, owner.ratios)
        name = town.name if town else None
        self.rows[MUNICIPALITIES].append((row_id, name, ags, *values, *ratios))

    def write_record(self, item: Item) -> None:
        table, row_id, readings = self.spec.table, item.ids.record_id, item.draft.readings
        places: Places = []
        values = self.read_fields(self.own, readings, None, places)
        self.write_cells(table, row_id, places)
        ratios = self.check_ratios(table, row_id, readings, {})
        position = item.draft.record.position
        if self.spec.has_municipalities:
            head: Row = (row_id, item.ids.municipality_id, position)
        else:
            head = (row_id, position)
        self.rows[table].append((*head, *values, *ratios))

    def read_fields(
        self,
        fields: list[FieldSpec],
        readings: dict[str, Reading],
        ags: str | None,
        places: Places,
    ) -> list[Any]:
        """Return the values of a row's fields; add to `places` where each was read."""
        values: list[Any] = []
        for spec in fields:
            name, kind, reading = spec.name, spec.kind, readings[spec.name]
            value, spans = reading.value, reading.spans
            if len(spans) > 1:
                spans = tuple([span for span in spans if span.text])
            add_places(places, name, spans)
            if kind == "url":
                add_places(places, f"{name}_url", spans)
                values += (value, reading.url.url if reading.url else None)
            elif kind == "district":
                district, free = (value.name, value.free) if value is not None else (None, None)
                add_places(places, f"{name}_free", spans)
                if spec.table == MUNICIPALITIES:
                    values += (district, ags[:5] if ags else None, free)
                else:
                    values += (district, free)
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

    def write_download(self, record_id: str, position: int, download: Download) -> None:
        row_id = f"{record_id}/{position}"
        label, spans, address = download
        columns = ["label"]
        url = kind = None
        if address is not None:
            url = address.url
            kind = find_file_type(url) if url else None
            columns.append("url")
        if kind:
            columns.append("file_type")
        self.write_cells("downloads", row_id, [(c, span) for c in columns for span in spans])
        self.rows["downloads"].append((row_id, record_id, position, label, url, kind))

    def write_contact(self, item: Item, position: int, entry: Entry) -> None:
        record_id = item.ids.record_id
        row_id = f"{record_id}/{position}"
        row, phone, email, places = read_contact(entry, self.spec.locale.country)
        self.write_cells("contacts", row_id, places)
        full = (row_id, record_id, position, *row)
        self.rows["contacts"].append(full)
        self.result.contacts.append(Contact(full, item, entry, phone, email))
