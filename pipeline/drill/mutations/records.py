"""Mutations of the order of fields and records, and of whole records."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from pipeline.drill.copies import Copied, Copy, Mutation, NotHere, opens
from pipeline.drill.mutations.labels import strip_label

FOOTER = ("Nach oben", "© 2026 Landesamt Beispiel", "Impressum | Datenschutz", "Seite drucken",
           "Letzte Aktualisierung am 24.11.2026", "Alle Angaben ohne Gewähr",
           "Sie sind hier: Startseite > Themen", "Weitere Beispiele finden Sie im Archiv.")  # fmt: skip


def reorder_fields(copy: Copy, draw: Random) -> None:
    """Print the fields behind the opening one in another order."""
    for record in copy.records:
        first, *others = record.entries
        draw.shuffle(others)
        record.entries = [first, *others]


def reorder_records(copy: Copy, draw: Random) -> None:
    """Print the records in another order."""
    before = list(copy.records)
    draw.shuffle(copy.records)
    if copy.records == before:
        raise NotHere


def move_before_opening(copy: Copy, draw: Random) -> None:
    """Print a field in front of the one that opens its record, in one record or in all."""
    _, _, _, own = copy.one(draw)
    if own.name == copy.spec.opens_with:
        raise NotHere
    for record in copy.records if draw.random() < 0.6 else [draw.choice(copy.records)]:
        record.entries.sort(key=lambda entry: copy.field_of(entry) != own)


def remove_record(copy: Copy, draw: Random) -> None:
    """Leave a record out: the page is right, and shorter."""
    if len(copy.records) < 2:
        raise NotHere
    copy.records.remove(draw.choice(copy.records))


def cut_record(copy: Copy, draw: Random) -> None:
    """Leave the end of a record out, from some label on."""
    record = draw.choice(copy.records)
    if len(record.entries) < 2:
        raise NotHere
    del record.entries[draw.randrange(1, len(record.entries)) :]


def double_record(copy: Copy, draw: Random) -> None:
    """Print a record twice, behind itself or at the end."""
    record = draw.choice(copy.records)
    at = copy.records.index(record) + 1
    again = Copied(record.facts, list(record.entries), record.says)
    copy.records.insert(draw.choice((at, len(copy.records))), again)


def merge_records(copy: Copy, draw: Random) -> None:
    """Lose the label that opens a record, with its value or without, or all of its first lines."""
    n = draw.randrange(len(copy.records))
    record = copy.records[n]
    opening = [i for i, entry in enumerate(record.entries) if opens(copy, entry)]
    if not opening:
        raise NotHere
    if draw.random() < 0.6:
        del record.entries[opening[0]]
    elif n:
        strip_label(copy, record, opening[0], lambda entry: entry.lines)
    else:
        raise NotHere


def add_footer(copy: Copy, draw: Random) -> None:
    """Print a page's footer behind the last record, with nothing but a blank line between."""
    entry = copy.records[-1].entries[-1]
    footer = draw.sample(FOOTER, draw.randrange(1, 4))
    copy.records[-1].entries[-1] = replace(entry, lines=(*entry.lines, "", *footer))


MUTATIONS: dict[str, Mutation] = {
    "fields_reordered": reorder_fields,
    "records_reordered": reorder_records,
    "moved_before_opening": move_before_opening,
    "record_removed": remove_record,
    "record_cut": cut_record,
    "record_doubled": double_record,
    "records_merged": merge_records,
}
