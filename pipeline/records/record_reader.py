"""Lines -> one record of labelled texts."""

from __future__ import annotations

from bisect import bisect_left

from pipeline.listing import ListingSpec
from pipeline.model import FieldText, Listing, Page, Record
from pipeline.records.fields import FieldReader
from pipeline.records.labels import Hit
from pipeline.records.leftovers import Leftovers


class RecordReader:
    """Reads records line by line."""

    def __init__(self, page: Page, spec: ListingSpec, hits: dict[int, Hit]) -> None:
        self.page, self.spec, self.hits = page, spec, hits
        self.order = sorted(hits)
        self.fields = FieldReader(page, spec, hits)
        self.leftovers = Leftovers(page, spec, hits)

    def read(self, position: int, first: int, end: int, heading: int | None) -> Record:
        """Read the record whose lines have the indices from `first` up to `end`."""
        order = self.order
        labels = order[bisect_left(order, first) : bisect_left(order, end)]
        found, left = self.fields.read(position, labels, end)
        self.leave(position, first, labels[0] if labels else end)
        for after, before in left:
            self.leave(position, after, before)
        last = _last_line(found[-1]) if found else first
        return self.close(position, first, last, found, heading)

    def leave(self, position: int, first: int, end: int) -> None:
        """Leave the lines of a record that no field takes, but for blank ones."""
        for line in self.page.lines[first:end]:
            if line.text:
                reason = "a heading inside a record" if line.heading else ""
                self.leftovers.leave(position, line, reason)

    def close(
        self, position: int, first: int, last: int, found: list[FieldText], heading: int | None
    ) -> Record:
        """Return the record with the fields `found`; a label that stands twice gives none."""
        lines = self.page.lines
        fields = {field.name: field for field in found}
        repeated: dict[str, list[FieldText]] = {}
        if len(fields) < len(found):
            fields, repeated = _part_repeated(found)
            for many in repeated.values():
                self.leftovers.leave_repeated(position, many)
        if self.spec.heading is not None and heading is not None:
            name = self.spec.heading.name
            fields[name] = self.fields.read_heading(position, name, heading)
        return Record(
            position,
            lines[first].number,
            lines[last].number,
            fields,
            {name: tuple(many) for name, many in repeated.items()},
            None if heading is None else lines[heading].span(),
        )

    def finish(
        self, records: tuple[Record, ...], first: int, end: int, misplaced: int | None
    ) -> Listing:
        """Return the listing whose region has the lines with the indices from `first` up to `end`."""
        lines = self.page.lines
        return Listing(
            records,
            tuple(sorted(self.leftovers.found, key=lambda leftover: leftover.span[:2])),
            tuple(self.fields.doubts),
            lines[first].number,
            lines[end - 1].number,
            None if misplaced is None else lines[misplaced].span(),
        )


def _part_repeated(
    found: list[FieldText],
) -> tuple[dict[str, FieldText], dict[str, list[FieldText]]]:
    """Return the fields whose label stands once in the record, and the others."""
    fields: dict[str, FieldText] = {}
    repeated: dict[str, list[FieldText]] = {}
    for field in found:
        name = field.name
        if name in repeated:
            repeated[name].append(field)
        elif name in fields:
            repeated[name] = [fields.pop(name), field]
        else:
            fields[name] = field
    return fields, repeated


def _last_line(field: FieldText) -> int:
    """Return the index of a field's last line."""
    return (field.texts[-1] if field.texts else field.label).line - 1
