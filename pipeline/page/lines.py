"""HTML or text -> numbered lines with links; all knowledge of HTML, and no added character.

The markup of HTML is bounded first (`markup`), then a front end (`trees`) parses it and tells the
walker (`walker`) what stands in it.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.model import Line, Page
from pipeline.page.limits import MAX_LINE_LENGTH, check_lines, too_long
from pipeline.page.markup import check_markup
from pipeline.page.text import clean
from pipeline.page.trees import Reader, read_with_lexbor
from pipeline.page.walker import Walker


def read_text(text: str) -> Page:
    """Return the lines of a plain-text capture; their numbers are the file's own."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if lines[-1] == "":
        lines.pop()
    check_lines(len(lines))
    for number, line in enumerate(lines, start=1):
        if len(line) > MAX_LINE_LENGTH:
            raise too_long(line, number)
    return Page(tuple(Line(number, clean(line)) for number, line in enumerate(lines, start=1)))


def read_html(html: str, reader: Reader = read_with_lexbor, hidden: Sequence[str] = ()) -> Page:
    """Return the lines of a page (decoded HTML); `reader` is one of the front ends in `trees`.

    Elements of the CSS classes `hidden` are not read.
    """
    if "\0" in html:
        html = html.replace("\0", "")
    check_markup(html)
    walker = Walker()
    title, base = reader(html, hidden, walker)
    return walker.finish(title, base)
