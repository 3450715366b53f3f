"""The parts of what stands on a terminal: inert text, quiet tables, a line with its span marked.

Imported only on a terminal, and rich with it.  Nothing here reads markup: each text of a page goes
through `inert`, which escapes control and bidi characters and gives a rich `Text`.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from pipeline.errors import one_line

STRONG, QUIET = "bold", "dim"
VERDICTS = {"pass": "green", "warn": "yellow", "fail": "bold red", "not_checkable": "dim"}
_MARK = "bold reverse"
_LONGEST = 1_000_000  # characters; lines are wrapped, not cut


def render(parts: Iterable[RenderableType], width: int, *, color: bool) -> str:
    """Return the parts as a terminal of that width shows them, each after an empty line.

    Without colour there is no escape code at all, and each character stands where it stood.
    """
    console = Console(
        file=io.StringIO(),
        width=width,
        force_terminal=True,
        color_system="standard" if color else None,
        no_color=not color,
        markup=False,
        emoji=False,
        highlight=False,
        legacy_windows=False,
    )
    with console.capture() as captured:
        for part in parts:
            console.print()
            console.print(part)
        console.print()
    return "".join(
        f"{line.rstrip(' ')}\n" for line in captured.get().removesuffix("\n").split("\n")
    )


def inert(text: str | None, style: str = "") -> Text:
    """Return a text that shows as it is, whatever stands in it; null is told from an empty text."""
    if text is None:
        return Text("null", QUIET)
    return Text(one_line(text, _LONGEST), style, overflow="fold")


def lay_table(heads: str, *, numbers: str = "", title: Text | None = None) -> Table:
    """Return an empty table; `heads` and those of them that head `numbers` are parted by spaces."""
    table = Table(
        box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0), header_style=STRONG
    )
    table.title, table.title_justify, table.title_style = title, "left", STRONG
    for head in heads.split():
        is_number = head in numbers.split()
        table.add_column(
            head,
            justify="right" if is_number else "left",
            no_wrap=is_number,
            overflow="fold",
        )
    return table


def lay_pairs(pairs: Iterable[tuple[str, RenderableType]]) -> Table:
    """Return names with what they stand for beside them."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style=QUIET, no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in pairs:
        table.add_row(name, value)
    return table


class Marked:
    """A line of a page with a span marked, by style and by carets below it, however it is wrapped."""

    def __init__(self, text: str, start: int, end: int) -> None:
        before, span, after = (
            one_line(part, _LONGEST) for part in (text[:start], text[start:end], text[end:])
        )
        self.text = before + span + after
        self.start = len(before)
        self.end = self.start + len(span)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield each piece of the line that fits, and the carets below it."""
        room = max(options.max_width, 2)
        for first, last in _iter_pieces(self.text, room):
            start, end = max(self.start, first), min(self.end, last)
            piece = Text(self.text[first:last], no_wrap=True)
            if start < end:
                piece.stylize(_MARK, start - first, end - first)
            yield piece
            is_at = first <= self.start < last or self.start == last == len(self.text)
            if start < end or (self.start == self.end and is_at):
                ahead = min(cell_len(self.text[first:start]), room - 1)
                yield Text(" " * ahead + "^" * max(cell_len(self.text[start:end]), 1), no_wrap=True)


def _iter_pieces(text: str, room: int) -> Iterator[tuple[int, int]]:
    """Yield where the pieces of a text begin and end, each at most `room` columns wide."""
    first, width, space = 0, 0, 0
    for place, character in enumerate(text):
        wide = cell_len(character)
        if width + wide > room:
            last = space if space > first + room // 2 else place
            yield first, last
            first, width = last, cell_len(text[last:place])
        width += wide
        if character == " ":
            space = place + 1
    yield first, len(text)
