"""The inline parts of a line: its links, and where its first element ends."""

from __future__ import annotations

from operator import itemgetter

from pipeline.model import Link, new_link
from pipeline.page.marks import Note
from pipeline.page.text import clean, clean_pieces

_get_start = itemgetter(0)

MARKUP_SPACE = " \t\r\n\f"
Target = tuple[str, int]  # where a link leads, and its number among the links of the page
Part = tuple[int, int, Target | None]  # an inline element: its start, its end, and its target


class Anchor:
    """An open link or marked element: the piece it begins with on this line, target and marks."""

    __slots__ = ("had_text", "marks", "start", "target")

    def __init__(self, start: int, target: Target | None, marks: tuple[Note, ...] = ()) -> None:
        self.start, self.target, self.marks = start, target, marks
        self.had_text = False  # on a line before


def read_parts(pieces: list[str], inlines: list[Part]) -> tuple[str, tuple[Link, ...], int]:
    """Return a line's text, its links and its lead; `inlines`, not empty, count the pieces."""
    first, last, target = inlines[0]
    if len(inlines) == 1 and target is not None and first == 0 and last == len(pieces):
        text = clean("".join(pieces))  # the whole line is one link
        return text, (new_link((0, len(text), *target)),) if text else (), 0
    text, starts = clean_pieces(pieces)
    starts.append(len(text))
    parts: list[Part] = []
    linked: list[tuple[int, int, Target]] = []
    for first, last, target in inlines:
        start, end = starts[first], starts[last]
        if start < end:
            parts.append((start, end, target))
            if target is not None:
                linked.append((start, end, target))
    links = find_links(linked, text) if linked else ()
    return text, links, find_lead(parts, text) if len(parts) > 1 else 0


def is_spaced(pieces: list[str]) -> bool:
    """Tell whether a line without text keeps its height in a browser (`&nbsp;`)."""
    return any(piece.strip(MARKUP_SPACE) for piece in pieces)


def find_links(parts: list[tuple[int, int, Target]], text: str) -> tuple[Link, ...]:
    """Return the links of a clean line; neighbouring ones to the same place are one.

    Here and below, `parts` are the characters of elements that are not empty.
    """
    if len(parts) > 1:
        parts.sort(key=_get_start)
    links: list[Link] = []
    for first, last, target in parts:
        start = first + (text[first] == " ")
        end = last - (text[last - 1] == " ")
        if start >= end:
            continue
        before = links[-1] if links else None
        if before and before.href == target[0] and not text[before.end : start].strip(" "):
            links[-1] = before._replace(end=end)
        else:
            links.append(new_link((start, end, *target)))
    return tuple(links)


def find_lead(parts: list[Part], text: str) -> int:
    """Return where the line's first inline element ends if another follows at once, else 0."""
    begins: set[int] | None = None
    for start, end, target in parts:  # in the order of their ends
        if start or target is not None:
            continue
        if begins is None:
            begins = set(map(_get_start, parts))
        after = end + (text[end : end + 1] == " ")
        if end in begins or after in begins:
            return end - (text[end - 1] == " ")
    return 0
