"""Rules about contact blocks: which of their lines may be none of theirs, or the other way round."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.contacts import has_sublabel, is_office
from pipeline.model import Span
from pipeline.page import quote
from pipeline.rules.finding import Finding, Subject, place
from pipeline.tables import Contact


def check_blocks(subject: Subject) -> Iterator[Finding]:
    """A contact block holds no label, and no line of it is left over below it."""
    left = {leftover.span.line: leftover.span for leftover in subject.listing.leftovers}
    for contact in subject.normalised.contacts:
        for span in contact.entry.department:
            if span.line + 1 in left and _is_below_lone_label(subject, contact, span):
                yield Finding("unclaimed", "contacts", contact.row[0], "department",
                              contact.item.ids.record_id, "warn", None, span.text,
                              f"Line {span.line}, {quote(span.text)}, was kept in department; it may be "
                              "a label, the line below it is in unclaimed.")  # fmt: skip
    yield from _tell_below(subject, left)
    if not subject.spec.colon:
        yield from _tell_unmarked(subject)


def _is_below_lone_label(subject: Subject, contact: Contact, span: Span) -> bool:
    """Tell whether the labels of the record stand alone on their lines."""
    texts = contact.item.draft.record.fields.values()
    label = max((text.label for text in texts if text.label.line <= span.line), default=span)
    return subject.page.lines[label.line - 1].text.removesuffix(":").rstrip() == label.text


def _tell_below(subject: Subject, left: dict[int, Span]) -> Iterator[Finding]:
    """Tell a block whose end is followed by a labelled detail that is left over."""
    fields = [field for field in subject.spec.fields if field.kind == "contacts"]
    for item in subject.normalised.items if left else ():
        for field in fields:
            text = item.draft.record.fields.get(field.name)
            below = left.get(text.texts[-1].line + 1) if text is not None and text.texts else None
            if below is not None and has_sublabel(below.text):
                yield Finding("unclaimed", *place(item, field, subject.spec.table), field.name,
                              item.ids.record_id, "warn", None, below.text,
                              f"Line {below.line}, {quote(below.text)}, is in unclaimed; it stands directly "
                              f"below {field.name} and may be a part of it.")  # fmt: skip


def _tell_unmarked(subject: Subject) -> Iterator[Finding]:
    """Tell a unit without an office's word above a person: where labels have no colon, it may be one."""
    fields = [field for field in subject.spec.fields if field.kind == "contacts"]
    for contact in subject.normalised.contacts:
        person = contact.entry.person_line
        for span in contact.entry.department:
            if person is None or person.line != span.line + 1 or is_office(span.text):
                continue
            for field in fields:
                yield Finding("unclaimed", *place(contact.item, field, subject.spec.table), field.name,
                              contact.item.ids.record_id, "warn", None, span.text,
                              f"Line {span.line}, {quote(span.text)}, was kept in {field.name}; nothing "
                              "tells it from a label.")  # fmt: skip
