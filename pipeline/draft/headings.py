"""Headings over the records that name them: what a draft makes a field of."""

from __future__ import annotations

import re

from pipeline.model import Listing, Record
from pipeline.page import fold

_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"[0-9]+")


def find_headings(listing: Listing) -> tuple[str, ...]:
    """Return the heading over each record, or nothing where they do not name the records.

    They do if all have one, all are different (numbers aside), and few repeat a text of the record.
    """
    headings = [record.heading.text for record in listing.records if record.heading]
    if len(headings) < max(len(listing.records), 2):
        return ()
    if len({_NUMBER.sub("", fold(text)) for text in headings}) < len(headings):
        return ()
    repeated = sum(map(_is_repeated, listing.records))
    return () if repeated * 2 >= len(headings) else tuple(headings)


def _is_repeated(record: Record) -> bool:
    """Tell whether the words of a record's heading stand in one of its texts."""
    words = _list_words(record.heading.text) if record.heading else ""
    texts = (" ".join(span.text for span in text.texts) for text in record.fields.values())
    return any(words in _list_words(text) for text in texts)


def _list_words(text: str) -> str:
    return f" {' '.join(_WORD.findall(text.casefold()))} "
