"""A text that a person gave -> the contacts that it means, and all texts that name them.

A telephone number or an address that another contact has too is the office's, and stays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from pipeline.errors import SpecError
from pipeline.page import WITHHELD
from pipeline.privacy.suppressions import spell_number, spell_words

_SHORTEST = 3  # letters of a name
_LONGEST = 16  # words
_MIN_LOCAL = 6  # letters of a mailbox that is a name by itself

Contact = dict[str, Any]  # a row of the table `contacts`, its columns as keys


class Texts(NamedTuple):
    """What is to be forgotten: texts by their words, and telephone numbers."""

    words: frozenset[tuple[int, str]]
    numbers: frozenset[str]


def check_text(text: str) -> None:
    """Raise SpecError unless a text is long enough to mean one person."""
    length, words = spell_words(text)
    number = spell_number(_digits(text))
    letters = sum(c.isalpha() for c in words)
    if WITHHELD in text or length > _LONGEST or (letters < _SHORTEST and not number):
        raise SpecError(
            "a name, an e-mail address or a telephone number is expected, so that one person is meant"
        )


def find_contacts(text: str, contacts: Iterable[Contact]) -> list[Contact]:
    """Return the contacts that a name, an e-mail address or a telephone number means."""
    _, words = spell_words(text)
    wanted = set(words.split())
    number = spell_number(_digits(text)) if not any(c.isalpha() for c in text) else None
    found = []
    for contact in contacts:
        name = set(
            spell_words(f"{contact['salutation'] or ''} {contact['person'] or ''}")[1].split()
        )
        given = set(spell_words(contact["given_name"] or "")[1].split())
        family = set(spell_words(contact["family_name"] or "")[1].split())
        email = spell_words(contact["email"] or "")[1]
        numbers = set(_iter_numbers(contact))
        is_named = family and family <= wanted and (given & wanted or wanted <= name)
        if (number and number in numbers) or words == email or is_named:
            found.append(contact)
    return found


def list_texts(text: str, found: list[Contact], contacts: Iterable[Contact]) -> Texts:
    """Return all texts that name the contacts `found` and nobody else of `contacts`.

    Raises SpecError for a single word that is no contact's name: it may be a town's too.
    """
    length, words = spell_words(text)
    if length == 1 and not found and not words.isdigit():
        raise SpecError(
            "no stored contact has that name; a single word could mean others too, "
            "so give the whole name, an e-mail address or a telephone number"
        )
    others = [contact for contact in contacts if contact not in found]
    shared = {email for contact in others if (email := contact["email"])}
    numbers = Counter(number for contact in others for number in set(_iter_numbers(contact)))
    own = {spell_words(one) for contact in found for one in _iter_names(contact, shared)}
    if length > 1 or not found:
        own.add((length, words))
    called = {number for contact in found for number in _iter_numbers(contact)}
    if not any(c.isalpha() for c in text) and (number := spell_number(_digits(text))):
        called.add(number)
        own.discard((length, words))
    return Texts(
        frozenset((n, one) for n, one in own if n and sum(map(str.isalpha, one)) >= _SHORTEST),
        frozenset(number for number in called if not numbers[number]),
    )


def _iter_names(contact: Contact, shared: set[str]) -> Iterator[str]:
    """Yield how a person is or may be printed, and the mailbox."""
    person, given, family = contact["person"], contact["given_name"], contact["family_name"]
    if given and family:
        first = given.split()[0]
        yield from (f"{given} {family}", f"{family} {given}", f"{first} {family}")
        yield from (f"{family} {first}", f"{given[0]} {family}")
    elif family and contact["salutation"]:
        yield f"{contact['salutation']} {family}"
    if person and len(person.split()) > 1:
        yield person
    email = contact["email"]
    if not email or email in shared:
        return
    local, _, domain = email.partition("@")
    yield email
    yield f"{local} at {domain}"
    length, words = spell_words(local)
    name = spell_words(family or "")[1].replace(" ", "")
    if name and name in words and (length > 1 or (words != name and len(words) >= _MIN_LOCAL)):
        yield local


def _iter_numbers(contact: Contact) -> Iterator[str]:
    """Yield the telephone and fax numbers of a contact, as they are dialled inside the country."""
    labelled = (part.partition(":")[2] for part in (contact["other"] or "").split("; "))
    for text in (contact["phone"], contact["phone_text"], *labelled):
        if text and not any(c.isalpha() for c in text) and (number := spell_number(_digits(text))):
            yield number


def _digits(text: str) -> str:
    return "".join(c for c in text if c in "0123456789")
