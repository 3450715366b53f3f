"""Where a line may begin with a label, when no label is known: candidates, nothing is decided.

    mark = text ":" [text]            at the start of a line: few words, no address, no time
         | text                       the first inline element of a line, another one behind it
         | text, alone in its element HTML: a cell that is no value, a term, a block
         | text, the whole line       with `colon = false` only

Cells that stand behind a label's cell, `dd`, and the second of two blocks are values, and a row of
`th` alone names columns (`grids`): nothing in them is a mark.  The places are those in which
`pipeline.records.labels` looks for known labels.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from pipeline.model import Line, Page
from pipeline.page import fold
from pipeline.records import BARE

MAX_WORDS = 7
MAX_LENGTH = 80
_CELLS = frozenset(("td", "th", "dd", "dt"))
_INSIDE = 3  # levels of blocks in a value
_LEVELS = 12  # between a line's element and the cell that holds it


class Mark(NamedTuple):
    """A text that may be a label: `lines[line].text[:end]`; its value's text begins at `start`."""

    line: int
    key: str  # folded
    end: int
    start: int
    place: str  # "lead", "th", "dt", "td", "colon", "alone", "line"

    @property
    def is_bare(self) -> bool:
        """Whether no colon tells it: its value stands in another element or line."""
        return self.place in ("td", "th", "dt", "alone", "line")


def find_marks(page: Page, *, colon: bool) -> list[Mark]:
    """Return the marks of a page in page order; without `colon` whole lines are marks too."""
    cells = _Cells(page)
    marks: list[Mark] = []
    last = len(page.lines) - 1
    for i, line in enumerate(page.lines):
        if not line.text:
            continue
        cell = cells.of(line)
        if cell >= 0 and cells.is_value(cell):
            continue
        if cells.is_second(line):
            continue
        tag = page.tags[cell] if cell >= 0 else ""
        mark = _find_mark(line, i, tag, colon=colon, is_last=i == last)
        if mark is not None:
            marks.append(mark)
    return marks


def _find_mark(line: Line, i: int, cell: str, *, colon: bool, is_last: bool) -> Mark | None:
    text, lead = line.text, line.lead
    place = cell if cell in ("th", "dt") else ""
    end = text.find(":", 1, MAX_LENGTH + 1)
    head = len(text[:end].rstrip(" ")) if end > 0 else 0
    if colon and end > 0 and _may_be_label(text, end) and not 1 < lead < head:
        start = end + 1 + (text[end + 1 : end + 2] == " ")
        if not place:
            place = "lead" if lead and head <= lead <= start else "colon"
        return Mark(i, fold(text[:head]), head, start, place)
    if lead and lead <= MAX_LENGTH and _may_be_label(text, lead) and not text[:lead].endswith(":"):
        return Mark(i, fold(text[:lead]), lead, lead + (text[lead : lead + 1] == " "), "lead")
    if is_last or len(text) > MAX_LENGTH or text.endswith(":"):
        return None
    if not _may_be_label(text, len(text)):
        return None
    if line.alone and line.tag in BARE:
        return Mark(i, fold(text), len(text), len(text), cell or "alone")
    if not colon:
        return Mark(i, fold(text), len(text), len(text), place or "line")
    return None


def _may_be_label(text: str, end: int) -> bool:
    """Tell whether `text[:end]` could be a label: few words, a letter; no address, no time."""
    head, rest = text[:end], text[end : end + 3]
    if rest.startswith("://") or "@" in head or "://" in head:
        return False
    words = head.split()
    if rest[1:2].isdigit() and words[-1:] and words[-1].isdecimal():
        return False
    return len(words) <= MAX_WORDS and any(c.isalpha() for c in head)


class _Cells:
    """The cells of tables and term lists, and which of them are values."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.known: dict[int, int] = {}
        self.rows: dict[int, list[int]] = {}  # row -> its cells
        self.place: dict[int, int] = {}  # cell -> its place in the row
        self.children: dict[int, list[int]] = {}
        self.first: dict[int, int] = {}  # element -> index of its first line
        self.count: dict[int, int] = {}  # element -> how many lines stand in it
        tags, parents = page.tags, page.parents
        self.terms = {parents[e] for e, tag in enumerate(tags) if tag == "dt"}
        for element, tag in enumerate(tags):
            if tag in ("td", "th"):
                row = self.rows.setdefault(parents[element], [])
                self.place[element] = len(row)
                row.append(element)
            self.children.setdefault(parents[element], []).append(element)
        for i, line in enumerate(page.lines):
            cell = self.of(line)
            for element in {cell, line.element} - {-1}:
                self.first.setdefault(element, i)
                self.count[element] = self.count.get(element, 0) + 1
        self.pairs = self.find_pairs()
        self.names = Counter(self.pairs.values())

    def of(self, line: Line) -> int:
        """Return the innermost cell that holds a line, or -1."""
        element = line.element
        if element < 0:
            return -1
        if element not in self.known:
            tags, parents = self.page.tags, self.page.parents
            found, left = element, _LEVELS
            while found >= 0 and tags[found] not in _CELLS and left:
                found, left = parents[found], left - 1
            self.known[element] = found if found >= 0 and tags[found] in _CELLS else -1
        return self.known[element]

    def is_value(self, cell: int) -> bool:
        """Tell whether a line in a cell is no label by its place: a value, or the head of a column."""
        tag = self.page.tags[cell]
        if tag == "th":
            return self.is_head(cell)
        if tag == "dd":
            return self.page.parents[cell] in self.terms
        if tag != "td" or not self.place[cell]:
            return False
        row = self.rows[self.page.parents[cell]]
        before = row[self.place[cell] - 1]
        if self.page.tags[before] == "td" and self.place[cell] % 2 == 0:
            return False  # label, value, label, value in one row
        return self.is_label_only(before)

    def is_head(self, cell: int) -> bool:
        """Tell whether a cell stands in a row of heads only: they name columns, not their neighbour."""
        row = self.rows[self.page.parents[cell]]
        return len(row) > 1 and all(self.page.tags[other] == "th" for other in row)

    def is_label_only(self, element: int) -> bool:
        """Tell whether an element holds one line without a value, or a blank one."""
        if self.count.get(element, 0) != 1:
            return False
        text = self.page.lines[self.first[element]].text
        return ":" not in text or text.endswith(":")

    def is_second(self, line: Line) -> bool:
        """Tell whether a line stands in the second of two blocks, the first of which names it.

        Deeper inside the second one, the first must be one of several with the same text.
        """
        element, parents = line.element, self.page.parents
        if element < 0 or line.tag != "div":
            return False
        for level in range(_INSIDE):
            name = self.pairs.get(element)
            if name is not None and (level == 0 or self.names[name] > 1):
                return True
            element = parents[element]
            if element < 0:
                break
        return False

    def find_pairs(self) -> dict[int, str]:
        """Return the second of each two blocks whose first holds no more than a name: that name."""
        tags, pairs = self.page.tags, {}
        for children in self.children.values():
            if len(children) == 2 and tags[children[0]] == tags[children[1]] == "div":
                first, second = children
                if self.is_label_only(first):
                    pairs[second] = fold(self.page.lines[self.first[first]].text)
        return pairs
