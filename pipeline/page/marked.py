"""The marks of the line being read, until a line holds them."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.model import Line, Mark
from pipeline.page.blocks import Block
from pipeline.page.marks import Note
from pipeline.page.text import clean_pieces

_WHOLE = frozenset(("", "html", "body", "main"))  # elements that hold more than a block of lines
Marked = tuple[
    int, int, Note
]  # an element with a mark: its first piece, the one behind it, the mark


class WaitingMarks(list[Marked]):
    """Marks by the pieces of their elements; mostly none."""

    def add(self, notes: Iterable[Note], start: int, end: int) -> None:
        """Add the marks of the element that holds the pieces `[start:end]`."""
        self += [(start, end, note) for note in notes]

    def place(self, pieces: list[str], text: str) -> tuple[Mark, ...]:
        """Return the marks at their characters of the line's clean `text`, and forget them."""
        starts = [*clean_pieces(pieces)[1], len(text)]
        marks = []
        for first, last, note in self:
            start, end = starts[min(first, len(starts) - 1)], starts[min(last, len(starts) - 1)]
            while start < end and text[start] == " ":
                start += 1
            while start < end and text[end - 1] == " ":
                end -= 1
            marks.append(Mark(start, end, *note))
        self.clear()
        return tuple(sorted(marks))

    def carry(self) -> None:
        """Put all at the start of the next line."""
        self[:] = [(0, 0, note) for _, _, note in self]

    def settle(self, block: Block, lines: list[Line]) -> None:
        """Put marks that no line holds at the end of the line before, if it is of the same block.

        Else the next line takes them; a block without one leaves them to the one around it.
        """
        inner: Block | None = block
        while inner is not None and inner.tag not in _WHOLE:
            if len(lines) > inner.first_line:
                before = lines[-1]
                end = len(before.text)
                marks = (*before.marks, *(Mark(end, end, *note) for _, _, note in self))
                lines[-1] = before._replace(marks=marks)
                self.clear()
                return
            inner = inner.outer if inner is block else None
        if block.tag in _WHOLE:
            self.clear()
