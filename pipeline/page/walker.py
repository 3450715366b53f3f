"""One walker over a page's markup: texts, elements and breaks, in document order -> numbered lines.

Both front ends (`trees`) tell it what they find.  Block elements, `br`, table rows and cells end a
line; so do line breaks inside `pre`.  An element for a cell, term, value or block that holds
nothing gives a blank line, so that an empty value is known to be empty.  A line knows its element,
whether it stood there alone, and where its first inline element ends if another, or a block,
follows at once: that is how the grammar sees label and value that stand in neighbouring cells,
`dt`/`dd`, `div`s or `span`s.
"""

from __future__ import annotations

from pipeline.model import Line, Link, Page, new_line
from pipeline.page.blocks import (
    BLOCKS,
    HEADINGS,
    MAY_BE_EMPTY,
    Attributes,
    Block,
    find_span,
    find_toggle,
)
from pipeline.page.inlines import Anchor, Part, Target, read_parts
from pipeline.page.limits import (
    MAX_DEPTH,
    MAX_LINE_LENGTH,
    MAX_LINES,
    check_lines,
    too_deep,
    too_long,
    too_many_lines,
)
from pipeline.page.text import clean

_HEADING_LINES = 3  # no heading has more
MARKUP_SPACE = " \t\r\n\f"


