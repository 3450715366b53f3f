"""What no field takes: each line of the region that is in no record's text, with a reason."""

from __future__ import annotations

from collections.abc import Container, Mapping

from pipeline.listing import ListingSpec
from pipeline.model import FieldText, Leftover, Line, Page, Verdict
from pipeline.page import quote
from pipeline.records.labels import Hit
from pipeline.records.likeness import NearestLabels, count_labels, is_label_like

_SOME = 2  # labels that a line between records may name in passing


class Leftovers:
    """Collects a page's leftovers; `found` has them in the order in which they were left."""

    def __init__(self, page: Page, spec: ListingSpec, hits: Mapping[int, Hit]) -> None:
        self.page, self.spec, self.hits = page, spec, hits
        self.nearest = NearestLabels(spec)
        self.found: list[Leftover] = []

    def leave(
        self,
        position: int | None,
        line: Line,
        reason: str = "",
        *,
        warn: bool = False,
        verdict: Verdict | None = None,
    ) -> None:
        """Leave a line of the record at `position`, or of none, by default with a reason of its own."""
        is_like = is_label_like(line.text)
        near = self.nearest.find(line.text)
        if not reason:
            reason = "no field takes this line"
            if near and is_like:
                reason += f"; the nearest known label is {quote(near)}"
        if verdict is None and (warn or position is not None or is_like):
            verdict = "warn"
        self.found.append(Leftover(position, line.span(), reason, verdict, None, near))

    def leave_repeated(self, position: int, texts: list[FieldText]) -> None:
        """Leave the texts of a label that stands several times in a record."""
        for text in texts:
            reason = f"the label {quote(text.label.text)} stands twice in the record"
            for span in filter(lambda span: span.text, text.texts):
                near = self.nearest.find(span.text)
                self.found.append(Leftover(position, span, reason, "fail", text.name, near))

    def leave_between(
        self, first: int, end: int, headings: Container[int | None], *, warn: bool = False
    ) -> None:
        """Leave the lines between two records, but for their headings."""
        behind_label = warn  # what follows was meant for a record that has no opening label
        for i in range(first, end):
            line = self.page.lines[i]
            if not line.text or i in headings:
                continue
            is_label = i in self.hits
            behind_label = behind_label or is_label
            reason = "" if is_label_like(line.text) else "between records"
            if count_labels(line.text, self.spec.labels) > _SOME:
                behind_label, reason = True, "it holds labels, but no record"
            if is_label:
                reason = "a known label outside of every record"
            self.leave(None, line, reason, warn=behind_label)
