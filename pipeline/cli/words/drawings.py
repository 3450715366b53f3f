"""Results -> what a terminal shows of them: tables for extract, changes, explain and verify.

The words are those of `tables.py` and `watch.py`; what stands beside each other here stands in
one line there.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from pipeline.cli.words.phrases import find_step, tell_step
from pipeline.cli.words.tables import list_findings, tell_place, tell_rebuild, tell_source
from pipeline.cli.words.terminal import QUIET, STRONG, VERDICTS, Marked, inert, lay_pairs, lay_table
from pipeline.extraction import Extraction
from pipeline.program import Explanation, Source
from pipeline.publish import Published
from pipeline.verify import Report

_NOTHING = Text("")
_FINDINGS, _EVENTS = 200, 500  # on a terminal; a pipe and the tables get all


def draw_extraction(
    built: Extraction, out: str | None, published: Published | None, notes: Iterable[str] = ()
) -> Iterator[RenderableType]:
    """Yield the tables with their rows, the checks by verdict, each finding, where it all is, notes."""
    capture = Text(f"  capture {built.capture_id}", QUIET)
    yield Text.assemble(inert(built.spec.title, STRONG), capture)
    counts = lay_table("table rows", numbers="rows")
    for name, rows in built.rows.items():
        counts.add_row(inert(name), f"{len(rows):,}")
    by_verdict = Counter(row[5] for row in built.rows["checks"])
    verdicts = lay_table("checks number", numbers="number")
    for name, style in VERDICTS.items():
        shown = style if by_verdict[name] else QUIET
        verdicts.add_row(Text(name, shown), Text(f"{by_verdict[name]:,}", shown))
    beside = Table.grid(padding=(0, 6, 0, 0))
    beside.add_row(counts, verdicts)
    yield beside
    findings = list_findings(built.rows)
    if findings:
        yield _draw_findings(findings)
    yield from map(inert, (tell_place(out, published), *notes))


def _draw_findings(findings: list[tuple[Any, ...]]) -> RenderableType:
    table = lay_table("verdict row finding")
    for row in findings[:_FINDINGS]:
        table.add_row(Text(row[5], VERDICTS[row[5]]), inert(row[2] or row[4] or ""), inert(row[8]))
    if len(findings) <= _FINDINGS:
        return table
    more = f"and {len(findings) - _FINDINGS:,} more in the table checks"
    return Group(table, Text(more, QUIET))


def draw_events(events: list[dict[str, Any]]) -> Iterator[RenderableType]:
    """Yield a table for each step between two captures; of very many events the newest."""
    if len(events) > _EVENTS:
        left_out = len(events) - _EVENTS
        yield Text(f"{left_out:,} earlier ones are not shown; ihk changes | less has them", QUIET)
    for step, group in groupby(events[-_EVENTS:], find_step):
        table = lay_table("table row column old new", title=inert(tell_step(step)))
        for event in group:
            where = [inert(event["table_name"]), inert(event["row_id"])]
            for change in _iter_changes(event):
                table.add_row(*where, *change)
                where = [_NOTHING, _NOTHING]  # told once for all values of a row
        yield table
    if not events:
        yield Text("no changes")


def _iter_changes(event: dict[str, Any]) -> Iterator[tuple[Text, Text, Text]]:
    """Yield a column, its old and its new value; of a row that came or went, all its values."""
    if event["kind"] == "value_changed":
        yield inert(event["column_name"]), inert(event["old"]), inert(event["new"])
        return
    is_new = event["kind"] == "row_added"
    other = event["related_row_id"]
    like = f"likely the same as the {'removed' if is_new else 'new'} {other}" if other else ""
    for name, value in {"": like, **json.loads(event["new"] if is_new else event["old"])}.items():
        if value is not None:
            column = inert(name) if name else Text("row added" if is_new else "row removed", STRONG)
            told = inert(value)
            yield (column, _NOTHING, told) if is_new else (column, told, _NOTHING)


def draw_report(report: Report) -> Iterator[RenderableType]:
    """Yield what `verify` looked at and what it only tells; damage is told as errors."""
    state = Text("all is as it was written", VERDICTS["pass"])
    if report.damaged:
        state = Text(f"{len(report.damaged):,} damaged, as told on stderr", VERDICTS["fail"])
    yield lay_pairs(
        [
            ("files", Text(f"{report.files:,} looked at")),
            ("cells", Text(f"{report.cells:,} looked at")),
            ("rebuild", Text(tell_rebuild(report) or "not done")),
            ("state", state),
        ]
    )
    for head, lines in (("notes", report.notes), ("readers", report.differing)):
        if lines:
            table = lay_table(head)
            for line in lines:
                table.add_row(inert(line))
            yield table


def draw_explanation(told: Explanation) -> Iterator[RenderableType]:
    """Yield a cell's value and rule, each line it was read from with the span marked, its checks."""
    yield Text.assemble(
        inert(f"{told.table} · {told.row_id} · {told.column} = ", STRONG), inert(told.value, STRONG)
    )
    yield lay_pairs([("rule", inert(told.rule))])
    for source in told.sources:
        yield Group(inert(tell_source(source), QUIET), Padding(_mark(source), (0, 0, 0, 2)))
    if not told.sources:
        yield inert(tell_source(None), QUIET)
    if told.checks:
        table = lay_table("verdict check finding")
        for check in told.checks:
            verdict = check["verdict"]
            style = VERDICTS.get(verdict, "")
            table.add_row(inert(verdict, style), inert(check["rule"]), inert(check["message"]))
        yield table


def _mark(source: Source) -> RenderableType:
    if not source.text:
        return inert(f"{source.raw_text} (this capture is not in the raw store)")
    return Marked(source.text, *source.shown)
