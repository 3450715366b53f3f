"""Cells -> what the report shows of them: their words, where they were read, and what one can do.

A value that was read from the page leads to its line; one computed here is marked as such.  Only
addresses that are plainly of the web, of mail or of a telephone become links.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from pipeline.listing import MUNICIPALITIES, NUMBERS, ListingSpec
from pipeline.page import WITHHELD
from pipeline.publish.citation import ABOUT
from pipeline.publish.outputs.report.lines import Provenance
from pipeline.publish.outputs.report.numbers import count_digits, print_number
from pipeline.tables import Column, Rows, Table
from pipeline.values import parse_number

_WEB = re.compile(r"https?://[^\s<>\"\\]+", re.IGNORECASE)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_SAID = 80  # characters
_TELEPHONE = re.compile(r"\+[0-9]{6,15}")


class Action(NamedTuple):
    """A link that leaves the report, once it is clicked."""

    href: str
    word: str
    is_web: bool


class Value(NamedTuple):
    """A cell as it is shown; `text` is None where the table holds null."""

    text: str | None
    is_number: bool = False
    is_page_text: bool = False
    is_derived: bool = False
    anchor: str | None = None  # its own place in the report
    source: str | None = None  # the mark that it was read from
    said: str = ""  # what the page says where the value is null
    is_withheld: bool = False
    action: Action | None = None


class Item(NamedTuple):
    """A row: what it is called, its place in the report, and its values by column."""

    row_id: str
    anchor: str
    name: str
    values: dict[str, Value]
    row: dict[str, Any]


class Values:
    """The rows of the data tables, ready to be shown."""

    def __init__(
        self, rows: Rows, tables: Mapping[str, Table], spec: ListingSpec, provenance: Provenance
    ) -> None:
        self.spec, self.provenance = spec, provenance
        self._kinds = {
            (field.table, field.name): field for field in spec.fields if field.kind in NUMBERS
        }
        names = [name for name in tables if name not in ABOUT]
        self.columns = {name: {c.name: c for c in tables[name].columns} for name in names}
        self.items = {
            name: [
                self._make_item(tables[name], dict(zip(tables[name].names(), row, strict=True)),
                                f"r{at}-{number}")
                for number, row in enumerate(rows[name], start=1)
            ]
            for at, name in enumerate(names, start=1)
        }  # fmt: skip
        self.by_id = {
            (name, item.row_id): item for name, items in self.items.items() for item in items
        }

    def _make_item(self, table: Table, row: dict[str, Any], anchor: str) -> Item:
        row_id = row[table.key[0]]
        values = {c.name: self._make(table.name, row_id, c, row[c.name]) for c in table.columns}
        named_by = ("municipality",) if table.name == MUNICIPALITIES else self.spec.key
        name = ", ".join(row[column] for column in named_by if row.get(column))
        return Item(row_id, anchor, name or row_id, values, row)

    def _make(self, table: str, row_id: str, column: Column, value: Any) -> Value:
        key = (table, row_id, column.name)
        read = self.provenance.texts.get(key, [])
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return Value(
            text=None if value is None else self._print(key, value, read),
            is_number=is_number,
            is_page_text=isinstance(value, str) and not column.derived,
            is_derived=column.derived,
            anchor=self.provenance.anchors.get(key),
            source=self.provenance.targets.get(key),
            said=_tell_said(read) if value is None else "",
            is_withheld=value is None and set(read) == {WITHHELD},
            action=find_action(column.name, value),
        )

    def _print(self, key: tuple[str, str, str], value: Any, read: list[str]) -> str:
        if isinstance(value, bool):
            return "yes" if value else "no"
        if not isinstance(value, int | float):
            return str(value)
        locale = self.spec.locale
        field = self._kinds.get((key[0], key[2]))
        if field is None or not read:
            return print_number(value, locale)
        number = parse_number(read[0], locale, whole=field.kind == "integer", unit=field.unit or "")
        is_same = number.value is not None and float(number.value) == value
        return print_number(value, locale, count_digits(number) if is_same else None)


def _tell_said(texts: list[str]) -> str:
    text = " ".join(dict.fromkeys(texts))
    return text if len(text) <= _SAID else text[: _SAID - 1] + "…"


def find_action(column: str, value: Any) -> Action | None:
    """Return what a reader can do with a value, if it is well-formed.

    >>> find_action("url", "http://town.example/plan.pdf").word
    'open'
    >>> find_action("url", "javascript:alert(1)"), find_action("email", "a@b.example?bcc=x@y.z")
    (None, None)
    """
    if not isinstance(value, str):
        return None
    if (column == "url" or column.endswith("_url")) and _WEB.fullmatch(value):
        return Action(value, "open", is_web=True)
    if column == "email" and _MAIL.fullmatch(value):
        return Action(f"mailto:{value}", "write", is_web=False)
    if column == "phone" and _TELEPHONE.fullmatch(value):
        return Action(f"tel:{value}", "call", is_web=False)
    return None
