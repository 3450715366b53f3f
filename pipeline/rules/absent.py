"""A label that a record lacks: what may be its new name, and where its text may stand.

These are hints for a person; no value is ever read from them.
"""

from __future__ import annotations

import re
from functools import cache, cached_property
from itertools import combinations, pairwise

from pipeline.contacts import has_sublabel
from pipeline.listing import NUMBERS, FieldSpec
from pipeline.model import FieldText, Span
from pipeline.page import fold
from pipeline.records import is_label_like, nearest_label
from pipeline.rules.finding import Subject
from pipeline.tables import Item
from pipeline.values import is_absent

_COMPARED = 50  # lines of a record
_LONGEST = 200  # characters of a line that are compared with a label
_URL = re.compile(
    r"(?:https?://|www\.)|(?<![@\w.-])[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?![\w@])", re.IGNORECASE
)
_NUMBER = re.compile(r"\W*(?:[^\W\d]{1,5}\.? )?[0-9]")
_DISTRICT = re.compile(r"kreis|region|stadt", re.IGNORECASE)


class AbsentLabels:
    """What the records of a page tell about the labels that some of them lack."""

    def __init__(self, subject: Subject) -> None:
        self.subject, self.spec = subject, subject.spec

    @cached_property
    def before(self) -> dict[str, set[str]]:
        """Fields, and those that stand directly before them; empty if the records differ in order."""
        found: dict[str, set[str]] = {}
        earlier: set[tuple[str, str]] = set()
        for item in self.subject.normalised.items:
            texts = sorted(item.draft.record.texts(), key=lambda text: text.label[:2])
            names = [text.name for text in texts]
            earlier.update(combinations(dict.fromkeys(names), 2))
            for first, second in pairwise(names):
                found.setdefault(second, set()).add(first)
        return {} if any((b, a) in earlier for a, b in earlier) else found

    @cached_property
    def starts(self) -> dict[int | None, list[tuple[str, str | None]]]:
        """By record, how lines begin that look like labels, and the known ones they resemble."""
        found: dict[int | None, list[tuple[str, str | None]]] = {}
        for left in self.subject.listing.leftovers:
            if left.near or is_label_like(left.span.text):
                found.setdefault(left.record, []).append((_start(left.span), left.near))
        for doubt in self.subject.listing.doubts:
            if is_label_like(doubt.span.text):
                found.setdefault(doubt.record, []).append((_start(doubt.span), None))
        return found

    def find_start(self, item: Item, field: FieldSpec) -> str | None:
        """Return how a line begins that may be the absent label under another name."""
        if field.heading:
            return None
        labels = {fold(label) for label in field.labels}
        starts = self.starts.get(item.draft.record.position, [])
        starts = [s for s in starts if fold(s[0]) not in self.spec.labels][:_COMPARED]
        for start, near in starts:
            if fold(near or nearest_label(start, self.spec) or "") in labels:
                return start
        for holder in self.find_holders(item, field):
            for span in item.draft.record.fields[holder.name].texts[:_COMPARED]:
                if ":" in span.text and fold(nearest_label(span.text, self.spec) or "") in labels:
                    return _start(span)
        others = [start for start, near in starts if not near]
        lacking = [f for f in self.spec.fields if item.draft.readings[f.name].state == "absent"]
        return others[0] if len(others) == 1 == len(lacking) else None

    def find_holders(self, item: Item, field: FieldSpec) -> list[FieldSpec]:
        """Return the fields that may have taken the text of an absent or empty label.

        One that names the label, or of an absent label a many-line one: a text without its label
        stands where the field before it ends, which is told by the order of the other
        records; if they do not agree, any may have taken it.
        """
        if field.heading:
            return []
        record = item.draft.record
        is_absent_label = item.draft.readings[field.name].state == "absent"
        before = self.find_before(field.name, set(record.fields))
        return [
            own
            for own in self.spec.fields
            if own is not field
            and (text := record.fields.get(own.name)) is not None
            and (
                _mentions(text, field)
                or (
                    is_absent_label
                    and own.many
                    and before in (own.name, None)
                    and self.may_hold(text, field)
                )
            )
        ]

    def find_before(self, name: str, present: set[str]) -> str | None:
        """Return the record's field that stands before an absent one elsewhere; None: any may."""
        for _ in self.spec.fields:
            names = self.before.get(name, ())
            if len(names) != 1:
                return None
            (name,) = names
            if name in present:
                return name
        return None

    def may_hold(self, text: FieldText, field: FieldSpec) -> bool:
        """Tell whether a line of a field could be the absent field's text, by its kind."""
        spans = [span for span in text.texts if span.text]
        if len(spans) < 2:
            return False
        if any(is_absent(span.text) for span in spans):
            return True
        if field.kind == "url":
            return any(_URL.search(span.text) for span in spans)
        if field.kind in NUMBERS:
            return any(_NUMBER.match(span.text) for span in spans)
        if field.kind == "district":
            return any(_DISTRICT.search(span.text) for span in spans)
        if field.kind == "contacts":
            return any("@" in span.text or has_sublabel(span.text) for span in spans)
        return True


def _mentions(text: FieldText, field: FieldSpec) -> bool:
    """Tell whether one of the field's labels stands in a text, without a colon or a line's start."""
    pattern = _find_labels(field.labels)
    return any(pattern.search(span.text[:_LONGEST]) for span in text.texts)


@cache
def _find_labels(labels: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of labels as words of their own, or glued to the word before them."""
    words = "|".join(r"\s*".join(map(re.escape, label.split())) for label in labels)
    return re.compile(rf"(?:{words})(?![^\W\d_])", re.IGNORECASE)


def _start(span: Span) -> str:
    return span.text.partition(":")[0].strip()
