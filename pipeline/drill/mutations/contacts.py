"""Mutations of a contact block: the same facts in another arrangement, or a detail that changed."""

from __future__ import annotations

import re
from dataclasses import replace
from random import Random

from pipeline.contacts import has_sublabel
from pipeline.drill.copies import Copied, Copy, Mutation, NotHere
from pipeline.drill.mutations.values import change_letters
from pipeline.drill.score import ANYTHING
from pipeline.listing import CHILDREN
from pipeline.tables import Row

_TABLE = CHILDREN["contacts"]
_SUBLABELS = (("Fon:", ("Tel.:", "Telefon:", "Tel:", "Phone:")),
              ("Email:", ("E-Mail:", "Mail:", "e-mail:")),
              ("E-Mail:", ("Email:", "Mail:")), ("Tel.:", ("Telefon:", "Fon:")),
              ("Fax:", ("Telefax:", "fax:")))  # fmt: skip
_IS_DETAIL = re.compile(r"@|[0-9]{3}")  # no `Ansprechpartnerin: …`, which a detail must not pass
_CHANGEABLE = ("department", "email", "phone_text", "person", "organisation")


def rearrange_contact(copy: Copy, draw: Random) -> None:
    """Print the same block with its lines spaced, ordered or labelled in another way."""
    record, n, entry, _ = copy.one(draw, ("contacts",))
    lines = list(entry.lines)
    kind = draw.randrange(6)
    details = [i for i, line in enumerate(lines) if has_sublabel(line) and _IS_DETAIL.search(line)]
    pairs = [i for i in details if i + 1 in details]
    if kind == 0 and pairs:
        i = draw.choice(pairs)
        lines[i : i + 2] = lines[i : i + 2][::-1]
    elif kind == 1 and "" in lines:
        lines = [line for line in lines if line]
    elif kind == 2:
        lines.insert(1, "")
    elif kind == 3:
        lines = [_relabel(line, draw) for line in lines]
        _say_open(copy, record, "other")
    elif kind == 4:
        lines = [_respace(line) for line in lines]
        _say_open(copy, record, "phone_text", "other")
    elif kind == 5:
        lines = _move_unit(copy, record, lines)
    if lines == list(entry.lines):
        raise NotHere
    record.entries[n] = replace(entry, lines=tuple(lines))


def _say_open(copy: Copy, record: Copied, *names: str) -> None:
    """Say that columns hold what is printed now, where they held something."""
    columns = copy.columns[_TABLE]
    record.says.children[_TABLE] = tuple(
        tuple(
            ANYTHING if old and name in names else old
            for name, old in zip(columns, row, strict=True)
        )
        for row in record.facts.children[_TABLE]
    )


def change_contact(copy: Copy, draw: Random) -> None:
    """Print a detail of a person or unit with a letter or digit changed, or leave a detail out."""
    record, n, entry, _ = copy.one(draw, ("contacts",))
    rows, columns = record.facts.children[_TABLE], copy.columns[_TABLE]
    places = [
        (r, c, line)
        for r, row in enumerate(rows)
        for c, column in enumerate(columns)
        if column in _CHANGEABLE and row[c]
        for line, text in enumerate(entry.lines)
        if str(row[c]) in text and sum(str(row[c]) in other for other in entry.lines) == 1
    ]
    if not places:
        raise NotHere
    r, c, line = draw.choice(places)
    row, column, value = rows[r], columns[c], str(rows[r][c])
    new = value
    if column in ("phone_text", "email") and draw.random() < 0.3:
        said = _without(row, columns, column)
        lines = (*entry.lines[:line], *entry.lines[line + 1 :])
    else:
        new = _change_digit(value, draw) if column == "phone_text" else change_letters(value, draw)
        said = _with(row, columns, column, new)
        text = entry.lines[line].replace(value, new)
        lines = (*entry.lines[:line], text, *entry.lines[line + 1 :])
    record.entries[n] = replace(entry, lines=lines)
    if column == "organisation":
        record.says = record.says._replace(new_id=True)
        said_rows = tuple(
            _with(other, columns, column, new) if other[c] == value else other for other in rows
        )
        for cell in record.facts.cells:
            if cell[1] in ("municipality", "ags", "district_ags"):
                record.says.cells[cell] = ANYTHING
    else:
        said_rows = (*rows[:r], said, *rows[r + 1 :])
    record.says.children[_TABLE] = said_rows


def _relabel(line: str, draw: Random) -> str:
    for old, others in _SUBLABELS:
        if line.startswith(old):
            return draw.choice(others) + line[len(old) :]
    return line


def _respace(line: str) -> str:
    """Print a telephone number with other marks between its groups."""
    head, colon, rest = line.partition(":")
    if not colon or "@" in rest or not re.search(r"\d{3}", rest) or "-" in rest:
        return line
    return f"{head}: {rest.strip().replace(' / ', '/').replace('/', ' ')}"


def _move_unit(copy: Copy, record: Copied, lines: list[str]) -> list[str]:
    """Print a unit before its person instead of behind, or the other way round."""
    columns = copy.columns[_TABLE]
    person, unit = columns.index("person"), columns.index("department")
    for row in record.facts.children[_TABLE]:
        for i in range(len(lines) - 1):
            here, after = lines[i : i + 2]
            for one, other in ((here, after), (after, here)):
                if row[person] and row[person] in one and other == row[unit]:
                    return [*lines[:i], after, here, *lines[i + 2 :]]
    raise NotHere


def _change_digit(text: str, draw: Random) -> str:
    at = [i for i, c in enumerate(text) if c.isdigit()][-3:]
    i = draw.choice(at)
    return text[:i] + draw.choice([d for d in "0123456789" if d != text[i]]) + text[i + 1 :]


def _with(row: Row, columns: tuple[str, ...], column: str, value: str) -> Row:
    """Return a contact's row with another text in a column, and what is made of it left open."""
    made = {
        "phone_text": ("phone",),
        "person": ("given_name", "family_name", "academic_title", "salutation", "person"),
        "department": ("department",),
    }.get(column, ())
    return tuple(
        ANYTHING if name in made else value if name == column else old
        for name, old in zip(columns, row, strict=True)
    )


def _without(row: Row, columns: tuple[str, ...], column: str) -> Row:
    """Return a contact's row without a detail; another telephone number may take its place."""
    left_open = ("phone", "phone_text", "other") if column == "phone_text" else ()
    return tuple(
        ANYTHING if name in left_open else None if name == column else old
        for name, old in zip(columns, row, strict=True)
    )


MUTATIONS: dict[str, Mutation] = {
    "contact_rearranged": rearrange_contact,
    "contact_changed": change_contact,
}
