"""Phrases that the words of several commands share."""

from __future__ import annotations

from typing import Any

from pipeline.tables import Row


def count_things(count: int, thing: str) -> str:
    """Return a number with its noun.

    >>> count_things(1, "record"), count_things(2, "record")
    ('1 record', '2 records')
    """
    return f"{count} {thing}" if count == 1 else f"{count:,} {thing}s"


def find_step(event: dict[str, Any]) -> tuple[str | None, ...]:
    """Return between which two sightings of the page a change event lies."""
    return tuple(event[n] for n in ("seen_after", "seen_by", "after_capture", "by_capture"))


def tell_step(step: tuple[str | None, ...]) -> str:
    """Return a step between two sightings in words."""
    after, by = (time or "an unknown time" for time in step[:2])
    return f"between {after} ({step[2]}) and {by} ({step[3]})"


def tell_check(row: Row) -> str:
    """Return a row of the table `checks` as a line: its verdict, the row that it means, its sentence."""
    return f"{row[5]}: {row[8]}" if row[2] == "*" else f"{row[5]}: {row[2]}: {row[8]}"
