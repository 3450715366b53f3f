"""The beat of a page -> its labels in the order of a record, spellings together, opener first.

Spellings of one label resemble each other, stand at the same place of a record, and never both in
one.  The opener is the label with which records begin: the page says so by elements or blank lines
around its records; else it is the one that leaves the fewest labels before the first record, absent
from a record, or twice in it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import pairwise
from typing import NamedTuple

from pipeline.draft.beat import STRONG, Beat, Seen, collect, drop_by_place, drop_values, find_beat
from pipeline.draft.blocks import find_owned, is_detail
from pipeline.draft.marks import Mark, find_marks
from pipeline.model import Page
from pipeline.page import slug

MAX_GROUPS = 40
_ALIKE = 0.78
_RARE = 150  # texts outside of the beat that are compared with its own
_LEVELS = 250
_EDGES = 3_000  # marks that are looked at for what stands around records


class Group(NamedTuple):
    """A label in its spellings (folded, the commonest first), and in how many records it stands."""

    keys: tuple[str, ...]
    records: int


class Cycle(NamedTuple):
    """The labels of a record, the opener first, and what resembles labels but is none."""

    colon: bool
    groups: tuple[Group, ...]
    records: int
    seen: dict[str, list[Mark]]
    owned: frozenset[str]  # details of contact blocks

    @property
    def score(self) -> int:
        """How many marks it explains."""
        return sum(group.records for group in self.groups)


def find_cycle(page: Page, *, colon: bool) -> Cycle | None:
    """Return the cycle of a page's labels, or None where no two repeat together."""
    seen = collect(find_marks(page, colon=colon))
    details = {key for key, marks in seen.items() if is_detail(print_label(page, marks[0]))}
    beat = find_beat({key: marks for key, marks in seen.items() if key not in details})
    owned: set[str] = set()
    if beat is None:
        beat = find_beat(seen)
    elif details:
        drop_by_place(beat, seen)
        owned = find_owned(page, beat, seen, details)
        beat = find_beat({key: marks for key, marks in seen.items() if key not in owned})
    if beat is None:
        return None
    drop_by_place(beat, seen)
    drop_values(page, beat, seen)
    groups = _gather(page, beat, seen, owned, with_rare=colon)
    if len(groups) < 2:
        return None
    groups = sorted(groups, key=lambda group: -group.records)[:MAX_GROUPS]
    records = max(group.records for group in groups)
    ordered = _order(page, groups, seen)
    return Cycle(colon, tuple(ordered), records, seen, frozenset(owned))


def print_label(page: Page, mark: Mark) -> str:
    """Return a mark's text as the page prints it."""
    return page.lines[mark.line].text[: mark.end]


def _gather(page: Page, beat: Beat, seen: Seen, owned: set[str], *, with_rare: bool) -> list[Group]:
    """Put the spellings of each label together."""
    stretches = {key: {beat.stretch(mark.line) for mark in seen[key]} for key in beat.fits}
    strong = sorted(
        (mark.line, key) for key in beat.fits if beat.share(key) >= STRONG for mark in seen[key]
    )
    partial = [key for key in beat.fits if key != beat.key and beat.share(key) < 1]
    rare = _find_rare(page, beat, seen, owned) if with_rare else []
    stretches |= {key: {beat.stretch(mark.line) for mark in seen[key]} for key in rare}
    slots = {key: _find_slot(strong, seen[key], key) for key in (*partial, *rare)}
    families: list[list[str]] = []
    for key in sorted((*partial, *rare), key=lambda key: -len(seen[key])):
        for family in families:
            if slots[key] == slots[family[0]] and _is_spelling(page, key, family, stretches, seen):
                family.append(key)
                break
        else:
            families.append([key])
    groups = [Group((key,), beat.fits[key].records) for key in beat.fits if key not in partial]
    for family in families:
        records = sum(len(stretches[key]) for key in family)
        if any(key in beat.fits for key in family) or (
            len(family) > 1 and records >= max(2, len(beat.lines) / 2)
        ):
            groups.append(Group(tuple(family), records))
    return groups


def _find_rare(page: Page, beat: Beat, seen: Seen, owned: set[str]) -> list[str]:
    """Return texts outside of the beat that may be spellings of a label: not the values of one."""
    named = {
        mark.line + 1
        for key in beat.fits
        for mark in seen[key]
        if mark.is_bare and mark.start >= len(page.lines[mark.line].text)
    }
    found = []
    for key, marks in seen.items():
        if key in beat.fits or key in owned or len(marks) > len(beat.lines) / 2:
            continue
        if marks[0].line >= beat.lines[0] - _EDGES and marks[0].line not in named:
            found.append(key)
    return found[:_RARE]


