"""Which lines of a contact block name a person, and what tells so.

It is told by what the block itself carries: the e-mail's local part, a salutation or a title, a
sub-label (`Ansprechpartnerin:`), and last a line's shape.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from pipeline.contacts import persons
from pipeline.contacts.emails import carries, find_names, squeeze_local
from pipeline.contacts.items import MAX_LENGTH, Item
from pipeline.contacts.persons import Person, parse_person
from pipeline.model import Span
from pipeline.page import WITHHELD
from pipeline.values import find_town

_MAX_EMAILS = 20  # that one run of lines is compared with: not each line with each address
Evidence = Literal["email", "address", "label", "shape"]
Told = tuple[Person | None, Evidence, Span | None]  # and what stands behind the name


def tell_persons(segments: list[list[Item]]) -> list[dict[int, Told]]:
    """Return which items of each segment name a person, by their index, and what tells so.

    A block's first line that is set apart is no person by its shape alone if one is named below
    it by a mark.
    """
    told = [_find_persons(items, first=n == 0) for n, items in enumerate(segments)]
    if len(told) > 1 and len(segments[0]) == 1 and segments[0][0].kind == "plain":
        is_below = any(evidence != "shape" for _, evidence, _ in told[1].values())
        if is_below and any(evidence == "shape" for _, evidence, _ in told[0].values()):
            told[0] = {}
    return told


def _find_persons(items: list[Item], *, first: bool) -> dict[int, Told]:
    """Return the persons of a segment: if nothing else tells one, the shape of a line does."""
    found: dict[int, Told] = {}
    unmarked: list[tuple[int, Person]] = []
    locals_ = _squeeze_locals(items)
    for n, item in enumerate(items):
        kind = item.kind
        if kind not in ("plain", "person"):
            continue
        _, start, _, text = item.text
        if len(text) > MAX_LENGTH:
            continue
        person, evidence = _read_line(text, start)
        if kind == "person":
            evidence = "label"
        elif person and not evidence and locals_ and _is_named(locals_, person.person.text):
            evidence = "email"
        if evidence:
            found[n] = (person, evidence, person and _rest(item, person))
        elif person:
            unmarked.append((n, person))
    return found or _find_shaped(items, unmarked, first=first)


@lru_cache(maxsize=512)  # a page repeats its units and persons
def _read_line(text: str, start: int) -> tuple[Person | None, Evidence | None]:
    """Return the name that a line may be, and what in the line itself tells that it is one."""
    if (text[:1] in "Nn" or WITHHELD in text) and persons.is_nobody(text):
        return None, "label"
    person = parse_person(text, start)
    if person is None:
        return None, "label" if persons.has_salutation(text) else None
    return person, "address" if person.salutation or person.academic_title else None


def _squeeze_locals(items: list[Item]) -> list[str]:
    """Return the local parts of the first addresses of a segment."""
    locals_: list[str] = []
    for item in items:
        email = item.email
        if email is not None and email.address and len(locals_) < _MAX_EMAILS:
            locals_.append(squeeze_local(email.address))
    return locals_


def _find_shaped(
    items: list[Item], unmarked: list[tuple[int, Person]], *, first: bool
) -> dict[int, Told]:
    """Return the one person that only its shape tells: a name of two words, none of an office."""
    shaped = [
        (n, person)
        for n, person in unmarked
        if person.given_name
        and not persons.is_office(person.person.text)
        and not (first and n == 0 and find_town(items[0].text.text))
    ]
    if not shaped:
        return {}
    n, person = shaped[-1] if first and shaped[0][0] == 0 else shaped[0]
    return {n: (person, "shape", _rest(items[n], person))}


def _is_named(locals_: list[str], name: str) -> bool:
    """Tell whether a local part carries the name; of an office's name it must carry all words."""
    names = find_names(name)
    for local in locals_:
        for part in names:
            if part in local:
                return not persons.is_office(name) or _is_named_whole(locals_, name)
    return False


def _is_named_whole(locals_: list[str], name: str) -> bool:
    """Tell whether a local part that carries the name carries all of its words."""
    words = [word for word in name.split() if len(word) > 1]
    naming = [local for local in locals_ if carries(local, name)]
    return len(words) > 1 and any(all(carries(local, word) for word in words) for local in naming)


def _rest(item: Item, person: Person) -> Span | None:
    rest = person.rest
    return None if rest is None else Span(item.text.line, rest.start, rest.end, rest.text)
