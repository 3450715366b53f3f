"""The few types that travel through the pipeline, in the order in which they appear.

    Capture -> Line -> Record -> Row + Cell -> Check

All are frozen values: a stage takes some and returns others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import chain
from types import MappingProxyType
from typing import Literal, NamedTuple

Verdict = Literal["pass", "warn", "fail", "not_checkable"]
Status = Literal["accepted", "accepted_by_hand", "suspect", "rejected"]
Origin = Literal["fetch", "archive", "file"]


@dataclass(frozen=True, slots=True)
class Capture:
    """A page as it was received: its bytes, and what is known about how they came."""

    body: bytes
    sha256: str
    media_type: str  # bare: "text/html" or "text/plain"
    charset: str | None = None  # as the HTTP header declared it
    url: str | None = None
    captured_at: datetime | None = None  # UTC; None where unknown
    origin: Origin = "file"
    name: str = ""  # where a person finds it: a path, for messages

    @property
    def capture_id(self) -> str:
        """The first 12 hex digits of the body's sha256."""
        return self.sha256[:12]


class Link(NamedTuple):
    """An `a` element's part of a line: `text[start:end]` leads to `href` (as printed)."""

    start: int
    end: int
    href: str
    element: int  # the same for each line of one element


class Mark(NamedTuple):
    """What the markup tells of an e-mail address at `text[start:end]` of a line, as it stands there.

    `name` is an attribute's, or `href` (a link without a text), `script`, `noscript`, `hidden`
    (characters that a style hides) or `reversed`.
    """

    start: int
    end: int
    name: str
    value: str


# `Link(...)` for loops over all links of a page, as `new_span`.
new_link: Callable[[tuple[int, int, str, int]], Link] = partial(tuple.__new__, Link)


class Span(NamedTuple):
    """Characters of one line: `text` is its `[start:end]`, half-open; `line` counts from 1."""

    line: int
    start: int
    end: int
    text: str


# `Span(...)` for loops over all lines of a page: a third of the time.
new_span: Callable[[tuple[int, int, int, str]], Span] = partial(tuple.__new__, Span)


class Line(NamedTuple):
    """One line of a page: text without markup, and where it stood.

    `element` is the ordinal of the innermost block element around it (-1 in a text capture),
    `alone` tells that nothing else stood in it, `lead` is the end of the line's first inline
    element where another one, or a block, follows at once.
    """

    number: int  # from 1
    text: str
    links: tuple[Link, ...] = ()
    tag: str = ""
    element: int = -1
    alone: bool = False
    lead: int = 0
    heading: int = 0  # 1-6 for h1-h6, 7 for a summary or a toggle, 0 otherwise
    marks: tuple[Mark, ...] = ()

    def span(self) -> Span:
        """Return the span of the whole text."""
        return new_span((self.number, 0, len(self.text), self.text))


# `Line(...)` for the walker, in the same way.
_Parts = tuple[int, str, tuple[Link, ...], str, int, bool, int, int, tuple[Mark, ...]]
new_line: Callable[[_Parts], Line] = partial(tuple.__new__, Line)


class Page(NamedTuple):
    """A capture's lines; and for HTML its block elements, numbered in document order.

    `tags[i]`, `parents[i]` (-1: none) and `ends[i]` (the last element inside) describe element
    i, so that element e stands in i exactly if `i <= e <= ends[i]`.  `spans` holds the columns and
    rows of the table cells that cover several; 0 rows are all to the end of their section.
    `rules` are the indices of the lines below a horizontal rule (`hr`, a thematic break).
    """

    lines: tuple[Line, ...]
    tags: tuple[str, ...] = ()
    parents: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()
    title: str = ""
    base: str | None = None
    is_html: bool = False
    spans: Mapping[int, tuple[int, int]] = MappingProxyType({})
    rules: tuple[int, ...] = ()

    def holds(self, outer: int, element: int) -> bool:
        """Tell whether an element stands in another one, or is it; -1 is the whole document."""
        return outer < 0 or outer <= element <= self.ends[outer]


class Piece(NamedTuple):
    """Characters of one line as they are shown: those of `[start:end]`, or what stands for them."""

    start: int
    end: int
    text: str


# A page's lines as they are shown, by number: the pieces of each, whole and in order.
Shown = Mapping[int, tuple[Piece, ...]]


class FieldText(NamedTuple):
    """A field as the page prints it: its label, and the lines of its text (blank ones inside)."""

    name: str
    label: Span
    texts: tuple[Span, ...]


class Record(NamedTuple):
    """One record of the listing: its fields by name, and those whose label stands twice."""

    position: int  # from 1
    first_line: int
    last_line: int
    fields: dict[str, FieldText]
    repeated: dict[str, tuple[FieldText, ...]]
    heading: Span | None = None
    scattered: tuple[int, ...] = ()  # its lines, where others stand between them

    def texts(self) -> list[FieldText]:
        """Return the texts of all labels, also of those that stand twice."""
        return [*self.fields.values(), *chain(*self.repeated.values())]

    def line_numbers(self) -> Sequence[int]:
        """Return the numbers of the record's lines."""
        return self.scattered or range(self.first_line, self.last_line + 1)


class Leftover(NamedTuple):
    """Text that no field took; `verdict` is None where nobody need look at it."""

    record: int | None  # position of the record it stands in
    span: Span
    reason: str
    verdict: Verdict | None
    field: str | None = None
    near: str | None = None  # the known label that its start most resembles
    url: str | None = None  # the address of a link in it that no column has


class Doubt(NamedTuple):
    """Text that a field kept although it looks as if it did not belong there."""

    record: int
    field: str
    span: Span
    reason: str


class Listing(NamedTuple):
    """What the grammar found: the region's lines from `first_line` to `last_line`, all told.

    In tables, the cells of `headers` label the fields of several records, and those of `shared`
    belong to several.
    """

    records: tuple[Record, ...]
    leftovers: tuple[Leftover, ...]
    doubts: tuple[Doubt, ...]
    first_line: int
    last_line: int
    misplaced: Span | None = None  # a known label directly before a record's opening one
    lost: tuple[Span, str] | None = None  # what reads like a record but is none, and why
    headers: tuple[Span, ...] = ()
    shared: tuple[Span, ...] = ()
