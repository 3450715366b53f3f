"""Rules about the page's text: is every label there, and could every text be read?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from pipeline.labels import tell_alias
from pipeline.model import Span, Verdict
from pipeline.normalise import Contact, Item
from pipeline.readings import Reading
from pipeline.rules.absent import AbsentLabels
from pipeline.rules.finding import Finding, Subject
from pipeline.spec import CHILDREN, MUNICIPALITIES, FieldSpec, ListingSpec
from pipeline.text import quote
from pipeline.values.emails import parse_mailto
from pipeline.values.numbers import is_absent
from pipeline.values.persons import is_nobody


class _Place(NamedTuple):
    table: str
    row_id: str


def _place(item: Item, field: FieldSpec, spec_table: str) -> _Place:
    if field.table == MUNICIPALITIES:
        return _Place(MUNICIPALITIES, item.ids.municipality_id)
    return _Place(spec_table, item.ids.record_id)


def check_labels(subject: Subject) -> Iterator[Finding]:
    """Each label of the spec stands once in each record, with a text."""
    spec, absent = subject.spec, AbsentLabels(subject)
    labels = len(spec.fields)
    for item in subject.normalised.items:
        record_id, readings = item.ids.record_id, item.draft.readings
        good = True
        for field in spec.fields:
            state = readings[field.name].state
            if state in ("value", "unreadable"):
                continue
            good = False
            if state == "absent":
                yield from _tell_absent(item, field, spec, absent)
                continue
            place = _place(item, field, spec.table)
            label = quote(field.labels[0])
            verdict: Verdict = "warn"
            observed = readings[field.name].text
            if state == "repeated":
                verdict = "fail"
                texts = item.draft.record.repeated[field.name]
                observed = " | ".join(s.text for text in texts for s in text.texts)
                message = (
                    f"The label {label} stands {len(texts)} times in the record, so {field.name} "
                    "is null and each text is in unclaimed."
                )
            elif state == "empty":
                message = f"The label {label} has no text, so {field.name} is null."
            else:
                message = f"The page says {quote(observed)} for {label}, so {field.name} is null."
            yield Finding("label", *place, field.name, record_id, verdict,
                          f"{field.labels[0]}: …", observed or None, message)  # fmt: skip
        if good:
            yield Finding("label", spec.table, record_id, None, record_id, "pass",
                          f"{labels} labels", f"{labels} labels",
                          "Each label of the listing stands once in the record, with a text.")  # fmt: skip


def _tell_absent(
    item: Item, field: FieldSpec, spec: ListingSpec, absent: AbsentLabels
) -> Iterator[Finding]:
    """Tell that a label is not there, what may be its new name, and where its text may stand."""
    record_id, label = item.ids.record_id, quote(field.labels[0])
    message = f"The label {label} is not in the record, so {field.name} is null."
    start = absent.find_start(item, field)
    if start:
        message += (
            f" A line that is not its text begins with {quote(start)}; if that is its new name, write "
            f"{tell_alias(field, start)}."
        )
    yield Finding("label", *_place(item, field, spec.table), field.name, record_id,
                  "fail" if field.required else "warn", f"{field.labels[0]}: …", None, message)  # fmt: skip
    yield from _tell_holders(item, field, spec, absent)


def _tell_holders(
    item: Item, field: FieldSpec, spec: ListingSpec, absent: AbsentLabels
) -> Iterator[Finding]:
    """Tell which other field may have taken the text of a label."""
    label = quote(field.labels[0])
    what = "is not in the record" if field.name not in item.draft.record.fields else "has no text"
    for holder in absent.find_holders(item, field):
        yield Finding("label", *_place(item, holder, spec.table), holder.name,
                      item.ids.record_id, "warn", f"{field.labels[0]}: …", None,
                      f"The label {label} {what}; its text may stand in {holder.name}, "
                      f"{_count_lines(item, holder)}.")  # fmt: skip


def _count_lines(item: Item, field: FieldSpec) -> str:
    lines = len([span for span in item.draft.record.fields[field.name].texts if span.text])
    return (
        f"which takes all {lines} lines up to the next label" if lines > 1 else "on the same line"
    )


def check_readable(subject: Subject) -> Iterator[Finding]:
    """Each text could be read as its field's kind."""
    spec = subject.spec
    for item in subject.normalised.items:
        record_id = item.ids.record_id
        good = True
        for field in spec.fields:
            if field.kind in CHILDREN:
                continue
            reading = item.draft.readings[field.name]
            if reading.state == "unreadable":
                good = False
                table, row_id = _place(item, field, spec.table)
                yield Finding("readable", table, row_id, field.name, record_id, "fail",
                              f"{field.kind}", reading.text,
                              f"{quote(reading.text)} for {quote(field.labels[0])} is "
                              f"{reading.problem}, so {field.name} is null.")  # fmt: skip
            if reading.url is not None and reading.url.url is None:
                good = False
                table, row_id = _place(item, field, spec.table)
                yield _unreadable_url(reading, field, table, row_id, record_id)
        for n, download in enumerate(item.draft.downloads, start=1):
            if download.address is not None and download.address.problem:
                good = False
                yield Finding("readable", "downloads", f"{record_id}/{n}", "url", record_id,
                              "warn", "an http or https address", download.label,
                              f"The link of {quote(download.label)} is not kept: "
                              f"{download.address.problem}.")  # fmt: skip
        if good:
            yield Finding("readable", spec.table, record_id, None, record_id, "pass", None, None,
                          "Each text of the record's fields could be read.")  # fmt: skip


