"""What was extracted -> the files of a set, by name: tables, forms beside them, the descriptor.

Nothing here opens a file.  Which forms there are beside the tables follows from the settings that
`made_from` records, so that a rebuild by `verify` gives the same.
"""

from __future__ import annotations

import hashlib
from itertools import zip_longest

from pipeline.extraction import Extraction
from pipeline.publish.outputs.feed import NAME as FEED, render_feed
from pipeline.publish.outputs.views import NAME as VIEWS, render_views
from pipeline.publish.package import describe_package
from pipeline.publish.published import PACKAGE
from pipeline.tables import iter_csv, iter_parquet, render_csv, render_parquet
from pipeline.version import VERSION

WORKBOOK, REPORT, GERMAN = "ihk.xlsx", "report.html", "de"


def render_set(built: Extraction) -> dict[str, bytes]:
    """Return the files of a set by name; each form of a table is read back and compared."""
    rows, tables, spec = built.rows, built.tables, built.spec
    about = {"listing": spec.name, "version": VERSION}
    files: dict[str, bytes] = {}
    for name, table in tables.items():
        own = [tuple(row) for row in rows[name]]
        content = render_csv(table, own)
        files[f"{name}.parquet"] = render_parquet(table, content, about)
        files[f"{name}.csv"] = content
        for ending, read in (("csv", iter_csv), ("parquet", iter_parquet)):
            again = read(table, files[f"{name}.{ending}"])
            if any(ours != theirs for ours, theirs in zip_longest(own, again)):
                raise AssertionError(f"{name}.{ending} does not hold the rows it was made from")
    files[FEED] = render_feed(rows, tables, spec)
    files[VIEWS] = render_views(tables, spec)
    files |= _render_forms(built)
    files[PACKAGE] = describe_package(files, built)
    return files


def _render_forms(built: Extraction) -> dict[str, bytes]:
    """Return the forms that the settings ask for; their libraries are imported for them alone."""
    rows, tables, spec = built.rows, built.tables, built.spec
    wanted = built.made_from["settings"]
    files: dict[str, bytes] = {}
    if wanted["csv_de"]:
        from pipeline.publish.outputs.csv_de import cut_cell, iter_csv_de, render_csv_de
        from pipeline.tables import shape_wide, widen

        wide = shape_wide(spec, tables)
        own = {**rows, wide.name: widen(rows, tables, spec)}
        for name, table in {**tables, wide.name: wide}.items():
            files[f"{GERMAN}/{name}.csv"] = content = render_csv_de(table, own[name])
            cut = [tuple(cut_cell(v) if isinstance(v, str) else v for v in r) for r in own[name]]
            if list(iter_csv_de(table, content)) != cut:
                raise AssertionError(f"{GERMAN}/{name}.csv does not hold the rows it was made from")
    if wanted["excel"]:
        from pipeline.publish.outputs.workbook import render_workbook

        files[WORKBOOK] = render_workbook(rows, tables, spec, built.made_from)
    if wanted["report"]:
        from pipeline.publish.outputs.report.page import render_report

        files[REPORT] = render_report(rows, tables, spec, built.lines, built.made_from)
    return files


def digest_set(files: dict[str, bytes]) -> str:
    """Return the name of a set."""
    return hashlib.sha256(files[PACKAGE]).hexdigest()[:16]