class Walker:
    """Folds what a front end finds into lines.

    `stack` has an entry for each open element above that of the document: a block as its `Block`,
    an inline element as the number of the piece it begins with, a link as `Anchor`.
    """

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.pieces: list[str] = []  # the texts of the line being read
        self.inlines: list[Part] = []  # the inline elements that ended, by their pieces
        self.block = Block(-1, "", 0)
        self.stack: list[Block | Anchor | int] = [self.block]
        self.tags: list[str] = []
        self.parents: list[int] = []
        self.ends: list[int] = []
        self.spans: dict[int, tuple[int, int]] = {}
        self.rules: list[int] = []
        self.links = 0

    def finish(self, title: str, base: str | None) -> Page:
        """Return the page, with its title and its `<base href>`."""
        if self.pieces:
            self.end_line("")
        check_lines(len(self.lines))
        return Page(
            tuple(self.lines),
            tuple(self.tags),
            tuple(self.parents),
            tuple(self.ends),
            title=clean(title),
            base=base,
            is_html=True,
            spans=self.spans,
            rules=tuple(self.rules),
        )

    def read_text(self, text: str) -> None:
        """Read a text."""
        if self.block.pre:
            self._read_preformatted(text)
        elif self.pieces or (text := text.lstrip(MARKUP_SPACE)):
            self.pieces.append(text)

    def read_rule(self) -> None:
        """Read an `hr`."""
        self.end_line("hr")
        self.rules.append(len(self.lines))

    def read_leaf(self, href: str | None, text: str) -> None:
        """Read an inline element, outside of `pre`, that holds a text and nothing else."""
        if len(self.stack) > MAX_DEPTH:
            raise too_deep()
        pieces = self.pieces
        start = len(pieces)
        target = None if href is None else self._number_link(href)
        if start or (text := text.lstrip(MARKUP_SPACE)):
            pieces.append(text)
            self.inlines.append((start, start + 1, target))
        elif target is not None:
            self.inlines.append((start, start, target))

    def end_element(self) -> None:
        """End the innermost open element."""
        entry = self.stack.pop()
        if isinstance(entry, int):
            if len(self.pieces) > entry:
                self.inlines.append((entry, len(self.pieces), None))
        elif isinstance(entry, Anchor):
            self.inlines.append((entry.start, len(self.pieces), entry.target))
        else:
            self._end_block(entry)

    def begin_element(self, tag: str, attributes: Attributes | None, href: str | None) -> None:
        """Begin an element; `href` is a link's, its attributes count where `blocks` asks for them."""
        if len(self.stack) > MAX_DEPTH:
            raise too_deep()
        if tag in BLOCKS or (attributes and find_toggle(tag, attributes)):
            if self.pieces:
                self.end_line("block")
            self._begin_block(tag, attributes)
        else:
            start = len(self.pieces)
            self.stack.append(start if href is None else Anchor(start, self._number_link(href)))

    def _number_link(self, href: str) -> Target:
        self.links += 1
        return href, self.links

    def _begin_block(self, tag: str, attributes: Attributes | None) -> None:
        outer = self.block
        ordinal = len(self.tags)
        self.tags.append(tag)
        self.parents.append(outer.ordinal)
        self.ends.append(ordinal)
        outer.holds_blocks = True
        heading = HEADINGS.get(tag) or outer.heading
        if attributes:
            heading = heading or find_toggle(tag, attributes)
            if (span := find_span(tag, attributes)) != (1, 1):
                self.spans[ordinal] = span
        block = self.block = Block(ordinal, tag, heading, outer, len(self.lines))
        block.pre = outer.pre or tag == "pre"
        self.stack.append(block)

    def _end_block(self, block: Block) -> None:
        before = len(self.lines)
        if self.pieces:
            self.end_line("/")
        if not block.holds_blocks and len(self.lines) == before:
            if before == block.first_line and block.tag in MAY_BE_EMPTY:
                self.lines.append(Line(before + 1, "", (), block.tag, block.ordinal, True))
            elif before == block.first_line + 1:  # its one line was ended by `br`
                self.lines[-1] = self.lines[-1]._replace(alone=True)
        self.ends[block.ordinal] = len(self.tags) - 1
        if block.outer is not None:
            is_heading = block.heading != block.outer.heading
            if is_heading and len(self.lines) - block.first_line > _HEADING_LINES:
                self._demote(block)
            self.block = block.outer

    def _demote(self, block: Block) -> None:
        """Call the lines of an element no heading: it holds a listing, as an unclosed `button` does."""
        for i in range(block.first_line, len(self.lines)):
            if self.lines[i].heading == block.heading:
                self.lines[i] = self.lines[i]._replace(heading=0)

    def _read_preformatted(self, text: str) -> None:
        first, *others = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        self.pieces.append(first)
        check_lines(len(self.lines) + len(others))
        for other in others:
            self.end_line("br")
            self.pieces.append(other)

    def end_line(self, behind: str) -> None:
        """Add the line read so far, if there is one.

        Behind it is `br`, `hr`, the start (`block`) or the end (`/`) of a block, or nothing.
        """
        pieces, inlines, block, lines = self.pieces, self.inlines, self.block, self.lines
        if self.stack[-1] is not block:
            self._split_open()
        links: tuple[Link, ...] = ()
        lead = 0
        if inlines and (len(inlines) > 1 or inlines[0][2] is not None):
            text, links, lead = read_parts(pieces, inlines)
        else:
            text = clean("".join(pieces))
        number = len(lines) + 1
        is_first = number == block.first_line + 1
        if text or (behind == "br" and not is_first) or (pieces and _is_spaced(pieces)):
            if len(text) > MAX_LINE_LENGTH:
                raise too_long(text, number)
            if number > MAX_LINES:
                raise too_many_lines()
            alone = False
            if is_first and behind == "/":
                alone = not block.holds_blocks
            elif is_first and behind == "block" and inlines and not lead:
                start, end, target = inlines[-1]
                lead = len(text) if target is None and not start and end == len(pieces) else 0
            line = (number, text, links, block.tag, block.ordinal, alone, lead, block.heading)
            lines.append(new_line(line))
        pieces.clear()
        inlines.clear()

    def _split_open(self) -> None:
        """End the open inline elements on this line and begin them again on the next."""
        for i in range(len(self.stack) - 1, -1, -1):
            entry = self.stack[i]
            if type(entry) is int:
                if len(self.pieces) > entry:
                    self.inlines.append((entry, len(self.pieces), None))
                self.stack[i] = 0
            elif isinstance(entry, Anchor):
                self.inlines.append((entry.start, len(self.pieces), entry.target))
                self.stack[i] = Anchor(0, entry.target)
            else:
                break


def _is_spaced(pieces: list[str]) -> bool:
    """Tell whether a line without text keeps its height in a browser (`&nbsp;`)."""
    return any(piece.strip(MARKUP_SPACE) for piece in pieces)