def _unreadable_url(
    reading: Reading, field: FieldSpec, table: str, row_id: str, record_id: str
) -> Finding:
    problem = (reading.url.problem if reading.url else None) or "it leads nowhere"
    return Finding("readable", table, row_id, f"{field.name}_url", record_id, "fail",
                   "a web address", reading.text,
                   f"No address can be made of {quote(reading.text)}: {problem}.")  # fmt: skip


def check_contact_texts(subject: Subject) -> Iterator[Finding]:
    """Each phone number and e-mail address of a contact could be read."""
    for contact in subject.normalised.contacts:
        row_id, record_id = contact.row[0], contact.item.ids.record_id
        line = contact.entry.person_line
        if line is not None and contact.entry.person is None and not is_nobody(line.text):
            yield Finding("readable", "contacts", row_id, "person", record_id, "fail",
                          "a person's name", line.text,
                          f"{quote(line.text)} is not read as a person's name.")  # fmt: skip
        if contact.phone is None:
            yield from _tell_none(contact, "phone", [span for *_, span in contact.entry.phones])
        if contact.email is None:
            yield from _tell_none(contact, "email", [span for _, span, _ in contact.entry.emails])
        if contact.phone and contact.phone.e164 is None:
            text = contact.row[11]
            yield Finding("readable", "contacts", row_id, "phone", record_id, "fail",
                          "a telephone number", text,
                          f"{quote(text)} is not read as a telephone number: "
                          f"{contact.phone.problem}.")  # fmt: skip
        if contact.email is None:
            continue
        text = contact.entry.emails[0][1].text
        if contact.email.address is None:
            yield Finding("readable", "contacts", row_id, "email", record_id, "fail",
                          "an e-mail address", text,
                          f"{quote(text)} is not read as an e-mail address.")  # fmt: skip
        elif contact.email.decoded:
            yield Finding("qualifier", "contacts", row_id, "email", record_id, "warn",
                          contact.email.address, text,
                          f"The e-mail address is written {quote(text)} and was decoded.")  # fmt: skip
        for link in subject.page.lines[contact.entry.emails[0][1].line - 1].links:
            address = parse_mailto(link.href)
            if (
                address
                and contact.email.address
                and address.lower() != contact.email.address.lower()
            ):
                yield Finding("readable", "contacts", row_id, "email", record_id, "warn",
                              address, text,
                              f"The text {quote(text)} links to another address, "
                              f"{quote(address)}.")  # fmt: skip


def _tell_none(contact: Contact, column: str, printed: list[Span]) -> Iterator[Finding]:
    if printed and all(is_absent(span.text) for span in printed):
        text = printed[0].text
        yield Finding("readable", "contacts", contact.row[0], column, contact.item.ids.record_id,
                      "warn", None, text,
                      f"The page says {quote(text)} for {column}, so it is null.")  # fmt: skip


def check_qualifiers(subject: Subject) -> Iterator[Finding]:
    """A number printed with `ca.` or a date says so."""
    for item in subject.normalised.items:
        for field in subject.spec.fields:
            number = item.draft.readings[field.name].number
            if number is not None and number.qualifier and number.value is not None:
                table, row_id = _place(item, field, subject.spec.table)
                text = item.draft.readings[field.name].text
                yield Finding("qualifier", table, row_id, field.name, item.ids.record_id, "warn",
                              str(number.value), text,
                              f"{quote(text)} is printed with {quote(number.qualifier)}.")  # fmt: skip


def check_unclaimed(subject: Subject) -> Iterator[Finding]:
    """No text of the listing is left over, and none looks as if it stood in the wrong field."""
    ids, table = subject.ids(), subject.spec.table
    items = {item.draft.record.position: item for item in subject.normalised.items}
    troubled = set()
    for leftover in subject.listing.leftovers:
        if leftover.verdict is None or leftover.field is not None:
            continue  # nobody need look at it, or `label` tells it
        troubled.add(leftover.record)
        record_id = ids.get(leftover.record or 0)
        text = leftover.span.text
        yield Finding("unclaimed", table if record_id else "unclaimed",
                      record_id or f"{subject.capture_id}:{leftover.span.line}", None, record_id,
                      leftover.verdict, None, text,
                      f"Line {leftover.span.line}, {quote(text)}, is in unclaimed: "
                      f"{leftover.reason}.")  # fmt: skip
    for doubt in subject.listing.doubts:
        troubled.add(doubt.record)
        record_id = ids.get(doubt.record)
        if record_id is None:
            continue
        place = _place(items[doubt.record], subject.spec.field(doubt.field), table)
        yield Finding("unclaimed", place.table, place.row_id, doubt.field, record_id, "warn", None,
                      doubt.span.text,
                      f"Line {doubt.span.line}, {quote(doubt.span.text)}, was kept in "
                      f"{doubt.field}: {doubt.reason}.")  # fmt: skip
    for position, record_id in ids.items():
        if position not in troubled:
            yield Finding("unclaimed", table, record_id, None, record_id, "pass", None, None,
                          "Each line of the record belongs to a field.")  # fmt: skip
