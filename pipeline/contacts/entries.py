"""A contact block -> one entry for each person, or one for a block without a person.

    block    = organisation? entry+
    entry    = (unit | person | address)* detail*        in any order the page likes
    detail   = a line that `contact_lines` knows
    An entry ends at a blank line, at a line without a sub-label behind details, and where a
    second person begins.  Only the organisation is carried on to the next entry.

Which line names the person is told by `contact_persons`.  Nothing is dropped: a line is a
column's text, or stands in `other`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.contacts.attribution import Evidence, Told, tell_persons
from pipeline.contacts.emails import Email, names_person, parse_email
from pipeline.contacts.items import Item, iter_items
from pipeline.contacts.persons import Person, is_office
from pipeline.model import Span
from pipeline.values import find_town

Lines = tuple[Span, ...]  # a detail's line, behind that of its sub-label if it has its own


@dataclass(slots=True, init=False)
class Entry:
    """A row of the table of contacts before normalising: the places of its texts."""

    organisation: Span | None
    department: list[Span]
    person: Person | None
    person_line: Span | None
    evidence: Evidence | None
    phones: list[tuple[bool, Lines, Span]]  # mobile?, lines, text
    emails: list[tuple[Lines, Span, Email]]  # lines, text, as read
    address: list[Span]
    other: list[Lines]

    def __init__(self, organisation: Span | None = None) -> None:
        """Begin an entry: all but its organisation is found later."""
        self.organisation = organisation
        self.person = self.person_line = self.evidence = None
        self.department, self.phones, self.emails, self.address, self.other = [], [], [], [], []

    @property
    def has_details(self) -> bool:
        """Whether a phone, an e-mail or another labelled line was read."""
        return bool(self.phones or self.emails or self.other)


def parse_contacts(spans: Sequence[Span]) -> tuple[list[Entry], list[Span]]:
    """Read the lines of a contact block (blank ones included).

    Returns its entries, and the lines that belong to nobody, behind a blank line or behind the
    details without the look of a unit: a footer below the last block of a text is like that.
    """
    return parse_blocks([spans])[0]


def parse_blocks(blocks: Sequence[Sequence[Span]]) -> list[tuple[list[Entry], list[Span]]]:
    """Read contact blocks, each as `parse_contacts` does: first the lines of all, then the persons."""
    split = [_split(spans) for spans in blocks]
    told = [tell_persons([items for items, _ in segments]) for segments, _ in split]
    return [
        (_read_block(segments, persons, strays), strays)
        for (segments, strays), persons in zip(split, told, strict=True)
    ]


def _read_block(
    segments: list[_Segment], told: list[dict[int, Told]], strays: list[Span]
) -> list[Entry]:
    entries: list[Entry] = []
    organisation: Span | None = None
    waiting: Span | None = None  # an organisation with nobody below it yet
    for number, (segment, after_blank) in enumerate(segments):
        for entry in _read_segment(segment, told[number], organisation, first=number == 0):
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
                        is_unit = is_office(unit.text)
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
    return entries


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


_Segment = tuple[list[Item], bool]  # its items, and whether it stands behind a blank line


def _split(spans: Sequence[Span]) -> tuple[list[_Segment], list[Span]]:
    """Cut a block at blank lines and at plain lines behind details.

    Returns the segments, and the sub-labels without a text, which are nobody's.
    """
    segments: list[_Segment] = []
    strays: list[Span] = []
    segment: list[Item] = []
    details = after_blank = False
    for item in iter_items(spans):
        kind = item.kind
        if kind == "lone":
            strays.append(item.line)
            continue
        if kind == "blank" or (details and kind in ("plain", "person")):
            if segment:
                segments.append((segment, after_blank))
                segment, after_blank = [], False
            after_blank = after_blank or kind == "blank"
            details = False
        if kind != "blank":
            segment.append(item)
            details = details or kind not in ("plain", "address", "person")
    if segment:
        segments.append((segment, after_blank))
    return segments, strays


def _read_segment(
    items: list[Item], persons: dict[int, Told], organisation: Span | None, *, first: bool
) -> Iterator[Entry]:
    entry = Entry(organisation)
    placed: Span | None = None  # the organisation that only its place at the start tells
    has_town = False  # a listed word before a town has told it
    for n, item in enumerate(items):
        kind, text = item.kind, item.text
        if n in persons:
            if entry.person_line is not None:
                yield entry
                entry, placed, has_town = Entry(entry.organisation), None, False
            entry.person, entry.evidence, rest = persons[n]
            entry.person_line = text
            if rest is not None:
                entry.department.append(rest)
        elif kind == "plain":
            may_be_town = not has_town and not entry.department
            if may_be_town and find_town(text.text) is not None:
                if placed is not None:
                    entry.department.append(placed)
                entry.organisation, has_town = text, True
            elif first and n == 0:
                entry.organisation = placed = text
            else:
                entry.department.append(text)
        elif kind in ("phone", "mobile"):
            entry.phones.append((kind == "mobile", item.lines, text))
        elif kind == "email":
            entry.emails.append((item.lines, text, item.email or parse_email(text.text)))
        elif kind == "address":
            entry.address.append(text)
        else:
            entry.other.append(item.lines)
    yield entry
