"""The inline parts of a line: its links, and where its first element ends."""

from __future__ import annotations

from operator import itemgetter

from pipeline.model import Link

_get_start = itemgetter(0)


class Anchor:
    """An open link: the piece it begins with on this line, and its number among the links."""

    __slots__ = ("element", "href", "start")

    def __init__(self, start: int, element: int, href: str) -> None:
        self.start, self.element, self.href = start, element, href


Part = tuple[int, int, Anchor | None]  # an inline element's characters of a line, and its link


def find_links(parts: list[Part], text: str) -> tuple[Link, ...]:
    """Return the links of a line; neighbouring ones to the same place are one."""
    links: list[Link] = []
    for first, last, anchor in sorted(parts, key=_get_start) if len(parts) > 1 else parts:
        if anchor is None or not (shown := text[first:last].strip(" ")):
            continue
        start = first + (text[first] == " ")
        end = start + len(shown)
        before = links[-1] if links else None
        if before and before.href == anchor.href and not text[before.end : start].strip(" "):
            links[-1] = before._replace(end=end)
        else:
            links.append(Link(start, end, anchor.href, anchor.element))
    return tuple(links)


def find_lead(parts: list[Part], text: str) -> int:
    """Return where the line's first inline element ends if another follows at once, else 0."""
    ends = [end for start, end, link in parts if not start and end and link is None]
    if not ends:
        return 0
    begins = {start for start, end, _ in parts if end > start}
    for end in ends:  # parts are in the order of their ends
        if end in begins or (text[end : end + 1] == " " and end + 1 in begins):
            return len(text[:end].rstrip(" "))
    return 0
