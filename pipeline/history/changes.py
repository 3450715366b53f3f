"""Two sets of tables -> change events: a diff is data, words come later.

Told is what the page prints: typed columns, neither ids nor positions nor what is computed here.
Within a record, downloads pair by label, contacts by e-mail, else name, else organisation and
department.  The order of rows never matters, and a column that one side's medium cannot carry
(addresses in a text) gives no event.
"""

from __future__ import annotations

import json
from collections import defaultdict, deque
from collections.abc import Hashable, Iterable, Iterator
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple

from pipeline.listing import CHILDREN, MUNICIPALITIES, ListingSpec
from pipeline.model import Capture
from pipeline.tables import Row, Rows, Table, print_value

_COMMON = 100  # a value that more rows share tells nothing of which row is which
_LINKED = ("url", "file_type")  # what a text capture cannot carry
_Dict = dict[str, Any]


class Standing(NamedTuple):
    """An accepted capture, what it says, and when the page was seen to show it."""

    capture: Capture
    rows: Rows
    first: datetime | None
    last: datetime | None


def list_changes(
    standings: Iterable[Standing], spec: ListingSpec, tables: dict[str, Table]
) -> list[Row]:
    """Return the events from each standing to the next, as rows of the table `changes`."""
    events: list[Row] = []
    for old, new in pairwise(standings):
        linked = old.capture.media_type == new.capture.media_type
        found = compare(old.rows, new.rows, spec, tables, linked=linked)
        ids = (old.capture.capture_id, new.capture.capture_id)
        events += [(old.last, new.first, *ids, *event) for event in found]
    return events


def compare(
    before: Rows, after: Rows, spec: ListingSpec, tables: dict[str, Table], *, linked: bool = True
) -> list[Row]:
    """Return events without their times: table_name to related_row_id.

    `linked` tells whether both sides' medium carries addresses of links.
    """
    events: list[Row] = []
    for name, table in tables.items():
        if name in (MUNICIPALITIES, spec.table, *CHILDREN.values()):
            events += _compare_table(name, table, before[name], after[name], spec, linked)
    return events


def _compare_table(
    name: str, table: Table, before: list[Row], after: list[Row], spec: ListingSpec, linked: bool
) -> Iterator[Row]:
    names = table.names()
    told = [c for c in _told_columns(table, spec) if linked or not _is_link(c)]
    old = [dict(zip(names, row, strict=True)) for row in before]
    new = [dict(zip(names, row, strict=True)) for row in after]
    pairs, gone, come = _pair(table, old, new, spec)
    related = _relate(gone, come, told)
    owner = spec.id if name != MUNICIPALITIES else ""  # no column: a town has many records
    for a, b in pairs:
        for column in told:
            left, right = _value(a, column), _value(b, column)
            if left != right:
                yield (name, b[names[0]], column, b.get(owner), "value_changed", left, right, None)
    for row in gone:
        key, shown = row[names[0]], _render(row, told)
        other = related.get((0, key))
        yield (name, key, None, row.get(owner), "row_removed", shown, None, other)
    for row in come:
        key, shown = row[names[0]], _render(row, told)
        other = related.get((1, key))
        yield (name, key, None, row.get(owner), "row_added", None, shown, other)


def _told_columns(table: Table, spec: ListingSpec) -> list[str]:
    hidden = {*table.key, spec.id, "municipality_id", "position", "ags", "district_ags"}
    for check in spec.checks:
        hidden.update(check.columns)
    return [column for column in table.names() if column not in hidden]


def _is_link(column: str) -> bool:
    return column in _LINKED or column.endswith("_url")


def _value(row: _Dict, column: str) -> str | None:
    if column == "phone_text" and row.get("phone") is not None:
        return None
    return print_value(row[column])


def _render(row: _Dict, told: list[str]) -> str:
    return json.dumps({column: _value(row, column) for column in told}, ensure_ascii=False)


_Pairs = list[tuple[_Dict, _Dict]]


def _pair(
    table: Table, old: list[_Dict], new: list[_Dict], spec: ListingSpec
) -> tuple[_Pairs, list[_Dict], list[_Dict]]:
    """Pair rows by the first key that both have, most telling key first."""
    pairs: _Pairs = []
    for keys in _pairing_keys(table, spec):
        waiting: dict[Hashable, deque[_Dict]] = defaultdict(deque)
        matched = set()
        for row in new:
            key = tuple(row[k] for k in keys)
            if key[-1] is not None:
                waiting[key].append(row)
        kept = []
        for row in old:
            key = tuple(row[k] for k in keys)
            if key[-1] is not None and waiting[key]:
                match = waiting[key].popleft()
                matched.add(id(match))
                pairs.append((row, match))
            else:
                kept.append(row)
        old = kept
        new = [row for row in new if id(row) not in matched]
    return pairs, old, new


def _pairing_keys(table: Table, spec: ListingSpec) -> list[tuple[str, ...]]:
    if table.name == "downloads":
        return [(spec.id, "label")]
    if table.name == "contacts":
        return [(spec.id, "email"), (spec.id, "person"), (spec.id, "department", "organisation")]
    return [table.key]


def _relate(gone: list[_Dict], come: list[_Dict], told: list[str]) -> dict[tuple[int, str], str]:
    """Return, for removed (0) and added (1) rows that share half of their values, the other's key."""
    related: dict[tuple[int, str], str] = {}
    sharing: dict[tuple[str, str | None], list[int]] = defaultdict(list)
    for n, row in enumerate(come):
        for column in told:
            sharing[column, _value(row, column)].append(n)
    for row in gone:
        key = next(iter(row.values()))
        best, most = None, 0.5
        alike = (sharing.get((column, _value(row, column)), ()) for column in told)
        for n in sorted({n for rows in alike if len(rows) <= _COMMON for n in rows}):
            other = come[n]
            other_key = next(iter(other.values()))
            if (1, other_key) in related:
                continue
            values = [(_value(row, c), _value(other, c)) for c in told]
            values = [pair for pair in values if pair != (None, None)]
            share = sum(a == b for a, b in values) / len(values) if values else 0
            if share >= most:
                best, most = other_key, share + 1e-9
        if best is not None:
            related[0, key], related[1, best] = best, key
    return related
