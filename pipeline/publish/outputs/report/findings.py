"""What a person should look at, and what happened to the page: checks, unclaimed text, the time line."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any, NamedTuple

from pipeline.listing import ListingSpec
from pipeline.publish.citation import tell_time
from pipeline.publish.events import read_events, tell_event
from pipeline.publish.outputs.report.values import Values
from pipeline.tables import Rows, Table

_VERDICTS = ("fail", "warn", "not_checkable", "pass")
_FINDINGS = 200  # of a verdict that are told one by one; the table has all
_EVENTS = 200
_STATES = 100


class Finding(NamedTuple):
    """A check that did not pass; `source` is the cell's mark, `anchor` its row in the report."""

    where: str
    row: str
    message: str
    rule: str
    source: str | None
    anchor: str | None


class Unclaimed(NamedTuple):
    """Text that no field took."""

    line: int
    is_shown: bool  # among the lines of the report
    text: str
    reason: str
    record: str | None


class Findings(NamedTuple):
    """All that the checks found."""

    counts: dict[str, int]
    told: dict[str, list[Finding]]  # `fail` and `warn`
    more: dict[str, int]  # of them that are not told
    unknown: list[tuple[str, int]]  # rules that could not be applied, and how often
    unclaimed: list[Unclaimed]
    more_unclaimed: int

    @property
    def worst(self) -> str:
        """`fail`, `warn` or `pass`: what a hurried reader asks for."""
        is_unclaimed = bool(self.unclaimed)
        return (
            "fail"
            if self.counts["fail"]
            else "warn"
            if self.counts["warn"] or is_unclaimed
            else "pass"
        )


def find_findings(rows: Rows, tables: dict[str, Table], values: Values) -> Findings:
    """Gather the checks by verdict, and the unclaimed text."""
    checks = [dict(zip(tables["checks"].names(), row, strict=True)) for row in rows["checks"]]
    counted = Counter(check["verdict"] for check in checks)
    told, more = {}, {}
    for verdict in ("fail", "warn"):
        own = [check for check in checks if check["verdict"] == verdict]
        told[verdict] = [_describe(check, values) for check in own[:_FINDINGS]]
        more[verdict] = len(own) - len(told[verdict])
    unknown = Counter(c["rule"] for c in checks if c["verdict"] == "not_checkable")
    names = tables["unclaimed"].names()
    left = [dict(zip(names, row, strict=True)) for row in rows["unclaimed"]]
    unclaimed = [
        Unclaimed(one["line"], one["line"] in values.provenance.lines, one["text"], one["reason"],
                  one[values.spec.id])
        for one in left[:_FINDINGS]
    ]  # fmt: skip
    counts = {verdict: counted[verdict] for verdict in _VERDICTS}
    return Findings(
        counts, told, more, sorted(unknown.items()), unclaimed, len(left) - len(unclaimed)
    )


def _describe(check: dict[str, Any], values: Values) -> Finding:
    table, row_id, column = check["table_name"], check["row_id"], check["column_name"]
    item = values.by_id.get((table, row_id))
    return Finding(
        where=" ".join(part for part in (table, row_id, column) if part),
        row=item.name if item else "",
        message=check["message"],
        rule=check["rule"],
        source=values.provenance.targets.get((table, row_id, column or "")),
        anchor=item.anchor if item else None,
    )


class State(NamedTuple):
    """A stored state of the page."""

    capture_id: str
    at: datetime | None
    when: str
    status: str
    records: int
    reason: str | None
    is_in_force: bool


class Step(NamedTuple):
    """What changed from one state to the next."""

    title: str
    events: list[str]


class TimeLine(NamedTuple):
    """The states of the page and the changes between them, the newest first."""

    states: list[State]
    older: int  # states that are not told
    steps: list[Step]
    more: int  # events that are not told


def tell_history(
    rows: Rows, tables: dict[str, Table], spec: ListingSpec, capture_id: str
) -> TimeLine:
    """Return the time line; `capture_id` is the capture in force."""
    names = tables["captures"].names()
    captures = [dict(zip(names, row, strict=True)) for row in rows["captures"]]
    states = [
        State(one["capture_id"], one["captured_at"], _tell_when(one["captured_at"]), one["status"],
              one["records"], one["reason"], one["capture_id"] == capture_id)
        for one in captures[: -_STATES - 1 : -1]
    ]  # fmt: skip
    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for event in read_events(rows["changes"], spec):
        key = (event["after_capture"], event["by_capture"], event["seen_by"])
        groups.setdefault(key, []).append(event)
    steps, left = [], _EVENTS
    for (old, new, at), events in reversed(groups.items()):
        told = [tell_event(event) for event in events[:left]]
        left -= len(told)
        if told:
            when = f"seen by {tell_time(at)}" if at else "at an unknown time"
            steps.append(Step(f"From capture {old} to {new}, {when}", told))
    return TimeLine(
        states, len(captures) - len(states), steps, len(rows["changes"]) - (_EVENTS - left)
    )


def _tell_when(at: datetime | None) -> str:
    return tell_time(at) if at else "unknown"
