"""Rules about keys: unique, whole, and told by the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from pipeline.page import quote
from pipeline.rules.finding import Finding, Subject

DATA = ("checks", "cells", "unclaimed", "captures", "changes")  # not checked: about the tables


def check_unique_keys(subject: Subject) -> Iterator[Finding]:
    """No two rows of a table have the same key."""
    for name, table in subject.tables.items():
        if name in DATA:
            continue
        rows = subject.normalised.rows[name]
        keys = [row[0] for row in rows]
        single = len(set(keys))
        counts = Counter(keys) if single < len(keys) else {}
        twice = [key for key, count in counts.items() if count > 1]
        for key in twice:
            yield Finding("unique_key", name, key, table.key[0], None, "fail", "1 row",
                          f"{counts[key]} rows", f"The key {quote(key)} stands in several rows.")  # fmt: skip
        if not twice:
            yield Finding("unique_key", name, "*", table.key[0], None, "pass", f"{len(rows)} keys",
                          f"{single} keys", "Each row of the table has a key of its own.")  # fmt: skip


def check_foreign_keys(subject: Subject) -> Iterator[Finding]:
    """Each row that names a row of another table finds it there."""
    for name, table in subject.tables.items():
        for column, other in table.foreign:
            at = table.names().index(column)
            known = {row[0] for row in subject.normalised.rows[other]}
            lost = [row for row in subject.normalised.rows[name] if row[at] not in known]
            for row in lost:
                yield Finding("foreign_key", name, row[0], column, None, "fail", f"a row of {other}",
                              row[at], f"{quote(str(row[at]))} is no key of {other}.")  # fmt: skip
            if not lost:
                yield Finding("foreign_key", name, "*", column, None, "pass", f"rows of {other}",
                              None, f"Each {column} is a key of {other}.")  # fmt: skip


def check_identity(subject: Subject) -> Iterator[Finding]:
    """A record's own text names it, and no record stands twice on the page."""
    spec = subject.spec
    for item in subject.normalised.items:
        if not item.ids.told:
            yield Finding("identity", spec.table, item.ids.record_id, spec.id, item.ids.record_id,
                          "fail", "an id of its own", item.ids.record_id,
                          "The record's text does not tell it from all others, so its id is made "
                          "of its lines and will change with them.")  # fmt: skip
    first = {item.draft.record.position for item in subject.normalised.items}
    for record in subject.listing.records:
        if record.position not in first:
            row_id = f"{subject.capture_id}:{record.first_line}"
            yield Finding("identity", "unclaimed", row_id, None, None, "fail", "one record",
                          f"lines {record.first_line} to {record.last_line}",
                          f"The record in lines {record.first_line} to {record.last_line} repeats "
                          "an earlier one word by word, so it is in unclaimed"
                          f"{_tell_remedy(subject)}.")  # fmt: skip


def _tell_remedy(subject: Subject) -> str:
    """Tell what to do where a page holds its records again for another screen."""
    if not subject.page.is_html:
        return ""
    return (
        "; where a page prints records again for small screens or paper, name the CSS class of "
        'these elements in the listing spec: hidden = ["…"]'
    )
