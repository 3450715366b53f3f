"""Do both HTML readers see the same lines?  Two parser families that agree are a proof of each."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.errors import SuspectPage
from pipeline.flow import read_page
from pipeline.model import Capture
from pipeline.page import read_with_lexbor, read_with_soup


def compare_readers(captures: Iterable[Capture], hidden: tuple[str, ...] = ()) -> list[str]:
    """Return a sentence for each line that lexbor and BeautifulSoup read differently."""
    found = []
    for capture in captures:
        if capture.media_type == "text/plain":
            continue
        try:
            lines = [
                [
                    (line.text, line.links, line.marks)
                    for line in read_page(capture, reader, hidden).lines
                ]
                for reader in (read_with_lexbor, read_with_soup)
            ]
        except SuspectPage:  # stored all the same, as what came: a PDF, a page beyond a limit
            continue
        longest = max(map(len, lines))
        for number in range(longest):
            ours, theirs = (line[number] if number < len(line) else None for line in lines)
            if ours != theirs:
                found.append(
                    f"{capture.name}, line {number + 1}: lexbor reads {ours}, "
                    f"BeautifulSoup {theirs}"
                )
    return found
