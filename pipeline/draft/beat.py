"""Marks -> those that repeat in one beat: about once in each record, and in the same rhythm.

Take one text as the beat: its places cut the page into stretches.  A label of the same records
stands once in a stretch; words of prose, menus and footers stand there at any time.  The beat that
most marks keep is the listing's.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pipeline.draft.marks import Mark
from pipeline.model import Page

Seen = Mapping[str, Sequence[Mark]]  # folded text -> its marks in page order

MAX_KEYS = 300  # texts that are compared with each beat
MAX_BEATS = 40
MAX_MARKS = 4_000  # of one text, for finding the beat
SURE = 0.9
STRONG = 0.6  # the share of records that tells a text from a chance
WEAK = 0.2
_STRUCTURE = frozenset(("lead", "th", "dt"))


class Fit(NamedTuple):
    """How a text keeps the beat: in how many stretches it stands once, twice or more, before all."""

    once: int
    twice: int
    before: int

    @property
    def records(self) -> int:
        """In how many records it stands."""
        return self.once + self.twice + min(self.before, 1)


class Beat(NamedTuple):
    """The text that cuts the page, the lines where it stands, and who keeps its time."""

    key: str
    lines: tuple[int, ...]
    fits: dict[str, Fit]

    @property
    def score(self) -> int:
        """How many marks it explains."""
        return sum(fit.once + min(fit.before, 1) - fit.twice for fit in self.fits.values())

    def stretch(self, line: int) -> int:
        """Return in which stretch a line lies, -1 before all."""
        return bisect_right(self.lines, line) - 1

    def share(self, key: str) -> float:
        """Return in which part of the records a text stands."""
        return min(self.fits[key].records / len(self.lines), 1.0)


def collect(marks: Sequence[Mark]) -> dict[str, list[Mark]]:
    """Return the marks by their folded text."""
    seen: dict[str, list[Mark]] = {}
    for mark in marks:
        seen.setdefault(mark.key, []).append(mark)
    return seen


def find_beat(seen: Seen) -> Beat | None:
    """Return the beat that most marks keep, or None where no two texts repeat together."""
    often = sorted(
        (key for key in seen if len(seen[key]) > 1), key=lambda k: (-len(seen[k]), seen[k][0].line)
    )[:MAX_KEYS]
    best: Beat | None = None
    for key in often[:MAX_BEATS]:
        lines = tuple(mark.line for mark in seen[key][:MAX_MARKS])
        beat = Beat(key, lines, {})
        for other in often:
            fit = _fit(beat, seen[other][:MAX_MARKS])
            if _keeps(fit, len(lines)):
                beat.fits[other] = fit
        if len(beat.fits) > 1 and (best is None or beat.score > best.score):
            best = beat
    return best


def measure(beat: Beat, marks: Sequence[Mark]) -> Fit:
    """Return how marks keep a beat."""
    return _fit(beat, marks)


def _fit(beat: Beat, marks: Sequence[Mark]) -> Fit:
    stretches = Counter(bisect_right(beat.lines, mark.line) - 1 for mark in marks)
    before = stretches.pop(-1, 0)
    once = sum(1 for count in stretches.values() if count == 1)
    return Fit(once, len(stretches) - once, before)


def _keeps(fit: Fit, records: int) -> bool:
    slips = max(records // 10, int(records > 3))
    return (
        fit.twice <= slips
        and fit.before <= 1 + records // 4
        and fit.records >= max(2, WEAK * records)
    )


def drop_by_place(beat: Beat, seen: Seen) -> None:
    """Drop texts that stand in running lines where the others have elements of their own."""
    strong = [key for key in beat.fits if beat.share(key) >= STRONG]
    own = [key for key in strong if _in_structure(seen[key])]
    if len(own) * 2 <= len(strong):
        return
    for key in list(beat.fits):
        if not _in_structure(seen[key]):
            del beat.fits[key]


def _in_structure(marks: Sequence[Mark]) -> bool:
    inside = sum(mark.place in _STRUCTURE for mark in marks)
    return inside * 2 > len(marks)


def drop_values(page: Page, beat: Beat, seen: Seen) -> None:
    """Drop texts without a colon that are the values of others, or that name nothing.

    Behind such a label stands its value.  In a run of lines that stand in nearly all records the
    last is a label, for the value behind it does not repeat; the one before it is a value, and so
    on by turns; what opens the run without a value is a heading.  Rarer texts that mostly stand
    directly behind or before a surer label are values.
    """
    bare = {key for key in beat.fits if all(mark.is_bare for mark in seen[key][:20])}
    sure = {key for key in bare if beat.share(key) >= SURE}
    at = {mark.line: key for key in sure for mark in seen[key]}
    roles: dict[str, Counter[bool]] = {key: Counter() for key in sure}
    end = -1
    for line in sorted(at):
        if line > end:
            end = line
            while end + 1 in at:
                end += 1
        roles[at[line]][(end - line) % 2 == 0] += 1
    for key, votes in roles.items():
        if votes[False] > votes[True]:
            del beat.fits[key]
    labels = [mark for key in beat.fits if beat.share(key) >= SURE for mark in seen[key]]
    starts = {mark.line for mark in labels}
    whole = {mark.line for mark in labels if mark.start >= len(page.lines[mark.line].text)}
    for key in bare - sure:
        marks = seen[key]
        near = sum(mark.line - 1 in whole or mark.line + 1 in starts for mark in marks)
        in_text = any(mark.place == "line" for mark in marks)
        if near * 2 >= len(marks) or (in_text and beat.share(key) < STRONG):
            del beat.fits[key]
