"""A page read with a layout's labels, all texts, and what each label has in the records."""

from __future__ import annotations

from collections import Counter

from pipeline.draft.kinds import Kind, Sample
from pipeline.draft.layouts import Layout
from pipeline.draft.names import PLACEHOLDER
from pipeline.draft.render import FieldPlan, Plan, render_plan
from pipeline.listing import Locale, parse_spec
from pipeline.model import FieldText, Listing, Page
from pipeline.records import parse_listing

SOURCE = "the draft"


def read_roughly(page: Page, layout: Layout) -> Listing:
    """Read the page by a provisional spec, in which each label is a text of its own."""
    plan = Plan(
        "draft", "A listing", PLACEHOLDER, "", layout.colon, Locale(",", "."), "", 0,
        [
            FieldPlan(f"field_{n}", labels, Kind("text", "", many=True), 0)
            for n, labels in enumerate(layout.labels, start=1)
        ],
        "field_1", ["field_1"],
    )  # fmt: skip
    return parse_listing(page, parse_spec(render_plan(plan).encode(), SOURCE))


def list_texts(listing: Listing, n: int) -> list[FieldText | None]:
    """Return what each record has for the label `n`, from 1."""
    return [record.fields.get(f"field_{n}") for record in listing.records]


def list_values(listing: Listing, n: int) -> tuple[str | None, ...]:
    """Return the same as texts of one line."""
    return tuple(
        text and " ".join(span.text for span in text.texts if span.text)
        for text in list_texts(listing, n)
    )


def take_samples(page: Page, listing: Listing, layout: Layout, base: str) -> list[Sample]:
    """Return the texts of each label, which is called as it is printed most often."""
    final = _find_final(listing)
    samples = []
    for n, labels in enumerate(layout.labels, start=1):
        texts = tuple(filter(None, list_texts(listing, n)))
        printed = Counter(text.label.text.removesuffix(":").rstrip(" ") for text in texts)
        label = printed.most_common(1)[0][0] if printed else labels[0]
        samples.append(Sample(label, texts, page.lines, base, final))
    return samples


def _find_final(listing: Listing) -> FieldText | None:
    """Return the page's last text, which may hold what stands below the listing."""
    if len(listing.records) < 2:
        return None
    fields = listing.records[-1].fields.values()
    return max(fields, key=lambda text: text.label.line, default=None)


def lacks_end(listing: Listing) -> bool:
    """Tell whether the last record alone lacks the label that all others end with."""
    *others, final = listing.records
    ends = {
        max(r.fields.values(), key=lambda text: text.label.line).name for r in others if r.fields
    }
    return len(ends) == 1 and ends.isdisjoint({*final.fields, *final.repeated})
