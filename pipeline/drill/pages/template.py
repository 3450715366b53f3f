"""A stored HTML page as a form of its own: texts are put in the place of texts, nothing else.

Each label and line is sought between the tags of the source, in the page's order, as it stands
there.  A mutation that needs another element or another link, or a text that stands there in
pieces, cannot be printed like this.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from pipeline.drill.pages.forms import Record

_MARKUP = re.compile(r"<!--.*?-->|<(?:script|style)\b.*?</(?:script|style)>|<[^>]*>", re.DOTALL)
_LINKED = ("links", "url")


class Template:
    """The source of a page, and where the texts of its records stand in it."""

    def __init__(self, source: str, records: Sequence[Record]) -> None:
        self.source, self.records = source, records
        self.text = _MARKUP.sub(lambda markup: "\0" * len(markup[0]), source)
        self.places: dict[tuple[int, int, int], tuple[int, int]] = {}  # record, entry, text -> span
        at = 0
        for r, record in enumerate(records):
            for e, entry in enumerate(record):
                for n, text in enumerate((entry.label, *entry.lines)):
                    place = self.find(text, at)
                    if place:
                        self.places[r, e, n] = place
                        at = place[1]

    def find(self, text: str, at: int) -> tuple[int, int] | None:
        for printed in (escape(text, quote=False), escape(text), text.replace(" ", "&nbsp;")):
            start = self.text.find(printed, at) if printed else -1
            if start >= 0:
                return start, start + len(printed)
        return None

    def render(self, records: Sequence[Record]) -> str | None:
        """Return the page with other texts in place; None if it has no place for them."""
        if len(records) != len(self.records):
            return None
        pieces, at = [], 0
        changes: list[tuple[tuple[int, int], str]] = []
        for r, (old, new) in enumerate(zip(self.records, records, strict=True)):
            if len(old) != len(new):
                return None
            for e, (before, after) in enumerate(zip(old, new, strict=True)):
                is_linked = before.lines != after.lines and before.kind in _LINKED
                if before.kind != after.kind or len(before.lines) != len(after.lines) or is_linked:
                    return None
                texts = zip((before.label, *before.lines), (after.label, *after.lines), strict=True)
                for n, (text, other) in enumerate(texts):
                    if text == other:
                        continue
                    place = self.places.get((r, e, n))
                    if place is None:
                        return None
                    changes.append((place, other))
        for (start, end), text in changes:
            pieces += [self.source[at:start], escape(text, quote=False)]
            at = end
        return "".join([*pieces, self.source[at:]])
