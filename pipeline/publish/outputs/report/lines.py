"""The page's lines with a mark around what each cell was read from, and the way from cells to marks.

A mark's id tells its place, `l12-4-10`, so that cells that were read from the same characters share
one.  Marks may nest.  Marks that cross cannot in HTML: the line is then shown again for the second.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from markupsafe import Markup, escape

from pipeline.model import Piece, Shown
from pipeline.page import WITHHELD
from pipeline.publish.citation import ABOUT
from pipeline.tables import Row

Key = tuple[str, str, str]  # table, row, column
Mark = tuple[int, int]  # the characters of a line that it stands around
_INERT = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")


class Given(NamedTuple):
    """A cell that a line gave: its anchor in the report, its column, and which row it is of."""

    anchor: str
    column: str
    row: str


class ShownLine(NamedTuple):
    """A line as the report shows it, more than once where marks cross."""

    number: int
    texts: tuple[Markup, ...]
    gave: tuple[Given, ...]


def make_inert(text: str) -> str:
    """Return `text` with U+FFFD for what a browser would obey or not show: controls, bidi, surrogates.

    >>> make_inert("a\\x00b\\u202ec")
    'a\ufffdb\ufffdc'
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join("\ufffd" if unicodedata.category(c) in _INERT else c for c in text)


class Provenance:
    """Where the cells of the data tables were read: marks and anchors by table, row and column."""

    def __init__(self, cells: Iterable[Row], lines: Shown) -> None:
        self.lines = lines
        self.targets: dict[Key, str] = {}  # a cell's first mark
        self.texts: dict[Key, list[str]] = {}
        self.anchors: dict[Key, str] = {}
        self._gave: dict[int, dict[Mark, list[Key]]] = {}
        for table, row_id, column, _, number, start, end, text in cells:
            if table in ABOUT or number not in lines:
                continue
            key = (table, row_id, column)
            mark = _snap(lines[number], start, end)
            self.targets.setdefault(key, f"l{number}-{mark[0]}-{mark[1]}")
            self.texts.setdefault(key, []).append(text)
            self.anchors.setdefault(key, f"c{len(self.anchors) + 1}")
            self._gave.setdefault(number, {}).setdefault(mark, []).append(key)

    def iter_lines(self) -> Iterator[ShownLine]:
        """Yield the lines in order."""
        for number, pieces in self.lines.items():
            marks = self._gave.get(number, {})
            ordered = sorted(marks, key=_outer_first)
            layers = _layer(ordered) or [[]]
            texts = tuple(_render(number, pieces, layer) for layer in layers)
            keys = dict.fromkeys(key for mark in ordered for key in marks[mark])
            gave = tuple(Given(self.anchors[key], key[2], f"{key[0]} {key[1]}") for key in keys)
            yield ShownLine(number, texts, gave)


def _snap(pieces: Sequence[Piece], start: int, end: int) -> Mark:
    """Widen a mark to the whole of what is withheld: its characters cannot be told apart."""
    for piece in pieces:
        if piece.text == WITHHELD and piece.start < end and piece.end > start:
            start, end = min(start, piece.start), max(end, piece.end)
    return start, end


def _outer_first(mark: Mark) -> tuple[int, int]:
    return mark[0], -mark[1]


def _layer(marks: Iterable[Mark]) -> list[list[Mark]]:
    """Share marks, the outer first, among layers in which none crosses another."""
    layers: list[list[Mark]] = []
    open_ends: list[list[int]] = []
    for mark in marks:
        for layer, ends in zip(layers, open_ends, strict=True):
            while ends and ends[-1] <= mark[0]:
                ends.pop()
            if not ends or mark[1] <= ends[-1]:
                layer.append(mark)
                ends.append(mark[1])
                break
        else:
            layers.append([mark])
            open_ends.append([mark[1]])
    return layers


def _render(number: int, pieces: Sequence[Piece], marks: Iterable[Mark]) -> Markup:
    starts = [piece.start for piece in pieces]
    parts: list[str] = []
    ends: list[int] = []
    at = 0

    def advance(to: int) -> None:
        nonlocal at
        parts.append(escape(make_inert(_cut(pieces, starts, at, to))))
        at = to

    for start, end in marks:
        while ends and ends[-1] <= start:
            advance(ends.pop())
            parts.append("</mark>")
        advance(start)
        parts.append(f'<mark id="l{number}-{start}-{end}">')
        ends.append(end)
    while ends:
        advance(ends.pop())
        parts.append("</mark>")
    advance(pieces[-1].end if pieces else 0)
    return Markup("".join(parts))  # noqa: S704 - every part is escaped


def _cut(pieces: Sequence[Piece], starts: Sequence[int], start: int, end: int) -> str:
    """Return what is shown of the characters `[start:end]`; what is withheld stands at its start."""
    parts: list[str] = []
    for piece in pieces[max(bisect_right(starts, start) - 1, 0) :]:
        if piece.start >= end:
            break
        if piece.text == WITHHELD:
            parts.append(piece.text if start <= piece.start else "")
        else:
            parts.append(piece.text[max(start - piece.start, 0) : end - piece.start])
    return "".join(parts)