def _find_slot(strong: list[tuple[int, str]], marks: Sequence[Mark], own: str) -> str:
    """Return the sure label behind which a text stands most often."""
    before: Counter[str] = Counter()
    for mark in marks[:50]:
        i = bisect_left(strong, (mark.line, "")) - 1
        while i >= 0 and strong[i][1] == own:
            i -= 1
        before[strong[i][1] if i >= 0 else ""] += 1
    if before[""] and len(before) > 1:
        del before[""]  # the first record's opener has none before it
    return before.most_common(1)[0][0]


def _is_spelling(
    page: Page, key: str, family: list[str], stretches: dict[str, set[int]], seen: Seen
) -> bool:
    if any(stretches[key] & stretches[other] for other in family):
        return False
    own = slug(key)
    if not any(SequenceMatcher(None, own, slug(other)).ratio() >= _ALIKE for other in family[:3]):
        return False
    return _is_figure(page, seen[key][0]) == _is_figure(page, seen[family[0]][0])


def _is_figure(page: Page, mark: Mark) -> bool:
    """Tell whether a mark's value begins with a digit."""
    text = page.lines[mark.line].text[mark.start :]
    if not text and mark.line + 1 < len(page.lines):
        text = page.lines[mark.line + 1].text
    return text[:1].isdigit()


class _Walk(NamedTuple):
    """The marks of the labels in page order: their lines, and the numbers of their groups."""

    lines: list[int]
    groups: list[int]

    def cut(self, opener: int) -> tuple[int, list[list[int]]]:
        """Return how many marks stand before the first opener, and the groups of each record."""
        records: list[list[int]] = []
        before = 0
        for group in self.groups:
            if group == opener:
                records.append([])
            if records:
                records[-1].append(group)
            else:
                before += 1
        return before, records


def _order(page: Page, groups: list[Group], seen: Seen) -> list[Group]:
    """Return the labels in the order of a record."""
    number = {key: i for i, group in enumerate(groups) for key in group.keys}
    places = sorted((mark.line, number[key]) for key in number for mark in seen[key])
    walk = _Walk([line for line, _ in places], [group for _, group in places])
    opener = _find_opener(page, walk, groups)
    ranks: list[list[int]] = [[] for _ in groups]
    for record in walk.cut(opener)[1]:
        for rank, group in enumerate(record):
            ranks[group].append(rank)
    mean = [sum(found) / len(found) if found else float(len(groups)) for found in ranks]
    order = sorted(range(len(groups)), key=lambda i: (i != opener, mean[i]))
    return [groups[i] for i in order]


def _find_opener(page: Page, walk: _Walk, groups: list[Group]) -> int:
    most = max(group.records for group in groups)
    able = [i for i, group in enumerate(groups) if group.records >= STRONG * most]
    first = {group: line for line, group in zip(walk.lines[::-1], walk.groups[::-1], strict=True)}
    costs = {i: _cost(walk, i, len(groups)) for i in able}
    best = min(able, key=lambda i: (costs[i], first[i]))
    edged = _find_edged(page, walk, able)
    if edged is None or edged == best:
        return best
    records = walk.cut(edged)[1]
    missing = [len(groups) - len(set(record)) for record in records]
    is_whole = missing[-1] <= sorted(missing)[len(missing) // 2] + 1
    return edged if is_whole else best


def _cost(walk: _Walk, opener: int, labels: int) -> int:
    """Count the labels before the first record, absent from one, or twice in it."""
    before, records = walk.cut(opener)
    cost = before
    for record in records:
        distinct = len(set(record))
        cost += labels - distinct + len(record) - distinct
    return cost


def _find_edged(page: Page, walk: _Walk, able: list[int]) -> int | None:
    """Return the label before which records end: by their elements, or by blank lines."""
    shared: dict[int, list[int]] = {i: [] for i in able}
    blank: dict[int, list[bool]] = {i: [] for i in able}
    for (before, line), group in zip(
        pairwise(walk.lines[:_EDGES]), walk.groups[1:_EDGES], strict=True
    ):
        if group in shared:
            shared[group].append(_shared_depth(page, before, line))
            blank[group].append(not page.lines[line - 1].text)
    middle = {i: sorted(depths)[len(depths) // 2] for i, depths in shared.items() if depths}
    if middle:
        least = min(middle, key=middle.__getitem__)
        if all(middle[least] < middle[i] for i in middle if i != least):
            return least
    often = {i: sum(found) / len(found) for i, found in blank.items() if found}
    edged = [i for i in often if often[i] >= 0.8]
    if len(edged) == 1 and all(often[i] <= 0.3 for i in often if i != edged[0]):
        return edged[0]
    return None


def _shared_depth(page: Page, a: int, b: int) -> int:
    """Return how deep the innermost element lies that holds both lines."""
    first, second = page.lines[a].element, page.lines[b].element
    while first >= 0 and not first <= second <= page.ends[first]:
        first = page.parents[first]
    depth = 0
    while first >= 0 and depth < _LEVELS:
        first, depth = page.parents[first], depth + 1
    return depth
