"""A visit to a page, or a person's verdict, as a value."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple

Outcome = Literal[
    "new", "unchanged", "not_modified", "suspect", "gone", "unreachable", "refused", "waiting",
    "imported", "accepted", "rejected",
]  # fmt: skip
OWN = "at url outcome http_status attempts capture_id reason".split()  # told in every line
MORE = "seen_at content_type etag last_modified wait_until".split()  # where there is something


class Visit(NamedTuple):
    """What one visit found, or a person's verdict.  Times are UTC, whole seconds."""

    at: datetime
    url: str | None  # where the answer came from in the end
    outcome: Outcome
    http_status: int | None = None
    attempts: int = 0  # requests for the page itself; 0: none was sent
    capture_id: str | None = None
    reason: str | None = None
    seen_at: datetime | None = None  # imported: when an archive received the page
    content_type: str | None = None  # of the answer, or as the archive has it
    etag: str | None = None
    last_modified: str | None = None
    wait_until: datetime | None = None  # no request before: the server said so
    sha256: str = ""  # of the line, once it is in the log

    def is_import(self) -> bool:
        """Tell whether it brought a page from a file or an archive: no visit to the page itself."""
        return self.outcome == "imported" or (self.outcome == "suspect" and not self.attempts)


def print_time(at: datetime) -> str:
    """Return a time as the log and the CSV print it: `2026-11-24T03:00:00Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def describe_visit(visit: Visit) -> dict[str, Any]:
    """Return a visit as plain data."""
    return {name: plain(getattr(visit, name)) for name in (*OWN, *MORE)}


def plain(value: Any) -> Any:
    """Return a value as JSON carries it."""
    return print_time(value) if isinstance(value, datetime) else value
