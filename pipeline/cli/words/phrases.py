"""Phrases that the words of several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import one_line

if TYPE_CHECKING:
    from pipeline.tables import Row

_FLAGS = {  # by the line of the settings that holds for all runs, and what a run without it does
    "report = true": ("--report", "removes report.html"),
    "excel = true": ("--excel", "removes ihk.xlsx"),
    "csv_de = true": ("--csv-de", "removes de/"),
    "people = false": ("--without-people", "publishes persons"),
}


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


def tell_flags(lines: list[str], file: Path | None, report: str | None = None) -> list[str]:
    """Return where a report lies that was asked for, and what flags gave that the next run undoes.

    `lines` are those that the settings file lacks for it.
    """
    words = [f"report: {report}; open it in a browser"] if report else []
    words += [
        f"{flag} holds for this run: the next one without it {undoes}; for all runs write {line} "
        f"into {file or 'settings.toml'}"
        for flag, undoes, line in ((*_FLAGS[line], line) for line in lines)
    ]
    return [one_line(word) for word in words]
