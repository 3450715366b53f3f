"""Bounds on what a page may cost, but for those on its markup (`markup`).

lxml 6.1.3 drops text of elements that lie too deep without a word.
"""

from __future__ import annotations

from pipeline.errors import SuspectPage

MAX_BYTES = 12 * 2**20
MAX_ARCHIVE_BYTES = 4 * MAX_BYTES  # of all pages of an archive that are read at once
MAX_REGISTER_BYTES = 16 * 2**20  # four times the whole register of municipalities
MAX_LINES = 120_000
MAX_LINE_LENGTH = 100_000
MAX_RECORDS = 6_500  # what 512 MiB and ten seconds suffice for, with some room
MAX_DEPTH = 250


def check_bytes(body: bytes) -> None:
    """Raise SuspectPage if `body` is larger than any listing is."""
    if len(body) > MAX_BYTES:
        raise SuspectPage(
            f"the page has {len(body):,} bytes, more than the limit of {MAX_BYTES:,}; "
            "cut it down to the listing"
        )


def check_lines(count: int) -> None:
    """Raise SuspectPage if a page has more lines than any listing."""
    if count > MAX_LINES:
        raise too_many_lines()


def too_many_lines() -> SuspectPage:
    """Return what is wrong with a page of too many lines."""
    return SuspectPage(f"the page has more than {MAX_LINES:,} lines; cut it down to the listing")


def too_long(text: str, number: int) -> SuspectPage:
    """Return what is wrong with a line of too many characters."""
    return SuspectPage(
        f"line {number} has {len(text):,} characters, more than the limit of "
        f"{MAX_LINE_LENGTH:,}; a listing has line breaks"
    )


def too_deep() -> SuspectPage:
    """Return what is wrong with a page that nests its elements too deep."""
    return SuspectPage(
        f"the page nests elements more than {MAX_DEPTH} deep, where parsers begin to drop text; "
        "cut it down to the listing"
    )
