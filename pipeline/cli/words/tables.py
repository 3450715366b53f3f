"""Tables, cells, pages and specs in words."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from pipeline.cli.words.phrases import count_things, tell_check
from pipeline.errors import one_line

if TYPE_CHECKING:
    from pipeline.extraction import Extraction
    from pipeline.flow import Judged
    from pipeline.listing import ListingSpec
    from pipeline.model import Listing
    from pipeline.program import Explanation, Source
    from pipeline.publish import Published
    from pipeline.tables import Row, Rows
    from pipeline.verify import Report

_DATA = ("checks", "cells", "unclaimed", "captures", "changes")
_LONGEST = 100_000  # characters of a line of a page


def summarise(built: Extraction, out: str | None, published: Published | None) -> dict[str, Any]:
    """Return what an extraction gave, as plain data."""
    return {
        "listing": built.spec.name,
        "capture": built.capture_id,
        "rows": {name: len(rows) for name, rows in built.rows.items()},
        "checks": dict(Counter(row[5] for row in built.rows["checks"])),
        "captures": [
            {"capture_id": c.capture_id, "status": c.status, "reason": c.reason}
            for c in built.captures
        ],
        "out": out,
        "set": published.digest if published else None,
        "is_new": published.is_new if published else None,
    }


def tell_extraction(built: Extraction, out: str | None, published: Published | None) -> list[str]:
    """Return the summary: tables, checks that are not `pass`, where it was written."""
    rows = built.rows
    told = [f"{built.spec.title}: {_count_rows(rows)}", *_tell_checks(rows)]
    if rows["changes"]:
        told.append(f"changes: {count_things(len(rows['changes']), 'event')}")
    told.append(tell_place(out, published))
    return [one_line(line) for line in told]


def tell_place(out: str | None, published: Published | None) -> str:
    """Return where the tables were published, and whether they are new."""
    if published is None:
        return "nothing written; --out DIR writes the tables"
    done = "published" if published.is_new else "unchanged"
    return f"{done}: {out} (set {published.digest})"


def list_findings(rows: Rows) -> list[Row]:
    """Return the checks that are not `pass`: those that `fail` first, then those that `warn`."""
    return [row for verdict in ("fail", "warn") for row in rows["checks"] if row[5] == verdict]


def _count_rows(rows: Rows) -> str:
    return ", ".join(f"{len(r)} {name}" for name, r in rows.items() if name not in _DATA)


def _tell_checks(rows: Rows) -> list[str]:
    verdicts = Counter(row[5] for row in rows["checks"])
    counts = ", ".join(f"{verdicts[v]} {v}" for v in ("pass", "warn", "fail", "not_checkable"))
    return [
        f"checks: {counts}; {count_things(len(rows['unclaimed']), 'line')} unclaimed",
        *(f"  {tell_check(row)}" for row in rows["checks"] if row[5] in ("warn", "fail")),
    ]


def tell_explanation(told: Explanation) -> list[str]:
    """Return an explanation with each line of the page and the span marked below it."""
    value = "null" if told.value is None else told.value
    words = [
        one_line(f"{told.table} · {told.row_id} · {told.column} = {value}", _LONGEST),
        f"rule: {told.rule}",
    ]
    if not told.sources:
        words.append(tell_source(None))
    for source in told.sources:
        words.append(f"{tell_source(source)}:")
        if not source.text:
            words.append(one_line(f"  {source.raw_text} (this capture is not in the raw store)"))
            continue
        start, end = source.shown
        before, span, after = (
            one_line(part, _LONGEST)
            for part in (source.text[:start], source.text[start:end], source.text[end:])
        )
        words.append(f"  {before}{span}{after}")
        words.append("  " + " " * len(before) + "^" * max(len(span), 1))
    words += [
        one_line(f"check {check['rule']}: {check['verdict']}: {check['message']}")
        for check in told.checks
    ]
    return words


def tell_source(source: Source | None) -> str:
    """Return the place that a cell was read from, or why there is none."""
    if source is None:
        return "source: none; the value is not read from the page, or its label is absent"
    place = f"characters {source.start} to {source.end}"
    return f"capture {source.capture_id}, line {source.line}, {place}"


def tell_report(report: Report) -> list[str]:
    """Return what `verify` looked at and what it only tells; damage is told as errors."""
    words = [f"{report.files} files and {report.cells} cells looked at"]
    if report.rebuilt:
        words.append(tell_rebuild(report))
    words += [f"note: {note}" for note in report.notes]
    words += [f"differs: {line}" for line in report.differing]
    words.append(f"{len(report.damaged)} damaged" if report.damaged else "all is as it was written")
    return [one_line(word) for word in words]


def tell_rebuild(report: Report) -> str:
    """Return what came of building the published set again; empty if that was not done."""
    if not report.rebuilt:
        return ""
    return "rebuilt" if report.damaged else "a rebuild gives the same bytes"


def describe_spec(spec: ListingSpec) -> dict[str, Any]:
    """Return a spec as plain data."""
    return {
        "name": spec.name,
        "title": spec.title,
        "fields": [
            {"name": f.name, "table": f.table, "kind": f.kind, "labels": list(f.labels)}
            for f in spec.fields
        ],
        "checks": [check.name for check in spec.checks],
        "pages": [],
    }


def tell_spec(spec: ListingSpec) -> list[str]:
    """Return a spec as a person reads it."""
    words = [f"{spec.source}: good; {spec.title}", ""]
    for field in spec.fields:
        marks = ", required" * field.required + ", opens a record" * (field.name == spec.opens_with)
        labels = " | ".join(field.labels) or "the heading over the record"
        words.append(f"  {field.table}.{field.name} ({field.kind}{marks}): {labels}")
    return words


def tell_page(judged: Judged, spec: ListingSpec) -> tuple[dict[str, Any], list[str]]:
    """Return the lines of a page with what each was taken for, the leftovers, and the checks."""
    from pipeline.flow import build_rows

    roles = find_roles(judged.listing)
    words = ["", f"{judged.capture.name}: {len(judged.listing.records)} records"]
    lines = []
    for line in judged.page.lines:
        role = roles.get(line.number, "")
        lines.append({"line": line.number, "role": role, "text": line.text})
        words.append(f"{line.number:5} {role:28} {one_line(line.text, 160)}")
    leftovers = judged.listing.leftovers
    words += ["", f"{len(leftovers)} leftovers"]
    words += [
        f"{left.span.line:5} {one_line(left.span.text, 100)} ({left.reason})" for left in leftovers
    ]
    words += [
        f"{doubt.span.line:5} {one_line(doubt.span.text, 100)} (kept in {doubt.field}: {doubt.reason})"
        for doubt in judged.listing.doubts
    ]
    rows = build_rows(judged, spec)
    words += ["", _count_rows(rows), *(one_line(line) for line in _tell_checks(rows))]
    data = {
        "page": judged.capture.name,
        "records": len(judged.listing.records),
        "lines": lines,
        "leftovers": [
            {"line": left.span.line, "text": left.span.text, "reason": left.reason}
            for left in leftovers
        ],
        "rows": {name: len(own) for name, own in rows.items() if name not in _DATA},
        "findings": [
            {"verdict": row[5], "message": row[8]}
            for row in rows["checks"]
            if row[5] in ("warn", "fail")
        ],
        "suspect": judged.reason,
    }
    return data, words


def find_roles(listing: Listing) -> dict[int, str]:
    """Return what each line of the listing was taken for, by its number."""
    roles: dict[int, str] = {}
    for record in listing.records:
        if record.heading:
            roles[record.heading.line] = f"{record.position} heading"
        fields = [*record.fields.values(), *(t for ts in record.repeated.values() for t in ts)]
        for field in fields:  # also that made of the heading
            roles[field.label.line] = f"{record.position} {field.name}"
            for span in field.texts:
                roles.setdefault(span.line, f"{record.position} {field.name} …")
    for left in listing.leftovers:
        roles.setdefault(left.span.line, "unclaimed")
    return roles
