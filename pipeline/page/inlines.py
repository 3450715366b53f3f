"""The inline parts of a line: its links, and where its first element ends."""

from __future__ import annotations

from operator import itemgetter

from pipeline.model import Link
from pipeline.page.text import clean, clean_pieces

_get_start = itemgetter(0)


class Anchor:
    """An open link: the piece it begins with on this line, and its number among the links."""

    __slots__ = ("element", "href", "start")

    def __init__(self, start: int, element: int, href: str) -> None:
        self.start, self.element, self.href = start, element, href


Part = tuple[int, int, Anchor | None]  # an inline element: its start, its end, and its link


def read_parts(pieces: list[str], inlines: list[Part]) -> tuple[str, tuple[Link, ...], int]:
    """Return a line's text, its links and its lead; `inlines`, not empty, count the pieces."""
    first, last, anchor = inlines[0]
    if len(inlines) == 1 and anchor is not None and first == 0 and last == len(pieces):
        text = clean("".join(pieces))  # the whole line is one link
        return text, (Link(0, len(text), anchor.href, anchor.element),) if text else (), 0
    text, starts = clean_pieces(pieces)
    starts.append(len(text))
    parts: list[Part] = []
    linked: list[tuple[int, int, Anchor]] = []
    for first, last, anchor in inlines:
        start, end = starts[first], starts[last]
        if start < end:
            parts.append((start, end, anchor))
            if anchor is not None:
                linked.append((start, end, anchor))
    return text, find_links(linked, text), find_lead(parts, text) if len(parts) > 1 else 0


def find_links(parts: list[tuple[int, int, Anchor]], text: str) -> tuple[Link, ...]:
    """Return the links of a clean line; neighbouring ones to the same place are one.

    Here and below, `parts` are the characters of elements that are not empty.
    """
    if len(parts) > 1:
        parts.sort(key=_get_start)
    links: list[Link] = []
    for first, last, anchor in parts:
        start = first + (text[first] == " ")
        end = last - (text[last - 1] == " ")
        if start >= end:
            continue
        before = links[-1] if links else None
        if before and before.href == anchor.href and not text[before.end : start].strip(" "):
            links[-1] = before._replace(end=end)
        else:
            links.append(Link(start, end, anchor.href, anchor.element))
    return tuple(links)


def find_lead(parts: list[Part], text: str) -> int:
    """Return where the line's first inline element ends if another follows at once, else 0."""
    begins: set[int] | None = None
    for start, end, anchor in parts:  # in the order of their ends
        if start or anchor is not None:
            continue
        if begins is None:
            begins = set(map(_get_start, parts))
        after = end + (text[end : end + 1] == " ")
        if end in begins or after in begins:
            return end - (text[end - 1] == " ")
    return 0
