"""A drill in words: a table by mutation, and each cell that is silently wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from pipeline.drill import GRADES, Result
from pipeline.errors import one_line

_HEADS = ("right", "flagged", "undetectable", "silently wrong")
_SHOWN = 20  # mutants that are silently wrong


def describe_drill(results: Sequence[Result]) -> dict[str, Any]:
    """Return what a drill gave, as plain data."""
    return {
        "mutants": len(results),
        "pages": dict(_count_pages(results)),
        "by_mutation": {
            name: {grade: counts[grade] for grade in GRADES}
            for name, counts in _by_mutation(results).items()
        },
        "cells": _count_cells(results),
        "silently_wrong": [
            {
                "seed": result.seed,
                "capture_id": result.capture_id,
                "mutation": result.mutation,
                "form": result.form,
                "cells": [w._asdict() for w in result.wrong if w.grade == "silent"],
            }
            for result in results
            if result.grade == "silent"
        ],
    }


def tell_drill(results: Sequence[Result]) -> list[str]:
    """Return the table by mutation, the sums, and what is silently wrong."""
    table = _by_mutation(results)
    width = max(map(len, table), default=0)
    words = [f"{'':{width}}  {'mutants':>8}" + "".join(f"{head:>16}" for head in _HEADS)]
    rows = [*table.items(), ("all", _count_pages(results))]
    for name, counts in rows:
        words.append(
            f"{name:{width}}  {sum(counts.values()):>8,}"
            + "".join(f"{counts[grade]:>16,}" for grade in GRADES)
        )
    cells = _count_cells(results)
    off = cells["flagged"] + cells["undetectable"] + cells["silent"]
    share = f"{100 * cells['undetectable'] / off:.1f} % of them" if off else "none"
    words.append("")
    words.append(
        f"{cells['all']:,} cells; on the pages that are not suspect {off:,} do not state what was printed "
        f"before: {cells['flagged']:,} are flagged, {cells['undetectable']:,} ({share}) state what the "
        f"mutated page prints with nothing on it against that, {cells['silent']:,} are silently wrong"
    )
    for result in [result for result in results if result.grade == "silent"][:_SHOWN]:
        wrong = next(w for w in result.wrong if w.grade == "silent")
        words.append(
            f"silently wrong: seed {result.seed}, {result.mutation}, {result.form}: {wrong.table} "
            f"{wrong.record_id} {wrong.column}: {wrong.before!r} -> {wrong.published!r}; "
            f"ihk drill --seed {result.seed} --source prints the page"
        )
    return [one_line(line) for line in words]


def _by_mutation(results: Iterable[Result]) -> dict[str, Counter[str]]:
    table: dict[str, Counter[str]] = {}
    for result in results:
        table.setdefault(result.mutation, Counter())[result.grade] += 1
    return table


def _count_pages(results: Iterable[Result]) -> Counter[str]:
    return Counter(dict.fromkeys(GRADES, 0)) + Counter(r.grade for r in results)


def _count_cells(results: Sequence[Result]) -> dict[str, int]:
    counts = Counter(wrong.grade for result in results for wrong in result.wrong)
    return {
        "all": sum(result.cells for result in results),
        **{grade: counts[grade] for grade in GRADES if grade != "right"},
    }
