"""Drafts of a listing spec in words, and as plain data."""

from __future__ import annotations

import shlex
from collections import Counter
from typing import Any

from pipeline.draft import Drafted


def describe_draft(drafted: Drafted) -> dict[str, Any]:
    """Return a draft as plain data: its TOML, and what was found."""
    plan, judged = drafted.plan, drafted.judged
    return {
        "page": judged.capture.name,
        "toml": drafted.toml,
        "records": len(judged.listing.records),
        "opens_with": plan.opens_with,
        "key": plan.key,
        "fields": [
            {
                "name": field.name,
                "labels": list(field.labels),
                "kind": field.kind.kind,
                "many": field.kind.many,
                "unit": field.kind.figures.unit or None if field.kind.figures else None,
                "required": field.required,
                "records": field.records,
                "uncertain": field.kind.uncertain,
                "reason": field.kind.reason,
            }
            for field in plan.fields
        ],
        "left_out": [{"text": text, "times": count} for text, count in plan.passed],
        "unclaimed": len(drafted.rows["unclaimed"]),
        "checks": dict(Counter(row[5] for row in drafted.rows["checks"])),
        "suspect": judged.reason,
    }


def tell_draft(drafted: Drafted, page: str) -> str:
    """Return what the draft makes of the page, and the command to type next."""
    records, fields = len(drafted.judged.listing.records), len(drafted.plan.fields)
    verdicts = Counter(row[5] for row in drafted.rows["checks"])
    checks = sum(verdicts.values()) - verdicts["pass"]
    return (
        f"drafted: {_count(records, 'record')}, {_count(fields, 'field')}, "
        f"{_count(len(drafted.rows['unclaimed']), 'line')} unclaimed, "
        f"{_count(checks, 'check')} not pass; save it as new.toml, then: "
        f"ihk spec new.toml {shlex.quote(page)}"
    )


def _count(number: int, what: str) -> str:
    return f"1 {what}" if number == 1 else f"{number} {what}s"
