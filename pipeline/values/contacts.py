"""A contact block -> one entry for each person, or one for a block without a person.

    block    = organisation? entry+
    entry    = (unit | person | address)* detail*        in any order the page likes
    detail   = a line that `contact_lines` knows
    An entry ends at a blank line, at a line without a sub-label behind details, and where a
    second person begins.  Only the organisation is carried on to the next entry.

Which line names the person is told by what the block itself carries: the e-mail's local part, a
salutation or a title, a sub-label (`Ansprechpartnerin:`), and last its shape.  Nothing is
dropped: a line is a column's text, or stands in `other`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from pipeline.model import Span
from pipeline.text import WITHHELD
from pipeline.values import persons
from pipeline.values.contact_lines import MAX_LENGTH, Item, iter_items
from pipeline.values.districts import find_town
from pipeline.values.emails import Email, names_person, parse_email
from pipeline.values.persons import Person, parse_person

_MAX_EMAILS = 20  # that one run of lines is compared with: not each line with each address
Lines = tuple[Span, ...]  # a detail's line, behind that of its sub-label if it has its own
Evidence = Literal["email", "address", "label", "shape"]


@dataclass(slots=True)
class Entry:
    """A row of the table of contacts before normalising: the places of its texts."""

    organisation: Span | None = None
    department: list[Span] = field(default_factory=list)
    person: Person | None = None
    person_line: Span | None = None
    evidence: Evidence | None = None
    phones: list[tuple[bool, Lines, Span]] = field(default_factory=list)  # mobile?, lines, text
    emails: list[tuple[Lines, Span, Email]] = field(default_factory=list)  # lines, text, as read
    address: list[Span] = field(default_factory=list)
    other: list[Lines] = field(default_factory=list)

    @property
    def has_details(self) -> bool:
        """Whether a phone, an e-mail or another labelled line was read."""
        return bool(self.phones or self.emails or self.other)


def parse_contacts(spans: Sequence[Span]) -> tuple[list[Entry], list[Span]]:
    """Read the lines of a contact block (blank ones included).

    Returns its entries, and the lines that belong to nobody, behind a blank line or behind the
    details without the look of a unit: a footer below the last block of a text is like that.
    """
    entries: list[Entry] = []
    items = list(iter_items(spans))
    strays = [item.line for item in items if item.kind == "lone"]
    organisation: Span | None = None
    waiting: Span | None = None  # an organisation with nobody below it yet
    segments = list(_split([item for item in items if item.kind != "lone"]))
    is_headed = _is_headed([segment for segment, _ in segments])
    for number, (segment, after_blank) in enumerate(segments):
        by_shape = number > 0 or not is_headed
        for entry in _read_segment(segment, organisation, first=number == 0, by_shape=by_shape):
            if waiting is not None and entry.organisation is not waiting:
                strays.append(waiting)
                waiting = None
            if entries and _is_appendix(entry):
                if entry.organisation is not organisation:
                    waiting = entry.organisation
                if after_blank:
                    strays += [item.line for item in segment if item.text is not waiting]
                else:
                    for unit in entry.department:
                        is_unit = persons.is_office(unit.text)
                        (entries[-1].department if is_unit else strays).append(unit)
                    entries[-1].address += entry.address
            elif len(entries) == 1 and _is_head(entries[0], entry):
                entry.department[:0] = entries[0].department
                entry.address[:0] = entries[0].address
                entries[0] = entry
            elif entries and (_is_of(entry, entries[-1]) or _is_end(entry, entries)):
                entries[-1].department += entry.department
                entries[-1].phones += entry.phones
                entries[-1].emails += entry.emails
                entries[-1].address += entry.address
                entries[-1].other += entry.other
            else:
                entries.append(entry)
                waiting = None
            organisation = entry.organisation
    if waiting is not None:
        strays.append(waiting)
    return entries, strays


def _is_headed(segments: list[list[Item]]) -> bool:
    """Tell whether a block's first line, set apart, is no person: one is named below it by a mark."""
    if len(segments) < 2 or len(segments[0]) > 1 or segments[0][0].kind != "plain":
        return False
    return bool(_find_persons(segments[1], first=False, by_shape=False))


def _is_appendix(entry: Entry) -> bool:
    """Tell whether an entry has nothing of its own but units or an address: it ends the last one."""
    return entry.person_line is None and not entry.has_details


def _is_of(entry: Entry, before: Entry) -> bool:
    """Tell whether lines behind a blank one are of the person before: an address names it."""
    return (
        before.person is not None
        and not before.emails
        and entry.person_line is None
        and entry.organisation is before.organisation
        and any(
            email.address and names_person(email.address, before.person.person.text)
            for *_, email in entry.emails
        )
    )


