"""A page -> the ways in which it may hold records, the likeliest first; labels, nothing more."""

from __future__ import annotations

from typing import NamedTuple

from pipeline.draft.beat import collect
from pipeline.draft.blocks import is_detail
from pipeline.draft.cycle import MAX_GROUPS, Cycle, find_cycle, print_label
from pipeline.draft.grids import find_tables
from pipeline.draft.marks import Mark, find_marks
from pipeline.model import Page

_CLEARLY = 1.25  # by this factor whole lines must explain more than labels with a place do
_GAP = 12  # lines between two labels of one record
_FEWEST = 3  # labels of a page with one record
_PLACES = ("th", "dt", "lead", "alone")  # of a label by itself, in its own element
_MOST_LINES = 20_000
_MOST_PASSED = 400


class Layout(NamedTuple):
    """The labels of a record in their spellings, the opener first, and the lines they stand in."""

    colon: bool
    labels: tuple[tuple[str, ...], ...]
    score: int  # how many labels of the page it explains
    passed: tuple[tuple[str, int, int], ...] = ()  # text, how often, its first line's index


def find_layouts(page: Page) -> list[Layout]:
    """Return the layouts of a page, the likeliest first; its first lines show them."""
    page = page._replace(lines=page.lines[:_MOST_LINES])
    with_colon, whole = (find_cycle(page, colon=colon) for colon in (True, False))
    cycles = [cycle for cycle in (with_colon, whole) if cycle is not None]
    if with_colon and whole and whole.score > _CLEARLY * with_colon.score:
        cycles.reverse()
    found = [_from_cycle(page, cycle) for cycle in cycles]
    single = _find_single(page)
    if single is not None and (not found or single.score > found[0].score):
        found.insert(0, single)
    repeated = {key for cycle in cycles[:1] for group in cycle.groups for key in group.keys}
    for labels, score in find_tables(page, repeated):
        layout = Layout(True, labels, score)
        better = next((i for i, other in enumerate(found) if score > other.score), len(found))
        found.insert(better, layout)
    return found


def _from_cycle(page: Page, cycle: Cycle) -> Layout:
    labels = tuple(
        tuple(print_label(page, cycle.seen[key][0]) for key in group.keys) for group in cycle.groups
    )
    own = {key for group in cycle.groups for key in group.keys}
    passed = [
        (print_label(page, marks[0]), len(marks), marks[0].line)
        for key, marks in cycle.seen.items()
        if key not in own and key not in cycle.owned and _is_told(page, marks[0])
    ]
    passed.sort(key=lambda one: (-one[1], one[2]))
    return Layout(cycle.colon, labels, cycle.score, tuple(passed[:_MOST_PASSED]))


def _is_told(page: Page, mark: Mark) -> bool:
    """Tell whether a text looks like a label by more than its place: it has a colon, or a `th`."""
    text = page.lines[mark.line].text
    return mark.place in ("th", "dt") or text[mark.end : mark.end + 2].lstrip(" ").startswith(":")


def _find_single(page: Page) -> Layout | None:
    """Return the labels of a page with one record: a run of different ones."""
    best: list[Mark] = []
    run: list[Mark] = []
    keys: set[str] = set()
    pairs = _find_pairs(page)
    for mark in find_marks(page, colon=True):
        if mark.place == "td" or (mark.place == "alone" and mark.line not in pairs):
            continue
        if is_detail(print_label(page, mark)) and mark.place not in _PLACES:
            continue
        if run and (mark.line - run[-1].line > _GAP or mark.key in keys):
            run, keys = [], set()
        run.append(mark)
        keys.add(mark.key)
        if len(run) > len(best):
            best = run
    places = collect([mark for mark in best if mark.place in _PLACES])
    if len(places) * 2 > len(best):
        best = [mark for mark in best if mark.key in places]
    if len(best) < _FEWEST:
        return None
    labels = tuple((print_label(page, mark),) for mark in best[:MAX_GROUPS])
    return Layout(True, labels, len(labels))


def _find_pairs(page: Page) -> set[int]:
    """Return the lines that name the next of equal elements: names and values by turns."""
    lines, parents = page.lines, page.parents
    found: set[int] = set()
    rows: dict[int, list[int]] = {}  # element -> the lines of its children, where each has one
    for i, line in enumerate(lines):
        if line.element >= 0:
            rows.setdefault(parents[line.element], []).append(i)
    for inside in rows.values():
        children = list(dict.fromkeys(lines[i].element for i in inside))
        names = children[::2]
        alone = {lines[i].element: i for i in inside if lines[i].alone and lines[i].text}
        is_pairs = len(children) % 2 == 0 and all(element in alone for element in names)
        if is_pairs and len({page.tags[element] for element in children}) == 1:
            found.update(alone[element] for element in names)
    return found
