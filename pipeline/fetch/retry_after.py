"""The header Retry-After -> seconds (RFC 9110, 10.2.3); what cannot be read counts as absent."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST = 30 * 86_400  # seconds; a server that wishes for more is asked again in a month
_SECONDS = re.compile(r"[0-9]+")
_DATE = re.compile(r"[A-Za-z]{3,9},? [ -~]{5,40}")
_FAR_YEAR = re.compile(r"\b[0-9]{5,}\b")


def parse_retry_after(text: str | None, now: datetime) -> float | None:
    """Return for how many seconds no request is wished; None if the header says nothing.

    >>> now = datetime(1994, 11, 6, 8, 49, 7, tzinfo=UTC)
    >>> [parse_retry_after(t, now) for t in ("120", "-5", "1.5", "", "١٢", "9" * 5000)]
    [120.0, None, None, None, None, 2592000.0]
    >>> [parse_retry_after(t, now) for t in (
    ...     "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
    ...     "Sun Nov  6 08:49:37 1994", "Sun, 06 Nov 1989 08:49:37 GMT",
    ...     "Sun, 06 Nov 99999 08:49:37 GMT")]
    [30.0, 30.0, 30.0, 0.0, 2592000.0]
    """
    text = (text or "").strip()
    if _SECONDS.fullmatch(text):
        digits = text.lstrip("0") or "0"
        return float(LONGEST if len(digits) > 9 else min(int(digits), LONGEST))
    if not _DATE.fullmatch(text):
        return None
    if _FAR_YEAR.search(text):
        return float(LONGEST)
    try:
        at = parsedate_to_datetime(text)
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at
        return min(max((at - now).total_seconds(), 0.0), float(LONGEST))
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
