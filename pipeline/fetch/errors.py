"""Why an answer could not be had."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from pipeline.errors import SourceUnavailable, one_line
from pipeline.history import Outcome


class FetchFailed(SourceUnavailable):
    """No answer that can be used; `outcome` is what the visit log calls it."""

    def __init__(
        self,
        reason: str,
        outcome: Outcome,
        *,
        http_status: int | None = None,
        wait_until: datetime | None = None,
    ) -> None:
        super().__init__(reason)
        self.outcome, self.http_status, self.wait_until = outcome, http_status, wait_until

    def at(self, url: str, http_status: int | None) -> Self:
        """Return itself, saying where it happened and what the server had answered by then."""
        if url not in str(self):
            self.args = (one_line(f"{url}: {self}"),)
        self.http_status = self.http_status or http_status
        return self


class Refused(FetchFailed):
    """It must not be had, or what came must not be taken: trying again would not help."""

    def __init__(self, reason: str, *, http_status: int | None = None) -> None:
        super().__init__(reason, "refused", http_status=http_status)


class Transient(FetchFailed):
    """It may be had in a moment; `retry_after` is the server's wish, in seconds."""

    def __init__(
        self, reason: str, *, http_status: int | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(reason, "unreachable", http_status=http_status)
        self.retry_after = retry_after


class Late(FetchFailed):
    """The time for the whole visit is used up."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason, "unreachable")
