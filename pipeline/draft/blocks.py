"""Contact blocks: a line such as `Fon: …` inside one is a detail of it, not a field of the record.

A block is told by what stands between a label and the first such line below it: lines without
any label (an organisation, a person, an address), or nothing at all behind the label.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence

from pipeline.contacts import has_sublabel, is_office, iter_items, parse_person
from pipeline.draft.beat import Beat, Seen
from pipeline.draft.marks import Mark
from pipeline.model import Page, Span
from pipeline.values import find_town

_REACH = 12  # lines between a label and the first detail below it
_MAX_LINE = 90
_REACHES = ("phone", "mobile", "email")  # no contact block is without one of these
_PLACES = ("address", "person")  # kinds of details that may be a label of the whole block


def is_detail(label: str) -> bool:
    """Tell whether a text is a label of a contact block's line."""
    return has_sublabel(f"{label}:")


def find_owned(page: Page, beat: Beat, seen: Seen, details: Iterable[str]) -> set[str]:
    """Return those of `details` (folded texts) that are lines of a contact block.

    One that is in no block, but may open one (`Anschrift`), is looked at as a label, too.
    """
    details = set(details)
    labels = [key for key in beat.fits if key not in details]
    owned = _find_inside(page, seen, labels, details)
    openers = {
        key
        for key in details - owned
        if _kind_of(page, seen[key][0]) in _PLACES and len(seen[key]) * 2 >= len(beat.lines)
    }
    if openers:
        owned = _find_inside(page, seen, [*labels, *openers], details - openers)
    starts = {mark.line for key in {*labels, *openers} for mark in seen[key]}
    return {key for key in owned if not _is_field_below(page, beat, seen[key], starts)}


def _is_field_below(page: Page, beat: Beat, marks: Sequence[Mark], starts: set[int]) -> bool:
    """Tell whether a text such as `Internet` stands below each block, not in it: once, and last."""
    if _kind_of(page, marks[0]) != "other" or len(marks) != len(beat.lines):
        return False
    if len({beat.stretch(mark.line) for mark in marks}) < len(marks):
        return False
    lines = page.lines
    inside = 0
    for mark in marks:
        value = int(mark.start >= len(lines[mark.line].text))  # it is on the next line
        below = mark.line + 1 + value
        while below < len(lines) and (lines[below].heading or not lines[below].text):
            below += 1
        inside += below < len(lines) and below not in starts
    return inside <= 1  # the last record's may have a footer below


def _find_inside(page: Page, seen: Seen, keys: Iterable[str], details: set[str]) -> set[str]:
    labels = sorted(mark for key in keys for mark in seen[key])
    at = [mark.line for mark in labels]
    lines = sorted(mark for key in details for mark in seen[key])
    own = {mark.line for mark in lines}
    looked: set[int] = set()
    blocks: Counter[str] = Counter()
    total: Counter[str] = Counter()
    owner_of: list[tuple[str, str]] = []  # a detail's text, and that of the label over it
    for mark in lines:
        i = bisect_left(at, mark.line) - 1
        if i < 0:
            continue
        label = labels[i]
        owner_of.append((mark.key, label.key))
        if label.line not in looked:
            looked.add(label.line)
            total[label.key] += 1
            blocks[label.key] += _opens_block(page, label, mark, own)
    kinds = {key: _kind_of(page, seen[key][0]) for key in details}
    reached = {owner for detail, owner in owner_of if kinds[detail] in _REACHES}
    owners = {key for key in reached if blocks[key] * 3 >= total[key]}
    inside = Counter(detail for detail, owner in owner_of if owner in owners)
    return {key for key in details if inside[key] * 2 >= len(seen[key])}


def _opens_block(page: Page, label: Mark, detail: Mark, details: set[int]) -> bool:
    if detail.line - label.line > _REACH:
        return False
    text = page.lines[label.line].text[label.start :]
    between = [
        line.text
        for i, line in enumerate(page.lines[label.line + 1 : detail.line], label.line + 1)
        if line.text and i not in details
    ]
    plain = [text, *between] if text else between
    if any(len(line) > _MAX_LINE for line in plain):
        return False
    if any(map(_names_someone, plain)):
        return True
    if _kind_of(page, detail) in _PLACES:  # it may open a block of its own
        return False
    return not text or bool(between)


def _names_someone(text: str) -> bool:
    if find_town(text) is not None or is_office(text):
        return True
    person = parse_person(text, 0)
    return person is not None and bool(person.salutation or person.academic_title)


def _kind_of(page: Page, mark: Mark) -> str:
    text = f"{page.lines[mark.line].text[: mark.end]}: x"
    return next(iter_items([Span(1, 0, len(text), text)])).kind
