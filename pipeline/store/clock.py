"""Times: now, as the log and the tables hold it, and a DATE of the command line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pipeline.errors import SpecError


def now() -> datetime:
    """Return the time in UTC, in whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


def parse_date(text: str, *, end: bool) -> datetime:
    """Read a day or a time (ISO 8601, UTC unless it says otherwise); SpecError if it is neither.

    A day means its beginning, or with `end` its last moment.

    >>> parse_date("2026-11-24", end=False).isoformat(), parse_date("2026-11-24", end=True).isoformat()
    ('2026-11-24T00:00:00+00:00', '2026-11-24T23:59:59.999999+00:00')
    >>> parse_date("2026-11-24T03:00+01:00", end=True).isoformat()
    '2026-11-24T02:00:00+00:00'
    """
    try:
        at = datetime.fromisoformat(text)
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
        is_day = "T" not in text.upper() and " " not in text
        return at + timedelta(days=1, microseconds=-1) if is_day and end else at
    except (ValueError, OverflowError):
        raise SpecError(
            f"{text!r} is no date; write it like 2026-11-24 or 2026-11-24T03:00"
        ) from None
