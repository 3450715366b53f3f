"""Change events -> the words that a person reads, on a terminal and in the feed."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.errors import SourceUnavailable, one_line
from pipeline.listing import ListingSpec
from pipeline.publish.published import find_set, read_package
from pipeline.store import read_stored
from pipeline.tables import Row, iter_csv_texts, shape_tables

_LONGEST = 120  # characters of a value
_VALUES = 4  # of a row; the table has all


def read_events(rows: list[Row], spec: ListingSpec) -> list[dict[str, Any]]:
    """Return rows of the table `changes` as mappings, its columns as keys."""
    names = shape_tables(spec)["changes"].names()
    return [dict(zip(names, row, strict=True)) for row in rows]


def read_published(out: Path, since: datetime | None) -> list[dict[str, Any]]:
    """Return the published events, as the CSV prints them; SourceUnavailable if there is no set.

    With `since`, those of states that were seen from then on.
    """
    folder = find_set(out)
    if folder is None:
        raise SourceUnavailable(f"{out}: nothing is published yet; run ihk extract")
    read_package(folder)
    header, *rows = iter_csv_texts(read_stored(folder / "changes.csv"))
    events = [{n: text or None for n, text in zip(header, row, strict=True)} for row in rows]
    return [e for e in events if since is None or _is_seen_since(e["seen_by"], since)]


def _is_seen_since(seen_by: str | None, since: datetime) -> bool:
    return seen_by is not None and datetime.fromisoformat(seen_by) >= since


def tell_event(event: dict[str, Any]) -> str:
    """Return an event as one line.

    >>> tell_event({"kind": "value_changed", "table_name": "concepts", "row_id": "unna-probe",
    ...             "column_name": "title", "old": "Alt", "new": None})
    'concepts unna-probe: title “Alt” -> null'
    """
    where = f"{event['table_name']} {event['row_id']}"
    if event["kind"] == "value_changed":
        change = f"{_quote(event['old'])} -> {_quote(event['new'])}"
        return one_line(f"{where}: {event['column_name']} {change}")
    other = event["related_row_id"]
    if event["kind"] == "row_removed":
        related = f", likely the same as the new {other}" if other else ""
        return one_line(f"{where}: removed{related} ({_list(event['old'])})")
    related = f", likely the same as the removed {other}" if other else ""
    return one_line(f"{where}: added{related} ({_list(event['new'])})")


def _quote(text: str | None) -> str:
    return "null" if text is None else f"“{_cut(text)}”"


def _list(row: str) -> str:
    """Name the first values of a row that is told as a JSON object."""
    values = [f"{k} {_quote(v)}" for k, v in json.loads(row).items() if v is not None]
    return ", ".join(values[:_VALUES] + ["…"] * (len(values) > _VALUES))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
