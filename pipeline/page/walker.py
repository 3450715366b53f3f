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
    demote_long,
    find_span,
    find_toggle,
)
from pipeline.page.inlines import MARKUP_SPACE, Anchor, Part, Target, is_spaced, read_parts
from pipeline.page.limits import (
    MAX_DEPTH,
    MAX_LINE_LENGTH,
    MAX_LINES,
    check_lines,
    too_deep,
    too_long,
    too_many_lines,
)
from pipeline.page.marked import WaitingMarks
from pipeline.page.marks import HREF, Note
from pipeline.page.text import clean


class Walker:
    """Folds what a front end finds into lines.

    `stack` has an entry for each open element above that of the document: a block as its `Block`,
    an inline element as the number of the piece it begins with, a link as `Anchor`.
    """

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.pieces: list[str] = []  # the texts of the line being read
        self.inlines: list[Part] = []  # the inline elements that ended, by their pieces
        self.marks = WaitingMarks()
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
            self._mark_empty(target)

    def end_element(self) -> None:
        """End the innermost open element."""
        entry = self.stack.pop()
        if isinstance(entry, int):
            if len(self.pieces) > entry:
                self.inlines.append((entry, len(self.pieces), None))
        elif isinstance(entry, Anchor):
            self._end_anchor(entry)
        else:
            self._end_block(entry)

    def _end_anchor(self, entry: Anchor) -> None:
        end, target = len(self.pieces), entry.target
        if target is not None or end > entry.start:
            self.inlines.append((entry.start, end, target))
        self.marks.add(entry.marks, entry.start, end)
        if target is not None and end == entry.start and not entry.had_text:
            self._mark_empty(target)

    def read_mark(self, note: Note) -> None:
        """Read what stands unseen at this place."""
        self.marks.add((note,), len(self.pieces), len(self.pieces))

    def _mark_empty(self, target: Target) -> None:
        """Keep where a link without a text leads: its text may be a picture."""
        if target[0].strip("# "):
            self.read_mark((HREF, target[0]))

    def begin_element(
        self,
        tag: str,
        attributes: Attributes | None,
        href: str | None,
        marks: tuple[Note, ...] = (),
    ) -> None:
        """Begin an element; `href` is a link's, its attributes count where `blocks` asks for them."""
        if len(self.stack) > MAX_DEPTH:
            raise too_deep()
        if tag in BLOCKS or (attributes and find_toggle(tag, attributes)):
            if self.pieces:
                self.end_line("block")
            if self.marks:
                self.marks.settle(self.block, self.lines)
            self._begin_block(tag, attributes)
            self.marks.add(marks, 0, 0)
        else:
            start = len(self.pieces)
            target = None if href is None else self._number_link(href)
            self.stack.append(Anchor(start, target, marks) if target or marks else start)

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
                marks = self.marks.place([], "")
                line = Line(before + 1, "", (), block.tag, block.ordinal, True, 0, 0, marks)
                self.lines.append(line)
            elif before == block.first_line + 1:  # its one line was ended by `br`
                self.lines[-1] = self.lines[-1]._replace(alone=True)
        if self.marks:
            self.marks.settle(block, self.lines)
        self.ends[block.ordinal] = len(self.tags) - 1
        if block.outer is not None:
            if block.heading != block.outer.heading:
                demote_long(block, self.lines)
            self.block = block.outer

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
        if text or (behind == "br" and not is_first) or (pieces and is_spaced(pieces)):
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
            marks = self.marks.place(pieces, text) if self.marks else ()
            place = (links, block.tag, block.ordinal, alone, lead, block.heading, marks)
            lines.append(new_line((number, text, *place)))
        elif self.marks:
            self.marks.carry()
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
                again = self.stack[i] = Anchor(0, entry.target, entry.marks)
                again.had_text = entry.had_text
                if len(self.pieces) > entry.start:
                    self._end_anchor(entry)
                    again.had_text = True
            else:
                break
