"""Rules about the page's text: could it be read, and does it stand where it belongs?"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.contacts import is_nobody, parse_mailto
from pipeline.listing import CHILDREN, NUMBERS, FieldSpec
from pipeline.model import Span
from pipeline.page import WITHHELD, fold, quote
from pipeline.rules.finding import Finding, Subject, new_finding, place, state_of
from pipeline.tables import Contact, Draft, Item, Reading
from pipeline.values import is_absent


def check_readable(subject: Subject) -> Iterator[Finding]:
    """Each text could be read as its field's kind."""
    spec = subject.spec
    fields = [field for field in spec.fields if field.kind not in CHILDREN]
    urls = [field.name for field in fields if field.kind == "url"]
    for item in subject.normalised.items:
        if not _is_readable(item.draft, urls):
            yield from _tell_unreadable(item, fields, spec.table)
            continue
        record_id = item.ids.record_id
        yield new_finding(("readable", spec.table, record_id, None, record_id, "pass", None, None,
                           "Each text of the record's fields could be read."))  # fmt: skip


def _is_readable(draft: Draft, urls: list[str]) -> bool:
    """Tell whether all is well: with each field's text, each address, and each link."""
    readings = draft.readings
    if "unreadable" in map(state_of, readings.values()):
        return False
    for name in urls:
        address = readings[name].url
        if address is not None and address.url is None:
            return False
    return not [a for _, _, a in draft.downloads if a is not None and a.problem]


def _tell_unreadable(item: Item, fields: list[FieldSpec], own: str) -> Iterator[Finding]:
    """Tell what of a record could not be read; `own` is the table of the records."""
    record_id = item.ids.record_id
    for field in fields:
        reading = item.draft.readings[field.name]
        if reading.state == "unreadable":
            table, row_id = place(item, field, own)
            yield Finding("readable", table, row_id, field.name, record_id, "fail",
                          f"{field.kind}", reading.text,
                          f"{quote(reading.text)} for {quote(field.title)} is "
                          f"{reading.problem}, so {field.name} is null.")  # fmt: skip
        if reading.url is not None and reading.url.url is None:
            table, row_id = place(item, field, own)
            yield _unreadable_url(reading, field, table, row_id, record_id)
    for n, download in enumerate(item.draft.downloads, start=1):
        if download.address is not None and download.address.problem:
            yield Finding("readable", "downloads", f"{record_id}/{n}", "url", record_id,
                          "warn", "an http or https address", download.label,
                          f"The link of {quote(download.label)} is not kept: "
                          f"{download.address.problem}.")  # fmt: skip


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
        row, _, entry, phone, email = contact
        row_id, record_id = row[0], row[1]
        line = entry.person_line
        if line is not None and entry.person is None and not is_nobody(line.text):
            yield Finding("readable", "contacts", row_id, "person", record_id, "fail",
                          "a person's name", line.text,
                          f"{quote(line.text)} is not read as a person's name.")  # fmt: skip
        if phone is None:
            yield from _tell_none(contact, "phone", [span for *_, span in entry.phones])
        if email is None:
            yield from _tell_none(contact, "email", [span for _, span, _ in entry.emails])
        if phone is not None and phone.e164 is None:
            text = row[12]
            yield Finding("readable", "contacts", row_id, "phone", record_id, "fail",
                          "a telephone number", text,
                          f"{quote(text)} is not read as a telephone number: "
                          f"{phone.problem}.")  # fmt: skip
        if email is None:
            continue
        text = entry.emails[0][1].text
        if email.address is None:
            yield Finding("readable", "contacts", row_id, "email", record_id, "fail",
                          "an e-mail address", text,
                          f"{quote(text)} is not read as an e-mail address.")  # fmt: skip
        elif email.decoded:
            yield Finding("qualifier", "contacts", row_id, "email", record_id, "warn",
                          email.address, text,
                          f"The e-mail address is written {quote(text)} and was decoded.")  # fmt: skip
        for link in subject.page.lines[entry.emails[0][1].line - 1].links:
            address = parse_mailto(link.href)
            if address and email.address and address.lower() != email.address.lower():
                yield Finding("readable", "contacts", row_id, "email", record_id, "warn",
                              address, text,
                              f"The text {quote(text)} links to another address, "
                              f"{quote(address)}.")  # fmt: skip


def _tell_none(contact: Contact, column: str, printed: list[Span]) -> Iterator[Finding]:
    if all(span.text == WITHHELD for span in printed):
        return  # erased, as a person asked for: nobody need look at it
    if printed and all(is_absent(span.text) for span in printed):
        text = printed[0].text
        yield Finding("readable", "contacts", contact.row[0], column, contact.item.ids.record_id,
                      "warn", None, text,
                      f"The page says {quote(text)} for {column}, so it is null.")  # fmt: skip


def check_qualifiers(subject: Subject) -> Iterator[Finding]:
    """A number printed with `ca.` or a date says so."""
    numbers = [field for field in subject.spec.fields if field.kind in NUMBERS]
    for item in subject.normalised.items:
        for field in numbers:
            number = item.draft.readings[field.name].number
            if number is not None and number.qualifier and number.value is not None:
                table, row_id = place(item, field, subject.spec.table)
                text = item.draft.readings[field.name].text
                yield Finding("qualifier", table, row_id, field.name, item.ids.record_id, "warn",
                              str(number.value), text,
                              f"{quote(text)} is printed with {quote(number.qualifier)}.")  # fmt: skip


def _tell_left_elsewhere(subject: Subject) -> Iterator[Finding]:
    """Tell lines of a many-line text that are left over in another record, as labels may be."""
    leftovers = [leftover for leftover in subject.listing.leftovers
                 if leftover.verdict is not None and leftover.field is None]  # fmt: skip
    left = {fold(leftover.span.text): leftover.span.line for leftover in leftovers}
    own = {leftover.span.line for leftover in leftovers}
    if not left:
        return
    for item in subject.normalised.items:
        for field in subject.spec.fields:
            text = item.draft.record.fields.get(field.name) if field.many else None
            for span in text.texts[1:] if text is not None else ():
                line = left.get(fold(span.text))
                if line is not None and span.line not in own:
                    yield Finding("unclaimed", *place(item, field, subject.spec.table), field.name,
                                  item.ids.record_id, "warn", None, span.text,
                                  f"Line {span.line}, {quote(span.text)}, was kept in {field.name}; "
                                  f"the same text in line {line} is in unclaimed.")  # fmt: skip


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
        stands = place(items[doubt.record], subject.spec.field(doubt.field), table)
        yield Finding("unclaimed", *stands, doubt.field, record_id, "warn", None,
                      doubt.span.text,
                      f"Line {doubt.span.line}, {quote(doubt.span.text)}, was kept in "
                      f"{doubt.field}: {doubt.reason}.")  # fmt: skip
    yield from _tell_left_elsewhere(subject)
    for position, record_id in ids.items():
        if position not in troubled:
            yield new_finding(("unclaimed", table, record_id, None, record_id, "pass", None, None,
                               "Each line of the record belongs to a field."))  # fmt: skip
