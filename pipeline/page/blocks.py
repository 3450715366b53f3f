"""The block elements of HTML: which they are, which of them are headings, and an open one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pipeline.model import Line

Attributes = Mapping[str, Any]

BLOCKS = frozenset(
    "address article aside blockquote body button caption center dd details dialog dir div dl dt "
    "fieldset figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup html legend "
    "li main menu nav ol optgroup option p pre search section select summary table tbody td tfoot "
    "th thead tr ul".split()
)
MAY_BE_EMPTY = frozenset(("td", "th", "dd", "dt", "div"))
TOGGLE = 7
_HEADING_LINES = 3  # no heading has more
HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6} | dict.fromkeys(
    ("summary", "legend", "caption"), TOGGLE
)
_WHOLE = re.compile(r"[ \t\n\f\r]*\+?([0-9]{1,9})")
_CONTROLS = frozenset(("a", "button", "span", "div"))
_TOGGLES = frozenset(("aria-expanded", "aria-controls", "data-toggle", "data-bs-toggle"))


class Block:
    """An open block element; its ordinal counts blocks in document order."""

    __slots__ = ("first_line", "heading", "holds_blocks", "ordinal", "outer", "pre", "tag")

    def __init__(
        self,
        ordinal: int,
        tag: str,
        heading: int,
        outer: Block | None = None,
        first_line: int = 0,
    ) -> None:
        self.ordinal, self.tag, self.heading, self.outer = ordinal, tag, heading, outer
        self.first_line = first_line
        self.holds_blocks = self.pre = False


def demote_long(block: Block, lines: list[Line]) -> None:
    """Call a long element's lines no heading: it holds a listing, as an unclosed `button` does."""
    if len(lines) - block.first_line > _HEADING_LINES:
        for i in range(block.first_line, len(lines)):
            if lines[i].heading == block.heading:
                lines[i] = lines[i]._replace(heading=0)


def find_toggle(tag: str, attributes: Attributes) -> int:
    """Return the heading level of a control that opens and closes a panel, 0 for others.

    >>> find_toggle("a", {"aria-expanded": "false"}), find_toggle("a", {"href": "#"})
    (7, 0)
    """
    return 0 if _TOGGLES.isdisjoint(attributes) or tag not in _CONTROLS else TOGGLE


def find_span(tag: str, attributes: Attributes) -> tuple[int, int]:
    """Return the columns and rows that a cell covers, within the HTML standard's bounds.

    >>> find_span("td", {"colspan": " 2x", "rowspan": "0"}), find_span("th", {"colspan": "9999"})
    ((2, 0), (1000, 1))
    """
    if tag not in ("td", "th"):
        return 1, 1
    columns = _read_whole(attributes.get("colspan"))
    rows = _read_whole(attributes.get("rowspan"))
    return min(columns or 1, 1000), min(rows, 65534)


def _read_whole(value: object) -> int:
    match = _WHOLE.match(str(value))
    return int(match[1]) if match else 1
