"""What can go wrong, named by whose fault it is and what to do; each has its exit code.

The codes are those of the README's table.  Exit code 1 is reserved for a bug in this program.
"""

from __future__ import annotations


class PipelineError(Exception):
    """Base of every error that this package raises on purpose; its text is one line."""

    exit_code = 2

    def __init__(self, message: str) -> None:
        super().__init__(one_line(message))


class SpecError(PipelineError):
    """The call, the settings or the listing spec is wrong."""

    exit_code = 2


class SourceUnavailable(PipelineError):
    """The source could not be had; what is published is untouched."""

    exit_code = 3


class SuspectPage(PipelineError):
    """The page is not the listing, or not whole enough to publish."""

    exit_code = 4


class DamagedFile(PipelineError):
    """A stored or published file is not what was written."""

    exit_code = 5


class Locked(PipelineError):
    """Another run holds the lock."""

    exit_code = 6


class StorageError(PipelineError):
    """The disk or the system refused; nothing is half-written."""

    exit_code = 7


def one_line(text: str, limit: int = 1000) -> str:
    """Return `text` with line breaks and control characters escaped, so that page text is inert.

    >>> one_line("a\\x1b[31m\\nb")
    'a\\\\x1b[31m\\\\nb'
    """
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"
