"""How to cite what was extracted, what of it is fact and what computed here, and whose it is."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from pipeline.listing import ListingSpec
from pipeline.tables import Rows, Table

ABOUT = frozenset(
    ("checks", "cells", "unclaimed", "captures", "changes")
)  # tables about the others
NO_LICENCE = (
    "The captured page states no licence that this program could read. Figures and names are facts; "
    "ask the publisher of the page before you republish its texts."
)


class Source(NamedTuple):
    """The capture in force as a source: how to cite it, and which columns are its own."""

    citation: str
    url: str
    capture_id: str
    sha256: str
    captured_at: datetime | None
    facts: dict[str, list[str]]  # table -> columns read from the page
    derived: dict[str, list[str]]  # table -> columns computed or looked up here
    rights: str


def describe_source(rows: Rows, tables: dict[str, Table], spec: ListingSpec) -> Source:
    """Return what is to be said of the page that `rows` were read from."""
    from pipeline.version import VERSION  # which may describe a source itself

    capture = find_capture(rows, tables)
    at: datetime | None = capture["captured_at"]
    when = f"captured {tell_time(at)}" if at else "captured at an unknown time"
    citation = (
        f"“{spec.title}”, {capture['url']}, {when} (capture {capture['capture_id']}, SHA-256 "
        f"{capture['sha256']}), read with ihk-listing {VERSION}."
    )
    facts, derived = (
        {
            name: [column.name for column in table.columns if column.derived is is_derived]
            for name, table in tables.items()
            if name not in ABOUT
        }
        for is_derived in (False, True)
    )
    return Source(
        citation,
        capture["url"],
        capture["capture_id"],
        capture["sha256"],
        at,
        facts,
        derived,
        spec.rights or NO_LICENCE,
    )


def find_capture(rows: Rows, tables: dict[str, Table]) -> dict[str, Any]:
    """Return the row of the capture in force: the one that the cells name."""
    names = tables["captures"].names()
    captures = {row[0]: dict(zip(names, row, strict=True)) for row in rows["captures"]}
    at = tables["cells"].names().index("capture_id")
    return captures[rows["cells"][0][at]] if rows["cells"] else list(captures.values())[-1]


def tell_time(at: datetime) -> str:
    """Return a time (UTC) for readers.

    >>> from datetime import UTC
    >>> tell_time(datetime(2026, 11, 24, 3, 0, 7, tzinfo=UTC))
    '2026-11-24 03:00 UTC'
    """
    return at.strftime("%Y-%m-%d %H:%M UTC")
