"""Rows without persons, for the setting `people = false`: what is not known to be harmless is withheld.

Published are: the fields of the listing whose text carries no person, units and organisations that
read like an office, labels, and the program's own words.  `[withheld]` stands for all else: in a
check's sentence for what it quotes, in `cells` and `unclaimed` for the text, in a line for the rest
of it.  `contacts` has one row for each organisation of a block, its other columns null.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.listing import CHILDREN, MUNICIPALITIES, ListingSpec
from pipeline.page import WITHHELD, fold
from pipeline.privacy.quotes import hide_quotes, hide_text, list_labels
from pipeline.privacy.signs import CONTACTS, LETTER, Signs, may_be_name
from pipeline.tables import Row, Rows, Table
from pipeline.values import is_absent

_DOUBTS = ("label", "readable", "shape", "unclaimed")  # rules that say a text may be another's
_CHILD = re.compile(r"[a-z0-9-]+/[0-9]+")  # the key of a row below a record


def withhold_persons(rows: Rows, tables: dict[str, Table], spec: ListingSpec) -> Rows:
    """Return the rows of one capture without persons."""
    return _Withholding(rows, tables, spec).make()


class _Withholding:
    def __init__(self, rows: Rows, tables: dict[str, Table], spec: ListingSpec) -> None:
        self.rows, self.tables, self.spec = rows, tables, spec
        own = (MUNICIPALITIES, spec.table, CHILDREN["links"])
        self.data = [name for name in tables if name in own]
        self.contacts = rows.get(CONTACTS, [])
        self.raw: dict[tuple[str, str, str], list[str]] = {}  # a cell's texts
        for table, row_id, column, _, _, _, _, text in rows["cells"]:
            self.raw.setdefault((table, row_id, column), []).append(text)
        records = {row[0] for row in rows[spec.table]}
        lacking = records - {row[1] for row in self.contacts}
        self.lacking = lacking if len(lacking) * 2 < len(records) else set()  # whose block is lost
        self.signs = Signs(rows, tables, spec)
        self.doubted = {
            (table, key, column)
            for rule, table, key, column, _, verdict, *_ in rows["checks"]
            if rule in _DOUBTS and verdict in ("warn", "fail")
        }
        links = CHILDREN["links"]
        self.tainted = {  # records in which a document's text shows a person: a block stands there
            key.partition("/")[0]
            for (table, key, _), texts in self.raw.items()
            if table == links and any(map(self.signs.carries_person, texts))
        }
        self.hidden: set[tuple[str, str, str]] = set()  # cells, by table, key and column
        self.places: set[Row] = set()  # of their texts: capture, line, start and end
        self.merged: dict[str, str] = {}  # a contact's key -> that of its organisation's row
        self.renamed: dict[str, str] = {}  # keys of records and municipalities

    def make(self) -> Rows:
        made: Rows = {**self.rows}
        for name in self.data:
            made[name] = [self._hide_row(self.tables[name], row) for row in self.rows[name]]
        if CONTACTS in self.tables:
            made[CONTACTS] = list(self._join_contacts())
        self._rename()
        for name in (*self.data, CONTACTS):
            if name in made:
                made[name] = [self._put_keys(self.tables[name], row) for row in made[name]]
        self.places = {cell[3:7] for cell in self.rows["cells"] if cell[:3] in self.hidden}
        made["cells"] = [self._hide_cell(cell) for cell in self.rows["cells"]]
        allowed = [*list_labels(self.spec), *self._iter_published(made)]
        known = {fold(text) for text in allowed}
        made["unclaimed"] = [
            (capture, self._key(record), line, WITHHELD, None, hide_quotes(reason, known))
            for capture, record, line, _, _, reason in self.rows["unclaimed"]
        ]
        made["checks"] = [self._hide_check(row, known) for row in self.rows["checks"]]
        return made

    def _must_hide(self, table: Table, key: str, texts: list[str]) -> bool:
        if any(self.signs.carries_person(text) for text in texts):
            return True
        record = key.partition("/")[0]
        if table.name == CHILDREN["links"] and record in self.tainted:
            return not all(map(self.signs.is_unit, texts))
        may_hold_block = table.name == CHILDREN["links"] or len(texts) > 1
        if not may_hold_block or table.name == MUNICIPALITIES or record not in self.lacking:
            return False
        return any(map(may_be_name, texts[table.name == self.spec.table :]))

    # --- Tables

    def _hide_row(self, table: Table, row: Row) -> Row:
        key, values = row[0], list(row)
        names = table.names()
        columns = [c.name for c, value in zip(table.columns, row, strict=True) if value is not None]
        read = {text for name in columns for text in self.raw.get((table.name, key, name), ())}
        for at, column in enumerate(table.columns):
            if column.derived:
                continue
            texts = self.raw.get((table.name, key, column.name), [])
            no_url = f"{column.name}_url" in names and f"{column.name}_url" not in columns
            is_doubted = (table.name, key, column.name) in self.doubted
            of_hidden = (table.name, key, column.name.removesuffix("_url")) in self.hidden
            if (
                (table.name, column.name) in self.signs.personal
                or no_url
                or is_doubted
                or of_hidden
            ):
                hides = any(LETTER.search(text) for text in texts)
            elif values[at] is None:  # not read, so nobody knows what it is
                left = [text for text in texts if text not in read and not is_absent(text)]
                hides = any(LETTER.search(text) for text in left)
            else:
                own = [values[at]] if column.type == "string" else []
                hides = self._must_hide(table, key, texts or own)
                hides = hides or any(map(self.signs.carries_person, own))
            if hides:
                self.hidden.add((table.name, key, column.name))
                is_text = values[at] is not None and not column.name.endswith("url")
                values[at] = WITHHELD if is_text and column.type == "string" else None
        return tuple(values)

    def _join_contacts(self) -> Iterator[Row]:
        """Yield one row for each organisation of a block."""
        width = len(self.tables[CONTACTS].columns)
        joined: list[tuple[str, int, str | None, list[str]]] = []
        for row in self.contacts:
            key, record, organisation = row[0], row[1], row[3]
            if organisation is not None and not self.signs.is_unit(organisation):
                organisation = WITHHELD
            last = joined[-1] if joined else None
            if last is None or (last[0], last[2]) != (record, organisation):
                position = last[1] + 1 if last is not None and last[0] == record else 1
                joined.append((record, position, organisation, []))
            self.merged[key] = f"{record}/{joined[-1][1]}"
            for unit in self.raw.get((CONTACTS, key, "department"), []):
                shown = unit if self.signs.is_unit(unit) else WITHHELD
                if shown not in joined[-1][3]:
                    joined[-1][3].append(shown)
        for record, position, organisation, units in joined:
            head = (
                f"{record}/{position}",
                record,
                position,
                organisation,
                "; ".join(units) or None,
            )
            yield (*head, *[None] * (width - len(head)))

    # --- Keys

    def _rename(self) -> None:
        """Give another key to each row whose key was made of a text that is withheld."""
        by = {self.spec.table: self.spec.key, MUNICIPALITIES: ("municipality",)}
        for table, columns in by.items():
            for number, row in enumerate(self.rows.get(table, []), start=1):
                if any((table, row[0], column) in self.hidden for column in columns):
                    self.renamed[row[0]] = f"withheld-{number}"

    def _join(self, table: str, key: str) -> str:
        """Return a key as it is after contacts were joined."""
        return self.merged.get(key, key) if table == CONTACTS else key

    def _key(self, key: str | None) -> str | None:
        if key is None:
            return None
        head, slash, tail = key.partition("/")
        return f"{self.renamed.get(head, head)}{slash}{tail}"

    def _put_keys(self, table: Table, row: Row) -> Row:
        if not self.renamed:
            return row
        keys = {table.columns[0].name, self.spec.id, "municipality_id"}
        return tuple(
            self.renamed.get(head, head) + slash + tail
            if column.name in keys and value is not None
            else value
            for column, value in zip(table.columns, row, strict=True)
            for head, slash, tail in (str(value).partition("/"),)
        )

    # --- What tells of the tables

    def _hide_cell(self, cell: Row) -> Row:
        table, key, column, *place, text = cell
        if table == CONTACTS:
            is_seen = column in ("organisation", "department") and self.signs.is_unit(text)
        else:
            is_seen = cell[3:7] not in self.places
        shown = text if is_seen else WITHHELD
        return (table, self._key(self._join(table, key)), column, *place, shown)

    def _iter_published(self, made: Rows) -> Iterator[str]:
        for name in (*self.data, CONTACTS):
            for row in made.get(name, []):
                yield from (value for value in row if isinstance(value, str))
        yield from (cell[7] for cell in made["cells"])

    def _hide_check(self, row: Row, known: set[str]) -> Row:
        rule, table, key, column, record, verdict, expected, observed, message = row
        message = hide_quotes(message, known)
        if table == CONTACTS:
            expected = hide_text(expected, known)
            message = _CHILD.sub(lambda match: self._join(table, match[0]), message)
        for old, new in self.renamed.items():
            message = message.replace(old, new)
        key = self._key(self._join(table, key))
        return (rule, table, key, column, self._key(record), verdict, expected,
                hide_text(observed, known), message)  # fmt: skip
