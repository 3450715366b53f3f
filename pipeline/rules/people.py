"""Rules about contacts that only such a listing allows: one text of the block against another."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from pipeline.contacts import is_office_address, names_person
from pipeline.model import Verdict
from pipeline.page import quote, slug
from pipeline.rules.finding import Finding, Subject, new_finding
from pipeline.tables import Row
from pipeline.values import find_area_town, find_town


def check_email_person(subject: Subject) -> Iterator[Finding]:
    """The e-mail's local part carries the person's name."""
    for row, _, entry, _, _ in subject.normalised.contacts:
        row_id, record_id, person, email = row[0], row[1], row[7], row[13]
        verdict: Verdict = "not_checkable"
        if person is None:
            message = "The block names no person."
        elif email is None:
            message = f"There is no e-mail address to compare {quote(person)} with."
            if entry.evidence == "shape":
                message += " Only the shape of the line tells that it is a person."
        elif names_person(email, person):
            verdict = "pass"
            message = f"The address {quote(email)} carries the name of {quote(person)}."
        elif is_office_address(email):
            message = f"The address {quote(email)} is an office's."
        else:
            verdict = "warn"
            message = f"The address {quote(email)} does not carry the name of {quote(person)}."
        if entry.evidence == "shape" and entry.organisation is None:
            yield Finding("email_person", "contacts", row_id, "person", record_id, "warn", None, person,
                          f"{quote(person or '')} begins the block; only the shape of the line tells that "
                          "it is a person and no organisation.")  # fmt: skip
        yield new_finding(("email_person", "contacts", row_id, "email", record_id, verdict, person,
                           email, message))  # fmt: skip


def check_details(subject: Subject) -> Iterator[Finding]:
    """Details do not stand apart from the only person that they may be of."""
    for before, contact in pairwise(subject.normalised.contacts):
        first, second = before.entry, contact.entry
        if (
            before.item is contact.item
            and first.person is not None
            and not first.has_details
            and second.person_line is None
            and second.has_details
            and first.organisation is second.organisation
        ):
            for at in (before, contact):
                yield Finding("details", "contacts", at.row[0], "person", at.item.ids.record_id,
                              "warn", None, before.row[7],
                              f"The details of {contact.row[0]} stand apart from {quote(before.row[7])}, "
                              "who has none; nothing tells whether they belong together.")  # fmt: skip


def check_area_code(subject: Subject) -> Iterator[Finding]:
    """The telephone number's area code is the municipality's."""
    if not subject.spec.name_from or subject.spec.locale.country != "DE":
        return
    for row, item, _, _, _ in subject.normalised.contacts:
        row_id, record_id, phone = row[0], row[1], row[11]
        if phone is None:
            continue
        town = find_area_town(phone)
        told = item.ids.town
        own = told.name if told is not None else None
        verdict: Verdict = "not_checkable"
        if town is None:
            message = f"The number {phone} has no German area code."
        elif own is None:
            message = f"The area code is {town}'s; the municipality is not known."
        elif _is_same_town(slug(town), slug(own)):
            verdict, message = "pass", f"The area code is {town}'s."
        else:
            verdict = "warn"
            message = f"The area code is {town}'s, the municipality is {own}."
        yield new_finding(("area_code", "contacts", row_id, "phone", record_id, verdict, own, town,
                           message))  # fmt: skip


def _is_same_town(town: str, own: str) -> bool:
    """Area codes are called `Hamm Westfalen` or `Hamm-Rhynern` where the town is `Hamm`."""
    return town == own or town.startswith(own + "-") or own.startswith(town + "-")


def check_organisation(subject: Subject) -> Iterator[Finding]:
    """The contact's organisation, the Quartier and the website name the same town."""
    spec = subject.spec
    if not spec.name_from:
        return
    urls = (field.name for field in spec.fields if field.kind == "url")
    columns = tuple(dict.fromkeys((spec.key[0], *urls)))
    for row, item, _, _, _ in subject.normalised.contacts:
        organisation = row[3]
        town = find_town(organisation) if organisation else None
        if town is None:
            if organisation:
                yield _tell(row, "not_checkable", None, organisation,
                            f"The organisation {quote(organisation)} tells no town.")  # fmt: skip
            continue
        name = f"-{slug(town)}-"
        agreeing: list[str] = []
        apart: list[str] = []
        readings = item.draft.readings
        for column in columns:
            reading = readings.get(column)
            if reading is not None and reading.value is not None:
                text = reading.text
                names_town = name in f"-{slug(text)}-"
                (agreeing if names_town else apart).append(f"{column} {quote(text)}")
        if agreeing:
            message = f"{' and '.join(agreeing)} name {town} too."
            if apart:
                message = f"{message[:-1]}; {' and '.join(apart)} does not."
            yield _tell(row, "pass", town, organisation, message[0].upper() + message[1:])
        elif apart:
            yield _tell(row, "warn", town, organisation,
                        f"{_none_of(apart)} {town}, as the organisation does.")  # fmt: skip


def _none_of(texts: list[str]) -> str:
    if len(texts) == 1:
        return f"{texts[0][0].upper()}{texts[0][1:]} does not name"
    return f"Neither {' nor '.join(texts)} names"


def _tell(row: Row, verdict: Verdict, expected: str | None, observed: str, message: str) -> Finding:
    return new_finding(("organisation", "contacts", row[0], "organisation", row[1], verdict,
                        expected, observed, message))  # fmt: skip
