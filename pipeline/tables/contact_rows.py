"""An entry of a contact block -> a row of the table of contacts, and where each value was read."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.contacts import Email, Entry, Part
from pipeline.model import Span, new_span
from pipeline.tables.schema import Row
from pipeline.values import Phone, is_absent, parse_phone

_Spot = tuple[int, int, int, str]  # as a Span
Places = list[tuple[str, _Spot]]  # columns, each with a span that it was read from
_Read = tuple[Row, Phone | None, Email | None, Places]


def read_contact(entry: Entry, country: str = "DE") -> _Read:
    """Return an entry's values from `organisation` to `other`, and where each was read.

    `country` is the one of telephone numbers without a country code.
    """
    places: Places = []
    organisation = _one(places, "organisation", entry.organisation)
    department = _many(places, "department", entry.department, "; ")
    role = salutation = name = title = given = family = None
    person = entry.person
    if person is not None and entry.person_line is not None:
        line = (entry.person_line.line,)
        called, whole, marks, first, last, _, roles = person
        if roles:
            role = _many(places, "role", [new_span(line + part) for part in roles], "; ")
        salutation = _part(places, "salutation", line, called)
        name = _part(places, "person", line, whole)
        if marks:
            titles = [new_span(line + part) for part in marks]
            title = _many(places, "academic_title", titles, " ")
        given = _part(places, "given_name", line, first)
        family = _part(places, "family_name", line, last)
    elif entry.person_line is not None:
        places.append(("person", entry.person_line))
    lines = list(entry.other)
    phone = phone_text = email = None
    phones = entry.phones
    if len(phones) > 1:  # a mobile number only if no other is printed, `-` only if no number is
        phones = sorted(phones, key=lambda phone: (is_absent(phone[2].text), phone[0]))
        lines += [own for _, own, _ in phones[1:]]
    if phones:
        _, _, span = phones[0]
        places += [("phone", span), ("phone_text", span)]
        phone, phone_text = parse_phone(span.text, country), span.text
        if phone.e164 is None and is_absent(span.text):
            phone = phone_text = None
    if entry.emails:
        _, span, email = entry.emails[0]
        if email.address is None and is_absent(span.text):
            email = None
        lines += [own for own, *_ in entry.emails[1:]]
        places.append(("email", span))
    address = _many(places, "address", entry.address, ", ")
    other = None
    if lines:
        lines.sort(key=lambda own: own[0].line)
        other = "; ".join(" ".join(span.text for span in own) for own in lines) or None
        places += [("other", span) for own in lines for span in own]
    row = (
        organisation, department, role, salutation, name, title, given, family,
        phone.e164 if phone else None, phone_text, email.address if email else None,
        address, other,
    )  # fmt: skip
    return row, phone, email, places


def _one(places: Places, column: str, span: Span | None) -> str | None:
    if span is None:
        return None
    places.append((column, span))
    return span.text


def _part(places: Places, column: str, line: tuple[int], part: Part | None) -> str | None:
    if part is None:
        return None
    places.append((column, line + part))
    return part.text


def _many(places: Places, column: str, spans: Sequence[Span], joint: str) -> str | None:
    if not spans:
        return None
    if len(spans) == 1:
        return _one(places, column, spans[0])
    add_places(places, column, spans)
    return joint.join([span.text for span in spans])


def add_places(places: Places, column: str, spans: Sequence[_Spot]) -> None:
    """Add the spans that a column was read from."""
    for span in spans:
        places.append((column, span))
