"""What shows a person: signs of its own, the names of a page's contacts, the shape of a name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.contacts import has_sublabel, is_office, parse_person
from pipeline.listing import CHILDREN, ListingSpec
from pipeline.page import slug
from pipeline.tables import Rows, Table
from pipeline.values import find_town

CONTACTS = CHILDREN["contacts"]
LETTER = re.compile(r"[^\W\d_]")
_SIGNS = re.compile(
    r"[\w.+-]@[\w-]|[\[({](?:at|ät)[\])}]"  # an e-mail address
    r"|(?<![\w.,])(?![0-9]{1,2}\.[0-9]{1,2}\.)(?:\+|00?[1-9(])[0-9 ()/.–-]{5,}[0-9]"  # a telephone number, no date
    r"|\b(?:Frau|Herrn?|Mrs?|Ms|Miss|Mx)\.?\s+[^\W\d_a-zäöüß]"  # a salutation
    r"|\b(?:Prof|Dr|Dipl)\.?(?:-?[A-Za-z]+\.)*\s+[^\W\d_a-zäöüß]"  # an academic title
)


def has_sign(text: str) -> bool:
    """Tell whether an e-mail address, a telephone number, a salutation or a title stands in a text."""
    return _SIGNS.search(text) is not None


def may_be_name(text: str) -> bool:
    """Tell whether a text has the shape of a given and a family name, and no office's word."""
    person = parse_person(text)
    return person is not None and person.given_name is not None and not is_office(text)


class Signs:
    """What shows a person on one page: any sign, or what its contacts are called."""

    def __init__(self, rows: Rows, tables: dict[str, Table], spec: ListingSpec) -> None:
        self.personal = {(field.table, field.name) for field in spec.fields if field.personal}
        called = self._iter_names(rows, tables)
        self._names = {tuple(name.split("-")) for name in called}
        self._lengths = {len(name) for name in self._names}

    def _iter_names(self, rows: Rows, tables: dict[str, Table]) -> Iterator[str]:
        """Yield what the contacts of this capture are called: names, addresses, numbers."""
        for table, column in self.personal:
            at = tables[table].names().index(column)
            yield from (slug(row[at]) for row in rows[table] if row[at] and not row[at].isalpha())
        contacts = rows.get(CONTACTS, [])
        names = tables[CONTACTS].names() if contacts else ()
        for row in contacts:
            told = dict(zip(names, row, strict=True))
            given, family = told["given_name"] or "", told["family_name"] or ""
            texts = [told["person"], told["email"], told["phone"], told["phone_text"]]
            if given and family:
                texts += [f"{given} {family}", f"{family}, {given}", f"{given[0]}. {family}"]
            for text in texts:
                if text and not text.isalpha():  # a family name alone may be a town's
                    yield slug(text)

    def carries_person(self, text: str) -> bool:
        """Tell whether a text shows a person, by its own signs or by the names of the contacts."""
        if has_sign(text) or has_sublabel(text):
            return True
        words = slug(text).split("-")
        return any(
            tuple(words[at : at + length]) in self._names
            for length in self._lengths
            for at in range(len(words) - length + 1)
        )

    def is_unit(self, text: str) -> bool:
        """Tell whether a text reads like an office or a town's, and shows no person."""
        return (is_office(text) or find_town(text) is not None) and not self.carries_person(text)
