"""Rules about labels: each stands once in each record; if not, where its text may be."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.listing import FieldSpec, ListingSpec
from pipeline.model import Verdict
from pipeline.page import quote
from pipeline.records import tell_alias
from pipeline.rules.absent import AbsentLabels
from pipeline.rules.finding import Finding, Subject, new_finding, place, state_of
from pipeline.tables import Item

_READ = frozenset(("value", "unreadable"))  # the states of a label that stands once, with a text


def check_labels(subject: Subject) -> Iterator[Finding]:
    """Each label of the spec stands once in each record, with a text."""
    spec, absent = subject.spec, AbsentLabels(subject)
    labels = f"{spec.labelled} labels"
    for item in subject.normalised.items:
        record_id, readings = item.ids.record_id, item.draft.readings
        good = _READ.issuperset(map(state_of, readings.values()))
        for field in spec.fields if not good else ():
            state = readings[field.name].state
            if state in _READ:
                continue
            if state == "absent":
                yield from _tell_absent(item, field, spec, absent)
                continue
            stands = place(item, field, spec.table)
            label = quote(field.title)
            verdict: Verdict = "warn"
            observed = readings[field.name].text
            if state == "repeated":
                verdict = "fail"
                texts = item.draft.record.repeated[field.name]
                observed = " | ".join(s.text for text in texts for s in text.texts)
                message = (
                    f"The label {label} stands {len(texts)} times in the record, so {field.name} "
                    "is null and each text is in unclaimed."
                )
            elif state == "empty":
                message = f"The label {label} has no text, so {field.name} is null."
            else:
                message = f"The page says {quote(observed)} for {label}, so {field.name} is null."
            yield Finding("label", *stands, field.name, record_id, verdict,
                          f"{field.title}: …", observed or None, message)  # fmt: skip
        if item.draft.record.repeated:
            yield from _tell_run_together(item, spec)
        if good:
            yield new_finding(("label", spec.table, record_id, None, record_id, "pass",
                               labels, labels,
                               "Each label of the listing stands once in the record, with a text."))  # fmt: skip


def _tell_absent(
    item: Item, field: FieldSpec, spec: ListingSpec, absent: AbsentLabels
) -> Iterator[Finding]:
    """Tell that a label is not there, what may be its new name, and where its text may stand."""
    record_id, label = item.ids.record_id, quote(field.title)
    message = f"The label {label} is not in the record, so {field.name} is null."
    if field.heading:
        message = f"No heading stands over the record, so {field.name} is null."
    start = absent.find_start(item, field)
    if start:
        message += (
            f" A line that is not its text begins with {quote(start)}; if that is its new name, write "
            f"{tell_alias(field, start)}."
        )
    yield Finding("label", *place(item, field, spec.table), field.name, record_id,
                  "fail" if field.required else "warn", f"{field.title}: …", None, message)  # fmt: skip
    yield from _tell_holders(item, field, spec, absent)


def _tell_run_together(item: Item, spec: ListingSpec) -> Iterator[Finding]:
    """Tell which field may have taken what stands before a label's second place in a record."""
    record = item.draft.record
    _, again = min((texts[1].label[:2], texts[1].label) for texts in record.repeated.values())
    before = max(
        ((text.label[:2], text.name) for text in record.texts() if text.label[:2] < again[:2]),
        default=(None, ""),
    )[1]
    if before not in record.fields:
        return
    field = spec.field(before)
    if field.many and len(record.fields[before].texts) > 1:
        yield Finding("label", *place(item, field, spec.table), before, item.ids.record_id,
                      "warn", None, None,
                      f"The label {quote(again.text)} stands again behind it, so another record "
                      f"may begin in {before}, {_count_lines(item, field)}.")  # fmt: skip


def _tell_holders(
    item: Item, field: FieldSpec, spec: ListingSpec, absent: AbsentLabels
) -> Iterator[Finding]:
    """Tell which other field may have taken the text of a label."""
    label = quote(field.title)
    what = "is not in the record" if field.name not in item.draft.record.fields else "has no text"
    for holder in absent.find_holders(item, field):
        yield Finding("label", *place(item, holder, spec.table), holder.name,
                      item.ids.record_id, "warn", f"{field.title}: …", None,
                      f"The label {label} {what}; its text may stand in {holder.name}, "
                      f"{_count_lines(item, holder)}.")  # fmt: skip


def _count_lines(item: Item, field: FieldSpec) -> str:
    lines = len([span for span in item.draft.record.fields[field.name].texts if span.text])
    return (
        f"which takes all {lines} lines up to the next label" if lines > 1 else "on the same line"
    )