def _is_end(entry: Entry, entries: list[Entry]) -> bool:
    """Tell whether lines behind a blank one, without a number or an address, end a block of one."""
    if len(entries) > 1 or entry.organisation is not entries[0].organisation:
        return False
    return not (entry.person_line or entry.phones or entry.emails)


def _is_head(entry: Entry, following: Entry) -> bool:
    """Tell whether a block's first lines stand, set apart, over its first person: they say for whom."""
    return (
        entry.organisation is not None
        and entry.organisation is following.organisation
        and _is_appendix(entry)
    )


def _split(items: list[Item]) -> Iterator[tuple[list[Item], bool]]:
    """Cut the block at blank lines and at plain lines behind details; tell which it was."""
    segment: list[Item] = []
    details = after_blank = False
    for item in items:
        if item.kind == "blank" or (details and item.kind in ("plain", "person")):
            if segment:
                yield segment, after_blank
                segment, after_blank = [], False
            after_blank = after_blank or item.kind == "blank"
            details = False
        if item.kind != "blank":
            segment.append(item)
            details = details or item.kind not in ("plain", "address", "person")
    if segment:
        yield segment, after_blank


def _read_segment(
    items: list[Item], organisation: Span | None, *, first: bool, by_shape: bool
) -> Iterator[Entry]:
    found = _find_persons(items, first=first, by_shape=by_shape)
    entry = Entry(organisation)
    placed: Span | None = None  # the organisation that only its place at the start tells
    has_town = False  # a listed word before a town has told it
    for n, item in enumerate(items):
        told = found.get(n)
        if told is not None:
            if entry.person_line is not None:
                yield entry
                entry, placed, has_town = Entry(entry.organisation), None, False
            entry.person, entry.evidence, rest = told
            entry.person_line = item.text
            if rest is not None:
                entry.department.append(rest)
        elif item.kind == "plain":
            may_be_town = not has_town and not entry.department
            if may_be_town and find_town(item.text.text) is not None:
                if placed is not None:
                    entry.department.append(placed)
                entry.organisation, has_town = item.text, True
            elif first and n == 0:
                entry.organisation = placed = item.text
            else:
                entry.department.append(item.text)
        elif item.kind in ("phone", "mobile"):
            entry.phones.append((item.kind == "mobile", item.lines, item.text))
        elif item.kind == "email":
            entry.emails.append((item.lines, item.text, item.email or parse_email(item.text.text)))
        elif item.kind == "address":
            entry.address.append(item.text)
        else:
            entry.other.append(item.lines)
    yield entry


_Told = tuple[Person | None, Evidence, Span | None]


def _find_persons(items: list[Item], *, first: bool, by_shape: bool) -> dict[int, _Told]:
    """Return which items name a person, by their index, and what tells so.

    If nothing else does, the shape of a line may, where `by_shape` allows.
    """
    emails = [item.email.address for item in items if item.email and item.email.address]
    del emails[_MAX_EMAILS:]
    found: dict[int, _Told] = {}
    shaped: list[tuple[int, Person]] = []
    for n, item in enumerate(items):
        if item.kind not in ("plain", "person") or len(item.text.text) > MAX_LENGTH:
            continue
        text = item.text.text
        if (text[:1] in ("N", "n") or WITHHELD in text) and persons.is_nobody(text):
            found[n] = (None, "label", None)
            continue
        person = parse_person(text, item.text.start)
        if person is None:
            if item.kind == "person" or persons.has_salutation(text):
                found[n] = (None, "label", None)
            continue
        if item.kind == "person":
            found[n] = (person, "label", _rest(item, person))
        elif person.salutation or person.academic_title:
            found[n] = (person, "address", _rest(item, person))
        elif emails and _is_named(emails, person):
            found[n] = (person, "email", _rest(item, person))
        elif (
            person.given_name
            and not persons.is_office(person.person.text)
            and not (first and n == 0 and find_town(text))
        ):
            shaped.append((n, person))
    if by_shape and not found and shaped:
        n, person = shaped[-1] if first and shaped[0][0] == 0 else shaped[0]
        found[n] = (person, "shape", _rest(items[n], person))
    return found


def _is_named(emails: list[str], person: Person) -> bool:
    """Tell whether one of the addresses carries the name; of an office's name it must all words."""
    name = person.person.text
    naming = [email for email in emails if names_person(email, name)]
    if not naming or not persons.is_office(name):
        return bool(naming)
    words = [word for word in name.split() if len(word) > 1]
    return len(words) > 1 and any(
        all(names_person(email, word) for word in words) for email in naming
    )


def _rest(item: Item, person: Person) -> Span | None:
    rest = person.rest
    return None if rest is None else Span(item.text.line, rest.start, rest.end, rest.text)
